"""How the rules do on sentences of somebody who had seen none of what they were made with.

They were measured with once; since then they are spent, and lessons, too (`lessons.spent`). What is found of sentences
that were not taught, `python -m tests.core.rules.teach check` tells.
"""

from pathlib import Path

import pytest
from msgspec import Struct

from chat.core.moderation.policy import EVERYTHING
from chat.core.moderation.verdict import Allow, RuleName
from config import lexicon
from web.rules import tried


class Sentence(Struct, frozen=True):
    """What ought to happen, which rules ought to speak, and what kind it is."""

    holds: bool
    rules: frozenset[str]
    kind: str
    held: bool
    spoke: frozenset[RuleName]


@pytest.fixture(scope="module")
def sentences() -> list[Sentence]:
    """Each with what the rules say of it."""
    known, found = lexicon.load(), []
    lines = Path(__file__).with_name("blind.tsv").read_text(encoding="utf-8").splitlines()
    for line in lines[3:]:
        verdict, rules, kind, text = line.split("\t")
        said = tried(text, known, EVERYTHING)
        named = frozenset(rules.split(",")) - {"-"}
        found.append(Sentence(verdict == "hold", named, kind, not isinstance(said, Allow), frozenset(said.rules)))
    return found


def share(which: list[bool]) -> float:
    return sum(which) / len(which)


def test_explicit_words_of_danger_are_heard(sentences: list[Sentence]) -> None:
    explicit = [one for one in sentences if one.kind == "explicit" and "alarm" in one.rules]
    assert len(explicit) >= 190
    assert share([RuleName.ALARM in one.spoke for one in explicit]) >= 0.95


def test_an_alarm_is_mostly_one(sentences: list[Sentence]) -> None:
    rung = [one for one in sentences if RuleName.ALARM in one.spoke]
    assert share(["alarm" in one.rules for one in rung]) >= 0.85


def test_what_is_held_is_held_rightly(sentences: list[Sentence]) -> None:
    assert share([one.holds for one in sentences if one.held]) >= 0.95
    assert share([one.held for one in sentences if one.holds]) >= 0.7
