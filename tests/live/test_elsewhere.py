"""What happens in one process reaches those who sit in another: signing out, a second page."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from chat.core.wire import Reason, Role
from chat.live import lease
from chat.live.bus.keys import Keys
from chat.live.closing import Closing
from chat.records import members, visits
from chat.records.keys import now
from tests.cast import Person
from tests.installation import Installation


async def test_signing_out_in_one_process_closes_the_socket_in_the_other_within_a_second(
    circle: Installation, ann: Person, fran: Person
) -> None:
    began = time.monotonic()
    await circle.signs_out(ann)
    assert await ann.is_closed() == Closing.SIGNED_OUT
    assert time.monotonic() - began < 1
    await fran.hears("left", member=ann.member, how="left")


async def test_who_signs_out_while_their_page_is_coming_in_is_out_in_a_moment(
    circle: Installation, ann: Person, fran: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They were welcome when they knocked, and sat nowhere yet when it was told that they are not."""
    monkeypatch.setattr(lease, "CHECK_EVERY", 60.0)
    bob = await circle.person("Bob", Role.MEMBER, 1)
    async with _at_the_door(circle, bob):
        await circle.signs_out(bob)
    assert await bob.is_closed() == Closing.SIGNED_OUT


async def test_who_is_taken_out_of_the_group_while_their_page_is_coming_in_is_out_in_a_moment(
    circle: Installation, ann: Person, fran: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "CHECK_EVERY", 60.0)
    bob = await circle.person("Bob", Role.MEMBER, 1)
    async with _at_the_door(circle, bob):
        async with circle.store.writing() as c:
            await members.leave(c, bob.member)
        await circle.lives[0].takes_out(circle.room, bob.member, Reason.SAFETY)
    assert await bob.is_closed() == Closing.NO_SUCH_ROOM


@asynccontextmanager
async def _at_the_door(circle: Installation, who: Person) -> AsyncIterator[None]:
    """They have been found welcome by the second process, and it takes a while until they are let in."""
    hub = circle.lives[1].rooms.hub
    async with hub._doors[circle.room], asyncio.timeout(5):
        before = hub._inside[circle.room]
        await who.connects()
        while hub._inside[circle.room] == before or hub.unsure:
            await asyncio.sleep(0.02)
        yield
        await asyncio.sleep(0.2)  # what the processes were told meanwhile has been heard


async def test_who_is_signed_out_elsewhere_goes_on_here(circle: Installation, ann: Person, bob: Person) -> None:
    await circle.signs_out(bob)
    await bob.is_closed()
    await ann.says("still here")


async def test_signing_out_is_seen_by_the_regular_check_if_the_notice_is_lost(
    circle: Installation, ann: Person, fran: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "CHECK_EVERY", 0.1)
    async with circle.store.writing() as c:
        visit = await visits.find(c, ann.cookie, now())
        assert visit is not None
        await visits.end(c, visit.id)
    assert await ann.is_closed() == Closing.SIGNED_OUT
    assert fran.closed is None


async def test_signing_out_that_was_told_while_nothing_could_be_heard_is_seen_once_it_can(
    circle: Installation, ann: Person, fran: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "CHECK_EVERY", 60.0)
    async with circle.store.writing() as c:
        visit = await visits.find(c, ann.cookie, now())
        assert visit is not None
        await visits.end(c, visit.id)
    await circle.breaks_subscriptions()
    assert await ann.is_closed() == Closing.SIGNED_OUT
    assert fran.closed is None


@pytest.mark.parametrize("process", [0, 1])
async def test_a_second_seat_replaces_the_first_wherever_it_is(
    circle: Installation, ann: Person, bob: Person, process: int
) -> None:
    second = await circle.browser("Ann", ann.member, process, ann.cookie).enters()
    assert await ann.is_closed() == Closing.REPLACED
    await second.says("here now")
    await bob.hears("said", text="here now")
    assert "left" not in [frame["type"] for frame in bob.history]


async def test_two_pages_that_keep_coming_leave_exactly_one_seat(
    circle: Installation, ann: Person, bob: Person
) -> None:
    pages = [circle.browser("Ann", ann.member, turn % 2, ann.cookie) for turn in range(6)]
    await asyncio.gather(*(page.connects() for page in pages))
    async with asyncio.timeout(5):
        while sum(page.closed is None for page in pages) > 1:
            await asyncio.sleep(0.02)
    await asyncio.sleep(0.2)
    (left,) = [page for page in pages if page.closed is None]
    await left.says("one of me")
    await bob.hears("said", text="one of me")


async def test_a_page_that_was_closed_while_it_came_in_takes_nothing_from_the_page_after_it(
    circle: Installation, ann: Person, bob: Person, fran: Person
) -> None:
    """A page that is loaded twice: the first connection is let in late, when nobody is at it any more."""
    hub = circle.lives[0].rooms.hub
    first = circle.browser("Ann", ann.member, 0, ann.cookie)
    async with hub._doors[circle.room]:
        await first.connects()
        await first.rests()
        second = await circle.browser("Ann", ann.member, 1, ann.cookie).enters()
    await second.says("I only looked twice")
    await fran.hears("said", text="I only looked twice")
    await asyncio.sleep(0.2)
    assert second.closed is None


async def test_what_is_in_a_removed_persons_records_holds_on_every_process(
    circle: Installation, ann: Person, bob: Person, fran: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who leaves the group on its page, while their room is open in another tab."""
    monkeypatch.setattr(lease, "CHECK_EVERY", 0.1)
    async with circle.store.writing() as c:
        await members.leave(c, ann.member)
    assert await ann.is_closed() == Closing.NO_SUCH_ROOM
    await bob.says("we go on")


async def test_as_many_as_the_room_takes_sit_down_and_the_next_is_told(circle: Installation, fran: Person) -> None:
    full = circle.lives[0].rooms.desk._house.cap
    table = circle.table(0)
    assert len(table.room.seated()) < full
    names = [f"extra-{turn}" for turn in range(full - 1)]
    await circle.redis.sadd(Keys(circle.room).seated, *names)
    late = await (await circle.person("Late", Role.MEMBER, 1)).connects()
    assert await late.is_closed() == Closing.FULL
    assert late.history == []
