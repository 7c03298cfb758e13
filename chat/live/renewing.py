"""When what people agree to has changed, they are asked in the room where they sit, and not sent out of it."""

import asyncio
from contextlib import suppress

from chat.core.decision import NOBODY, KeepHistory, Renew
from chat.core.ids import GroupId
from chat.live.bus import BusGone
from chat.live.desk import Desk
from chat.live.hub import Hub
from chat.live.keeping import Records, RecordsGone
from chat.live.table import NoSuchRoom, Table


class Renewals:
    """Asks at the tables of this process. What cannot be asked now is found by the regular look at every seat."""

    def __init__(self, hub: Hub, desk: Desk, records: Records) -> None:
        self._hub = hub
        self._desk = desk
        self._records = records
        self._groups: asyncio.Queue[GroupId] = asyncio.Queue()

    def soon(self, group: GroupId) -> None:
        """It has changed for this group. Nothing here waits."""
        self._groups.put_nowait(group)

    async def run(self) -> None:
        """For ever."""
        while True:
            group = await self._groups.get()
            for table in self._hub.tables():
                if any(seat.admission.group == group for seat in table.everybody()):
                    with suppress(BusGone, RecordsGone, NoSuchRoom):
                        await self.look(table)

    async def look(self, table: Table) -> None:
        """Asks whoever sits here and has not agreed to what the records say holds, and keeps what is said for as long
        as they say. Raises RecordsGone.
        """
        agreed = {member.agreed for member in table.room.connected()}
        terms = await self._records.terms(table.id, agreed)
        if terms.version > table.room.condition.terms.version:
            await self._desk.submit(table, NOBODY, Renew(terms))
        history = await self._records.history(table.id)
        if history != table.room.condition.history:
            await self._desk.submit(table, NOBODY, KeepHistory(history))
