"""Words as they are meant, however they are dressed: for comparing, never for showing.

Two steps. `fold` undoes what a keyboard or a character set can do (wide and mathematical letters, marks, look-alikes,
characters nobody sees) and keeps every sign between the words. `parted` and `plainly` then leave words alone, full
stops as a word of their own (a phrase does not reach over the end of a sentence), short forms written out. Each gives
the same again when given its own answer.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence

STOP = "."
LOOK_ALIKE = dict(
    zip(
        "абвгезіїјкмнорстухцѕһԁԛԝყαβγεηικνοπρτυχωσøđłħıŧŋ’‘ʼ`´′“”„«»‐‑‒–—―−⁃﹣•·∙⋅⁄∕¡│ǀⅼ",
        "abbresiijkmhopctyxusxdqwyabyenikvonptuxwsodlhitn''''''\"\"\"\"\"---------....//!|ll",
        strict=True,
    )
) | {"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "…": "...", "。": ".", "\u2800": " "}  # fmt: skip
"""Cyrillic, Greek and other letters and signs that pass for a Latin one (a choice from Unicode's confusables.txt)."""
UNSEEN = {"Mn", "Me", "Cf", "Cs"}
"""General categories: marks laid over a letter, and what no page shows."""
FILLERS = {"\u115f", "\u1160", "\u3164", "\uffa0", "\u17b4", "\u17b5"}
"""Letters by category that no page shows."""
MOST = 6
"""Characters that one is written out as: a few stand for a whole sentence, and none of those is Latin."""


def fold(text: str) -> str:
    """Small Latin letters, digits and signs wherever a character can be read as one. Never raises."""
    if text.isascii():
        return text.lower()
    return _BEYOND.sub(lambda run: run[0].translate(_LETTERS), text).lower()


def parted(folded: str) -> list[str]:
    """The words of a folded text, and its full stops."""
    if not folded.isascii():
        folded = _BEYOND.sub(lambda run: run[0].translate(_WORDS), folded)
    # As bytes: translating a str that is not all ASCII costs a look-up a character (40 µs; so it is 2).
    signs = folded.encode("utf-8", "replace").translate(_SIGNS, b"'").decode("utf-8")
    # Several stops are a pause for breath, often in the middle of what somebody finds hard to say.
    return signs.replace("...", " ").replace("..", " ").replace(STOP, f" {STOP} ").split()


def plainly(words: Sequence[str], spellings: Mapping[str, str]) -> list[str]:
    """Words as `spellings` writes them out; those it passes over are gone."""
    return " ".join(filter(None, map(spellings.get, words, words))).split()


class _Letters(dict[int, str]):
    """What each character beyond ASCII becomes; worked out once a character."""

    def __missing__(self, code: int) -> str:
        self[code] = became = "".join(map(_seen, _unfolded(chr(code))))
        return became


class _Words(dict[int, str]):
    """What each character beyond ASCII becomes when only words are left: a picture is a word, too."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        picture = f" {character} " if unicodedata.category(character) == "So" else " "
        self[code] = became = character if character.isalnum() else picture
        return became


def _unfolded(character: str) -> str:
    for first, last in (("\U0001f1e6", "\U0001f1ff"), ("\U0001f170", "\U0001f189")):  # letters in boxes; flags are such
        if first <= character <= last:
            return chr(ord(character) - ord(first) + ord("a"))
    whole = unicodedata.normalize("NFKC", character).casefold()
    return unicodedata.normalize("NFKD", whole).casefold()[:MOST]


def _seen(character: str) -> str:
    if character in LOOK_ALIKE:
        return LOOK_ALIKE[character]
    if character in FILLERS or unicodedata.category(character) in UNSEEN:
        return ""
    return " " if character.isspace() and character != "\n" else character.lower()


_BEYOND = re.compile(r"[^\x00-\x7f]+")
_LETTERS = _Letters()
_WORDS = _Words()
_SIGNS = bytes(
    code if code > 127 or chr(code).isalnum() else ord(STOP if chr(code) in ".!?;\n" else " ") for code in range(256)
)
