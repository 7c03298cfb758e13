"""Nobody stays listed who has gone, and nobody's ghost holds a room open, however little could be told at the time."""

import asyncio

import pytest

from chat.core.decision import NOBODY, Depart
from chat.core.ids import SeatId
from chat.core.wire import Role
from chat.live.closing import Closing
from tests.cast import Person
from tests.faults.link import Link
from tests.installation import Installation


async def test_whoever_leaves_is_not_told_no_as_the_answer_was_lost(linked: Installation, link: Link) -> None:
    ann = await (await linked.person("Ann", Role.MEMBER, 1)).enters()
    fran = await (await linked.person("Fran", Role.FACILITATOR, 0)).enters()
    link.deaf = True
    await ann.asks("leave")
    await fran.hears("left", member=ann.member, how="left")
    link.cut()
    link.let_go()
    assert await ann.is_closed() in (Closing.LEFT, Closing.LOST)  # after which their page asks again to leave
    assert not [frame for frame in ann.history if frame["type"] == "refused"]


async def test_whoever_asks_again_to_leave_as_their_line_broke_before_they_heard_of_it_leaves_once_more(
    ann: Person,
) -> None:
    ref = await ann.asks("leave")
    assert await ann.is_closed() == Closing.LEFT
    await ann.enters(resume=True)
    await ann.asks("leave", ref=ref)
    assert await ann.is_closed() == Closing.LEFT


async def test_whoever_came_in_unanswered_and_is_gone_is_lost_and_holds_no_room(
    linked: Installation, link: Link
) -> None:
    """Their process told them no, and did not know that it had let them in."""
    fran = await (await linked.person("Fran", Role.FACILITATOR, 0)).enters()
    ann = await (await linked.person("Ann", Role.MEMBER, 1)).enters()
    gus = await linked.person("Gus", Role.FACILITATOR, 1)
    link.deaf_to_commits = True
    await gus.connects()
    await fran.meets(gus)
    gus.vanishes()  # before anything was shown to him
    link.cut()
    link.let_go()
    await ann.hears("interrupted")
    await ann.hears("room")
    await fran.hears("left", member=gus.member)
    await fran.asks("leave")
    await ann.hears("paused")


async def test_of_seats_that_were_not_given_after_all_nothing_is_told_or_kept(
    circle: Installation, ann: Person, fran: Person
) -> None:
    departures = circle.lives[1].rooms.departures
    departures.perhaps(circle.room, frozenset({SeatId("never given")}))
    async with asyncio.timeout(5):
        while departures._doubted:
            await asyncio.sleep(0.02)
    assert circle.table(1).id not in {room for room, *_ in departures._owed}
    assert not ann.heard("left")


async def test_who_signs_out_before_the_process_has_heard_of_their_coming_is_gone_from_the_list(
    circle: Installation, ann: Person, fran: Person
) -> None:
    table, hub = circle.table(1), circle.lives[1].rooms.hub
    table.waiting = []  # their process looks at the room afresh just now
    bob = await (await circle.person("Bob", Role.MEMBER, 1)).connects()
    await fran.meets(bob)
    await circle.signs_out(bob)
    assert await bob.is_closed() == Closing.SIGNED_OUT
    hub._tasks.create_task(hub._reload(table))
    await fran.hears("left", member=bob.member)


async def test_who_went_while_nothing_could_be_told_is_gone_also_if_redis_has_lost_the_room_meanwhile(
    linked: Installation, link: Link
) -> None:
    fran = await (await linked.person("Fran", Role.FACILITATOR, 0)).enters()
    ann = await (await linked.person("Ann", Role.MEMBER, 1)).enters()
    await fran.meets(ann)
    here, there = linked.table(0), linked.lives[1].rooms
    link.holding = True
    link.cut()
    await ann.hears("interrupted")
    ann.vanishes()
    async with asyncio.timeout(2):
        while there.hub.seats():
            await asyncio.sleep(0.02)
    here.waiting = []  # one of the processes that can put the room together again is slow
    await linked.redis.flushdb()
    link.let_go()
    await linked.is_heard()
    await there.departures.again()
    linked.lives[0].rooms.hub._tasks.create_task(linked.lives[0].rooms.hub._reload(here))
    room = await fran.hears("room", paused="mending")
    if ann.member in {one["id"] for one in room["people"]}:
        await fran.hears("left", member=ann.member)


async def test_what_is_owed_to_a_room_that_redis_has_forgotten_is_given_up_when_nobody_can_mend_it_any_more(
    circle: Installation, fran: Person, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    departures = circle.lives[1].rooms.departures
    for person in (ann, fran):
        await person.asks("leave")
    async with asyncio.timeout(5):
        while any(life.rooms.hub.table(circle.room) for life in circle.lives):
            await asyncio.sleep(0.02)
    await circle.redis.flushdb()
    departures._owe((circle.room, NOBODY, Depart()))
    await departures.again()
    assert departures._owed
    departures._owed.clear()
    monkeypatch.setattr("chat.live.departing.DOUBTED_FOR", -1.0)
    departures._owe((circle.room, NOBODY, Depart()))
    await departures.again()
    assert not departures._owed
