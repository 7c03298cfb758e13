"""Nobody stays listed, and no room counts as held, because somebody's going could not be told at once.

Whose connections break in the same moment, as when a proxy restarts, are told of in one notice, like those who come.
"""

import asyncio

from chat.core.decision import NOBODY, Actor, Depart, Lose, Reject
from chat.core.errors import Code
from chat.core.ids import RoomId, SeatId
from chat.live.bus import BusGone
from chat.live.desk import Desk
from chat.live.hub import Hub
from chat.live.porch import between
from chat.live.table import NoSuchRoom, Table

NOT_YET = {Code.INTERRUPTED, Code.BUSY}


class Departures:
    """Owns what is still to be told of seats that were given back."""

    def __init__(self, hub: Hub, desk: Desk) -> None:
        self._hub = hub
        self._desk = desk
        self._owed: set[tuple[RoomId, Actor, Depart | Lose]] = set()

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

    async def again(self) -> None:
        """Tells what is still owed. Raises RecordsGone."""
        for room, actor, how in list(self._owed):
            try:
                table = self._hub.table(room) or await self._hub.read(room)
            except NoSuchRoom:
                self._owed.discard((room, actor, how))
                continue
            except BusGone:
                continue  # others' rooms may be elsewhere
            await self._tell(table, actor, how)

    async def _tell(self, table: Table, actor: Actor, how: Depart | Lose) -> None:
        outcome = await self._desk.submit(table, actor, how)
        owed = table.id, actor, how
        if isinstance(outcome, Reject) and outcome.code in NOT_YET:
            self._owed.add(owed)
        else:
            self._owed.discard(owed)
