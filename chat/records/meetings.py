"""One sitting of a group: that it was, on which day, and the two secrets that end with it."""

import secrets
from datetime import date

from msgspec import Struct
from sqlalchemy import BigInteger, Row, and_, bindparam, delete, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.ids import AccountId, GroupId, MemberId, Millis, RoomId
from chat.records.adding import add
from chat.records.keys import DAY, HOUR, day, fresh_id
from chat.records.several import among, asking
from chat.records.store import Store
from chat.records.tables import bars, groups, meetings, members, mutes

REPORTS_FOR = 3 * DAY
"""How long after closing a report can be verified, in ms."""


class Meeting(Struct, frozen=True):
    """`opened_by`: while it is open, and they are in the group."""

    id: RoomId
    group: GroupId
    opened_on: date
    opened_by: MemberId | None
    closed_on: date | None = None
    beside: RoomId | None = None
    """This is a side room of that meeting; `opened_by` and `guest` alone may sit in it."""
    guest: MemberId | None = None

    def is_for(self, member: MemberId) -> bool:
        """Whether a member of the group may sit here."""
        return self.beside is None or member in (self.opened_by, self.guest)


_SALTS = select(meetings.c.salt, meetings.c.receipt_salt).where(meetings.c.id == bindparam("room"))


async def open(c: AsyncConnection, group: GroupId, by: MemberId, now: Millis) -> Meeting:
    """Opens a meeting, or finds the one that is open: of two facilitators at once, one opens and both are in it."""
    secret = {"salt": secrets.token_bytes(32), "receipt_salt": secrets.token_bytes(32)}
    await add(c, meetings, id=fresh_id(), group_id=group, opened_on=day(now), opened_by=by, **secret)
    opened = await current(c, group)
    return opened if opened else await open(c, group, by, now)  # closed between the two by another process


async def open_beside(c: AsyncConnection, side: RoomId, of: RoomId, by: MemberId, guest: MemberId, now: Millis) -> bool:
    """Opens the side room `side` of an open meeting, for two of its people; False if that meeting is not open."""
    meeting = await find(c, of)
    if meeting is None or meeting.closed_on is not None:
        return False
    secret = {"salt": secrets.token_bytes(32), "receipt_salt": secrets.token_bytes(32)}
    who = {"opened_by": by, "guest": guest, "beside": of}
    await add(c, meetings, id=side, group_id=meeting.group, opened_on=day(now), **who, **secret)
    return True


async def sides(c: AsyncConnection, group: GroupId) -> set[RoomId]:
    """Every side room of a group's meetings, open or closed."""
    which = and_(meetings.c.group_id == group, meetings.c.beside.is_not(None))
    return {RoomId(room) for room in await c.scalars(select(meetings.c.id).where(which))}


async def current(c: AsyncConnection, group: GroupId) -> Meeting | None:
    """The group's open meeting."""
    which = and_(meetings.c.group_id == group, meetings.c.closed_on.is_(None), meetings.c.beside.is_(None))
    row = (await c.execute(select(meetings).where(which))).one_or_none()
    return _meeting(row) if row else None


async def elsewhere(c: AsyncConnection, account: AccountId, group: GroupId) -> list[tuple[RoomId, MemberId]]:
    """The open meetings of other groups that an account is in, and who it is there."""
    its, another = meetings.c.group_id == members.c.group_id, members.c.group_id != group
    still_open = and_(meetings.c.closed_on.is_(None), meetings.c.beside.is_(None))
    found = select(meetings.c.id, members.c.id).join(members, its)
    rows = await c.execute(found.where(members.c.account_id == account, another, still_open))
    return [(RoomId(room), MemberId(member)) for room, member in rows]


async def find(c: AsyncConnection, room: RoomId) -> Meeting | None:
    """A meeting, open or closed."""
    row = (await c.execute(select(meetings).where(meetings.c.id == room))).one_or_none()
    return _meeting(row) if row else None


async def open_of(c: AsyncConnection, some: set[RoomId]) -> set[RoomId]:
    """Those of `some` that are open."""
    return {RoomId(row.id) for row in await among(c, _OPEN, some)}


_OPEN = asking(select(meetings.c.id).where(meetings.c.closed_on.is_(None)), meetings.c.id)


async def salts(store: Store, room: RoomId) -> tuple[bytes, bytes] | None:
    """That of its notices and that of its receipts while the meeting is open."""
    found = await store.look(_SALTS, {"room": room})
    return (row.salt, row.receipt_salt) if (row := next(iter(found), None)) and row.salt and row.receipt_salt else None


async def salt(c: AsyncConnection, room: RoomId) -> bytes | None:
    """32 secret bytes while the meeting is open."""
    return await c.scalar(select(meetings.c.salt).where(meetings.c.id == room))


async def receipt_salt(c: AsyncConnection, room: RoomId, now: Millis) -> bytes | None:
    """32 secret bytes until the report window ends, also where it has not been erased yet."""
    lasting = or_(meetings.c.reports_until.is_(None), meetings.c.reports_until > now)
    return await c.scalar(select(meetings.c.receipt_salt).where(meetings.c.id == room, lasting))


async def close(c: AsyncConnection, room: RoomId, now: Millis, *, reports_for: int = REPORTS_FOR) -> bool:
    """Ends the meeting, its mutes and its removals, and erases its salt; whether it was open. Use `Store.erasing`.

    Its side rooms end with it.
    """
    ended = {"closed_on": day(now), "salt": None, "opened_by": None, "guest": None, "reports_until": now + reports_for}
    sides = and_(meetings.c.beside == room, meetings.c.closed_on.is_(None))
    await c.execute(update(meetings).where(sides).values(ended))
    still_open = and_(meetings.c.id == room, meetings.c.closed_on.is_(None))
    closed = (await c.execute(update(meetings).where(still_open).values(ended))).rowcount == 1
    if closed:
        kept_for = select(groups.c.history_hours).where(groups.c.id == meetings.c.group_id).scalar_subquery()
        until = literal(now, BigInteger()) + func.coalesce(kept_for, 0) * literal(HOUR, BigInteger())
        kept = and_(meetings.c.id == room, meetings.c.history_salt.is_not(None))
        await c.execute(update(meetings).where(kept).values(history_until=until))
    in_any = or_(mutes.c.room_id == room, mutes.c.room_id.in_(select(meetings.c.id).where(meetings.c.beside == room)))
    await c.execute(delete(mutes).where(in_any))
    await c.execute(delete(bars).where(bars.c.room_id == room))
    return closed


def _meeting(row: Row[tuple[object, ...]]) -> Meeting:
    which = RoomId(row.id), GroupId(row.group_id)
    return Meeting(*which, row.opened_on, row.opened_by, row.closed_on, row.beside, row.guest)
