"""Teaches the scale: what each word and pair weighs for danger, hurt and a method, learnt from labelled sentences.

python -m tests.core.rules.teach            writes config/weights/learnt.txt
python -m tests.core.rules.teach check      how right it is on sentences it was not taught with, nothing written

Logistic regression, by stochastic steps that shrink for what is seen often (J. Duchi, 2011). Always the same for the
same lessons. `check` asks twice: five times a fifth of the kinds held back, so that no sentence is tried on one
made by the same pattern; and taught by one author only, tried on the others', which is nearer to what strangers write.
"""

import random
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from itertools import pairwise
from math import exp, sqrt
from pathlib import Path

from chat.core.moderation.lexicon import Lexicon
from chat.core.moderation.normal import STOP, fold, parted
from chat.core.moderation.policy import Level
from chat.core.moderation.rules import alarm, hurt, method
from chat.core.moderation.scale import BEGINS, ENDS, Scale, Weight, Weights, grams, prepared, row, sense, sentences
from config.lexicon import keep, load
from config.lexicon import senses as read_senses
from tests.core.rules.lessons import Lesson, measured, spent, written

LEARNT = Path(__file__).parents[3] / "config/weights/learnt.txt"
THINGS = ("alarm", "hurt", "method")
SOFT = 0.3
"""How much a sentence counts that may be danger and may not."""
EPOCHS, STEP = 20, 0.1
UNHEARD = 0.3
"""The share of what a sentence says that is passed over each time: nothing may lean on one word alone."""
SEEN = 1
"""Pairs and letters seen in fewer sentences say nothing."""
UNIT = 100
LIGHT = 5
"""What weighs less than this for everything is left out, except words."""
FOLDS = 5
LEAST = {"alarm": alarm.HEAVY[Level.USUAL], "hurt": hurt.HEAVY, "method": method.HEAVY}

Feature = tuple[str, ...]


@cache
def known_senses() -> dict[str, str]:
    """Words by the name of what they mean."""
    return read_senses()


def features(text: str, lexicon: Lexicon) -> list[Feature]:
    """All that the scale looks at, as often as it does."""
    senses = known_senses()
    words = lexicon.plain(parted(fold(text)))
    row = [BEGINS, *(sense(word, senses) for word in words), ENDS]
    alone = [("w", word) for word in words] + [("s", senses[word]) for word in words if word in senses]
    letters = [("g", gram) for word in words if word != STOP for gram in sorted(grams(word))]
    return alone + letters + [("p", *pair) for pair in pairwise(row)]


def pieces(text: str, lexicon: Lexicon) -> list[list[Feature]]:
    """The same for each of several sentences by itself, which the scale weighs, too."""
    senses, words = known_senses(), lexicon.plain(parted(fold(text)))
    stops = words.count(STOP)
    if stops < 2 and (not stops or words[-1] == STOP):
        return []
    pairs = [*pairwise([BEGINS, *(sense(word, senses) for word in words), ENDS])]
    found: list[list[Feature]] = []
    for begin, end in sentences(words, ["  "] * len(words), stops):
        some, row = words[begin:end], list[Feature]()
        row += [("w", word) for word in some]
        row += [("s", senses[word]) for word in some if word in senses]
        row += [("g", gram) for word in some if word != STOP for gram in sorted(grams(word))]
        row += [("p", *pair) for pair in pairs[begin:end]]
        found.append(row)
    return found


Taught = dict[str, tuple[float, dict[Feature, float]]]


def teach(lessons: Sequence[Lesson], rows: Sequence[list[Feature]], lexicon: Lexicon) -> Taught:
    """Bias and weights of each thing. What is innocent is so sentence by sentence."""
    lessons, rows = [*lessons], [*rows]
    for one in [one for one in lessons if not one.labels]:
        for piece in pieces(one.text, lexicon):
            lessons.append(one)
            rows.append(piece)
    often = Counter(feature for row in rows for feature in set(row))
    numbers = {feature: at for at, feature in enumerate(sorted(f for f in often if often[f] >= SEEN or f[0] == "w"))}
    known = [[numbers[one] for one in row if one in numbers] for row in rows]
    taught = {}
    for thing in THINGS:
        wanted = [
            (1.0, SOFT) if thing == "alarm" and "soft" in each.labels else (float(thing in each.labels), 1.0)
            for each in lessons
        ]
        bias, weights = _fit(known, wanted, len(numbers))
        taught[thing] = bias, dict(zip(numbers, weights, strict=True))
    return taught


def _fit(rows: Sequence[list[int]], wanted: Sequence[tuple[float, float]], size: int) -> tuple[float, list[float]]:
    weights, seen, bias, order = [0.0] * size, [1.0] * size, 0.0, [*range(len(rows))]
    chance, bias_seen = random.Random(1), 1.0  # noqa: S311 no secret
    for _ in range(EPOCHS):
        chance.shuffle(order)
        for at in order:
            right, counts = wanted[at]
            row = [one for one in rows[at] if chance.random() > UNHEARD]
            total = bias + sum([weights[one] for one in row])
            off = counts * (1 / (1 + exp(-max(min(total, 30.0), -30.0))) - right)
            if abs(off) < 0.003:
                continue
            square = off * off
            bias_seen += square
            bias -= STEP * off / sqrt(bias_seen)
            for one in row:
                seen[one] += square
                weights[one] -= STEP * off / sqrt(seen[one])
    return bias, weights


def weights_of(taught: Taught, senses: Mapping[str, str]) -> Weights:
    """As whole numbers; what rounds to nothing is left out."""
    every: dict[Feature, Weight] = {}
    for feature in taught["alarm"][1]:
        weight = Weight(*(round(UNIT * taught[thing][1][feature]) for thing in THINGS))
        if any(abs(one) >= (1 if feature[0] == "w" else LIGHT) for one in weight):
            every[feature] = weight
    return Weights(
        bias=Weight(*(round(UNIT * taught[thing][0]) for thing in THINGS)),
        senses=dict(senses),
        words={f[1]: w for f, w in every.items() if f[0] == "w"},
        meanings={f[1]: w for f, w in every.items() if f[0] == "s"},
        grams={f[1]: w for f, w in every.items() if f[0] == "g"},
        pairs={(f[1], f[2]): w for f, w in every.items() if f[0] == "p"},
    )


def digest() -> str:
    """What the lessons are known by: a change of one asks for teaching anew."""
    rows = [(sorted(each.labels), each.text) for each in (*written(), *measured(), *spent())]
    return sha256(repr(rows).encode()).hexdigest()


def as_text(weights: Weights) -> str:
    """As it is kept: what it is of, what, and what it weighs for each thing."""
    tables = (("word", weights.words), ("sense", weights.meanings), ("letters", weights.grams))
    rows = [("bias", "", weights.bias)]
    rows += [(name, what, weight) for name, table in tables for what, weight in sorted(table.items())]
    rows += [("pair", " ".join(pair), weight) for pair, weight in sorted(weights.pairs.items())]
    lines = [f"{name}\t{what}\t" + "\t".join(map(str, weight)) for name, what, weight in rows]
    return (
        f"# lessons {digest()}\n"
        "# Written by tests/core/rules/teach.py; not by hand. Weights for alarm, hurt, method.\n"
        + "\n".join(lines)
        + "\n"
    )


def shares(scale: Scale, lexicon: Lexicon, lessons: Sequence[Lesson]) -> dict[tuple[str, str], int]:
    """How often each thing was found, missed, and taken for it wrongly, at the weights the rules ask for."""
    counts = Counter[tuple[str, str]]()
    for lesson in lessons:
        weight = scale.weigh(row([scale.entry(word, "  ") for word in lexicon.plain(parted(fold(lesson.text)))]))
        for thing, least in LEAST.items():
            found, right = getattr(weight, thing) >= least, thing in lesson.labels
            if found and not right and thing == "alarm" and "soft" in lesson.labels:
                continue
            counts[thing, f"{'right' if found == right else 'wrong'} {'found' if found else 'passed'}"] += 1
    return dict(counts)


def check(lexicon: Lexicon) -> None:
    """Prints what is found of sentences the scale was not taught with."""
    theirs, others = written(), [*measured(), *spent()]
    rows = {lesson: features(lesson.text, lexicon) for lesson in (*theirs, *others)}

    def scale(lessons: Sequence[Lesson]) -> Scale:
        return Scale(prepared(weights_of(teach(lessons, [rows[one] for one in lessons], lexicon), known_senses())))

    print("taught by one author, tried on the other's:", shares(scale(theirs), lexicon, others))
    kinds = sorted({one.kind for one in rows})
    random.Random(3).shuffle(kinds)  # noqa: S311 no secret
    totals = Counter[tuple[str, str]]()
    for part in range(FOLDS):
        held = set(kinds[part::FOLDS])
        taught = scale([one for one in rows if one.kind not in held])
        totals.update(shares(taught, lexicon, [one for one in rows if one.kind in held]))
    print("a fifth of the kinds held back each time:", dict(totals))


def main(how: str) -> None:
    """Writes what was learnt, or checks."""
    lexicon = load()
    if how == "check":
        check(lexicon)
        return
    lessons = [*written(), *measured(), *spent()]
    learnt = weights_of(teach(lessons, [features(one.text, lexicon) for one in lessons], lexicon), known_senses())
    LEARNT.write_text(as_text(learnt), "utf-8")
    keep()
    print(f"{len(lessons)} lessons, {len(learnt.words)} words, {len(learnt.grams)} parts, {len(learnt.pairs)} pairs")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
