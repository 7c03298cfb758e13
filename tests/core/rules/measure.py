"""Prints how good the rules are: precision and recall of each, with counts and 95 % intervals; ids, never texts.

python -m tests.core.rules.measure            the two thirds that the first rules were built with
python -m tests.core.rules.measure held       the third that they were measured with, once

That measure was (precision, recall): contact 0.95, 0.80; names 0.90, 0.86; hurt 0.83, 0.69; method 1.00, 0.44; alarm
0.91, 0.68; holding 0.92, 0.73. Phrase lists know what they were built with far better than what else people say. Since
then the third is spent, the scale is taught with it, too (`teach.py`), and what is shown here is no promise for either:
`python -m tests.core.rules.teach check` tells what is found of sentences that were not taught.
"""

import sys
from collections.abc import Collection
from functools import cache
from math import sqrt

from chat.core.moderation.policy import EVERYTHING
from chat.core.moderation.verdict import Allow
from config.lexicon import load
from tests.core.rules.labelled import Message, messages
from tests.core.rules.measured import Measure, of_holding, of_rule
from web.rules import tried

RULES = ("contact", "names", "hurt", "method", "alarm")
Z = 1.96


@cache
def fired(split: str) -> dict[str, Collection[str]]:
    """The rules that spoke, by id."""
    return {m.id: set(map(str, tried(m.text, load(), EVERYTHING).rules)) for m in of(split)}


@cache
def held(split: str) -> list[str]:
    """The ids of messages that would wait."""
    return [m.id for m in of(split) if not isinstance(tried(m.text, load(), EVERYTHING), Allow)]


@cache
def of(split: str) -> list[Message]:
    """The messages of one split."""
    return [m for m in messages() if m.split == split]


def wilson(right: int, of: int) -> str:
    """The interval in which the true share lies 19 times of 20 (E. B. Wilson, 1927)."""
    if not of:
        return "-"
    share, weight = right / of, Z * Z / of
    middle = (share + weight / 2) / (1 + weight)
    half = Z * sqrt(share * (1 - share) / of + weight / (4 * of)) / (1 + weight)
    return f"{share:.3f} [{middle - half:.3f}, {min(middle + half, 1):.3f}] {right}/{of}"


def row(name: str, measure: Measure) -> str:
    """One line of the table."""
    found = measure.wanted - len(measure.missed)
    precision = wilson(measure.right, measure.right + len(measure.wrong))
    return f"{name:9} precision {precision:32} recall {wilson(found, measure.wanted)}"


def main(split: str) -> None:
    """Prints the table of one split."""
    print(f"{split}: {len(of(split))} messages")
    measures = {rule: of_rule(rule, of(split), fired(split)) for rule in RULES}
    measures["holding"] = of_holding(of(split), held(split))
    for name, measure in measures.items():
        print(row(name, measure))
    soft = [m for m in of(split) if "alarm_soft" in m.labels]
    print(f"alarm on what may be danger {wilson(sum('alarm' in fired(split)[m.id] for m in soft), len(soft))}")
    for name, measure in measures.items():
        print(f"{name}: wrong {' '.join(measure.wrong) or '-'}; missed {' '.join(measure.missed) or '-'}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "tune")
