"""Somebody was taken out of a group, or a facilitator vouched and their place there went to another sign-in name: on
the page with their groups they read that, and why, until they have.
"""

from datetime import date

from msgspec import Struct
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.ids import AccountId, Millis
from chat.core.wire.frame import Reason
from chat.records.keys import DAY, day, fresh_id
from chat.records.members import Member
from chat.records.tables import groups, partings

FOR = 30 * DAY
"""ms that it waits to be read."""
MOVED = "moved"
"""In the place of a reason: a facilitator vouched."""


class Parting(Struct, frozen=True):
    """One of them; `group` by its name, which is all they see of it. `reason` None: their place has moved."""

    id: str
    group: str
    reason: Reason | None
    done_on: date

    def __repr__(self) -> str:
        return f"<Parting {self.id}>"


async def keep(c: AsyncConnection, member: Member, reason: Reason | None, now: Millis) -> None:
    """Somebody is taken out of their group; None: their place goes to another account."""
    who = {"id": fresh_id(), "account_id": member.account, "group_id": member.group}
    await c.execute(
        insert(partings).values(**who, reason=reason.value if reason else MOVED, done_on=day(now), ends_at=now + FOR)
    )


async def of(c: AsyncConnection, account: AccountId, now: Millis) -> list[Parting]:
    """What somebody has not said yet that they have read."""
    joined = partings.join(groups, groups.c.id == partings.c.group_id)
    which = select(partings, groups.c.name).select_from(joined)
    rows = await c.execute(which.where(partings.c.account_id == account, partings.c.ends_at > now))
    return [Parting(row.id, row.name, None if row.reason == MOVED else Reason(row.reason), row.done_on) for row in rows]


async def read(c: AsyncConnection, account: AccountId, which: str) -> None:
    """They have read it; it goes. Use `Store.erasing`."""
    await c.execute(delete(partings).where(partings.c.id == which, partings.c.account_id == account))
