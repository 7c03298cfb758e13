"""How phrase lists are written: a phrase a line, with brackets for what may stand in one place.

    source: written for Hearth          before the first phrase: where the list is from, why it is there, how far it is
    reason: ...
    state: done
    want = want to | need to            a name for what may stand in one place; used as <want>
    # a note
    <want> [die|be dead]                four phrases
    [i |]am done                        two: nothing is one of the choices
    [took|taken] .. [pills|tablets]     one after the other with up to five words between, in one sentence
    - kill time                         a phrase taken away, from this list or one read before

Spelling, small letters and signs do not matter: phrases are made plain exactly as messages are.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import product

from msgspec import Struct

THEN = " .. "
HEADER = ("source", "reason", "state")
CHOICE = re.compile(r"\[([^\[\]]*)\]|<(\w+)>")


class Malformed(ValueError):
    """A phrase list that cannot be read; says which line, and never quotes it."""


Chain = tuple[frozenset[str], ...]
"""One of the first phrases, then one of the second, and so on: near to each other. A plain phrase is a chain of one."""


class Sheet(Struct, frozen=True):
    """One phrase list: what it says of itself, the phrases it adds and those it takes away."""

    about: dict[str, str]
    phrases: frozenset[Chain]
    without: frozenset[Chain]

    def __repr__(self) -> str:
        return f"<Sheet, {len(self.phrases)} phrases>"


def read(text: str) -> Sheet:
    """Raises Malformed with the number of the line."""
    about: dict[str, str] = {}
    classes: dict[str, list[str]] = {}
    lists: tuple[set[Chain], set[Chain]] = (set(), set())
    for number, line in enumerate(map(str.strip, text.split("\n")), 1):
        head, colon, rest = line.partition(":")
        name, equals, choices = line.partition("=")
        if not line or line.startswith("#"):
            continue
        try:
            if colon and head in HEADER:
                about[head] = rest.strip()
            elif equals:
                classes[name.strip()] = [one for choice in choices.split("|") for one in _expand(choice, classes)]
            else:
                lists[line.startswith("- ")].update(_chains(line.removeprefix("- "), classes))
        except KeyError:
            raise Malformed(f"line {number} names something that is not said before it") from None
    return Sheet(about, frozenset(lists[0]), frozenset(lists[1]))


def add(phrases: Iterable[Chain], more: Iterable[str]) -> frozenset[Chain]:
    """A list with more phrases, brackets allowed."""
    return frozenset(phrases).union(*(_chains(one, {}) for one in more))


def remove(phrases: Iterable[Chain], fewer: Iterable[str]) -> frozenset[Chain]:
    """A list without some phrases, brackets allowed. A chain goes only as a whole, written as it was."""
    return frozenset(phrases).difference(*(_chains(one, {}) for one in fewer))


def spellings(text: str) -> dict[str, str]:
    """A list of short forms, `im = i am`, by what is written."""
    pairs = (line.partition("=") for line in text.split("\n") if "=" in line and not line.startswith("#"))
    return {short.strip(): whole.strip() for short, _, whole in pairs}


def _chains(line: str, classes: dict[str, list[str]]) -> list[Chain]:
    links = [frozenset(_expand(link, classes)) for link in line.split(THEN)]
    return [(frozenset({one}),) for one in links[0]] if len(links) == 1 else [tuple(links)]


def _expand(line: str, classes: dict[str, list[str]]) -> Iterator[str]:
    return (" ".join(one.split()) for one in _choices(line, classes))


def _choices(line: str, classes: dict[str, list[str]]) -> Iterator[str]:
    pieces: list[list[str]] = []
    end = 0
    for found in CHOICE.finditer(line):
        named, among = found[2], found[1]
        pieces.append([line[end : found.start()]])
        pieces.append(
            classes[named] if named else [one for each in among.split("|") for one in _choices(each, classes)]
        )
        end = found.end()
    return ("".join(one) for one in product(*pieces, [line[end:]]))
