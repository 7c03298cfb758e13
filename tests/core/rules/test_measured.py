"""The rules stay as good as they were measured on the sentences they were built with; a failure names ids."""

import pytest

from chat.core.moderation.verdict import RuleName
from tests.core.rules.asking import speaks
from tests.core.rules.labelled import names_table
from tests.core.rules.measure import fired, held, of
from tests.core.rules.measured import of_holding, of_rule

LEAST = {
    "contact": (0.98, 0.97),
    "names": (0.97, 0.95),
    "hurt": (0.97, 0.97),
    "method": (0.97, 0.95),
    "alarm": (0.83, 0.99),
}
"""Precision, recall: a little under what was measured when they were built. An alarm may be wrong far oftener than what
holds: it costs a glance, and a missed one perhaps a life."""


@pytest.mark.parametrize(("rule", "least"), LEAST.items())
def test_a_rule_is_as_right_and_finds_as_much_as_when_it_was_built(rule: str, least: tuple[float, float]) -> None:
    measure = of_rule(rule, of("tune"), fired("tune"))
    assert measure.precision >= least[0], measure.wrong
    assert measure.recall >= least[1], measure.missed


def test_what_waits_waits_rightly() -> None:
    measure = of_holding(of("tune"), held("tune"))
    assert (measure.precision >= 0.97, measure.recall >= 0.97) == (True, True), (measure.wrong, measure.missed)


def test_the_table_of_names() -> None:
    wrong = [
        number
        for number, example in enumerate(names_table(), 1)
        if speaks(RuleName.NAMES, example.text) != (example.happens == "hold")
    ]
    assert wrong == []
