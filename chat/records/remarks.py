"""Short notes of a group's facilitators, about a person or a meeting: sealed, and gone after a while.

They stand here sealed (`chat.records.sealed`) and this module opens nothing. One about a person goes with their
membership.
"""

from datetime import date

from msgspec import Struct
from sqlalchemy import and_, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.ids import GroupId, MemberId, Millis
from chat.records.keys import DAY, day
from chat.records.tables import remarks


class Remark(Struct, frozen=True):
    """One note. `about` None: a meeting. `by` None: somebody who has left. `content` is sealed."""

    id: str
    group: GroupId
    about: MemberId | None
    by: MemberId | None
    content: bytes
    made_on: date
    ends_at: Millis

    def __repr__(self) -> str:
        return f"<Remark {self.id}>"


def new(
    remark: str, where: tuple[GroupId, int], people: tuple[MemberId | None, MemberId], content: bytes, now: Millis
) -> Remark:
    """One made now. `where`: a group, and the days it keeps notes. `people`: about whom, and by whom."""
    group, days = where
    return Remark(remark, group, *people, content, day(now), Millis(now + days * DAY))


async def keep(c: AsyncConnection, remark: Remark) -> None:
    """Keeps it until its time is over."""
    whose = {"id": remark.id, "group_id": remark.group, "about_id": remark.about, "by_id": remark.by}
    when = {"made_on": remark.made_on, "ends_at": remark.ends_at}
    await c.execute(insert(remarks).values(**whose, **when, content=remark.content))


async def of(c: AsyncConnection, group: GroupId, now: Millis) -> list[Remark]:
    """All that still stand in a group, newest first."""
    which = and_(remarks.c.group_id == group, remarks.c.ends_at > now)
    rows = await c.execute(select(remarks).where(which).order_by(remarks.c.ends_at.desc(), remarks.c.id))
    return [
        Remark(row.id, row.group_id, row.about_id, row.by_id, row.content, row.made_on, row.ends_at) for row in rows
    ]


async def erase(c: AsyncConnection, group: GroupId, remark: str) -> None:
    """Takes one of this group's away early. Use `Store.erasing`."""
    await c.execute(delete(remarks).where(remarks.c.group_id == group, remarks.c.id == remark))
