"""What facilitators did, without a word of why beyond a fixed list: so that it can be looked at again."""

from typing import Literal, NewType

from msgspec import Struct
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.ids import GroupId, MemberId, Millis, RoomId
from chat.core.wire.facilitating import Act
from chat.core.wire.frame import Reason
from chat.records.adding import add
from chat.records.keys import fresh_id
from chat.records.several import parts
from chat.records.tables import acts, meetings, members

ActId = NewType("ActId", str)
Outcome = Literal["done", "refused"]


class Recorded(Struct, frozen=True):
    """One act. `by` None: the room itself, or somebody who has left; `to` None: the room, or somebody who has left."""

    id: ActId
    room: RoomId
    act: Act
    by: MemberId | None
    to: MemberId | None
    reason: Reason | None
    at: Millis
    until: Millis | None = None
    outcome: Outcome | None = None


async def open(
    c: AsyncConnection,
    room: RoomId,
    act: Act,
    by: MemberId | None,
    to: MemberId | None,
    reason: Reason | None,
    at: Millis,
    *,
    until: Millis | None = None,
    act_id: ActId | None = None,
) -> ActId:
    """Writes an act down before it is done. With `act_id`, writing it again changes nothing.

    Whoever has left the group meanwhile is not written down.
    """
    made = act_id or ActId(fresh_id())
    here = await _still_here(c, room, {one for one in (by, to) if one})
    what = {"act": act.value, "reason": reason.value if reason else None, "at": at, "until": until}
    who = {"by_id": by if by in here else None, "to_id": to if to in here else None}
    await add(c, acts, id=made, room_id=room, **what, **who)
    return made


async def close(c: AsyncConnection, act_id: ActId, outcome: Outcome) -> None:
    """Whether it was done."""
    await c.execute(update(acts).where(acts.c.id == act_id).values(outcome=outcome))


async def of(c: AsyncConnection, group: GroupId, limit: int = 200) -> list[Recorded]:
    """The newest acts in a group's meetings, newest first."""
    rows = await c.execute(
        select(acts)
        .join(meetings, meetings.c.id == acts.c.room_id)
        .where(meetings.c.group_id == group)
        .order_by(acts.c.at.desc(), acts.c.id)
        .limit(limit)
    )
    return [
        Recorded(
            ActId(row.id),
            RoomId(row.room_id),
            Act(row.act),
            row.by_id,
            row.to_id,
            Reason(row.reason) if row.reason else None,
            Millis(row.at),
            row.until,
            row.outcome,
        )
        for row in rows
    ]


async def _still_here(c: AsyncConnection, room: RoomId, some: set[MemberId]) -> set[MemberId]:
    joined = members.join(meetings, meetings.c.group_id == members.c.group_id)
    theirs = select(members.c.id).select_from(joined).where(meetings.c.id == room)
    return {MemberId(row) for part in parts(some) for row in await c.scalars(theirs.where(members.c.id.in_(part)))}
