"""For how long a group keeps what is said in its room: not at all, until everybody in it has agreed. Never the words.

What stands here is how long, and of each meeting a salt; without it nothing that Redis keeps can be opened.
"""

import secrets

from msgspec import Struct
from sqlalchemy import and_, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.ids import GroupId, MemberId, Millis, RoomId
from chat.records import agreements, bars
from chat.records.keys import HOUR
from chat.records.tables import consents, groups, meetings, members


class Changed(Struct, frozen=True):
    """A group keeps what is said for so long from now on; of these meetings there may be something."""

    hours: int
    rooms: tuple[RoomId, ...]


class Kept(Struct, frozen=True):
    """A meeting of which something may be kept, and the salt of its key."""

    room: RoomId
    salt: bytes

    def __repr__(self) -> str:
        return f"<Kept {self.room}>"


async def hours(c: AsyncConnection, group: GroupId) -> int:
    """For how long this group keeps what is said now; 0: not at all."""
    return await c.scalar(select(groups.c.history_hours).where(groups.c.id == group)) or 0


async def settle(c: AsyncConnection, group: GroupId, wanted: int, since: int, now: Millis) -> Changed | None:
    """Makes what was asked for hold: less at once, more when everybody has agreed to a version from `since` on.

    What has changed, if anything has. Use `Store.erasing`, so that salts go at once.
    """
    await agreements.one_at_a_time(c, group)
    before = await hours(c, group)
    if wanted == before or (wanted > before and await unanswered(c, group, since, now)):
        return None
    rooms = tuple(one.room for one in await meetings_of(c, group))
    await c.execute(update(groups).where(groups.c.id == group).values(history_hours=wanted or None))
    own = meetings.c.group_id == group
    if wanted == 0:
        await c.execute(update(meetings).where(own).values(history_salt=None, history_until=None))
        await c.execute(update(members).where(members.c.group_id == group).values(history_from=None))
    elif wanted < before:
        sooner = meetings.c.history_until - (before - wanted) * HOUR
        await c.execute(update(meetings).where(own, meetings.c.history_until.is_not(None)).values(history_until=sooner))
        await expire(c, now)
    return Changed(wanted, rooms)


async def unanswered(c: AsyncConnection, group: GroupId, since: int, now: Millis) -> list[MemberId]:
    """Who of the group has agreed to no version from `since` on; whoever is asked to stay away cannot be asked."""
    newest = select(func.max(consents.c.version)).where(consents.c.member_id == members.c.id).scalar_subquery()
    late = or_(newest.is_(None), newest < since)
    who = select(members.c.id).where(members.c.group_id == group, late).order_by(members.c.role, members.c.folded)
    away = {bar.member for bar in await bars.of(c, group, now)}
    return [MemberId(one) for one in await c.scalars(who) if one not in away]


async def salt(c: AsyncConnection, room: RoomId) -> bytes | None:
    """Of an open meeting of a group that keeps what is said: made when it is first asked for."""
    of_this = and_(meetings.c.id == room, meetings.c.closed_on.is_(None), meetings.c.beside.is_(None))
    fresh = update(meetings).where(of_this, meetings.c.history_salt.is_(None))
    await c.execute(fresh.values(history_salt=secrets.token_bytes(32)))
    return await c.scalar(select(meetings.c.history_salt).where(of_this))


async def meetings_of(c: AsyncConnection, group: GroupId) -> list[Kept]:
    """The group's meetings of which something may be kept."""
    which = select(meetings.c.id, meetings.c.history_salt).where(meetings.c.group_id == group)
    rows = await c.execute(which.where(meetings.c.history_salt.is_not(None)))
    return [Kept(RoomId(row.id), row.history_salt) for row in rows]


async def since(c: AsyncConnection, member: MemberId) -> Millis:
    """From when on somebody may read what the group keeps: what was said before they joined is not for them."""
    return Millis(await c.scalar(select(members.c.history_from).where(members.c.id == member)) or 0)


async def said_in(c: AsyncConnection, some: set[MemberId]) -> list[tuple[GroupId, MemberId]]:
    """Those of these people whose group keeps something, or may come to. To be asked before they leave."""
    which = select(members.c.group_id, members.c.id).where(members.c.id.in_(some))
    return [(GroupId(row.group_id), MemberId(row.id)) for row in await c.execute(which)]


async def may_keep_of(c: AsyncConnection, some: set[MemberId]) -> bool:
    """Whether something that one of these people has said may be kept."""
    keeps = and_(meetings.c.group_id == members.c.group_id, meetings.c.history_salt.is_not(None))
    return bool(await c.scalar(select(exists().where(members.c.id.in_(some), keeps))))


async def expire(c: AsyncConnection, now: Millis) -> int:
    """Erases the salts of meetings of which nothing is kept any more; how many."""
    over = and_(meetings.c.history_salt.is_not(None), meetings.c.history_until <= now)
    return (await c.execute(update(meetings).where(over).values(history_salt=None, history_until=None))).rowcount
