"""Finds every phrase of every list in one pass over the words of a message (Aho-Corasick).

A word is two signs of some sixty each: fewer steps than letters would be, and the automaton, which looks along all the
signs that may follow, never has many.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import isqrt
from typing import NamedTuple

import ahocorasick
from msgspec import Struct

from chat.core.moderation.phrasing import Chain

BETWEEN = 5
"""Words that may stand between two links of a chain."""
RARE = 1 << 20
"""The rank of a word that nobody has counted."""
HIGH, LOW = 0x10000, 0x20000
"""A word's first sign is a character from here on, its second one from there on: so no phrase begins within a word."""
NO_WORD, STOPS = "\0\0", chr(HIGH) + chr(LOW)
"""Stand for a word that is in no phrase, and for a full stop, which is always the first of the words."""


class Span(NamedTuple):
    """Where a phrase stands: its first word, and the one after its last."""

    start: int
    end: int


Found = dict[str, list[Span]]
"""By list: where its phrases stand."""
Kind = tuple[int, tuple[str, ...], tuple[int, ...]]
"""How many words, the lists it is in, the links of chains it may be."""
Linked = tuple[str, tuple[int, ...], int]
"""A chain: its list, its links in their order, and the same as bits."""
Value = tuple[int, tuple[str, ...], int, tuple[Linked, ...]]
"""A kind, ready: its links as bits, and the chains that are found by one of them."""


class Sheaf(Struct, frozen=True, array_like=True):
    """Phrases made ready to be looked for, as they can be kept in a file."""

    forms: Sequence[str] = ()
    """Two characters a word."""
    kind: Sequence[int] = ()
    """Of each, which of `kinds` it is: most are of a few."""
    kinds: Sequence[Kind] = ()
    chains: Mapping[int, Sequence[tuple[str, tuple[int, ...]]]] = {}
    """By the link by which it is found: the list, and all links in their order."""

    def __repr__(self) -> str:
        return f"<Sheaf, {len(self.forms)} phrases>"


def signs(words: Sequence[str]) -> dict[str, str]:
    """The two characters of each word. Words that stand in many phrases are found soonest if they come first."""
    base = isqrt(len(words)) + 1
    return {word: chr(HIGH + number // base) + chr(LOW + number % base) for number, word in enumerate(words)}


def sheaf(chains: Iterable[tuple[str, Chain]], sign: Mapping[str, str], rank: Mapping[str, int]) -> Sheaf:
    """From phrases made plain, each with the list it is in; `sign`: as `signs` gives them; `rank`: 0 is said most."""

    def rarity(link: frozenset[str]) -> int:
        return min((max(rank.get(word, RARE) for word in one.split()) for one in link), default=0)

    lists: dict[str, set[str]] = {}
    links: dict[str, set[int]] = {}
    numbers: dict[frozenset[str], int] = {}
    found_by: dict[int, list[tuple[str, tuple[int, ...]]]] = {}
    for name, chain in chains:
        if len(chain) == 1:
            for one in chain[0]:
                lists.setdefault(one, set()).add(name)
            continue
        numbered = tuple(numbers.setdefault(link, len(numbers)) for link in chain)
        rarest = max(zip(map(rarity, chain), numbered, strict=True))[1]
        found_by.setdefault(rarest, []).append((name, numbered))
    for link, number in numbers.items():
        for one in link:
            links.setdefault(one, set()).add(number)
    kinds: dict[Kind, int] = {}
    forms: dict[str, int] = {}
    for phrase in sorted(lists.keys() | links.keys()):
        words = phrase.split()
        of = tuple(sorted(lists.get(phrase, ()))), tuple(sorted(links.get(phrase, ())))
        forms["".join(map(sign.__getitem__, words))] = kinds.setdefault((len(words), *of), len(kinds))
    ordered = sorted(forms)
    return Sheaf(ordered, [forms[form] for form in ordered], [*kinds], found_by)


class Phrases:
    """One automaton over all of them."""

    def __init__(self, ready: Sheaf) -> None:
        self.count = len(ready.forms)
        chains: dict[int, list[Linked]] = {
            link: [(name, chain, _bits(chain)) for name, chain in found] for link, found in ready.chains.items()
        }
        kinds: list[Value] = [
            (length, names, _bits(links), tuple(one for link in links for one in chains.get(link, ())))
            for length, names, links in ready.kinds
        ]
        self._automaton = ahocorasick.Automaton()
        for form, kind in zip(ready.forms, ready.kind, strict=True):
            self._automaton.add_word(form, kinds[kind])
        self._automaton.make_automaton()

    def __repr__(self) -> str:
        return f"<Phrases, {self.count}>"

    def find(self, signs: str) -> Found:
        """Every phrase, by list, in words given by their signs."""
        found: Found = {}
        hits = [*self._automaton.iter(signs)] if self.count else []
        likely: list[Linked] = []
        there = 0
        for last, (length, names, links, chains) in hits:
            there |= links
            if names:
                span = Span((last + 1) // 2 - length, (last + 1) // 2)
                for name in names:
                    found.setdefault(name, []).append(span)
            if chains:
                likely.extend(chains)
        # Most messages have a link or two of some chain, and hardly any all of one.
        for name, chain, _ in dict.fromkeys([one for one in likely if there & one[2] == one[2]]):
            if spans := _chained(signs, hits, chain):
                found.setdefault(name, []).extend(spans)
        return found


def _bits(links: Iterable[int]) -> int:
    return sum({1 << link for link in links})


def _chained(signs: str, hits: list[tuple[int, Value]], chain: tuple[int, ...]) -> list[Span]:
    def places(link: int) -> list[Span]:
        return [
            Span((last + 1) // 2 - length, (last + 1) // 2) for last, (length, _, links, _) in hits if links >> link & 1
        ]

    spans = places(chain[0])
    for link in chain[1:]:
        spans = [Span(span.start, one.end) for span in spans for one in places(link) if _near(signs, span, one)]
    return spans


def _near(signs: str, one: Span, other: Span) -> bool:
    return 0 <= other.start - one.end <= BETWEEN and STOPS not in signs[2 * one.end : 2 * other.start]
