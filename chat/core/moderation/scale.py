"""Weighs words: each says a little for or against danger, hurt, a method, and so does each pair of neighbours.

A linear model, learnt from labelled sentences (`tests/core/rules/teach.py`) and handed in as whole numbers. A word
weighs by itself, by its sense (`husband` and `boyfriend` are one) and by the letters it is made of, so that a slip or a
word never seen before counts for what it is like. Nothing weighed is remembered.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import pairwise, repeat
from operator import add
from typing import NamedTuple

from msgspec import Struct

from chat.core.moderation.normal import STOP

GRAMS = range(3, 6)
"""Letters of a word that are looked at together, its two ends included."""
BITS = 20
"""Room for one weight: three stand in one number, so one sum weighs three things."""
HALF, FIELD = 1 << (BITS - 1), (1 << BITS) - 1
"""Each is kept half of its room above zero while it is added up, so that none borrows from the next."""
LONGEST_WORD = 24
"""Letters of a word never seen before that are looked at; the rest says no more."""
BEGINS, ENDS, NUMBER = "^", "$", "#"
FEW = 3
"""Words: a shorter sentence is weighed only together with the rest."""


class Weight(NamedTuple):
    """What some words weigh: more than zero speaks for it. In hundredths of a natural logarithm."""

    alarm: int
    hurt: int
    method: int


NOTHING = Weight(0, 0, 0)
SILENT = Weight(-3000, 0, 0)
"""Where nothing was learnt no alarm rings by weight, and phrase lists alone say what hurts."""


class Weights(Struct, frozen=True):
    """What was learnt."""

    bias: Weight = SILENT
    senses: Mapping[str, str] = {}
    """Words by the name of what they mean."""
    words: Mapping[str, Weight] = {}
    meanings: Mapping[str, Weight] = {}
    """Senses, by themselves."""
    grams: Mapping[str, Weight] = {}
    pairs: Mapping[tuple[str, str], Weight] = {}
    """Two senses in a row."""

    def __repr__(self) -> str:
        return f"<Weights, {len(self.words)} words>"


def sense(word: str, senses: Mapping[str, str]) -> str:
    """What a word is taken for beside others."""
    return senses.get(word) or (NUMBER if word[:1].isdigit() else word)


def grams(word: str) -> Set[str]:
    """What a word is made of."""
    whole = f"<{word[:LONGEST_WORD]}>"
    return {whole[at : at + size] for size in GRAMS for at in range(len(whole) - size + 1)}


class Scale:
    """Weights made ready: a word costs two looks, a pair one."""

    def __init__(self, learnt: Weights, ordinary: Iterable[str] = ()) -> None:
        """`ordinary`: words of the language that nothing was learnt of; what their letters weigh is worked out now."""
        numbers = {one: number for number, one in enumerate(sorted({one for pair in learnt.pairs for one in pair}), 1)}
        self._words, self._senses = _Words(learnt), _Senses(learnt, numbers)
        for word in {*learnt.words, *learnt.senses, STOP}.union(ordinary):
            self._words[word], self._senses[word] = self._words[word], self._senses[word]
        self._pairs = {(numbers[one], numbers[other]): _packed(weight) for (one, other), weight in learnt.pairs.items()}
        self._begins, self._ends = (numbers.get(one, 0) for one in (BEGINS, ENDS))
        self._bias = _packed(learnt.bias) + _packed(Weight(HALF, HALF, HALF))

    def __repr__(self) -> str:
        return f"<Scale, {len(self._pairs)} pairs>"

    def weigh(self, words: Sequence[str]) -> Weight:
        """The most that the words weigh, all together or one sentence by itself."""
        senses = [self._begins, *map(self._senses.__getitem__, words), self._ends]
        pairs = map(self._pairs.get, pairwise(senses), repeat(0))
        each = [*map(add, map(self._words.__getitem__, words), pairs), next(pairs)]
        sums = [sum(each, self._bias)]
        if STOP in words:
            sums += [sum(each[start:end], self._bias) for start, end in _sentences(words)]
        return Weight(
            max([one & FIELD for one in sums]) - HALF,
            max([one >> BITS & FIELD for one in sums]) - HALF,
            max([one >> 2 * BITS for one in sums]) - HALF,
        )


def _sentences(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where each begins and ends, its stop included."""
    start = 0
    for _ in range(words.count(STOP)):
        end = words.index(STOP, start) + 1
        if end - start > FEW:
            yield start, end
        start = end
    if len(words) - start >= FEW:
        yield start, len(words) + 1


class _Words(dict[str, int]):
    """What each word weighs. One that is not there is worked out each time and never kept: somebody said it."""

    def __init__(self, learnt: Weights) -> None:
        self._learnt = learnt

    def __missing__(self, word: str) -> int:
        learnt = self._learnt
        means = learnt.meanings.get(learnt.senses.get(word, ""))
        found = [] if word == STOP else map(learnt.grams.get, grams(word))
        return sum(map(_packed, filter(None, (learnt.words.get(word), means, *found))))


class _Senses(dict[str, int]):
    """The number of what each word is taken for; 0: it stands in no pair. Likewise never kept."""

    def __init__(self, learnt: Weights, numbers: Mapping[str, int]) -> None:
        self._learnt, self._numbers = learnt, numbers

    def __missing__(self, word: str) -> int:
        return self._numbers.get(sense(word, self._learnt.senses), 0)


def _packed(weight: Weight) -> int:
    return weight.alarm + (weight.hurt << BITS) + (weight.method << 2 * BITS)
