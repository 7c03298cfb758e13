"""A group is a lasting circle of people, with an agreement from its first day."""

from msgspec import Struct
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.errors import ChatError
from chat.core.ids import AccountId, GroupId
from chat.records import agreements
from chat.records.keys import day, fresh_id, now
from chat.records.ledger import KEPT_FOR
from chat.records.members import Member, member_from
from chat.records.names import tidy
from chat.records.tables import groups, members

NAME_MAX = 80
"""Characters."""


class UnfitGroupName(ChatError):
    """Empty, longer than 80 characters, or with characters that cannot be seen."""


class Group(Struct, frozen=True):
    """One circle."""

    id: GroupId
    name: str

    def __repr__(self) -> str:
        return f"<Group {self.id}>"


class Membership(Struct, frozen=True):
    """Somebody's place in one group."""

    group: Group
    member: Member


async def create(c: AsyncConnection, name: str, acts_days: int = KEPT_FOR, limits: str | None = None) -> Group:
    """A new group with the default agreement as version 1, which says how long acts are kept, and with these limits.

    Raises UnfitGroupName.
    """
    group = Group(GroupId(fresh_id()), _fit(name))
    await c.execute(insert(groups).values(id=group.id, name=group.name, created_on=day(now())))
    await agreements.edit(c, group.id, agreements.default(acts_days), by=None, limits=limits)
    return group


async def find(c: AsyncConnection, group: GroupId) -> Group | None:
    """The group with this id."""
    row = (await c.execute(select(groups).where(groups.c.id == group))).one_or_none()
    return Group(GroupId(row.id), row.name) if row else None


async def rename(c: AsyncConnection, group: GroupId, name: str) -> None:
    """Raises UnfitGroupName."""
    await c.execute(update(groups).where(groups.c.id == group).values(name=_fit(name)))


async def phrases(c: AsyncConnection, group: GroupId) -> str | None:
    """The group's own phrases, as JSON as they were saved; None if it has none. For its facilitators alone."""
    return await c.scalar(select(groups.c.phrases).where(groups.c.id == group))


async def keep_phrases(c: AsyncConnection, group: GroupId, phrases: str | None) -> None:
    """From its next meeting on."""
    await c.execute(update(groups).where(groups.c.id == group).values(phrases=phrases))


async def customs(c: AsyncConnection, group: GroupId) -> str | None:
    """How the group does things, as JSON as it was saved; None for one that keeps to the usual way."""
    return await c.scalar(select(groups.c.customs).where(groups.c.id == group))


async def adopt(c: AsyncConnection, group: GroupId, customs: str | None) -> None:
    """Does things so from its next meeting on."""
    await c.execute(update(groups).where(groups.c.id == group).values(customs=customs))


async def all_(c: AsyncConnection) -> list[Group]:
    """Every group, by name; for administrators."""
    rows = await c.execute(select(groups).order_by(groups.c.name, groups.c.id))
    return [Group(GroupId(row.id), row.name) for row in rows]


async def of(c: AsyncConnection, account: AccountId) -> list[Membership]:
    """The groups somebody is in, by name."""
    columns = select(members, groups.c.name.label("group_name")).join(groups, groups.c.id == members.c.group_id)
    rows = await c.execute(columns.where(members.c.account_id == account).order_by(groups.c.name, groups.c.id))
    return [Membership(Group(GroupId(row.group_id), row.group_name), member_from(row)) for row in rows]


async def erase(c: AsyncConnection, group: GroupId) -> None:
    """The group with its members, agreement, invitations, meetings, bars and acts."""
    await c.execute(delete(groups).where(groups.c.id == group))


def _fit(name: str) -> str:
    fit = tidy(name, NAME_MAX)
    if fit is None:
        raise UnfitGroupName
    return fit
