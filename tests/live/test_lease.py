"""Nobody stays on the list whose process is gone; a process that is alive is never taken for dead."""

import asyncio
import secrets
import time

import pytest

from chat.core.decision import Actor, Arrive
from chat.core.ids import MemberId, Millis, ProcessId, Ref, SeatId
from chat.core.room import Member
from chat.core.wire import Pause, Role
from chat.live import deciding, lease
from chat.live.answers import Done
from chat.live.bus import Bus
from chat.live.bus.keys import PROCESSES, Keys
from chat.live.clock import Clock
from chat.live.renewing import Renewals
from tests.cast import Person
from tests.installation import Installation
from tests.live.test_commit_lua import Ear

HOUR = 3_600_000


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process is dead after 2 s, looked at each 0.2 s."""
    monkeypatch.setattr(lease, "DEAD_AFTER", 2.0)
    monkeypatch.setattr(lease, "EVERY", 0.2)


async def test_in_each_second_one_living_process_looks_at_what_is_due(circle: Installation) -> None:
    processes = [ProcessId(name) for name in ("a", "b", "c")]
    leases = [lease.Lease(one, circle.lives[0].rooms.bus, Clock(), b"") for one in processes]
    for one in leases:
        one._known = frozenset(processes)
    for second in range(6):
        assert sum(one.turn(Millis(second * 1000 + 999)) for one in leases) == 1
    for one in leases:
        one.dead = frozenset(processes[:1])
    assert [sum(one.turn(Millis(second * 1000)) for one in leases[1:]) for second in range(4)] == [1, 1, 1, 1]


async def test_every_process_that_people_sit_with_is_known_without_looking_at_every_seat(
    circle: Installation, ann: Person, bob: Person, fran: Person
) -> None:
    for live in circle.lives:
        hub = live.rooms.hub
        sitting = {member.process for table in hub.tables() for member in table.room.seated()}
        assert len(sitting) > 1
        assert hub.met >= sitting
        hub.met.add(ProcessId("nobody sits with it any more"))
        assert hub.look_around() == sitting == hub.met


async def ghost(circle: Installation, role: Role, *, counted: bool) -> MemberId:
    """Somebody who sat down at a process that was killed then, whether or not Redis still counts it."""
    who, process = MemberId(secrets.token_hex(16)), ProcessId(f"killed-{secrets.token_hex(4)}")
    if counted:
        await circle.redis.hincrby(PROCESSES, process, 7)
    seat = SeatId(secrets.token_hex(8))
    rooms = circle.lives[0].rooms
    table = await rooms.hub.read(circle.room)
    outcome = await rooms.desk.submit(table, Actor(who, seat), Arrive((Member(who, "Ghost", role, seat, process),)))
    assert isinstance(outcome, Done)
    return who


@pytest.mark.parametrize("counted", [True, False])
async def test_somebody_whose_process_was_killed_is_lost_for_everybody(
    circle: Installation, ann: Person, bob: Person, fran: Person, counted: bool
) -> None:
    who = await ghost(circle, Role.MEMBER, counted=counted)
    for person in (ann, bob, fran):
        await person.hears("arrived")
        await person.hears_within(10, "left", member=who, how="lost")
    await asyncio.sleep(1)
    for person in (ann, bob, fran):
        assert [f["member"] for f in person.history if f["type"] == "left"] == [who]
    async with asyncio.timeout(30):  # who is buried first must have been found in no room at all
        while [name async for name, _ in circle.redis.hscan_iter(PROCESSES, "killed-*")]:
            await asyncio.sleep(0.2)


async def test_a_memory_emptied_without_a_break_is_noticed_though_nobody_asks_for_anything(
    circle: Installation, ann: Person, fran: Person
) -> None:
    epoch = fran.room["epoch"]
    await circle.redis.flushdb()
    for person in (ann, fran):
        room = await person.hears("room", paused="mending")
        assert room["epoch"] != epoch
        assert room["missed"] is None


async def test_nobody_is_dead_because_nobody_could_be_looked_at(redis_url: str) -> None:
    """As after Redis could not be reached for long: others could not count up either."""
    ear = Ear()
    async with Bus.open(f"{redis_url}?db=9", ear) as bus:
        ours, theirs = (lease.Lease(ProcessId(name), bus, Clock(), b"proof") for name in ("ours", "theirs"))
        await theirs.beat()
        await ours.beat()
        await ours.beat()
        await asyncio.sleep(lease.DEAD_AFTER * 1.5)
        assert await ours.beat() == frozenset()
        async with asyncio.timeout(30):
            while theirs.process not in await ours.beat():
                await asyncio.sleep(lease.EVERY)
        await theirs.beat()
        assert await ours.beat() == frozenset()
        for one in (ours, theirs):
            await bus.bury(one.process)


async def test_a_room_pauses_though_another_process_finds_nothing_due_in_it_at_the_moment_it_is_let_go(
    hasty: Installation,
) -> None:
    fran = await (await hasty.person("Fran", Role.FACILITATOR, 1)).enters()
    ann = await (await hasty.person("Ann", Role.MEMBER, 1)).enters()
    bob = await (await hasty.person("Bob", Role.MEMBER, 0)).enters()
    await bob.says("Good evening.", before=ann)
    behind = hasty.table(0)
    behind.waiting = []  # what the room is told is still on its way there
    fran.vanishes()
    await ann.hears("unheld")
    await sweep_of(hasty, 0)._tick(hasty.room)
    await ann.hears("paused")
    behind.waiting = None
    hasty.lives[0].rooms.hub.reload_soon(behind)
    assert (await bob.hears("room"))["paused"] == "itself"


async def test_a_process_that_has_not_heard_that_a_room_is_held_again_does_not_end_its_meeting(
    hasty: Installation,
) -> None:
    fran = await (await hasty.person("Fran", Role.FACILITATOR, 1)).enters()
    bob = await (await hasty.person("Bob", Role.MEMBER, 0)).enters()
    await fran.asks("leave")
    await bob.hears("paused")
    await fran.is_closed()
    behind = hasty.table(0)
    behind.waiting = []  # what the room is told is still on its way there, as after it could not be heard for long
    await fran.enters()
    await fran.does("resume")
    await asyncio.sleep(2)
    await sweep_of(hasty, 0)._tick(hasty.room)
    assert await hasty.keeping.salts(hasty.room) is not None, "the meeting goes on"
    behind.waiting = None
    hasty.lives[0].rooms.hub.reload_soon(behind)
    await bob.hears("room")
    await bob.says("There you are again.", before=fran)


async def test_a_room_pauses_though_redis_clock_was_set_back_while_nobody_held_it(hasty: Installation) -> None:
    """Until it beats next, the process by which it is told that nobody holds it goes by the time of before."""
    fran = await (await hasty.person("Fran", Role.FACILITATOR, 1)).enters()
    ann = await (await hasty.person("Ann", Role.MEMBER, 0)).enters()
    await fran.says("Good evening.", before=ann)
    await is_set_back(hasty, 1)
    fran.vanishes()
    await ann.hears("unheld")
    await ann.hears("paused")


async def test_when_redis_clock_is_set_back_nobody_has_spoken_too_lately_and_every_room_is_looked_at(
    circle: Installation, ann: Person, fran: Person
) -> None:
    keys, later = Keys(circle.room), time.time() * 1000 + HOUR
    await ann.says("Good evening.", before=fran)
    await circle.redis.zadd(keys.due, {circle.room: later})
    await circle.redis.hset(keys.refs, f"pace:{ann.member}", str(int(later)))
    assert (await ann.is_refused("say", text="And?"))["code"] == "too-fast"
    await is_set_back(circle, 0)
    async with asyncio.timeout(5):
        while await circle.redis.hexists(keys.refs, f"pace:{ann.member}"):
            await asyncio.sleep(0.02)
    assert await circle.redis.zscore(keys.due, circle.room) != later
    await ann.says("And on.")
    assert await circle.redis.hlen(keys.refs) > 1  # what was answered is remembered


async def test_rooms_that_could_not_be_told_that_the_clock_was_set_are_told_later(circle: Installation) -> None:
    bus, clock = circle.lives[0].rooms.bus, Clock()
    ours = lease.Lease(ProcessId("ours"), bus, clock, b"")
    await ours.beat()
    due, later = Keys(circle.room).due, time.time() * 1000 + HOUR
    clock._offset += HOUR
    await circle.redis.rename(due, f"{due}:elsewhere")
    await circle.redis.set(due, "is not to be read")
    await ours.beat()
    await circle.redis.delete(due)
    await circle.redis.zadd(due, {circle.room: later})
    await ours.beat()
    assert await circle.redis.zscore(due, circle.room) != later
    await circle.redis.delete(f"{due}:elsewhere")
    await bus.bury(ours.process)


async def is_set_back(circle: Installation, process: int) -> None:
    """As that process is about to see: it has just been told what time it is, and that was an hour later."""
    clock = circle.lives[process].rooms.desk._clock
    before = clock._offset
    async with asyncio.timeout(5):
        while clock._offset == before:
            await asyncio.sleep(0.005)
    clock._offset += HOUR


async def test_what_is_done_in_a_room_that_nobody_sits_in_here_is_not_waited_for(
    circle: Installation, ann: Person, bob: Person, fran: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody tells a table that was only read: rooms of a dead process are many, and looked after one by one."""
    monkeypatch.setattr(deciding, "CATCH_UP", 60)
    rooms = circle.lives[0].rooms
    table = await rooms.hub.read(circle.room)
    member = table.room.member(fran.member)
    assert member
    async with asyncio.timeout(20):
        assert isinstance(await rooms.desk.submit(table, Actor(fran.member, member.seat), Pause(Ref("c-1"))), Done)
    await ann.hears("paused")


def sweep_of(circle: Installation, process: int) -> lease.Sweep:
    """As that process looks after rooms."""
    live, records = circle.lives[process], circle.keeping
    rooms = live.rooms
    leased = lease.Lease(ProcessId("looks"), rooms.bus, Clock(), b"")
    return lease.Sweep(leased, rooms, live._calls, records, Renewals(rooms.hub, rooms.desk, records))
