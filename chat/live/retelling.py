"""What was told lately is read once for all who come back at the same moment: a process that ends sends half a room."""

import asyncio
from collections.abc import Mapping

from chat.core.ids import Number
from chat.live.bus import Bus, BusGone
from chat.live.catching_up import Retold, spoken_since
from chat.live.table import Table
from chat.live.together import Together

AT_ONCE = 1000
"""People."""
Missed = tuple[Table, Number]
"""A room, and the last message that somebody there has seen."""


class Retelling:
    """Owns the one look at the rings that is under way; whoever comes meanwhile shares the next."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._looks: Together[Missed, list[Retold]] = Together(self._look, AT_ONCE)

    async def since(self, table: Table, after: Number) -> list[Retold]:
        """As `spoken_since`, of the room as it is now. Raises BusGone."""
        if after >= table.room.number:
            return []
        told = await self._looks.ask((table, after))
        if told is None:
            raise BusGone
        return told

    async def _look(self, asked: set[Missed]) -> Mapping[Missed, list[Retold]]:
        """Rooms that cannot be reached are left out: others may be on another server."""
        lowest: dict[Table, Number] = {}
        for table, after in asked:
            lowest[table] = min(after, lowest.get(table, after))
        read = await asyncio.gather(*(self._told(table, after) for table, after in lowest.items()))
        told = dict(zip(lowest, read, strict=True))
        return {
            (table, after): [event for event in those if event.n > after]
            for table, after in asked
            if (those := told[table]) is not None
        }

    async def _told(self, table: Table, after: Number) -> list[Retold] | None:
        try:
            return await spoken_since(self._bus, table.envelope, table.room, after)
        except BusGone:
            return None
