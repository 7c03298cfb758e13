"""How the rules do on sentences of strangers, who had seen none of what they were made with.

`blind.tsv` and `blind2.tsv` were measured with once each; since then they are spent, and lessons, too
(`lessons.spent`). Those from `blind3.tsv` on were never taught with: what they show is what can be expected of others'
sentences. The fourth and the sixth say nothing of what should be held.
"""

from pathlib import Path

import pytest
from msgspec import Struct

from chat.core.moderation.policy import EVERYTHING
from chat.core.moderation.verdict import Allow, RuleName
from config import lexicon
from tests.core.rules.lessons import SPENT
from web.rules import tried

UNTAUGHT, ORDINARY = ("blind3.tsv", "blind5.tsv"), ("blind4.tsv", "blind6.tsv")


class Sentence(Struct, frozen=True):
    """What ought to happen, which rules ought to speak, and what kind it is."""

    holds: bool
    rules: frozenset[str]
    kind: str
    held: bool
    spoke: frozenset[RuleName]


def said_by(stranger: str) -> list[Sentence]:
    """Each with what the rules say of it."""
    known, found = lexicon.load(), []
    for line in Path(__file__).with_name(stranger).read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or line.startswith("verdict\t"):
            continue
        verdict, rules, kind, text = line.split("\t")
        said = tried(text, known, EVERYTHING)
        named = frozenset(rules.split(",")) - {"-"}
        found.append(Sentence(verdict == "hold", named, kind, not isinstance(said, Allow), frozenset(said.rules)))
    return found


@pytest.fixture(scope="module")
def strangers() -> dict[str, list[Sentence]]:
    """Of each of them."""
    return {name: said_by(name) for name in (*SPENT, *UNTAUGHT, *ORDINARY)}


def share(which: list[bool]) -> float:
    return sum(which) / len(which)


@pytest.mark.parametrize("name", [*SPENT, *UNTAUGHT, *ORDINARY])
def test_explicit_words_of_danger_are_heard(name: str, strangers: dict[str, list[Sentence]]) -> None:
    explicit = [one for one in strangers[name] if one.kind == "explicit" and "alarm" in one.rules]
    assert len(explicit) >= 170
    assert share([RuleName.ALARM in one.spoke for one in explicit]) >= 0.97


def test_of_all_strangers_hardly_any_explicit_word_is_missed(strangers: dict[str, list[Sentence]]) -> None:
    said = [one for name in (*UNTAUGHT, *ORDINARY) for one in strangers[name]]
    explicit = [one for one in said if one.kind == "explicit" and "alarm" in one.rules]
    assert len(explicit) >= 800
    assert share([RuleName.ALARM in one.spoke for one in explicit]) >= 0.98


@pytest.mark.parametrize(
    ("name", "least"), [*((one, 0.85) for one in SPENT), *((one, 0.75) for one in (*UNTAUGHT, *ORDINARY))]
)
def test_an_alarm_is_mostly_one(name: str, least: float, strangers: dict[str, list[Sentence]]) -> None:
    rung = [one for one in strangers[name] if RuleName.ALARM in one.spoke]
    assert share(["alarm" in one.rules for one in rung]) >= least


@pytest.mark.parametrize("name", [*SPENT, *UNTAUGHT])
def test_what_is_held_is_held_rightly(name: str, strangers: dict[str, list[Sentence]]) -> None:
    assert share([one.holds for one in strangers[name] if one.held]) >= 0.95
    assert share([one.held for one in strangers[name] if one.holds]) >= 0.7


@pytest.mark.parametrize("name", [*UNTAUGHT, *ORDINARY])
def test_ordinary_talk_seldom_rings(name: str, strangers: dict[str, list[Sentence]]) -> None:
    assert share([RuleName.ALARM in one.spoke for one in strangers[name] if one.kind == "plain"]) <= 0.1
