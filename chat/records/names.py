"""A name is one that a group can read, tell from every other in it, and be offered kindly."""

import re
import secrets
import unicodedata
from functools import cache

from chat.core.moderation import normal
from chat.records.kind_words import KIND, QUIET_THINGS

NAME_MAX = 40
"""Characters."""
_UNSEEN = ("Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp")
"""Unicode's control, format (those that turn the direction of writing, too), private, unassigned and line ends."""
_CAPITALS = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX")  # noqa: RUF001  being mistaken is what they are here for
"""Greek capitals that pass for Latin ones, though their small letters do not (Unicode TR 39, confusables.txt)."""
_ALL_CAPITALS = str.maketrans(
    "ᎠᎡᎢᎪᎫᎬᎳᎷᎻᎽᏀᏃᏕᏙᏚᏞᏟᏢᏦᏴꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴӀӏҮүҺһѴѵ",
    "DRTAJEWMHYGZSVSLCPKBBPDTGKJCZFMNLSRVHWXYAEIOUIlYyHhVv",
)
"""Cherokee and Lisu, whose letters pass for Latin capitals, so that a whole name can be made of them; rare Cyrillic."""
_LATIN = re.compile(
    r"LATIN (?:SMALL |CAPITAL )?LETTER (?:SMALL CAPITAL |SCRIPT |DOTLESS )?([A-Z]|ALPHA|IOTA)(?: WITH .*)?"
)
"""What Unicode calls a letter that is a Latin one with a hook or a tail, or drawn small."""
_BESIDE_LATIN = ("LATIN", "CYRILLIC", "GREEK", "CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "BOPOMOFO")
"""Writings that stand beside Latin letters in one name: the first three are folded together, the rest pass for none."""
_ALIKE = str.maketrans("01i", "oll")
"""A nought passes for an o, a one and an i for an l. All else that passes for a Latin letter: `moderation.normal`."""


def tidy(name: str, longest: int = NAME_MAX) -> str | None:
    """The name with single spaces and composed letters; None if it is empty, too long, or has unseen characters."""
    if len(name) > 4 * longest:
        return None
    fit = " ".join(unicodedata.normalize("NFC", name).split())
    if not 1 <= len(fit) <= longest or any(unicodedata.category(letter) in _UNSEEN for letter in fit):
        return None
    return fit


def fold(name: str) -> str:
    """What two names have in common if one could be mistaken for the other: no capitals, accents, spaces or signs."""
    latin = normal.fold(unicodedata.normalize("NFKC", name).translate(_CAPITALS).translate(_ALL_CAPITALS))
    return "".join(map(_plain, filter(str.isalnum, latin))).translate(_ALIKE)[:200]


def mixes(name: str) -> bool:
    """Whether one Latin letter or more stands among others that may pass for some, as an Armenian n among them."""
    writings = {_writing(letter) for letter in unicodedata.normalize("NFKC", name) if letter.isalpha()}
    return "LATIN" in writings and not writings <= set(_BESIDE_LATIN)


def _writing(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


@cache
def _plain(letter: str) -> str:
    """A figure of any writing as ours, and a Latin letter without what hangs on it."""
    if letter.isascii():
        return letter
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    latin = _LATIN.fullmatch(unicodedata.name(letter, ""))
    return latin[1][0].lower() if latin else letter


def is_kind(name: str) -> bool:
    """Whether it is made as those that are suggested: two kind words, which are nobody's first and last name."""
    first, _, second = name.partition(" ")
    return first.title() in KIND and second.title() in QUIET_THINGS


def free(taken: set[str]) -> str:
    """A name such as `Quiet Heron` whose fold is not in `taken`."""
    for _ in range(100):
        name = f"{secrets.choice(KIND)} {secrets.choice(QUIET_THINGS)}"
        if fold(name) not in taken:
            return name
    left = (name for kind in KIND for thing in QUIET_THINGS if fold(name := f"{kind} {thing}") not in taken)
    return next(left, "")
