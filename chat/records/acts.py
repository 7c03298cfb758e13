"""What facilitators did, without a word of why beyond a fixed list: so that it can be looked at again."""

from typing import Literal, NewType

from msgspec import Struct
from sqlalchemy import Row, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.ids import AccountId, GroupId, MemberId, Millis, RoomId
from chat.core.wire.facilitating import Act
from chat.core.wire.frame import Reason, Role
from chat.records.keys import fresh_id
from chat.records.ledger import Ledger
from chat.records.several import among, asking
from chat.records.tables import acts, groups, meetings, members

ActId = NewType("ActId", str)
Outcome = Literal["done", "refused"]
PAGE = 200
"""How many stand on one page."""


class Recorded(Struct, frozen=True):
    """One act. `by` None: the room itself, or somebody who has left; `to` None: the room, or somebody who has left."""

    id: ActId
    room: RoomId | None
    """None: in no meeting, on a page."""
    act: Act
    by: MemberId | None
    to: MemberId | None
    reason: Reason | None
    at: Millis
    until: Millis | None = None
    outcome: Outcome | None = None
    role: str | None = None
    """As what they acted; None: the room itself, or not known."""


class Deed(Struct, frozen=True):
    """An act to be written down. `by` None: the room itself, or somebody who is no member, such as an administrator."""

    room: RoomId | None
    act: Act
    by: MemberId | None
    to: MemberId | None
    reason: Reason | None
    at: Millis
    until: Millis | None = None
    id: ActId | None = None
    role: str | None = None
    """As what, if not as a facilitator."""
    group: GroupId | None = None
    """Where, if in no meeting."""


async def open(c: AsyncConnection, ledger: Ledger, deed: Deed) -> ActId:
    """Writes an act down before it is done. One with an id changes nothing when it is written again.

    Whoever has left the group meanwhile is not written down, nor anything of a meeting that has been erased.
    """
    made = deed.id or ActId(fresh_id())
    group = deed.group if deed.room is None else await _group_of(c, deed.room)
    if group is None:
        return made
    here = await _still_here(c, group, {one for one in (deed.by, deed.to) if one})
    who = {"by_id": deed.by if deed.by in here else None, "to_id": deed.to if deed.to in here else None}
    role = deed.role or (Role.FACILITATOR.value if deed.by else None)
    what = {"act": deed.act.value, "reason": deed.reason.value if deed.reason else None, "role": role}
    when = {"at": deed.at, "until": deed.until}
    await ledger.write(c, group, {"id": made, "room_id": deed.room, "group_id": group, **who, **what, **when})
    return made


async def close(c: AsyncConnection, ledger: Ledger, act_id: ActId, outcome: Outcome) -> None:
    """Whether it was done."""
    await ledger.close(c, act_id, outcome)


async def of(c: AsyncConnection, group: GroupId, limit: int = PAGE, past: int = 0) -> list[Recorded]:
    """Acts in a group, newest first, after the `past` newest."""
    newest = select(acts).where(acts.c.group_id == group).order_by(acts.c.at.desc(), acts.c.id)
    return [_recorded(row) for row in await c.execute(newest.limit(limit).offset(past))]


async def on(c: AsyncConnection, group: GroupId, member: MemberId) -> list[Recorded]:
    """Every act on a member of a group, newest first, however many others there were since."""
    which = select(acts).where(acts.c.group_id == group, acts.c.to_id == member)
    return [_recorded(row) for row in await c.execute(which.order_by(acts.c.at.desc(), acts.c.id))]


async def about(c: AsyncConnection, account: AccountId) -> list[tuple[str, Recorded]]:
    """Every act that concerned this account, newest first, each with the name of its group."""
    joined = acts.join(members, members.c.id == acts.c.to_id).join(groups, groups.c.id == members.c.group_id)
    theirs = select(acts, groups.c.name).select_from(joined).where(members.c.account_id == account)
    rows = await c.execute(theirs.order_by(acts.c.at.desc(), acts.c.id))
    return [(row.name, _recorded(row)) for row in rows]


async def find(c: AsyncConnection, group: GroupId, act_id: ActId) -> Recorded | None:
    """One act, looked up in its group."""
    which = select(acts).where(acts.c.group_id == group, acts.c.id == act_id)
    row = (await c.execute(which)).one_or_none()
    return _recorded(row) if row else None


async def by_id(c: AsyncConnection, act_id: ActId) -> tuple[GroupId, Recorded] | None:
    """One act and its group, for whoever has been allowed to look at it already."""
    row = (await c.execute(select(acts).where(acts.c.id == act_id))).one_or_none()
    return (GroupId(row.group_id), _recorded(row)) if row else None


def _recorded(row: Row[tuple[object, ...]]) -> Recorded:
    return Recorded(
        ActId(row.id),
        RoomId(row.room_id) if row.room_id else None,
        Act(row.act),
        row.by_id,
        row.to_id,
        Reason(row.reason) if row.reason else None,
        Millis(row.at),
        row.until,
        row.outcome,
        row.role,
    )


async def _group_of(c: AsyncConnection, room: RoomId) -> GroupId | None:
    group = await c.scalar(select(meetings.c.group_id).where(meetings.c.id == room))
    return GroupId(group) if group else None


async def _still_here(c: AsyncConnection, group: GroupId, some: set[MemberId]) -> set[MemberId]:
    return {MemberId(row.id) for row in await among(c, _THEIRS, some, group=group)}


_THEIRS = asking(select(members.c.id).where(members.c.group_id == bindparam("group")), members.c.id)
