"""Who reads along and cannot speak for some minutes of a meeting; by account, so that leaving does not undo it."""

from sqlalchemy import and_, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.ids import AccountId, GroupId, MemberId, Millis, RoomId
from chat.core.wire.frame import Reason
from chat.records.tables import meetings, members, mutes


async def set_(
    c: AsyncConnection, room: RoomId, member: MemberId, until: Millis, reason: Reason, by: MemberId | None
) -> bool:
    """Mutes a member in a room of their group, in the place of an earlier mute; False if there is no such member."""
    account = await _account(c, room, member)
    if account is None:
        return False
    await c.execute(delete(mutes).where(mutes.c.room_id == room, mutes.c.account_id == account))
    whose = {"room_id": room, "account_id": account}
    await c.execute(insert(mutes).values(**whose, until=until, reason=reason.value, set_by=by))
    return True


async def lift(c: AsyncConnection, room: RoomId, member: MemberId) -> bool:
    """Ends a mute; whether there was one."""
    account = await _account(c, room, member)
    return (await c.execute(delete(mutes).where(mutes.c.room_id == room, mutes.c.account_id == account))).rowcount == 1


async def standing(c: AsyncConnection, room: RoomId, now: Millis) -> dict[MemberId, Millis]:
    """The members muted in `room`, and until when."""
    joined = mutes.join(meetings, meetings.c.id == mutes.c.room_id).join(
        members, and_(members.c.account_id == mutes.c.account_id, members.c.group_id == meetings.c.group_id)
    )
    muted = select(members.c.id, mutes.c.until).select_from(joined)
    rows = await c.execute(muted.where(mutes.c.room_id == room, mutes.c.until > now))
    return {MemberId(row.id): Millis(row.until) for row in rows}


async def on_account(c: AsyncConnection, group: GroupId, account: AccountId, now: Millis) -> bool:
    """Whether an account is muted in the group's meeting, also if it has left the group since."""
    which = and_(meetings.c.group_id == group, mutes.c.account_id == account, mutes.c.until > now)
    return await c.scalar(select(mutes.c.room_id).join(meetings).where(which).limit(1)) is not None


async def _account(c: AsyncConnection, room: RoomId, member: MemberId) -> str | None:
    joined = members.join(meetings, meetings.c.group_id == members.c.group_id)
    which = and_(meetings.c.id == room, members.c.id == member)
    return await c.scalar(select(members.c.account_id).select_from(joined).where(which))
