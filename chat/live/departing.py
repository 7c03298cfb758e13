"""Nobody stays listed, and no room counts as held, because somebody's going could not be told at once."""

from chat.core.decision import Actor, Depart, Reject
from chat.core.errors import Code
from chat.core.ids import RoomId
from chat.live.bus import BusGone
from chat.live.desk import Desk
from chat.live.hub import Hub
from chat.live.table import NoSuchRoom, Table

NOT_YET = {Code.INTERRUPTED, Code.BUSY}


class Departures:
    """Owns what is still to be told of seats that were given back."""

    def __init__(self, hub: Hub, desk: Desk) -> None:
        self._hub = hub
        self._desk = desk
        self._owed: dict[Actor, tuple[RoomId, Depart]] = {}

    async def tell(self, table: Table, actor: Actor, how: Depart) -> None:
        """Tells the room that somebody has gone; later, if it cannot be reached now."""
        outcome = await self._desk.submit(table, actor, how)
        if isinstance(outcome, Reject) and outcome.code in NOT_YET:
            self._owed[actor] = (table.id, how)
        else:
            self._owed.pop(actor, None)

    async def again(self) -> None:
        """Tells what is still owed. Raises RecordsGone."""
        for actor, (room, how) in list(self._owed.items()):
            try:
                table = self._hub.table(room) or await self._hub.read(room)
            except NoSuchRoom:
                del self._owed[actor]
                continue
            except BusGone:
                continue  # others' rooms may be elsewhere
            await self.tell(table, actor, how)
