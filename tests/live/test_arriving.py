"""Whoever comes at the same moment is let in together; nobody waits long, and nobody sits on two chairs."""

import asyncio

from chat.core.decision import Reject
from chat.core.errors import Code
from chat.core.ids import MemberId, ProcessId, SeatId
from chat.core.room import Member
from chat.core.wire import Role
from chat.live.bus.keys import Keys
from chat.live.closing import Closing
from chat.live.porch import AT_ONCE, LONGEST, Porch
from tests.cast import Person
from tests.installation import Installation


def somebody(name: str, seat: str = "seat") -> Member:
    return Member(MemberId(name), name, Role.MEMBER, SeatId(seat), ProcessId("here"))


async def test_whoever_comes_after_a_pause_waits_for_nothing_and_the_next_as_long_as_the_room_is_large() -> None:
    porch = Porch()
    assert porch.wait(1000, now=50.0) <= 0
    porch.joins(somebody("ann"))
    assert [one.member.id for one in porch.next(now=50.0)] == ["ann"]
    assert not porch
    assert 0 < porch.wait(12, now=50.0) < 0.02
    assert porch.wait(1000, now=50.0) == LONGEST
    assert porch.wait(1000, now=50.0 + LONGEST) <= 0


async def test_nobody_comes_in_on_two_connections_at_once_or_after_they_have_gone() -> None:
    porch = Porch()
    gone = porch.joins(somebody("bob"))
    waiting = [porch.joins(somebody("ann", seat)) for seat in ("first", "second")]
    gone.answer.cancel()
    assert [porch.next(1.0), porch.next(2.0), porch.next(3.0)] == [[waiting[0]], [waiting[1]], []]


async def test_a_notice_does_not_grow_without_end() -> None:
    porch = Porch()
    waiting = [porch.joins(somebody(f"person {place}")) for place in range(AT_ONCE + 3)]
    assert porch.next(1.0) == waiting[:AT_ONCE]
    assert porch.next(2.0) == waiting[AT_ONCE:]


async def test_people_who_come_at_once_are_shown_the_same_room_and_told_to_everybody_once(
    circle: Installation, ann: Person, bob: Person
) -> None:
    newcomers = [await circle.person(f"Guest {turn}", Role.MEMBER, turn % 2) for turn in range(16)]
    before = circle.table(0).room.sequence
    await asyncio.gather(*[one.enters() for one in newcomers])
    assert circle.table(0).room.sequence - before <= len(newcomers)
    n = await newcomers[3].says("hello, all of you")
    for one in (*newcomers, ann, bob):
        await one.hears("said", n=n)
    for one in newcomers:
        assert one.member in {person["id"] for person in one.room["people"]}
        for present in (ann, bob):
            told = [frame["person"]["id"] for frame in present.history if frame["type"] == "arrived"]
            assert told.count(one.member) == 1


async def test_several_at_the_door_of_a_nearly_full_room_take_the_seats_there_are(
    circle: Installation, ann: Person
) -> None:
    rooms, table = circle.lives[0].rooms, circle.table(0)
    cap = rooms.desk._house.cap
    seated, free = Keys(circle.room).seated, 2
    others = [f"extra-{turn}" for turn in range(cap - free)]
    await circle.redis.delete(seated)
    await circle.redis.sadd(seated, *others)
    people = [await circle.person(f"Late {turn}", Role.MEMBER, 0) for turn in range(5)]
    seats = [somebody(one.member, f"seat of {one.member}") for one in people]
    answers = await asyncio.gather(*[rooms.arrivals.sit(table, seat) for seat in seats])
    assert answers.count(None) == free
    assert answers.count(Reject(Code.ROOM_FULL)) == len(people) - free


async def test_somebody_removed_is_kept_out_though_others_come_with_them(
    circle: Installation, ann: Person, fran: Person
) -> None:
    bob = await (await circle.person("Bob again", Role.MEMBER, 0)).enters()
    await fran.does("remove", member=bob.member, reason="safety")
    assert await bob.is_closed() == Closing.REMOVED
    rooms, table = circle.lives[0].rooms, circle.table(0)
    guest = await circle.person("Guest", Role.MEMBER, 0)
    seats = [somebody(one.member, f"seat of {one.member}") for one in (guest, bob)]
    assert await asyncio.gather(*[rooms.arrivals.sit(table, seat) for seat in seats]) == [None, Reject(Code.REMOVED)]
