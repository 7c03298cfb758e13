"""Which steps facilitators took when somebody may have been in danger, and when; nothing of what it was about."""

from typing import Literal

from msgspec import Struct
from sqlalchemy import and_, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.ids import GroupId, MemberId, Millis
from chat.records.keys import DAY, fresh_id
from chat.records.tables import crisis_steps

Step = Literal["tell", "aside", "contact", "room", "debrief", "follow-up"]
FOR = 90 * DAY
"""How long a step is kept, in ms."""
FOLLOWED_UP_WITHIN = 7 * DAY
"""So long the group's facilitators are reminded to reach out."""


class Taken(Struct, frozen=True):
    """One step. `by` None: somebody who has left."""

    about: MemberId
    step: Step
    by: MemberId | None
    at: Millis


async def take(c: AsyncConnection, group: GroupId, taken: Taken) -> None:
    """Keeps it. The person must be of this group."""
    row = {"id": fresh_id(), "group_id": group, "member_id": taken.about, "by_id": taken.by, "step": taken.step}
    await c.execute(insert(crisis_steps).values(**row, at=taken.at, ends_at=taken.at + FOR))


async def of(c: AsyncConnection, group: GroupId, now: Millis) -> list[Taken]:
    """Every step that is still kept in a group, newest first."""
    which = and_(crisis_steps.c.group_id == group, crisis_steps.c.ends_at > now)
    rows = await c.execute(select(crisis_steps).where(which).order_by(crisis_steps.c.at.desc(), crisis_steps.c.id))
    return [Taken(row.member_id, row.step, row.by_id, row.at) for row in rows]


def to_follow_up(taken: list[Taken], now: Millis) -> list[MemberId]:
    """Who was in need of care lately, and has not been reached out to since."""
    lately = [one for one in taken if one.at > now - FOLLOWED_UP_WITHIN]
    last = {one.about: one for one in reversed(lately)}  # the newest of each person
    return [who for who, one in last.items() if one.step != "follow-up"]
