"""A draft as the rules see it: read once, each rule looks at the same.

What is written to be misread is read a second time: letters made of signs (`k!ll`), hidden by a star, set apart
(`d i e`), drawn out (`dieeee`).
"""

import re

from msgspec import Struct

from chat.core.moderation.lexicon import DRAWN_OUT, Found, Lexicon
from chat.core.moderation.normal import fold, parted
from chat.core.moderation.scale import NOTHING, Weight

MADE_OF_SIGNS = re.compile(r"[!@$*|013457](?<=[a-z].)[!@$*|013457]*[a-z]")
APART = re.compile(r" [^\W\d](?: \.)?(?: [^\W\d](?: \.)?){2,}(?= )")
DRAWN = re.compile(r"([a-z])\1{2,}")
ALONE = frozenset("bcdefghjklmnopqrstuvwxyz")
"""Letters that are no word by themselves; one of them may be one ("u")."""
SIGNS = str.maketrans("!@$|013457", "iasioieast")
DOUBLED = {"11": "ll", "!!": "ll"}
DANGER = frozenset({"danger", "alone", "method"})
"""Lists no group takes a word from: who is in danger is heard everywhere."""
SHOWN = 0.5
"""The share of letters that must stand there beside stars: `f***` may be anything."""


class View(Struct, frozen=True):
    """One way to read the words, and the phrases found."""

    words: str
    found: Found
    squeezed: bool = False

    def __repr__(self) -> str:
        return f"<View, {len(self.words)} characters>"


class Reading(Struct, frozen=True):
    """A draft made ready for the rules: never shown, never kept."""

    text: str
    folded: str
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
        return self.lexicon.around(view.words, squeezed=view.squeezed)


def read(text: str, lexicon: Lexicon, allowed: frozenset[str] = frozenset()) -> Reading:
    """Makes a draft ready; pure, and the same for the same text. `allowed`: phrases to pass over, except of danger."""
    folded = fold(text)
    written = parted(folded)
    words = mended = lexicon.plain(written)
    views = [View(words, lexicon.find(words))]
    if MADE_OF_SIGNS.search(folded):
        written = parted(_undressed(folded, lexicon))
        mended = lexicon.plain(written)
    if sum(map(ALONE.__contains__, written)) > 1 and APART.search(written_out := f" {' '.join(written)} "):
        mended = lexicon.plain(APART.sub(_together, written_out).split())
    if mended != words:
        views.append(View(mended, lexicon.find(mended)))
    weighed = mended
    if DRAWN_OUT in views[-1].found:
        weighed = DRAWN.sub(r"\1", mended)
        views.append(View(*lexicon.find_squeezed(mended), squeezed=True))
    weight = lexicon.scale.weigh(weighed.split())
    if allowed:
        plain = {lexicon.plain(parted(fold(phrase))) for phrase in allowed}
        if any(phrase in view.words for phrase in plain for view in views):
            weight = weight._replace(hurt=0)
        views = [View(view.words, _without(view, plain), view.squeezed) for view in views]
    found = frozenset().union(*(view.found for view in views))
    return Reading(text, folded, tuple(views), found, lexicon, weight)


def _without(view: View, phrases: set[str]) -> Found:
    kept = {
        name: spans if name in DANGER else [span for span in spans if view.words[slice(*span)] not in phrases]
        for name, spans in view.found.items()
    }
    return {name: spans for name, spans in kept.items() if spans}


def _together(run: re.Match[str]) -> str:
    return " " + re.sub(r"[ .]", "", run[0])


def _undressed(folded: str, lexicon: Lexicon) -> str:
    return " ".join(_unmasked(word, lexicon) if MADE_OF_SIGNS.search(word) else word for word in folded.split())


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
    return next((one for one in sorted(lexicon.vocabulary) if meant.fullmatch(one)), plain)
