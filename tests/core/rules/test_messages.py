"""The sentences the rules are measured by are many, well formed, fairly split, and stay as they were written."""

import re
from collections import Counter
from hashlib import sha256

import pytest

from tests.core.rules.labelled import ALARM, LABELS, Message, messages, names_table
from tests.core.rules.measured import of_holding, of_rule

ALL = messages()
HOLDS = LABELS - ALARM
LONGEST = 300  # characters; the length the cost of judging is measured at
# Changing a held row means that the measure is no longer blind: say in the commit which ids and why.
HELD = "c3136a0186955830b013c93b6c283f575960537a48ef08e168ee0cfc7a1953f7"

AT_LEAST = {"contact": 140, "names": 60, "hurt": 90, "alarm_explicit": 160, "alarm_soft": 40, "method": 40}
INNOCENT = {"contact": 90, "names": 60, "hurt": 60, "alarm": 120, "method": 20}


def plainly(text: str) -> str:
    """The letters and digits alone, or, where there are none, the text."""
    return re.sub(r"\W+", "", text.casefold()) or text


def twice(keys: list[tuple[str, str]]) -> list[str]:
    """The ids of rows whose key another row has too."""
    times = Counter(key for _, key in keys)
    return [id for id, key in keys if times[key] > 1]


def test_there_are_enough_messages() -> None:
    assert len(ALL) >= 900


@pytest.mark.parametrize(("label", "least"), AT_LEAST.items())
def test_each_label_has_enough_messages(label: str, least: int) -> None:
    assert sum(label in m.labels for m in ALL) >= least


@pytest.mark.parametrize(("rule", "least"), INNOCENT.items())
def test_each_rule_is_tempted_by_enough_innocent_messages(rule: str, least: int) -> None:
    assert sum(m.near == rule for m in ALL) >= least


def test_there_is_enough_plain_talk() -> None:
    assert sum(not m.labels and not m.near for m in ALL) >= 200


def test_every_label_and_every_temptation_is_known() -> None:
    assert [m.id for m in ALL if not m.labels <= LABELS or m.near not in {"", *INNOCENT}] == []


def test_what_tempts_a_rule_is_innocent() -> None:
    assert [m.id for m in ALL if m.near and m.labels] == []


def test_what_happens_follows_from_the_labels() -> None:
    def follows(m: Message) -> str:
        return "hold" if m.labels & HOLDS else "help" if m.labels & ALARM else "allow"

    assert [m.id for m in ALL if m.happens != follows(m)] == []


def test_a_method_always_alarms_too() -> None:
    assert [m.id for m in ALL if "method" in m.labels and not m.labels & ALARM] == []


def test_nothing_is_there_twice() -> None:
    assert twice([(m.id, m.id) for m in ALL]) == []
    assert twice([(m.id, plainly(m.text)) for m in ALL]) == []


def test_every_message_is_short_and_says_something() -> None:
    assert [m.id for m in ALL if not 0 < len(m.text.strip()) == len(m.text) <= LONGEST] == []


@pytest.mark.parametrize("section", sorted({m.section for m in ALL}))
def test_a_third_of_each_section_is_held_back(section: str) -> None:
    splits = Counter(m.split for m in ALL if m.section == section)
    assert set(splits) == {"tune", "held"}
    assert 0.3 <= splits["held"] / splits.total() <= 0.37


def test_the_held_third_is_as_it_was_written() -> None:
    rows = [(m.id, sorted(m.labels), m.happens, m.text) for m in ALL if m.split == "held"]
    assert sha256(repr(rows).encode()).hexdigest() == HELD


def test_the_table_of_names_is_half_innocent_and_shows_nothing_that_is_held_back() -> None:
    table = names_table()
    assert Counter(e.happens for e in table) == {"hold": 30, "allow": 30}
    shown = {plainly(e.text) for e in table}
    assert len(shown) == len(table)
    assert [m.id for m in ALL if m.split == "held" and plainly(m.text) in shown] == []


def test_no_report_shows_a_text() -> None:
    assert [m.id for m in ALL if len(m.text) > 12 and m.text in repr(m)] == []
    assert repr(names_table()[0]) == "<Example, 32 characters>"


@pytest.mark.parametrize("rule", ["contact", "names", "hurt", "method"])
def test_a_rule_that_knows_the_labels_is_perfect_and_one_that_always_fires_is_not(rule: str) -> None:
    knows = of_rule(rule, ALL, {m.id: m.labels for m in ALL})
    assert (knows.precision, knows.recall, knows.wrong, knows.missed) == (1.0, 1.0, [], [])
    always = of_rule(rule, ALL, {m.id: {rule} for m in ALL})
    assert always.recall == 1.0
    assert always.precision == sum(rule in m.labels for m in ALL) / len(ALL)


def test_alarm_is_asked_for_the_explicit_and_forgiven_the_ambiguous() -> None:
    explicit_only = {m.id: {"alarm"} if "alarm_explicit" in m.labels else set[str]() for m in ALL}
    both = {m.id: {"alarm"} if m.labels & ALARM else set[str]() for m in ALL}
    soft_only = {m.id: {"alarm"} if "alarm_soft" in m.labels else set[str]() for m in ALL}
    for perfect in (explicit_only, both):
        assert (of_rule("alarm", ALL, perfect).precision, of_rule("alarm", ALL, perfect).recall) == (1.0, 1.0)
    assert (of_rule("alarm", ALL, soft_only).precision, of_rule("alarm", ALL, soft_only).recall) == (1.0, 0.0)


def test_holding_is_measured_whichever_rule_held() -> None:
    right = {m.id for m in ALL if m.happens == "hold"}
    one_more = next(m.id for m in ALL if m.happens == "help")
    one_less = min(right)
    measure = of_holding(ALL, right - {one_less} | {one_more})
    assert (measure.wrong, measure.missed, measure.right) == ([one_more], [one_less], len(right) - 1)
