"""Weighs words: each says a little for or against danger, hurt, a method, and so does each pair of neighbours.

A linear model, learnt from labelled sentences (`tests/core/rules/teach.py`) and handed in as whole numbers. A word
weighs by itself, by its sense (`husband` and `boyfriend` are one) and by the letters it is made of, so that a slip or a
word never seen before counts for what it is like. Nothing weighed is remembered.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import pairwise, repeat
from typing import NamedTuple

from msgspec import Struct

from chat.core.moderation.normal import STOP

GRAMS = range(3, 6)
"""Letters of a word that are looked at together, its two ends included."""
BITS = 20
"""Room for one weight: three stand in one number, so one sum weighs three things."""
HALF, FIELD, FIELDS = 1 << (BITS - 1), (1 << BITS) - 1, (1 << 2 * BITS) - 1
"""Each is kept half of its room above zero while it is added up, so that none borrows from the next."""
LONGEST_WORD = 24
"""Letters of a word never seen before that are looked at; the rest says no more."""
LONGEST_NUMBER = 6
"""Digits: no dose, year or time has more; a telephone number or a date in one piece says nothing of its writer."""
CUTS = tuple(
    tuple(slice(at, at + size) for size in GRAMS for at in range(length - size + 1))
    for length in range(LONGEST_WORD + 3)
)
"""By the length of a word with its two ends: where what is looked at stands in it."""
BEGINS, ENDS, NUMBER = "^", "$", "#"
NUMBERED = 16
"""Bits of a sense's number."""
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
    """What a word is made of. A long number says nothing."""
    if len(word) > LONGEST_NUMBER and word.isdigit():
        return frozenset()
    whole = f"<{word[:LONGEST_WORD]}>"
    return {*map(whole.__getitem__, CUTS[len(whole)])}


class Prepared(Struct, frozen=True, array_like=True):
    """Weights made ready, as they can be kept in a file: three in one number, pairs by the numbers of their senses."""

    bias: int = SILENT.alarm
    words: dict[str, int] = {}
    """Learnt or common: with what its sense and its letters weigh."""
    senses: dict[str, int] = {}
    pairs: dict[int, int] = {}
    letters: dict[str, int] = {}
    ends: tuple[int, int, int] = (0, 0, 0)
    """The numbers of a beginning, an end, a number written in digits."""

    def __repr__(self) -> str:
        return f"<Prepared, {len(self.words)} words>"


def prepared(learnt: Weights, usual: Iterable[str] = ()) -> Prepared:
    """`usual`: words of the language that nothing was learnt of; what their letters weigh is worked out now."""
    numbers = {one: number for number, one in enumerate(sorted({one for pair in learnt.pairs for one in pair}), 1)}
    letters = {gram: packed(weight) for gram, weight in sorted(learnt.grams.items())}
    words = sorted({*learnt.words, *learnt.senses, *numbers.keys(), STOP, *usual} - {BEGINS, ENDS, NUMBER})

    def weight(word: str) -> int:
        by_sense = learnt.meanings.get(learnt.senses.get(word, ""))
        return sum(map(packed, filter(None, (learnt.words.get(word), by_sense)))) + spelt(word, letters)

    return Prepared(
        packed(learnt.bias),
        {word: weight(word) for word in words},
        {word: number for word in words if (number := numbers.get(sense(word, learnt.senses), 0))},
        {numbers[one] << NUMBERED | numbers[other]: packed(w) for (one, other), w in sorted(learnt.pairs.items())},
        letters,
        (numbers.get(BEGINS, 0), numbers.get(ENDS, 0), numbers.get(NUMBER, 0)),
    )


def spelt(word: str, letters: Mapping[str, int]) -> int:
    """What a word weighs by what it is made of."""
    return 0 if word == STOP else sum(filter(None, map(letters.get, grams(word))))


class Entry(NamedTuple):
    """A word as it is looked up once: all that is asked of it later stands together. A short form is all its words."""

    words: str
    signs: str
    """By which phrases know it (`phrases.signs`): two for each word."""
    weight: int
    sense: int
    """The number of what the first word is taken for; 0: it stands in no pair."""
    before: dict[int, int]
    """By the sense of the word after it: what the pair weighs."""


Row = tuple[Sequence[str], Sequence[str], Sequence[int], Sequence[int], Sequence[dict[int, int]]]
"""All words of a message, their signs, weights, senses, and what is known of what follows: each kind by itself."""
NO_ROW: Row = ((), (), (), (), ())


def row(entries: Sequence[Entry]) -> Row:
    """Words one after the other as rows of what is known of them."""
    if not entries:
        return NO_ROW
    words, signs, weights, senses, before = zip(*entries, strict=True)
    return words, signs, weights, senses, before


class Scale:
    """Weights ready to weigh with."""

    def __init__(self, ready: Prepared) -> None:
        self.words, self._senses, self._letters = ready.words, ready.senses, ready.letters
        low, pairs = (1 << NUMBERED) - 1, dict[int, dict[int, int]]()
        for pair, weight in ready.pairs.items():
            pairs.setdefault(pair >> NUMBERED, {})[pair & low] = weight
        self._pairs = pairs
        begins, self._ends, self._number = ready.ends
        self._begins = pairs.get(begins, {})
        self._bias = ready.bias + packed(Weight(HALF, HALF, HALF))

    def __repr__(self) -> str:
        return f"<Scale, {len(self.words)} words>"

    def entry(self, word: str, sign: str) -> Entry:
        """What is known of a word. Of one never seen what its letters weigh is worked out; nothing is kept."""
        weight = self.words.get(word)
        sense = self._senses.get(word, 0) if weight is not None else self._number if word[:1].isdigit() else 0
        weight = spelt(word, self._letters) if weight is None else weight
        return Entry(word, sign, weight, sense, self._pairs.get(sense, _NONE))

    @staticmethod
    def joined(entries: Sequence[Entry]) -> Entry:
        """Several words as one."""
        pairs = sum(one.before.get(other.sense, 0) for one, other in pairwise(entries))
        words, signs, weights, senses, before = zip(*entries, strict=True)
        return Entry(" ".join(words), "".join(signs), sum(weights) + pairs, senses[0], before[-1])

    def weigh(self, row: Row) -> Weight:
        """The most that words weigh, all together or one sentence by itself."""
        words, signs, weights, senses, before = row
        pairs, bias = [*map(dict.get, (self._begins, *before), (*senses, self._ends), repeat(0))], self._bias
        sums = [sum(pairs, sum(weights, bias))]
        stops = words.count(STOP)
        if stops > 1 or (stops and words[-1] != STOP):
            for start, end in sentences(words, signs, stops):
                sums.append(sum(pairs[start:end], sum(weights[start:end], bias)))
        return self._unpacked(sums)

    def _unpacked(self, sums: list[int]) -> Weight:
        return Weight(
            max([one & FIELD for one in sums]) - HALF,
            (max([one & FIELDS for one in sums]) >> BITS) - HALF,
            (max(sums) >> 2 * BITS) - HALF,
        )


_NONE: dict[int, int] = {}


def sentences(words: Sequence[str], signs: Sequence[str], stops: int) -> list[tuple[int, int]]:
    """Where each of several begins and ends, its stop included."""
    start, found = 0, []
    for _ in range(stops):
        end = words.index(STOP, start) + 1
        if end - start > FEW or len("".join(signs[start:end])) > 2 * FEW:
            found.append((start, end))
        start = end
    if len(words) - start >= FEW or len("".join(signs[start:])) >= 2 * FEW:
        found.append((start, len(words) + 1))
    return found


def packed(weight: Weight) -> int:
    """Three weights in one number."""
    return weight.alarm + (weight.hurt << BITS) + (weight.method << 2 * BITS)
