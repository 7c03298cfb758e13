"""Two people are asked to open somebody's emergency contact: who, when, why, and what came of it; no word of it."""

from typing import Literal

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, Select, and_, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.ids import AccountId, GroupId, MemberId, Millis
from chat.records import bars
from chat.records.keys import HOUR
from chat.records.tables import contact_openings as t
from chat.records.tables import members

Why = Literal["life", "silent", "others", "asked", "other"]
LASTS = 2 * HOUR
"""How long the two have, in ms, from when it was asked."""


class Opening(Struct, frozen=True):
    """One that was asked for. `words` sealed, gone when it is over; `salt` None: it is over."""

    id: str
    group: GroupId
    member: MemberId
    by: MemberId | None
    why: Why
    words: bytes | None
    risk: bool
    asked_at: Millis
    until: Millis
    salt: bytes | None = None
    typed_by: tuple[AccountId | None, AccountId | None] = (None, None)
    risks: tuple[bool, bool] = (False, False)
    opened_at: Millis | None = None
    read_at: Millis | None = None
    told: bool = False

    def __repr__(self) -> str:
        return f"<Opening {self.id}>"


class Typed(Struct, frozen=True):
    """Who typed the two halves, the first's first, and whether each says that telling the member is a danger."""

    by: tuple[AccountId, AccountId]
    risks: tuple[bool, bool]

    @property
    def tells(self) -> bool:
        """The member is told unless both say that it puts them in more danger."""
        return not all(self.risks)


async def ask(c: AsyncConnection, asked: Opening, ends_at: Millis) -> None:
    """Writes down that it was asked. `ends_at`: when all of it is erased. Use `Store.erasing`."""
    who = {"id": asked.id, "group_id": asked.group, "member_id": asked.member, "by_id": asked.by}
    what = {"reason": asked.why, "asking": asked.words, "risk": asked.risk, "salt": asked.salt}
    when = {"asked_at": asked.asked_at, "until": asked.until, "ends_at": ends_at}
    await c.execute(insert(t).values(**who, **what, **when))


async def find(c: AsyncConnection, which: str) -> Opening | None:
    """One of them."""
    row = (await c.execute(select(t).where(t.c.id == which))).one_or_none()
    return _opening(row) if row else None


async def of(c: AsyncConnection, group: GroupId) -> list[Opening]:
    """All of a group that are still known, newest first."""
    rows = await c.execute(select(t).where(t.c.group_id == group).order_by(t.c.asked_at.desc(), t.c.id))
    return [_opening(row) for row in rows]


async def waiting(c: AsyncConnection, now: Millis) -> list[Opening]:
    """Those that wait for somebody to type, in any group."""
    which = t.c.until > now, t.c.opened_at.is_(None), t.c.salt.is_not(None)
    return [_opening(row) for row in await c.execute(select(t).where(*which).order_by(t.c.asked_at))]


async def told_to(c: AsyncConnection, member: MemberId) -> list[Opening]:
    """Those that a member is told of, newest first."""
    which = t.c.member_id == member, t.c.told
    return [_opening(row) for row in await c.execute(select(t).where(*which).order_by(t.c.opened_at.desc()))]


def unread_of(member: ColumnElement[str] | MemberId) -> Select[tuple[int | None]]:
    """When the newest was opened of which somebody is told and has not said that they have read it; empty: none."""
    return select(func.max(t.c.opened_at)).where(t.c.member_id == member, t.c.told, t.c.noted_at.is_(None))


async def unread(c: AsyncConnection, member: MemberId) -> Millis | None:
    """As `unread_of`."""
    at: int | None = await c.scalar(unread_of(member))
    return None if at is None else Millis(at)


async def take_note(c: AsyncConnection, member: MemberId, at: Millis, now: Millis) -> None:
    """They have read, in a room, of those that were opened at `at` or before."""
    which = and_(t.c.member_id == member, t.c.told, t.c.noted_at.is_(None), t.c.opened_at <= at)
    await c.execute(update(t).where(which).values(noted_at=now))


async def opened(c: AsyncConnection, asked: Opening, typed: Typed, now: Millis) -> bool:
    """It is open now; False if somebody was faster. Use `Store.erasing`."""
    who = {"one_by": typed.by[0], "two_by": typed.by[1], "one_risk": typed.risks[0], "two_risk": typed.risks[1]}
    first = and_(t.c.id == asked.id, t.c.opened_at.is_(None))
    said = {"opened_at": now, "told": typed.tells, "asking": None}
    return (await c.execute(update(t).where(first).values(**who, **said))).rowcount == 1


async def read(c: AsyncConnection, asked: Opening, now: Millis) -> bool:
    """It is shown now, for the only time; False if it was. Use `Store.erasing`."""
    first = and_(t.c.id == asked.id, t.c.opened_at.is_not(None), t.c.read_at.is_(None))
    return (await c.execute(update(t).where(first).values(read_at=now, salt=None))).rowcount == 1


async def give_up(c: AsyncConnection, asked: Opening) -> None:
    """It is not needed any more. Use `Store.erasing`."""
    await c.execute(update(t).where(t.c.id == asked.id, t.c.opened_at.is_(None)).values(asking=None, salt=None))


async def facilitator(c: AsyncConnection, account: AccountId, group: GroupId, now: Millis) -> MemberId | None:
    """Who an account is in a group, if it looks after it: as facilitator, or as supervisor; not while asked to stay
    away, as a supervisor can be.
    """
    if await bars.on_account(c, group, account, now):
        return None
    leads = members.c.role.in_(("facilitator", "supervisor"))
    which = members.c.account_id == account, members.c.group_id == group, leads
    found = await c.scalar(select(members.c.id).where(*which))
    return MemberId(found) if found else None


def _opening(row: Row[tuple[object, ...]]) -> Opening:
    return Opening(
        row.id, GroupId(row.group_id), MemberId(row.member_id), row.by_id, row.reason, row.asking, row.risk,
        Millis(row.asked_at), Millis(row.until), row.salt, (row.one_by, row.two_by),
        (bool(row.one_risk), bool(row.two_risk)), row.opened_at, row.read_at, bool(row.told),
    )  # fmt: skip
