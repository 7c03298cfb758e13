"""A draft as the rules see it: read once, each rule looks at the same.

What is written to be misread is read a second time: letters made of signs (`k!ll`), hidden by a star, set apart
(`d i e`). Slips, words drawn out (`dieeee`) and run together are the lexicon's.
"""

import re
from collections.abc import Sequence

from msgspec import Struct

from chat.core.moderation.lexicon import Lexicon
from chat.core.moderation.normal import fold, parted
from chat.core.moderation.phrases import Found
from chat.core.moderation.scale import NOTHING, Entry, Row, Weight, row

MADE_OF_SIGNS = re.compile(r"[!@$*|013457](?<=[a-z].)[!@$*|013457]*[a-z]")
APART = re.compile(r" [^\W\d](?: \.)?(?: [^\W\d](?: \.)?){2,}(?= )")
ALONE = frozenset("bcdefghjklmnopqrstuvwxyz")
"""Letters that are no word by themselves; one of them may be one ("u")."""
SIGNS = str.maketrans("!@$|013457", "iasioieast")
DOUBLED = {"11": "ll", "!!": "ll"}
DANGER = frozenset({"danger", "alone", "method"})
"""Lists no group takes a word from: who is in danger is heard everywhere."""
EVERYDAY = b"abcdefghijklmnopqrstuvwxyz \n.,;?'\"()-"
"""What every message is full of. None of it stands for a letter, is a digit or belongs to an address alone."""
SHOWN = 0.5
"""The share of letters that must stand there beside stars: `f***` may be anything."""


class View(Struct, frozen=True):
    """One way to read the words, and the phrases found."""

    row: Row
    signs: str
    found: Found

    @property
    def words(self) -> list[str]:
        """One by one, as the phrases' places count them."""
        return " ".join(self.row[0]).split()

    def __repr__(self) -> str:
        return f"<View, {len(self.row[0])} words>"


class Reading(Struct, frozen=True):
    """A draft made ready for the rules: never shown, never kept."""

    text: str
    folded: str
    beside: bytes
    """What stands in the folded text beside letters and the signs of every sentence; mostly nothing."""
    written: Sequence[str]
    """The words as they stand there."""
    views: tuple[View, ...]
    lists: frozenset[str]
    """Of which anything was found."""
    lexicon: Lexicon
    weight: Weight = NOTHING
    """What all the words together weigh."""

    def __repr__(self) -> str:
        return f"<Reading, {len(self.text)} characters>"

    def around(self, view: View) -> Found:
        """What changes the meaning of the phrases found in one of the views."""
        return self.lexicon.around(view.signs)


def read(text: str, lexicon: Lexicon, allowed: frozenset[str] = frozenset()) -> Reading:
    """Makes a draft ready; pure, and the same for the same text. `allowed`: phrases to pass over, except of danger."""
    folded = fold(text)
    beside = folded.encode("utf-8", "replace").translate(None, EVERYDAY)
    as_written = written = parted(folded)
    entries = mended = lexicon.look_up(written)
    view = _view(entries, lexicon)
    views: tuple[View, ...] = (view,)
    if beside and MADE_OF_SIGNS.search(folded):
        written = parted(_undressed(folded, lexicon))
        mended = lexicon.look_up(written)
    if not ALONE.isdisjoint(written) and APART.search(written_out := f" {' '.join(written)} "):
        mended = lexicon.look_up(APART.sub(_together, written_out).split())
    if mended is not entries and mended != entries:
        views = (view, _view(mended, lexicon))
    weight = lexicon.scale.weigh(views[-1].row)
    if allowed:
        plain = {tuple(lexicon.plain(parted(fold(phrase)))) for phrase in allowed} - {()}
        if any(_says(view.words, phrase) for phrase in plain for view in views):
            weight = weight._replace(hurt=0)
        views = tuple(View(view.row, view.signs, _without(view, plain)) for view in views)
    found = frozenset(views[0].found) if len(views) == 1 else frozenset().union(*(view.found for view in views))
    return Reading(text, folded, beside, as_written, views, found, lexicon, weight)


def _view(entries: Sequence[Entry], lexicon: Lexicon) -> View:
    known = row(entries)
    signs = "".join(known[1])
    return View(known, signs, lexicon.find(signs))


def _says(words: Sequence[str], phrase: tuple[str, ...]) -> bool:
    return any(tuple(words[at : at + len(phrase)]) == phrase for at in range(len(words) - len(phrase) + 1))


def _without(view: View, phrases: set[tuple[str, ...]]) -> Found:
    words = view.words
    kept = {
        name: spans if name in DANGER else [span for span in spans if tuple(words[slice(*span)]) not in phrases]
        for name, spans in view.found.items()
    }
    return {name: spans for name, spans in kept.items() if spans}


def _together(run: re.Match[str]) -> str:
    return " " + re.sub(r"[ .]", "", run[0])


def _undressed(folded: str, lexicon: Lexicon) -> str:
    words = folded.split()
    plain = {word: _unmasked(word, lexicon) for word in {*words} if MADE_OF_SIGNS.search(word)}
    return " ".join(plain.get(word, word) for word in words)


def _unmasked(word: str, lexicon: Lexicon) -> str:
    for twice, letters in DOUBLED.items():
        word = re.sub(rf"(?<=[a-z]){re.escape(twice)}(?![!1])", letters, word)
    # A sign at the end is a sign: "die!"
    body = re.match(r".*[a-z]", word)
    plain = (body[0].translate(SIGNS) + word[body.end() :]) if body else word
    if "*" not in plain:
        return plain
    masked = plain.strip(".,!?'\"()")
    if sum(map(str.isalpha, masked)) < SHOWN * len(masked):
        return plain
    meant = re.compile(re.escape(masked).replace(r"\*", "[a-z]"))
    return next((one for one in lexicon.like(masked) if meant.fullmatch(one)), plain)
