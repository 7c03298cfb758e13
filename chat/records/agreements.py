"""Nobody enters a room without having read and accepted what holds there now."""

from datetime import date
from functools import cache
from importlib.resources import files

from msgspec import Struct
from sqlalchemy import ScalarSelect, and_, exists, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.errors import ChatError
from chat.core.ids import GroupId, MemberId
from chat.records.adding import add
from chat.records.keys import day, now
from chat.records.ledger import KEPT_FOR
from chat.records.several import parts
from chat.records.tables import agreements, consents, groups, members

TEXT_MAX = 20_000
"""Characters."""


class UnfitAgreement(ChatError):
    """Empty, or longer than 20,000 characters."""


class NotCurrent(ChatError):
    """The agreement has changed since it was read."""


class Agreement(Struct, frozen=True):
    """One version; versions count from 1."""

    version: int
    text: str
    edited_on: date


@cache
def default(acts_days: int = KEPT_FOR) -> str:
    """The agreement a group starts with. `acts_days`: how long this installation keeps what facilitators did."""
    return files("config").joinpath("agreement.md").read_text("utf-8").replace("{acts_days}", str(acts_days))


async def current(c: AsyncConnection, group: GroupId) -> Agreement:
    """The version that holds now; every group has one. Raises NoResultFound for a group that does not exist."""
    newest = select(agreements).where(agreements.c.group_id == group).order_by(agreements.c.version.desc()).limit(1)
    row = (await c.execute(newest)).one()
    return Agreement(row.version, row.text, row.edited_on)


async def edit(c: AsyncConnection, group: GroupId, text: str, by: MemberId | None) -> int:
    """The new version's number; everybody is asked again. Line ends become LF. Raises UnfitAgreement."""
    text = text.replace("\r\n", "\n").strip()
    if not text or len(text) > TEXT_MAX or "\0" in text:
        raise UnfitAgreement
    await c.execute(
        select(groups.c.id).where(groups.c.id == group).with_for_update()
    )  # two editors, one after the other
    newest = await c.scalar(select(func.max(agreements.c.version)).where(agreements.c.group_id == group))
    version = (newest or 0) + 1
    row = {"group_id": group, "version": version, "text": text, "edited_by": by, "edited_on": day(now())}
    await c.execute(insert(agreements).values(row))
    return version


async def consent(c: AsyncConnection, member: MemberId, version: int) -> None:
    """Writes down that `member` accepted `version`; twice is once. Raises NotCurrent if another one holds by now."""
    if not await c.scalar(select(_newest(member) == version)):
        raise NotCurrent
    await add(c, consents, member_id=member, version=version, agreed_on=day(now()))


async def consented(c: AsyncConnection, member: MemberId) -> bool:
    """Whether `member` has accepted the version that holds now."""
    which = and_(consents.c.member_id == member, consents.c.version == _newest(member))
    return bool(await c.scalar(select(exists().where(which))))


async def consented_of(c: AsyncConnection, some: set[MemberId]) -> set[MemberId]:
    """Those of `some` who have accepted the version that holds now in their group."""
    newest = select(func.max(agreements.c.version)).where(agreements.c.group_id == members.c.group_id)
    which = and_(consents.c.member_id == members.c.id, consents.c.version == newest.scalar_subquery())
    agreed = select(members.c.id).join(consents, which)
    return {MemberId(row) for part in parts(some) for row in await c.scalars(agreed.where(members.c.id.in_(part)))}


def _newest(member: MemberId) -> ScalarSelect[int | None]:
    joined = agreements.join(members, members.c.group_id == agreements.c.group_id)
    return select(func.max(agreements.c.version)).select_from(joined).where(members.c.id == member).scalar_subquery()
