"""Whoever comes back is told what they missed, half a room at the same moment, too: and Redis is hardly asked."""

import asyncio

import pytest
from msgspec.structs import replace

from chat.core.decision import Reject
from chat.core.ids import Epoch, Number, RoomId
from chat.core.room import Member
from chat.core.wire import Role
from chat.live.closing import Closing
from chat.live.retelling import Retelling
from chat.live.table import Table
from chat.live.transport import HearthProtocol
from tests.cast import Person
from tests.installation import Installation

CROWD = 300
"""More than a client of Redis has connections."""


@pytest.fixture
def looks(circle: Installation, monkeypatch: pytest.MonkeyPatch) -> list[RoomId]:
    """Whose ring was read by the first process from now on, each time."""
    read: list[RoomId] = []
    bus = circle.lives[0].rooms.bus
    ring = bus.ring

    async def seen(room: RoomId, after: Number) -> list[bytes]:
        read.append(room)
        return await ring(room, after)

    monkeypatch.setattr(bus, "ring", seen)
    return read


async def test_questions_beyond_all_connections_wait_for_one(circle: Installation, ann: Person) -> None:
    await ann.says("word")
    bus = circle.lives[0].rooms.bus
    found = await asyncio.gather(*(bus.ring(circle.room, Number(0)) for _ in range(CROWD)))
    assert {len(each) for each in found} == {1}


async def test_who_comes_back_together_shares_a_look(
    circle: Installation, ann: Person, bob: Person, looks: list[RoomId]
) -> None:
    for word in ("one", "two", "three"):
        await ann.says(word)
        await bob.hears("said", text=word)
    table, retelling = circle.table(0), Retelling(circle.lives[0].rooms.bus)
    looks.clear()
    told = await asyncio.gather(*(retelling.since(table, Number(turn % 4)) for turn in range(CROWD)))
    assert looks == [circle.room]
    assert [[event.n for event in each] for each in told[:4]] == [[1, 2, 3], [2, 3], [3], []]


async def test_who_comes_during_a_look_is_not_answered_by_it(
    circle: Installation, ann: Person, bob: Person, looks: list[RoomId]
) -> None:
    """It may have read the ring before the last word was said."""
    await ann.says("one")
    await bob.hears("said", text="one")
    table, retelling = circle.table(0), Retelling(circle.lives[0].rooms.bus)
    looks.clear()
    first = asyncio.ensure_future(retelling.since(table, Number(0)))
    await asyncio.sleep(0)  # now it looks
    await asyncio.sleep(0)
    second = await retelling.since(table, Number(0))
    assert await first == second
    assert looks == [circle.room] * 2


@pytest.fixture
def held_up(circle: Installation, monkeypatch: pytest.MonkeyPatch) -> tuple[asyncio.Event, asyncio.Event]:
    """The first process looks for what somebody missed; and goes on with it when the second event is set."""
    looks, goes_on = asyncio.Event(), asyncio.Event()
    bus = circle.lives[0].rooms.bus
    ring = bus.ring

    async def late(room: RoomId, after: Number) -> list[bytes]:
        looks.set()
        await goes_on.wait()
        return await ring(room, after)

    monkeypatch.setattr(bus, "ring", late)
    return looks, goes_on


async def test_whoever_is_lost_again_before_they_were_shown_the_room_has_heard_nothing_of_it(
    circle: Installation, ann: Person, bob: Person, held_up: tuple[asyncio.Event, asyncio.Event]
) -> None:
    """Else they would take what came last for all that there was."""
    bob.vanishes()
    await ann.hears("left", member=bob.member)
    words = [await ann.says("said while they were away")]
    await bob.connects(resume=True)
    await held_up[0].wait()
    words.append(await ann.says("said while they came in"))
    hub, table = circle.lives[0].rooms.hub, circle.table(0)
    async with asyncio.timeout(5):
        while table.room.number < words[-1]:
            await asyncio.sleep(0.01)
    hub.end_seats(lambda seat: seat.member == bob.member, Closing.LOST)
    assert await bob.is_closed() == Closing.LOST
    held_up[1].set()
    await bob.enters(resume=True)
    assert [(await bob.hears("said"))["n"] for _ in words] == words
    assert not bob.missed


async def test_what_was_read_for_somebody_is_not_told_if_the_room_is_another_meanwhile(
    circle: Installation, ann: Person, bob: Person, held_up: tuple[asyncio.Event, asyncio.Event]
) -> None:
    """In a room that was put together again those numbers may be other messages."""
    bob.vanishes()
    await ann.hears("left", member=bob.member)
    word = await ann.says("said while they were away")
    await bob.connects(resume=True)
    await held_up[0].wait()
    table = circle.table(0)
    table.room = replace(table.room, epoch=Epoch(table.room.epoch + 1))
    held_up[1].set()
    room = await bob.hears("room")
    assert (room["n"], room["missed"]) == (word, 1)
    assert "replay" not in room


async def test_whoever_is_removed_before_they_were_shown_the_room_is_told_why(
    circle: Installation, fran: Person, ann: Person, bob: Person, held_up: tuple[asyncio.Event, asyncio.Event]
) -> None:
    bob.vanishes()
    await fran.hears("left", member=bob.member)
    await ann.says("said while they were away", before=fran)
    await bob.connects(resume=True)
    await held_up[0].wait()
    await fran.does("remove", member=bob.member, reason="hurtful", words="Not here.")
    assert await bob.is_closed() == Closing.REMOVED
    held_up[1].set()
    assert (await bob.hears("acted-on"))["words"] == "Not here."


async def test_whoever_is_removed_before_their_arrival_is_answered_breaks_nothing(
    circle: Installation, fran: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    arrivals = circle.lives[0].rooms.arrivals
    sits = arrivals.sit

    async def late(table: Table, member: Member) -> Reject | None:
        outcome = await sits(table, member)
        await fran.does("remove", member=member.id, reason="hurtful")
        return outcome

    monkeypatch.setattr(arrivals, "sit", late)
    cem = await (await circle.person("Cem", Role.MEMBER, 0)).connects()
    assert await cem.is_closed() == Closing.REMOVED
    assert cem.heard("acted-on")
    await asyncio.sleep(0.1)
    assert [one.getMessage() for one in caplog.records if one.levelname == "ERROR"] == []


async def test_whose_connections_break_together_are_told_of_together(
    circle: Installation, ann: Person, fran: Person
) -> None:
    """As when a proxy restarts: a room of a thousand is not told a thousand times."""
    crowd = [await (await circle.person(f"Cem {turn}", Role.MEMBER, 0)).enters() for turn in range(8)]
    for _ in crowd:
        await ann.hears("arrived")
    before = circle.table(1).room.sequence
    for one in crowd:
        one.vanishes()
    told = [await ann.hears("left") for _ in crowd]
    assert {frame["member"] for frame in told} == {one.member for one in crowd}
    assert circle.table(1).room.sequence - before < len(crowd) / 2


async def test_nobody_is_said_to_have_gone_when_their_server_restarts(
    ann: Person, bob: Person, circle: Installation
) -> None:
    """They are back in a second, and all others would be told twice."""
    line = circle.table(0).seats[bob.member]._line
    assert isinstance(line, HearthProtocol)
    line.shutdown()
    await ann.stays_without("left", 1.0)
    assert bob.member in circle.table(0).room.places
    await bob.enters(resume=True)
    await ann.stays_without("left", 0.2)
    bob.vanishes()
    await ann.hears("left", member=bob.member)


async def test_a_browser_that_says_the_server_restarts_is_not_believed(ann: Person, bob: Person) -> None:
    """Else its seat would stay for ever, and a facilitator's hold the room open."""
    await bob._socket.close(code=Closing.RESTARTING)
    await ann.hears("left", member=bob.member)


async def test_what_was_taken_back_or_folded_while_somebody_was_away_for_long_is_so_on_their_page_too(
    hasty: Installation,
) -> None:
    """Their page still shows what it heard, though their sitting begins anew."""
    fran = await (await hasty.person("Fran", Role.FACILITATOR, 0)).enters()
    ann = await (await hasty.person("Ann", Role.MEMBER, 0)).enters()
    bob = await (await hasty.person("Bob", Role.MEMBER, 1)).enters()
    regretted, hard = [await ann.says(words, before=bob) for words in ("I wish I had not said so", "hard to read")]
    bob.vanishes()
    await fran.hears("left", member=bob.member)
    await asyncio.sleep(0.7)
    await ann.does("retract", n=regretted)
    await fran.does("fold", n=hard, note="loss")
    await bob.enters(resume=True)
    assert (bob.room["retracted"], bob.room["folded"]) == ([regretted], [hard])
    cem = await (await hasty.person("Cem", Role.MEMBER, 1)).enters()
    assert not {"retracted", "folded"} & cem.room.keys(), "a new page shows nothing that could go from it"


async def test_what_was_taken_back_of_an_earlier_sitting_while_a_process_heard_nothing_goes_from_the_pages_there(
    hasty: Installation,
) -> None:
    fran = await (await hasty.person("Fran", Role.FACILITATOR, 0)).enters()
    bob = await (await hasty.person("Bob", Role.MEMBER, 1)).enters()
    n = await fran.says("said too soon", before=bob)
    bob.vanishes()
    await fran.hears("left", member=bob.member)
    await asyncio.sleep(0.7)
    await bob.enters(resume=True)
    table = hasty.table(1)
    table.waiting = []  # the second process hears nothing
    await fran.does("retract", n=n)
    table.waiting = None
    hasty.lives[1].rooms.hub.reload_soon(table)
    assert (await bob.hears("room"))["retracted"] == [n]
