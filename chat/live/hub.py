"""Who sits where in this process: rooms are loaded for the first to sit down and let go after the last."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Set
from contextlib import asynccontextmanager, suppress
from typing import Protocol

import msgspec
import structlog

from chat.core import wire
from chat.core.ids import GroupId, MemberId, ProcessId, RoomId, SeatId
from chat.live.bus import HOME, Bus, BusGone, Commit, Outcome, partition_of
from chat.live.catching_up import look
from chat.live.clock import Clock
from chat.live.closing import Closing
from chat.live.control import AgreementChanged, Control, MemberGone, RoomOver, SeatsLost, SentAway, VisitEnded, control
from chat.live.envelope import Envelope, Head, Unreadable, committed, head
from chat.live.frames import frames
from chat.live.keeping import Records, RecordsGone
from chat.live.mending import Mending
from chat.live.sealing import Unsealable
from chat.live.seat import Seat
from chat.live.table import NoSuchRoom, RoomLost, Table

log = structlog.get_logger()
INTERRUPTED = frames([wire.Interrupted()])
LOOK_AGAIN = 0.25
"""Seconds between two looks at a room that cannot be reached."""
SINCE_EVER = float("-inf")
OTHERS_FIRST = 2.0
"""Seconds from when rooms could be heard again in which nobody is let into one that is not known here: a Redis that
took over may lack what was told, and whoever was told it looks first. Else numbers are given again in one epoch.
"""


class Departing(Protocol):
    """Tells rooms, soon, of whoever is gone. Nothing here waits."""

    def quits(self, member: MemberId) -> None:
        """Somebody has left the group for good."""

    def elsewhere(self, room: RoomId, seats: frozenset[SeatId]) -> None:
        """Nobody sits on these seats of another process, which cannot tell the room."""


class Hub:
    """Owns every table of this process."""

    def __init__(self, secret: bytes, records: Records, clock: Clock) -> None:
        self._secret = secret
        self._records = records
        self._clock = clock
        self._tables: dict[RoomId, Table] = {}
        self._doors: dict[RoomId, asyncio.Lock] = {}
        self._inside: dict[RoomId, int] = {}
        self._loading: dict[RoomId, list[Head]] = {}
        self._tasks: asyncio.TaskGroup
        self._bus: Bus
        self._mending: Mending
        self._sweep: Callable[[Table], Awaitable[None]]
        self._renewed: Callable[[GroupId], None]
        self._departures: Departing
        self.silent: frozenset[int] = frozenset()
        """Partitions of rooms that cannot be heard at the moment."""
        self.met: set[ProcessId] = set()
        """Every process that somebody at these tables sits with, and some with whom nobody does any more."""
        self.unsure = False
        """Something may have been told to the whole installation that was not heard here."""
        self.changes = 0
        """How often it was heard that somebody may not come any more, or not without being asked."""
        self.mends = 0
        """How often some rooms could be heard again."""
        self._over: set[RoomId] = set()
        """Rooms that are over, which Redis and the other processes are still to be told."""
        self._adrift: set[RoomId] = set()
        """Tables whose rooms could not be heard, until they have been looked at: what is told meanwhile waits. The room
        may have gone another way, which what was told here must be compared with before anything is added to either.
        """
        self._heard_again = asyncio.Event()
        self._heard: dict[int, float] = {}
        """When partitions could be heard again, by the loop's clock; since ever, if that was the first time."""

    @asynccontextmanager
    async def hearing(
        self,
        bus: Bus,
        mending: Mending,
        sweep: Callable[[Table], Awaitable[None]],
        renewed: Callable[[GroupId], None],
        departures: Departing,
    ) -> AsyncIterator[None]:
        """Works with `bus` while this lasts; `sweep` does what is due in a room before anybody is let in.

        `renewed` hears that what a group agrees to has changed.
        """
        self._bus, self._mending, self._sweep, self._renewed = bus, mending, sweep, renewed
        self._departures = departures
        async with asyncio.TaskGroup() as self._tasks:
            try:
                yield
            finally:
                self._tables.clear()  # a process that ends waits for no room that is adrift

    def interrupted(self, room: RoomId) -> bool:
        """Whether this room cannot be heard at the moment, or has not been looked at since."""
        return room in self._adrift or self._silent(room)

    def _silent(self, room: RoomId) -> bool:
        return bool(self.silent) and partition_of(room) in self.silent

    def table(self, room: RoomId) -> Table | None:
        """The room, if somebody sits in it here, or did when it was heard last."""
        return self._tables.get(room)

    def tables(self) -> list[Table]:
        """Every room somebody sits in here, or did when it was heard last."""
        return list(self._tables.values())

    def look_around(self) -> set[ProcessId]:
        """The processes that people at these tables sit with now: every seat is looked at."""
        now = {member.process for table in self._tables.values() for member in table.room.connected()}
        self.met.intersection_update(now)  # the same set, which tables share; one just being loaded is swept by itself
        return now

    @asynccontextmanager
    async def at(self, room: RoomId) -> AsyncIterator[Table]:
        """A table to sit down at. Raises NoSuchRoom, BusGone, RecordsGone."""
        # The door serialises first in and last out: without it two first arrivals
        # both subscribe, and one of them is never told anything.
        door = self._doors.setdefault(room, asyncio.Lock())
        self._inside[room] = self._inside.get(room, 0) + 1
        try:
            async with door:
                table = self._tables.get(room) or await self._first_in(room)
            yield table
        finally:
            self._inside[room] -= 1
            await self._leave(room)

    async def _leave(self, room: RoomId) -> None:
        """Nothing is left here of a room that nobody sits in any more, unless it is adrift: then what was told here is
        known to nobody else, perhaps, and Redis may lack it.
        """
        if door := self._doors.get(room):
            async with door:
                if not self._inside.get(room, 1) and room not in self._adrift:
                    await self._last_out(room)

    async def read(self, room: RoomId) -> Table:
        """A table nobody sits at, just loaded, for a single act. Raises NoSuchRoom, BusGone, RecordsGone."""
        envelope = await self.envelope(room)
        stored = await self._bus.load(room)
        if stored is None:
            raise RoomLost
        try:
            table = Table(envelope.room(stored), envelope, self.met)
            table.known(table.room, stored)
            return table
        except Unsealable:
            raise NoSuchRoom from None

    async def read_again(self, table: Table) -> None:
        """As `read`, of a table that nobody sits at, and so nobody tells what has moved. Raises as that."""
        now = await self.read(table.id)
        table.room, table.trace, table.spoken = now.room, now.trace, now.spoken

    async def begin_again(self, room: RoomId) -> None:
        """A room that Redis has forgotten begins again, paused. Raises NoSuchRoom, BusGone, RecordsGone."""
        await self._mending.begin_again(room, await self.envelope(room))

    async def begin(self, room: RoomId) -> None:
        """A new room; nothing happens if it is there. Raises NoSuchRoom, BusGone, RecordsGone."""
        await self._mending.begin(room, await self.envelope(room))

    async def over(self, rooms: Set[RoomId]) -> None:
        """Rooms have ended without being told so themselves, and their salts are erased: nothing of them is left.

        As with a side room whose meeting closes, or a meeting that is closed while Redis cannot be reached.
        """
        self._over |= rooms
        await self.over_again()

    async def over_again(self) -> None:
        """Tells what could not be told before of rooms that are over."""
        for room in list(self._over):
            with suppress(BusGone):
                await self.tell_all(RoomOver(room))
                await self._bus.forget_ring(room)
                await self._bus.forget(room)
                self._over.discard(room)

    async def envelope(self, room: RoomId) -> Envelope:
        """What seals this meeting. Raises NoSuchRoom if it is closed, RecordsGone."""
        salts = await self._records.salts(room)
        if salts is None:
            raise NoSuchRoom
        return Envelope(room, self._secret, salts)

    async def _first_in(self, room: RoomId) -> Table:
        waiting: list[Head] = []
        self._loading[room] = waiting
        mends = self.mends
        try:
            await self._bus.join(room)
            await self._others_first(room)
            table = await self.read(room)
        except BaseException:
            await self._bus.leave(room)
            raise
        finally:
            del self._loading[room]
        self._tables[room] = table
        for notice in waiting:
            self._take(table, notice)
        if self._silent(room):
            self._adrift.add(room)
        if self.mends != mends or self._silent(room):  # something may have been missed while it was read
            self.reload_soon(table)
        await self._sweep(table)  # nobody is let in beside somebody who is gone
        return table

    async def _others_first(self, room: RoomId) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(OTHERS_FIRST):
                while self._silent(room):  # subscribed again a moment before it is known when that was
                    await self._heard_again.wait()
        heard, now = self._heard.get(partition_of(room), SINCE_EVER), asyncio.get_running_loop().time()
        await asyncio.sleep(max(0.0, heard + OTHERS_FIRST - now))

    async def _last_out(self, room: RoomId) -> None:
        del self._doors[room], self._inside[room]
        if self._tables.pop(room, None):
            self._adrift.discard(room)
            await self._bus.leave(room)

    # What is heard. Nothing here waits.

    def heard(self, room: RoomId, notice: bytes) -> None:
        """A room was told something."""
        try:
            told = head(notice)
        except Unsealable:
            return  # not from any process of ours
        self._hear(room, told)

    def committed(self, commit: Commit, outcome: Outcome) -> None:
        """A room was told what this process has committed."""
        self._hear(commit.room, committed(commit, outcome))

    def _hear(self, room: RoomId, told: Head) -> None:
        table = self._tables.get(room)
        if table:
            self._take(table, told)
        elif room in self._loading:
            self._loading[room].append(told)

    def _take(self, table: Table, notice: Head) -> None:
        if table.waiting is not None:
            table.waiting.append(notice)
        elif table.follows(notice):
            try:
                table.deliver(notice)
            except Unsealable:  # not from any process of ours; whether it stands for a real one is seen by looking
                self.reload_soon(table)
            except Exception as error:  # every other room goes on
                log.error("A notice could not be told.", error=type(error).__name__)
                self.reload_soon(table)
        elif not table.knows(notice):
            self.reload_soon(table)

    def controlled(self, message: bytes) -> None:
        """Something concerns the whole installation."""
        told = control(message)
        self.changes += not isinstance(told, RoomOver | SeatsLost | None)
        match told:
            case VisitEnded(visit=visit):
                self.end_seats(lambda seat: seat.admission.visit == visit, Closing.SIGNED_OUT)
            case AgreementChanged(group=group):
                self._renewed(group)
            case MemberGone(member=member):
                self.end_seats(lambda seat: seat.member == member, Closing.NO_SUCH_ROOM)
                self._departures.quits(member)
            case SeatsLost(room=room, seats=seats):
                if room in self._tables:
                    self._departures.elsewhere(room, frozenset(seats))
            case RoomOver(room=room):
                if table := self._tables.get(room):
                    table.close()
            case SentAway() | None:
                pass

    def welcomed(self, changes: int) -> None:
        """Somebody sits down who was found welcome when so much had been heard; all are asked again if it is more now.

        Whoever was not at a table when it was heard has not been ended by it.
        """
        self.unsure = self.unsure or self.changes != changes

    async def tell_all(self, message: Control) -> None:
        """Tells every process; this one even if Redis is gone. Raises BusGone."""
        data = msgspec.json.encode(message)
        self.controlled(data)
        await self._bus.control(data)

    def seats(self) -> list[Seat]:
        """Everybody connected here, arriving ones too."""
        return [seat for table in self._tables.values() for seat in table.everybody()]

    def end_seats(self, which: Callable[[Seat], bool], closing: Closing) -> None:
        """Ends the seats of this process that `which` picks."""
        for seat in self.seats():
            if which(seat):
                seat.end(closing)

    def broke(self, partitions: Set[int]) -> None:
        """Rooms are interrupted: nothing is heard, so nothing may be said."""
        new, self.silent = partitions - self.silent, self.silent | partitions
        for table in self._tables.values():
            if partition_of(table.id) in new:
                self._adrift.add(table.id)
                self.reload_soon(table)
                for seat in (*table.seats.values(), *table.outside.values()):
                    seat.offer(INTERRUPTED)

    def mended(self, partitions: Set[int]) -> None:
        """Heard again: every room concerned is looked at afresh."""
        self.silent -= partitions
        now = asyncio.get_running_loop().time()
        self._heard |= {partition: now if partition in self._heard else SINCE_EVER for partition in partitions}
        self.mends += 1
        self._heard_again.set()
        self._heard_again = asyncio.Event()
        self.unsure = self.unsure or HOME in partitions
        for table in self._tables.values():
            if partition_of(table.id) in partitions:
                table.doubted = True  # a look that is under way may have looked too early
                self.reload_soon(table)

    # What was missed.

    def reload_soon(self, table: Table) -> None:
        """Looks at the room afresh; notices wait until then."""
        if table.waiting is None and not table.closed:
            table.waiting = []
            self._tasks.create_task(self._reload(table))

    async def _reload(self, table: Table) -> None:
        while not table.closed and self._tables.get(table.id) is table:
            if self._silent(table.id):
                with suppress(TimeoutError):  # everybody may have left meanwhile
                    async with asyncio.timeout(LOOK_AGAIN):
                        await self._heard_again.wait()
                continue
            table.doubted = False
            try:
                if (
                    await look(table, self._bus, self._mending, self._clock)
                    and not table.doubted
                    and not self._silent(table.id)
                ):
                    break
            except NoSuchRoom:
                table.close()
            except Unreadable:
                for seat in table.everybody():
                    seat.end(Closing.LOST)  # they come back, perhaps to a process that can read it
                await asyncio.sleep(LOOK_AGAIN)
            except (BusGone, RecordsGone):
                await asyncio.sleep(LOOK_AGAIN)
        waiting, table.waiting = table.waiting or [], None
        if self._tables.get(table.id, table) is table:
            self._adrift.discard(table.id)
        for notice in waiting:
            self._take(table, notice)
        await self._leave(table.id)
