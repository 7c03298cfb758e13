"""Who reads along and cannot speak for some minutes of a meeting; by account, so that leaving does not undo it."""

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.ids import AccountId, GroupId, MemberId, Millis, RoomId
from chat.core.wire.facilitating import Act
from chat.core.wire.frame import Reason
from chat.records.adding import put
from chat.records.tables import acts, meetings, members, mutes


async def set_(
    c: AsyncConnection, room: RoomId, member: MemberId, until: Millis, reason: Reason, by: MemberId | None
) -> bool:
    """Mutes a member in a room of their group, in the place of an earlier mute; False if there is no such member."""
    account = await _account(c, room, member)
    if account is None:
        return False
    await put(c, mutes, room_id=room, account_id=account, until=until, reason=reason.value, set_by=by)
    return True


async def settle(c: AsyncConnection, room: RoomId, member: MemberId, now: Millis) -> None:
    """What the newest act on a member has left standing, whichever was written down last.

    A mute that was refused gives way to the one before it, if that still runs. One whose outcome is not known stands.
    """
    account = await _account(c, room, member)
    if account is None:
        return  # they have left; what stands on their account stays
    standing = or_(acts.c.outcome == "done", and_(acts.c.act == Act.MUTE.value, acts.c.outcome.is_(None)))
    about = and_(acts.c.room_id == room, acts.c.to_id == member, acts.c.act.in_((Act.MUTE.value, Act.UNMUTE.value)))
    newest_first = select(acts).where(about, standing).order_by(acts.c.at.desc(), acts.c.id.desc())
    newest = (await c.execute(newest_first.limit(1))).one_or_none()
    if newest is None or newest.act == Act.UNMUTE.value or newest.until <= now:
        await c.execute(delete(mutes).where(mutes.c.room_id == room, mutes.c.account_id == account))
        return
    why = {"reason": newest.reason or Reason.OTHER.value, "set_by": newest.by_id}
    await put(c, mutes, room_id=room, account_id=account, until=newest.until, **why)


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
    """Whose account it is; until this transaction ends nobody else is told, so that one act follows another."""
    joined = members.join(meetings, meetings.c.group_id == members.c.group_id)
    which = and_(meetings.c.id == room, members.c.id == member)
    found = select(members.c.account_id).select_from(joined).where(which)
    return await c.scalar(found.with_for_update(of=meetings, key_share=True))
