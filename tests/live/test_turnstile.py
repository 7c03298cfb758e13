"""A browser may come back as often as a bad connection makes it; one that only comes and goes is shown the door."""

import asyncio

from chat.core.ids import VisitId
from chat.live import turnstile
from chat.live.closing import Closing
from chat.live.turnstile import Turnstile
from tests.cast import PATIENCE, Person

ANN, BOB = VisitId("ann"), VisitId("bob")


def test_a_visit_comes_so_often_in_a_row_and_then_once_a_second_and_others_are_not_meant() -> None:
    door = Turnstile()
    assert [door.lets(ANN, 10.0) for _ in range(40)].count(True) == turnstile.AT_ONCE
    assert door.lets(BOB, 10.0)
    assert not door.lets(ANN, 10.9)
    assert door.lets(ANN, 11.0)
    assert not door.lets(ANN, 11.5)
    assert [door.lets(ANN, 1000.0) for _ in range(40)].count(True) == turnstile.AT_ONCE


def test_visits_of_long_ago_are_not_kept() -> None:
    door = Turnstile()
    for turn in range(3 * turnstile.TIDY_AT):
        assert door.lets(VisitId(str(turn)), turn * turnstile.EVERY)
    assert len(door._free_at) <= turnstile.TIDY_AT


async def test_who_comes_and_goes_without_end_is_turned_away_and_lets_others_talk(ann: Person, bob: Person) -> None:
    arrivals = 0
    while await _comes(ann):
        arrivals += 1
        assert arrivals < 4 * turnstile.AT_ONCE
    assert ann.closed == (Closing.TOO_MANY, "")
    assert arrivals >= turnstile.AT_ONCE - 1
    await bob.says("as if nothing had been")


async def _comes(person: Person) -> bool:
    """Whether the room was shown to them."""
    person.frames.clear()
    await person.connects()
    async with asyncio.timeout(PATIENCE):
        while not person.heard("room") and person.closed is None:
            person.news.clear()
            await person.news.wait()
    return person.heard("room")
