"""A name is one that a group can read, tell from every other in it, and be offered kindly."""

import secrets
import unicodedata

from chat.core.moderation import normal
from chat.records.kind_words import KIND, QUIET_THINGS

NAME_MAX = 40
"""Characters."""
_UNSEEN = ("Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp")
"""Unicode's control, format (those that turn the direction of writing, too), private, unassigned and line ends."""
_CAPITALS = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX")  # noqa: RUF001  being mistaken is what they are here for
"""Greek capitals that pass for Latin ones, though their small letters do not (Unicode TR 39, confusables.txt)."""
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
    latin = normal.fold(unicodedata.normalize("NFKC", name).translate(_CAPITALS))
    return "".join(letter for letter in latin if letter.isalnum()).translate(_ALIKE)[:200]


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
