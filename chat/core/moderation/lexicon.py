"""All phrases at once: one pass over a message finds every phrase of every list (Aho-Corasick).

Built once, from lists that are handed in, and then only asked: many groups and many threads may share one.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from string import ascii_lowercase
from typing import NamedTuple

import ahocorasick
from msgspec import Struct

from chat.core.moderation.normal import STOP, fold, parted, plainly
from chat.core.moderation.phrasing import Chain
from chat.core.moderation.scale import Scale, Weights

RUNS = re.compile(r"([a-z])\1+")
SLIPS_FROM = 5
"""Letters: in a shorter word a slip is too often another word. (Two letters swapped: one less.)"""
ONE_WORD = range(8, 17)
"""Letters: phrases of so many are also known without their spaces."""


DRAWN_OUT = "drawn out"
"""The list under which a letter three times in a row is found: the same pass finds it, a search would cost as much."""
BETWEEN = 5
"""Words that may stand between two links of a chain."""


AROUND = frozenset({"told", "figures", "long_ago"})
"""Lists that matter only beside a phrase of another: they hold the commonest words, and are looked for only then."""


class Span(NamedTuple):
    """Where a phrase stands in the words of a message, the spaces around it included."""

    start: int
    end: int


Found = dict[str, list[Span]]
"""By list: where its phrases stand."""


class Known(Struct, frozen=True):
    """What else the rules know of the world."""

    ordinary: frozenset[str] = frozenset()
    """Words of the language; none of them is a slip of another."""
    common: frozenset[str] = frozenset()
    """The most frequent of them; rarer ones are last names, too."""
    given: frozenset[str] = frozenset()
    """First names."""
    rare_given: frozenset[str] = frozenset()
    """Those of them that are no common words."""
    family: frozenset[str] = frozenset()
    """Last names."""
    numbers: frozenset[str] = frozenset()
    """Digits of helplines: these may be said."""
    hosts: frozenset[str] = frozenset()
    """Web addresses of helplines."""

    def __repr__(self) -> str:
        return "<Known>"


class Lexicon:
    """Phrase lists, ready to be looked for."""

    def __init__(
        self,
        lists: Mapping[str, Iterable[Chain]],
        spellings: Mapping[str, str] | None = None,
        known: Known | None = None,
        weights: Weights | None = None,
    ) -> None:
        """From lists by name. `spellings` writes out short forms (`im`: `i am`) in phrases and messages alike."""
        self.known = known or Known()
        self.weights = weights or Weights()
        self.scale = Scale(self.weights, self.known.common)
        plain = dict(spellings or {})
        chains = [
            (name, tuple(frozenset(_made_plain(link, plain)) for link in chain))
            for name, each in lists.items()
            for chain in each
        ]
        words = {word for _, chain in chains for link in chain for one in link for word in one.split()}
        self.vocabulary = frozenset(words) | self.weights.senses.keys()
        self.spellings = self._slips(plain) | plain
        first = [(name, chain) for name, chain in chains if name not in AROUND]
        around = [(name, chain) for name, chain in chains if name in AROUND]
        self._phrases, self._squeezed = _Phrases(first, _glued), _Phrases(first, _squeezed)
        self._around, self._around_squeezed = _Phrases(around, _glued), _Phrases(around, _squeezed)

    def __repr__(self) -> str:
        return f"<Lexicon, {len(self)} phrases>"

    def __len__(self) -> int:
        return self._phrases.count + self._around.count

    def plain(self, words: Sequence[str]) -> str:
        """Words as they are looked for."""
        return plainly(words, self.spellings)

    def find(self, words: str) -> Found:
        """Every phrase in `words`, by list; without the lists of AROUND."""
        return self._phrases.find(words)

    def around(self, words: str, *, squeezed: bool) -> Found:
        """What changes the meaning of the rest, in words as `find` or `find_squeezed` gave them back."""
        return (self._around_squeezed if squeezed else self._around).find(words)

    def find_squeezed(self, words: str) -> tuple[str, Found]:
        """Likewise when letters are repeated for weight; each phrase found has a word that was.

        Gives the squeezed words that the places belong to.
        """
        stretched = {squeeze(word) for word in words.split() if squeeze(word) != word}
        short = squeeze(words)
        found = self._squeezed.find(short)
        kept = {name: [s for s in spans if stretched & set(short[slice(*s)].split())] for name, spans in found.items()}
        return short, {name: spans for name, spans in kept.items() if spans}

    def _slips(self, plain: Mapping[str, str]) -> dict[str, str]:
        """Each word by its slips of the finger, unless that is a word or a name itself."""
        known = self.known.ordinary | self.known.given | self.known.family | self.vocabulary | set(plain)
        return {
            slip: word
            for word in sorted(self.vocabulary)
            if word.isalpha()
            for slip in _slips(word)
            if slip not in known
        }


class _Phrases:
    """One automaton; each of its words knows the lists it is in and the links of chains it may be."""

    def __init__(self, chains: Iterable[tuple[str, Chain]], forms: Callable[[str], list[str]]) -> None:
        lists: dict[str, set[str]] = {}
        links: dict[str, set[int]] = {}
        numbers: dict[frozenset[str], int] = {}
        self._chains: dict[int, list[tuple[str, tuple[int, ...]]]] = {}
        for name, chain in chains:
            if len(chain) == 1:
                for form in (form for one in chain[0] for form in forms(one)):
                    lists.setdefault(form, set()).add(name)
                continue
            numbered = tuple(numbers.setdefault(link, len(numbers)) for link in chain)
            # Found by the link that is likely to be the rarest: the one without short words.
            rarest = max(zip(chain, numbered, strict=True), key=lambda link: min(map(len, link[0]), default=0))[1]
            self._chains.setdefault(rarest, []).append((name, numbered))
        for link, number in numbers.items():
            for one in link:
                links.setdefault(forms(one)[0], set()).add(number)
        self.count = len(lists) + len(links)
        lists |= {letter * 3: {DRAWN_OUT} for letter in ascii_lowercase}
        self._rarest = frozenset(self._chains)
        self._automaton = ahocorasick.Automaton()
        for form in sorted(lists.keys() | links.keys()):
            value = len(form), tuple(sorted(lists.get(form, ()))), frozenset(links.get(form, ()))
            self._automaton.add_word(form, value)
        self._automaton.make_automaton()

    def find(self, words: str) -> Found:
        found: Found = {}
        linked: list[tuple[int, int, frozenset[int]]] = []
        for last, (length, names, links) in self._automaton.iter(words):
            for name in names:
                found.setdefault(name, []).append(Span(last + 1 - length, last + 1))
            if links:
                linked.append((last, length, links))
        there = frozenset[int]().union(*(links for _, _, links in linked))
        for rarest in there & self._rarest:
            for name, chain in self._chains[rarest]:
                if there.issuperset(chain) and (spans := _chained(words, linked, chain)):
                    found.setdefault(name, []).extend(spans)
        return found


def _chained(words: str, linked: list[tuple[int, int, frozenset[int]]], chain: tuple[int, ...]) -> list[Span]:
    each = [[Span(last + 1 - length, last + 1) for last, length, links in linked if link in links] for link in chain]
    spans = each[0]
    for others in each[1:]:
        spans = [Span(span.start, one.end) for span in spans for one in others if _near(words, span, one)]
    return spans


def _near(words: str, one: Span, other: Span) -> bool:
    between = words[one.end - 1 : other.start + 1]  # the spaces around a phrase belong to it
    return one.end - 1 <= other.start and between.count(" ") - 1 <= BETWEEN and STOP not in between


def _made_plain(phrases: Iterable[str], spellings: Mapping[str, str]) -> Iterable[str]:
    """Phrases as messages are; none that begins or ends with a word passed over, it would say less than was meant."""
    for phrase in phrases:
        words = parted(fold(phrase))
        if words and spellings.get(words[0], "x") and spellings.get(words[-1], "x"):
            yield plainly(words, spellings)


def squeeze(words: str) -> str:
    """Every letter once where it stands several times in a row."""
    return RUNS.sub(r"\1", words)


def _slips(word: str) -> Iterable[str]:
    """Two letters swapped, one left out, one written twice."""
    if len(word) >= SLIPS_FROM - 1:
        yield from (word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1))
    if len(word) >= SLIPS_FROM:
        yield from (word[:i] + word[i + 1 :] for i in range(1, len(word)))
        yield from (word[:i] + word[i] + word[i:] for i in range(len(word)))


def _glued(phrase: str) -> list[str]:
    glued = phrase.replace(" ", "")
    return [phrase, f" {glued} ", f" i{glued} "] if len(glued) in ONE_WORD and phrase.count(" ") > 2 else [phrase]


def _squeezed(phrase: str) -> list[str]:
    return [squeeze(one) for one in _glued(phrase)]
