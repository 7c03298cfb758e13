"""Who is still alive anywhere, and what falls due in rooms while nobody presses anything."""

import asyncio
import contextlib
import itertools
import time

from chat.core.decision import NOBODY, Reject, Tick
from chat.core.errors import Code
from chat.core.ids import Millis, ProcessId, RoomId
from chat.live.answers import Done
from chat.live.bus import Bus, BusGone
from chat.live.calling import Calls
from chat.live.catching_up import lacks
from chat.live.clock import Clock
from chat.live.closing import Closing
from chat.live.keeping import Records, RecordsGone
from chat.live.renewing import Renewals
from chat.live.rooms import Rooms
from chat.live.table import NoSuchRoom, Table

EVERY = 1.0
DEAD_AFTER = 8.0
"""Seconds a process' counter may stand still, by our own steady clock: Redis' clock can be set back."""
UNRECORDED_FOR = 120.0
"""Seconds the records may be gone before rooms pause: nobody new can be let in, nothing lasting be decided."""
CHECK_EVERY = 15.0
"""Seconds between two looks whether everybody seated may still be: a lost control message costs no more than that."""
LATE = 2.0
"""Seconds by which that look may be late before the records are taken for gone."""
CHECKED_AT_ONCE = 500
"""Seats; a look at so many keeps talk waiting for a few milliseconds, one at ten thousand for a tenth of a second."""


class Lease:
    """Owns this process' sign of life, and looks after everybody else's."""

    def __init__(self, process: ProcessId, bus: Bus, clock: Clock, proof: bytes) -> None:
        self.process = process
        self._proof = proof
        self._bus = bus
        self._clock = clock
        self._seen: dict[ProcessId, tuple[int, float]] = {}
        """Each process' counter, and for how many seconds it has been seen to stand still."""
        self._looked = time.monotonic()
        self._wakes = False
        """The clock was set, and there may be rooms that do not know."""
        self._known: frozenset[ProcessId] = frozenset()
        self.dead: frozenset[ProcessId] = frozenset()
        self.unburied: frozenset[ProcessId] = frozenset()
        """Of the dead, those whose seats may still be listed."""
        self.forgotten = False
        """Redis has lost our counter, and so perhaps everything, though no connection broke."""

    async def beat(self) -> frozenset[ProcessId]:
        """Counts up; the processes that are dead and not yet buried. Raises BusGone."""
        now, counters = await self._bus.beat(self.process, self._proof)
        stepped = self._clock.hear(now)
        if stepped or self._wakes:  # when something falls due was written down in another time
            self._wakes = not await self._bus.wake_all(now)
        for room in (await self._bus.rooms()).rooms if stepped else ():
            await self._bus.forget_times(room)
        await self._bus.compare(self._clock.now)
        self._known = frozenset(counters)
        if counters[self.process] <= self._seen.get(self.process, (0, 0.0))[0]:
            self.forgotten = True
        moment = time.monotonic()
        # While nothing could be read nobody could count either: of a long silence not all is held against them.
        passed, self._looked = min(moment - self._looked, DEAD_AFTER / 2), moment
        before, self._seen = self._seen, {process: (count, 0.0) for process, count in counters.items()}
        for process, (count, stood) in before.items():
            if counters.get(process) == count:
                self._seen[process] = (count, stood + passed)
        still = frozenset(p for p in counters if self._seen[p][1] > DEAD_AFTER) - {self.process}
        self.dead = (self.dead - counters.keys()) | still
        self.unburied = still
        return still

    async def run(self) -> None:
        """Beats once a second for ever, whatever else there is to do: who is late with it for 8 s is taken for dead."""
        while True:
            try:
                await self.beat()
            except BusGone:
                self.unburied = frozenset()  # who is dead cannot be known now
            await asyncio.sleep(EVERY)

    def turn(self, now: Millis) -> bool:
        """Whether it is this process that looks in this second at what is due everywhere: one is enough.

        Another's turn is lost while it is dead and not yet known to be; the next one's is a second later.
        """
        alive = sorted((self._known | {self.process}) - self.dead)
        return alive[now // 1000 % len(alive)] == self.process

    async def count(self, processes: set[ProcessId]) -> None:
        """Has every process counted that people sit with: one that Redis has forgotten is alive or will be found dead.

        Raises BusGone.
        """
        if unknown := self.unknown(processes):
            await self._bus.count(unknown)

    def unknown(self, processes: set[ProcessId]) -> set[ProcessId]:
        """Those of the processes that are not counted."""
        return processes - self._known - {self.process}


class Sweep:
    """Ticks rooms when something is due, buries dead processes, and asks again who may sit where."""

    def __init__(self, lease: Lease, rooms: Rooms, calls: Calls, records: Records, renewals: Renewals) -> None:
        self._lease = lease
        self._departures = rooms.departures
        self._hub = rooms.hub
        self._desk = rooms.desk
        self._bus = rooms.bus
        self._sides = rooms.sides
        self._calls = calls
        self._records = records
        self._renewals = renewals
        self._checked = time.monotonic()
        self._rid: dict[RoomId, frozenset[ProcessId]] = {}
        """Rooms in which nobody is listed any more who sat with these of the dead."""

    async def run(self) -> None:
        """For ever, once a second; whatever cannot be reached is tried again in a second.

        What is due in rooms that are known here waits for nothing else: records that hang are waited for, for long.
        """
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._others())
            while True:
                with contextlib.suppress(BusGone):
                    for room in await self._due(known=True):
                        await self._tick(room)
                await asyncio.sleep(EVERY)

    async def _others(self) -> None:
        while True:
            with contextlib.suppress(BusGone, RecordsGone):
                await self._once()
            try:
                await self._check()
            except RecordsGone:
                await self._pause_unrecorded()
            await asyncio.sleep(EVERY)

    async def _once(self) -> None:
        await self._remember()
        with contextlib.suppress(RecordsGone):
            await self._bury(await self._counted())
        await self._hub.over_again()
        await self._departures.again()
        await self._sides.look()
        for room in await self._due(known=False):
            await self._tick(room)

    async def _due(self, *, known: bool) -> list[RoomId]:
        """Rooms in which something is due, if it is for this process to look: for each one, while the records do not
        answer, by which others read a room.
        """
        late = time.monotonic() - self._checked > CHECK_EVERY + LATE
        if not self._lease.turn(self._desk.now()) and not (known and late):
            return []
        found = (await self._bus.due(self._desk.now())).rooms
        return [room for room in found if (self._hub.table(room) is not None) == known]

    async def _bury(self, dead: frozenset[ProcessId]) -> None:
        """While some rooms cannot be looked at, nobody dead is buried, and the others are not looked at again."""
        self._rid = {room: gone & dead for room, gone in self._rid.items() if gone & dead}
        if not dead:
            return
        found = await self._bus.rooms()
        for room in sorted(found.rooms, key=lambda room: self._hub.table(room) is None):  # the others must be read
            if self._rid.get(room) != dead and await self._tick(room):
                self._rid[room] = dead
        if found.whole and all(self._rid.get(room) == dead for room in found.rooms):
            for process in dead:
                await self._bus.bury(process)

    async def _remember(self) -> None:
        """Rooms that Redis has forgotten, or knows less of than was told here, are looked at afresh."""
        for table in self._hub.tables() if self._lease.forgotten else ():
            if self._bus.at_home(table.id):
                stored = await self._bus.load(table.id, table.spoken[0])
                if stored is None or lacks(stored, table):
                    self._hub.reload_soon(table)
        self._lease.forgotten = False

    async def _counted(self) -> frozenset[ProcessId]:
        """The dead; nobody while that cannot be known, and rooms elsewhere are looked after all the same."""
        dead = self._lease.unburied
        try:
            if self._lease.unknown(self._hub.met):  # seldom; looking at every seat each second was dear
                await self._lease.count(self._hub.look_around())
        except BusGone:
            return frozenset()
        return dead

    async def _tick(self, due: RoomId) -> bool:
        """Whether it was looked at. Raises RecordsGone if it must be read and cannot, as then no other room can."""
        try:
            table = self._hub.table(due) or await self._hub.read(due)
            outcome = await self._swept(table)
            if isinstance(outcome, Reject):  # nothing was due after all
                await self._sides.look_for_the_gone(table)
                room = table.room
                await self._bus.wake(room.id, self._desk.due(table), room.epoch, room.sequence)
            return not isinstance(outcome, Reject) or outcome.code is Code.ALREADY_SO
        except NoSuchRoom:
            await self._bus.forget(due)
            return True
        except BusGone:
            return False  # a room that cannot be read must not keep the others waiting

    async def tick(self, table: Table) -> None:
        """Whatever is due in this room happens. Raises BusGone."""
        await self._swept(table)

    async def _swept(self, table: Table) -> Done | Reject:
        await self._lease.count({member.process for member in table.room.connected()})
        outcome = await self._desk.submit(table, NOBODY, Tick(self._lease.dead))
        self._calls.look(table)
        return outcome

    async def _check(self) -> None:
        if time.monotonic() - self._checked < CHECK_EVERY and not self._hub.unsure:
            return
        self._hub.unsure = False
        everybody = iter(self._hub.seats())
        while some := {seat.id: seat for seat in itertools.islice(everybody, CHECKED_AT_ONCE)}:
            unwelcome = await self._records.unwelcome({seat.id: seat.admission for seat in some.values()})
            for seat, closing in unwelcome.items():
                if closing is not Closing.AGREEMENT:
                    some[seat].end(closing)
                elif table := self._hub.table(some[seat].admission.room):
                    await self._renewals.look(table)
        self._checked = time.monotonic()

    async def _pause_unrecorded(self) -> None:
        if time.monotonic() - self._checked > UNRECORDED_FOR:
            for table in self._hub.tables():
                await self._desk.submit(table, NOBODY, Tick(self._lease.dead, unrecorded=True))
