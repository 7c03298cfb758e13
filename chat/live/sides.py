"""One person sits in one room: the way into a side room and back, and what becomes of it when somebody strays."""

import asyncio
import secrets
from contextlib import suppress

from chat.core.decision import NOBODY, Actor, Depart, Going, Reject, Tick, Worry
from chat.core.errors import Code
from chat.core.ids import MemberId, Ref, RoomId
from chat.core.room import Apart, Place
from chat.core.wire import Role, Where
from chat.live.answers import NOT_YET, Done
from chat.live.bus import BusGone
from chat.live.desk import Desk
from chat.live.hub import Hub
from chat.live.keeping import Admission, Records, RecordsGone, Side
from chat.live.table import NoSuchRoom, RoomLost, Table

STRAYED_FOR = 3.0
"""Seconds somebody is in neither room before the group is told that they left: on the way back they are in neither."""
NOTICED_WITHIN = 10_000
"""Milliseconds in which a facilitator's broken connection is noticed, by two close pings (`transport.CLOSELY`); until
then words went nowhere by it."""


class Sides:
    """Looks at a room and its side rooms together; each is a room of its own, and no commit touches two."""

    def __init__(self, hub: Hub, desk: Desk, records: Records, returns_within: int) -> None:
        self._hub = hub
        self._desk = desk
        self._records = records
        self._returns_within = returns_within
        self._missing: dict[tuple[RoomId, Apart], float] = {}
        """Since when people who stepped aside are not where they went, on our own clock: each time anew."""

    async def go(self, table: Table, actor: Actor, ref: Ref) -> Done | Reject:
        """Somebody goes along: the side room is there before the two leave their seats."""
        place = table.room.places.get(actor.member)
        going = Going(RoomId(secrets.token_hex(16)), (place and place.asked_by) or MemberId(""))
        if self._desk.refuses(table, actor, going):
            return await self._desk.submit(table, actor, going, ref)  # or it is asked again, and was done
        try:
            if not await self._records.opens(Side(going.room, table.id, going.by, actor.member)):
                return Reject(Code.ROOM_CLOSED)
            with suppress(BusGone, NoSuchRoom):  # else the facilitator's coming begins it
                await self._hub.begin(going.room)
            outcome = await self._desk.submit(table, actor, going, ref)
            if isinstance(outcome, Reject):
                await self._records.drops(going.room)
        except RecordsGone:
            return Reject(Code.NOT_RECORDED)
        return outcome

    async def elsewhere(self, table: Table, who: Admission, *, back: bool) -> RoomId | None:
        """The side room in which somebody sits who comes to the room of the group; None if they may sit down here.

        `back`: they want to be here again, and leave their seat there first. Raises BusGone, RecordsGone.
        """
        apart = table.room.apart(who.member)
        if apart is None:
            return None
        side = await self._find(apart.room)
        if side is None:
            return None
        if back:
            await self._leave(side, who.member)
            return None
        return apart.room if self._expected(side, apart) else None

    async def belongs(self, side: Table, who: MemberId) -> bool:
        """Whether somebody has stepped aside into this room, and not gone back. Raises BusGone, RecordsGone."""
        group = side.room.condition.beside
        here = self._hub.table(group) if group else None
        if group is None or (here and self._is_in(here, who, side.id)):
            return True
        try:
            return self._is_in(await self._read(group), who, side.id)
        except RoomLost:
            return True  # nobody can know; who is together stays together
        except NoSuchRoom:
            return False

    async def look(self) -> None:
        """Once a second: who strayed, and side rooms that are over. Raises RecordsGone."""
        apart = {(table.id, one) for table in self._hub.tables() for one in table.room.condition.apart}
        self._missing = {which: since for which, since in self._missing.items() if which in apart}
        for table in self._hub.tables():
            with suppress(BusGone):  # others' rooms may be elsewhere
                await self._look_at(table)

    async def look_for_the_gone(self, table: Table) -> None:
        """Where nobody sits nobody misses those who are aside, and the room would never end. It is looked at seldom, so
        whoever is not where they went is not waited for. Raises BusGone, RecordsGone.
        """
        if table.room.condition.apart and not table.room.connected() and self._hub.table(table.id) is None:
            await self._look_for_strays(table, 0)

    async def _look_at(self, table: Table) -> None:
        if table.room.condition.apart:
            await self._look_for_strays(table, STRAYED_FOR)
        elif table.room.condition.beside:
            await self._look_for_the_group(table)

    async def _look_for_strays(self, table: Table, patience: float) -> None:
        gone, removed = set(), set()
        for apart in table.room.condition.apart:
            side = await self._find(apart.room)
            place = side.room.places.get(apart.member) if side else None
            if place and place.removed:
                removed.add(apart.member)
            elif self._missing_for(table.id, apart, missing=not (side and self._expected(side, apart))) >= patience:
                gone.add(apart.member)
        if gone:  # a side room that has ended with a removal is no longer there to say so
            standing = await self._records.standing(table.id)
            removed |= {who for who in gone if standing.get(who, Place()).removed}
        if gone or removed:
            await self._desk.submit(table, NOBODY, Tick(gone=frozenset(gone), removed=frozenset(removed)))

    def _missing_for(self, room: RoomId, apart: Apart, *, missing: bool) -> float:
        """Seconds, or less than none."""
        if not missing:
            self._missing.pop((room, apart), None)
            return -1
        now = asyncio.get_running_loop().time()
        return now - self._missing.setdefault((room, apart), now)

    async def _look_for_the_group(self, side: Table) -> None:
        group = side.room.condition.beside
        try:
            table = await self._read(group) if group else side
        except RoomLost:
            return
        except NoSuchRoom:
            side.close()
            return
        room = table.room
        if not side.room.held():
            await self._pass_on(side, table)
        elif not room.held():
            await self._call_aside(table, side)
        back = not any(one.room == side.id for one in room.condition.apart if one.role is Role.MEMBER)
        unheld = not room.held()
        if back or unheld != side.room.condition.needed:
            await self._desk.submit(side, NOBODY, Tick(back=back, unheld=unheld))

    async def _pass_on(self, side: Table, group: Table) -> None:
        """Words of danger where no facilitator is left are heard by those of the group: what cannot be said there, and
        what was said when the facilitator's connection may have been broken already.
        """
        heard = {one.by: one.at for one in group.room.condition.alarms}
        lost = [place.lost_at for place in side.room.places.values() if place.holds and place.lost_at is not None]
        for one in side.room.condition.alarms:
            unheard = one.where is Where.UNSENT or any(one.at > at - NOTICED_WITHIN for at in lost)
            if unheard and one.by in side.room.places and one.at > heard.get(one.by, 0):
                await self._desk.submit(group, NOBODY, Worry(one.by))

    async def _call_aside(self, group: Table, side: Table) -> None:
        """Words of danger that the group's facilitators who are left, if any, may not have heard are heard by the one
        who is aside.
        """
        here = side.room.places
        went = [one.since for one in group.room.condition.apart if one.room == side.id and one.role is Role.FACILITATOR]
        heard = {one.by: one.at for one in side.room.condition.alarms}
        for one in group.room.condition.alarms:
            if one.by not in here and one.helper not in here and one.at > max(*went, heard.get(one.by, 0), 0):
                await self._desk.submit(side, NOBODY, Worry(one.by))

    async def _find(self, room: RoomId) -> Table | None:
        with suppress(NoSuchRoom):
            return self._hub.table(room) or await self._read(room)
        return None

    async def _read(self, room: RoomId) -> Table:
        """As the hub does, but what cannot be heard is not waited for."""
        if self._hub.interrupted(room):
            raise BusGone
        return await self._hub.read(room)

    async def _leave(self, side: Table, who: MemberId) -> None:
        member = side.room.member(who)
        if member is not None:
            outcome = await self._desk.submit(side, Actor(who, member.seat), Depart())
            if isinstance(outcome, Reject) and outcome.code in NOT_YET:
                raise BusGone

    def _expected(self, side: Table, apart: Apart) -> bool:
        """They sit there, are on their way, or lost the connection a moment ago."""
        place, now = side.room.places.get(apart.member), self._desk.now()
        if place and place.member:
            return True
        lately = max(apart.since, (place and place.lost_at) or 0)
        return now - lately <= self._returns_within and not side.closed

    def _is_in(self, group: Table, who: MemberId, side: RoomId) -> bool:
        apart = group.room.apart(who)
        return apart is not None and apart.room == side
