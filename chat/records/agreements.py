"""Nobody enters a room without having read and accepted what holds there now: the agreement and the limits.

Both together are one version. Whatever changes either is a new one, and everybody is asked again.
"""

import hashlib
from datetime import date
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct
from sqlalchemy import Row, ScalarSelect, Select, and_, exists, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.errors import ChatError
from chat.core.ids import GroupId, MemberId
from chat.records.adding import add
from chat.records.keys import day, now
from chat.records.ledger import KEPT_FOR
from chat.records.several import Asking, among, asking
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
    limits: str | None = None
    """As the pages keep them; None: it is from before they were part of it."""

    @property
    def digest(self) -> bytes | None:
        """What a consent to this version is kept with: SHA-256 of its text and limits, as JSON; None without limits."""
        return digest(self.text, self.limits)


def digest(text: str, limits: str | None) -> bytes | None:
    """Of one version. The same bytes on every machine: JSON of two strings has one form."""
    return None if limits is None else hashlib.sha256(msgspec.json.encode((text, limits))).digest()


@cache
def default(acts_days: int = KEPT_FOR) -> str:
    """The agreement a group starts with. `acts_days`: how long this installation keeps what facilitators did."""
    return files("config").joinpath("agreement.md").read_text("utf-8").replace("{acts_days}", str(acts_days))


async def current(c: AsyncConnection, group: GroupId) -> Agreement:
    """The version that holds now; every group has one. Raises NoResultFound for a group that does not exist."""
    row = (await c.execute(_newest_of(group))).one()
    return _agreement(row)


async def edit(c: AsyncConnection, group: GroupId, text: str, by: MemberId | None, limits: str | None = None) -> int:
    """The new version's number; everybody is asked again. Line ends become LF. Raises UnfitAgreement.

    `limits`: those that hold from now on; None: as before.
    """
    text = text.replace("\r\n", "\n").strip()
    if not text or len(text) > TEXT_MAX or "\0" in text:
        raise UnfitAgreement
    await one_at_a_time(c, group)
    newest = (await c.execute(_newest_of(group))).one_or_none()
    version = newest.version + 1 if newest else 1
    limits = limits or (newest.limits if newest else None)
    row = {"group_id": group, "version": version, "text": text, "edited_by": by, "edited_on": day(now())}
    await c.execute(insert(agreements).values({**row, "limits": limits, "digest": digest(text, limits)}))
    return version


async def one_at_a_time(c: AsyncConnection, group: GroupId) -> None:
    """Until this transaction ends nobody else changes what the group agrees to."""
    await c.execute(select(groups.c.id).where(groups.c.id == group).with_for_update())


async def versions(c: AsyncConnection, group: GroupId, some: set[int]) -> dict[int, Agreement]:
    """Those of a group's versions that have these numbers."""
    which = select(agreements).where(agreements.c.group_id == group, agreements.c.version.in_(some))
    return {row.version: _agreement(row) for row in await c.execute(which)}


async def limits_of(c: AsyncConnection, group: GroupId) -> list[tuple[int, str | None]]:
    """Of every version its number and the limits that hold with it, the newest first."""
    which = select(agreements.c.version, agreements.c.limits).where(agreements.c.group_id == group)
    return [(row.version, row.limits) for row in await c.execute(which.order_by(agreements.c.version.desc()))]


async def consent(c: AsyncConnection, member: MemberId, version: int) -> None:
    """Writes down that `member` accepted `version`; twice is once. Raises NotCurrent if another one holds by now."""
    if not await c.scalar(select(_newest(member) == version)):
        raise NotCurrent
    which = select(agreements.c.digest).join(members, members.c.group_id == agreements.c.group_id)
    exactly = await c.scalar(which.where(members.c.id == member, agreements.c.version == version))
    await add(c, consents, member_id=member, version=version, agreed_on=day(now()), digest=exactly)


async def consented(c: AsyncConnection, member: MemberId) -> bool:
    """Whether `member` has accepted the version that holds now."""
    which = and_(consents.c.member_id == member, consents.c.version == _newest(member))
    return bool(await c.scalar(select(exists().where(which))))


async def agreed_last(c: AsyncConnection, member: MemberId) -> int:
    """The newest version that `member` has accepted; 0: none."""
    return await c.scalar(select(func.max(consents.c.version)).where(consents.c.member_id == member)) or 0


async def consented_of(c: AsyncConnection, some: set[MemberId]) -> set[MemberId]:
    """Those of `some` who have accepted the version that holds now in their group."""
    return {MemberId(row.id) for row in await among(c, _AGREED, some)}


def _agreed() -> Asking:
    newest = select(func.max(agreements.c.version)).where(agreements.c.group_id == members.c.group_id)
    which = and_(consents.c.member_id == members.c.id, consents.c.version == newest.scalar_subquery())
    return asking(select(members.c.id).join(consents, which), members.c.id)


_AGREED = _agreed()


def _newest_of(group: GroupId) -> Select[tuple[object, ...]]:
    newest = select(agreements).where(agreements.c.group_id == group)
    return newest.order_by(agreements.c.version.desc()).limit(1)


def _agreement(row: Row[tuple[object, ...]]) -> Agreement:
    return Agreement(row.version, row.text, row.edited_on, row.limits)


def _newest(member: MemberId) -> ScalarSelect[int | None]:
    joined = agreements.join(members, members.c.group_id == agreements.c.group_id)
    return select(func.max(agreements.c.version)).select_from(joined).where(members.c.id == member).scalar_subquery()
