"""One person sits in one room at a time: whoever is in another group's room is asked to leave that one first.

Sitting in two rooms would be half there in each, and show whoever sits in both that two people always come together.
"""

from contextlib import suppress

from chat.core.decision import Actor, Depart, Reject
from chat.core.ids import MemberId, RoomId
from chat.live.answers import NOT_YET
from chat.live.bus import BusGone
from chat.live.desk import Desk
from chat.live.hub import Hub
from chat.live.keeping import Admission, Records
from chat.live.table import NoSuchRoom, RoomLost, Table


class Elsewhere:
    """Looks for the seats of one account in other groups' rooms."""

    def __init__(self, hub: Hub, desk: Desk, records: Records) -> None:
        self._hub = hub
        self._desk = desk
        self._records = records

    async def sits(self, who: Admission) -> bool:
        """Whether this account sits in another group's room. Raises BusGone, RecordsGone."""
        return bool(who.elsewhere and await self._seats(who))

    async def leave(self, who: Admission) -> None:
        """Leaves other groups' rooms, as by their own wish. Raises BusGone, RecordsGone."""
        if who.elsewhere:
            for table, actor in await self._seats(who):
                outcome = await self._desk.submit(table, actor, Depart())
                if isinstance(outcome, Reject) and outcome.code in NOT_YET:
                    raise BusGone

    async def _seats(self, who: Admission) -> list[tuple[Table, Actor]]:
        found = []
        for room, member in await self._records.elsewhere(who.account, who.group):
            table = await self._find(room)
            apart = table.room.apart(member) if table else None
            for one in (table, await self._find(apart.room) if apart else None):
                if one is not None and (actor := _actor(one, member)):
                    found.append((one, actor))
        return found

    async def _find(self, room: RoomId) -> Table | None:
        with suppress(NoSuchRoom, RoomLost):  # a room that is over or forgotten has nobody in it
            return self._hub.table(room) or await self._hub.read(room)
        return None


def _actor(table: Table, who: MemberId) -> Actor | None:
    outside = table.room.outside(who)
    member = table.room.member(who) or (outside.member if outside else None)
    return Actor(who, member.seat) if member else None
