"""Nobody can keep a room waiting with a message that is hard to read: what one costs grows with its length alone."""

import gc
from collections.abc import Iterator
from time import process_time

import pytest

from chat.core.moderation.draft import Draft
from chat.core.moderation.judge import judge
from chat.core.moderation.policy import EVERYTHING
from tests.core.rules.asking import lexicon

SHORTER, LONGER = 1_000, 8_000
"""Characters. 8 times the cost is what it should be for 8 times the length; 64 times is each place read from each."""
TIMES = 24
LITTLE = 0.01
"""Seconds; what takes less is not looked at further."""
BEFORE = ("", "zip code ", "www.", "@ ")
PIECES = (
    "A", "O", "a", "1", "SW1", "1AA", "12345", "a-", "1-", "a.", "a_", "a@", "@", "Ab ", "a dot ", "dot ", " ", "\n",
    "my insta is ", "zip code ", "flat 1 ", "calle a ", "number ", "what3words", "+44", "(1", "[at]", "is ", "x x ",
    "x x*", "f*** ", "k*ll*", "\ufdfa",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _undisturbed() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


def cost(before: str, piece: str, length: int) -> float:
    """Seconds of CPU: the less of two, as everything else only adds to it."""
    draft = Draft((before + piece * length)[: length - 3] + " 7a")
    took = []
    for _ in range(2):
        began = process_time()
        judge(draft, lexicon(), EVERYTHING)
        took.append(process_time() - began)
    return min(took)


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("piece", PIECES)
def test_eight_times_as_long_costs_about_eight_times_as_much(piece: str, before: str) -> None:
    longer = cost(before, piece, LONGER)
    assert longer < max(LITTLE, cost(before, piece, SHORTER)) * TIMES
