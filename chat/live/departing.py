"""Nobody stays listed, and no room counts as held, because somebody's going could not be told at once.

Whoever was told no because their arrival was not answered, and has come in all the same, is lost to the room as well.
No seat is given twice, so the room may be told of one that was never given.

A Redis that takes over may not have heard of who went last. Where somebody is left, their process knows; of a room in
which nobody is, no process does any more, and so whoever went lately is told of once more when Redis is back.

A process that cannot read a room, as a newer one has told it something, cannot tell it either: it tells all the others,
again and again as it may be heard by none that sits there, for its own life would vouch for whoever is gone.

Whose connections break in the same moment, as when a proxy restarts, are told of in one notice, like those who come.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Set
from contextlib import suppress

from chat.core.decision import NOBODY, Actor, Depart, Lose, Quit, Reject
from chat.core.ids import MemberId, RoomId, SeatId
from chat.live.answers import NOT_YET
from chat.live.bus import DEADLINE, BusGone
from chat.live.control import SeatsLost
from chat.live.desk import Desk
from chat.live.envelope import Unreadable
from chat.live.hub import Hub
from chat.live.porch import between
from chat.live.table import NoSuchRoom, RoomLost, Table

GONE_LATELY = 120.0
"""Seconds: longer than it takes another server to take over, and more than it may have missed."""
DOUBTED_FOR = 600.0
"""Seconds in which a room that Redis has forgotten may still be put together again, by a process that knows it."""


class Departures:
    """Owns what is still to be told of seats that were given back."""

    def __init__(self, hub: Hub, desk: Desk) -> None:
        self._hub = hub
        self._desk = desk
        self._owed: dict[tuple[RoomId, Actor, Depart | Lose | Quit], float] = {}
        """And until when a room that Redis has forgotten is waited for, by the loop's clock."""
        self._doubted: dict[tuple[RoomId, frozenset[SeatId]], tuple[float, float]] = {}
        """Seats that nobody sits on, and that were given or not; when that can be seen, by the loop's clock, and until
        when a room that Redis has forgotten is waited for.
        """
        self._gone: deque[tuple[float, RoomId, SeatId]] = deque()
        """Seats that were given back lately, and when."""
        self._mends = hub.mends

    def gone(self, room: RoomId, seat: SeatId) -> None:
        """Nobody sits on this seat any more, however that came."""
        now = asyncio.get_running_loop().time()
        self._gone.append((now, room, seat))
        while self._gone[0][0] < now - GONE_LATELY:
            self._gone.popleft()

    async def chose(self, table: Table, actor: Actor) -> None:
        """Tells the room that somebody has gone by choice; later, if it cannot be reached now."""
        await self._tell(table, actor, Depart())

    async def lost(self, table: Table, seat: SeatId) -> None:
        """Tells the room that a connection broke, and every other that does meanwhile; later, as above."""
        table.lost.add(seat)
        async with table.parting:
            if seat not in table.lost:
                return  # told with somebody else
            loop = asyncio.get_running_loop()
            if (pause := table.parted + between(len(table.seats)) - loop.time()) > 0:
                await asyncio.sleep(pause)
            table.parted = loop.time()
            several, table.lost = frozenset(table.lost), set()
            await self._tell(table, NOBODY, Lose(several))

    def perhaps(self, room: RoomId, seats: frozenset[SeatId]) -> None:
        """An arrival was not answered: if these seats were given, or still are, the room is told that they are lost.

        What is known of it here may be from before that: once it has happened or never will, Redis is asked.
        """
        self._doubt(room, seats, DOUBTED_FOR)

    def _doubt(self, room: RoomId, seats: frozenset[SeatId], patience: float) -> None:
        settled = asyncio.get_running_loop().time() + DEADLINE / 1000
        self._doubted[room, seats] = settled, settled + patience

    def quits(self, member: MemberId) -> None:
        """Somebody has left the group for good: a room that may wait for them is told soon. Nothing here waits."""
        for table in self._hub.tables():
            if member in table.room.places:
                self._owe((table.id, NOBODY, Quit(member)))

    def _owe(self, owed: tuple[RoomId, Actor, Depart | Lose | Quit]) -> None:
        self._owed.setdefault(owed, asyncio.get_running_loop().time() + DOUBTED_FOR)

    def elsewhere(self, room: RoomId, seats: frozenset[SeatId]) -> None:
        """Another process cannot tell this room that nobody sits on these seats of its any more. Nothing here waits."""
        self._owe((room, NOBODY, Lose(seats)))

    async def again(self) -> None:
        """Tells what is still owed. Raises RecordsGone."""
        await self._tell_owed()
        self._doubt_who_went()
        now = asyncio.get_running_loop().time()
        for (room, seats), (settled, until) in list(self._doubted.items()):
            if settled < now and not self._hub.interrupted(room):
                await self._look(room, seats, lost=until < now)

    def _doubt_who_went(self) -> None:
        if self._mends == self._hub.mends:
            return
        self._mends = self._hub.mends
        left = defaultdict(set)
        for _, room, seat in self._gone:
            left[room].add(seat)
        for room, seats in left.items():
            self._doubt(room, frozenset(seats), 0)  # of a room that is forgotten whoever knows it has heard of them

    async def _look(self, room: RoomId, seats: frozenset[SeatId], *, lost: bool) -> None:
        try:
            await self._tell(await self._hub.read(room), NOBODY, Lose(seats))
        except Unreadable:
            await self._pass_on(room, seats)
            return
        except BusGone:
            return
        except RoomLost:
            if not lost:
                return  # a process that has heard of them may put the room together again
        except NoSuchRoom:
            pass
        self._doubted.pop((room, seats), None)

    async def _tell_owed(self) -> None:
        now = asyncio.get_running_loop().time()
        for owed, until in sorted(self._owed.items(), key=lambda one: self._hub.table(one[0][0]) is None):  # read last
            room, actor, how = owed
            if self._hub.interrupted(room):
                continue  # to wait for it in vain, for each of them, would keep the other rooms waiting
            try:
                table = self._hub.table(room) or await self._hub.read(room)
            except Unreadable:
                if not isinstance(how, Quit):  # of that each process hears for itself
                    await self._pass_on(room, how.seats if isinstance(how, Lose) else {actor.seat})
                continue
            except BusGone:
                continue  # others' rooms may be elsewhere
            except NoSuchRoom as why:
                if not isinstance(why, RoomLost) or until < now:  # else a process that knows them may put it together
                    self._owed.pop(owed, None)
                continue
            await self._tell(table, actor, how)

    async def _pass_on(self, room: RoomId, seats: Set[SeatId]) -> None:
        with suppress(BusGone):
            await self._hub.tell_all(SeatsLost(room, tuple(seats)))

    async def _tell(self, table: Table, actor: Actor, how: Depart | Lose | Quit) -> None:
        outcome = await self._desk.submit(table, actor, how)
        owed = table.id, actor, how
        if isinstance(outcome, Reject) and (outcome.code in NOT_YET or table.behind):
            self._owe(owed)  # whoever is not here yet, by a table that is behind, may have come
        else:
            self._owed.pop(owed, None)
