"""Asking for another look at an act: to somebody else than who acted, answered once, and gone after a while.

The words, and those of the answer, stand here sealed (`chat.records.sealed`); this module opens nothing.
"""

from collections.abc import Set
from datetime import date
from typing import Any, Literal

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, Select, and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.ids import GroupId, MemberId, Millis
from chat.records.acts import ActId
from chat.records.adding import add
from chat.records.keys import DAY, day
from chat.records.tables import accounts, acts, appeals, members

FOR = 30 * DAY
"""How long it can be answered and read, in ms."""
Reader = Literal["facilitators", "administrator"]
Outcome = Literal["upheld", "lifted", "changed"]


class Appeal(Struct, frozen=True):
    """`words` and `answer` are sealed. `outcome` None: not answered yet."""

    id: str
    act: ActId
    member: MemberId
    reader: Reader
    words: bytes
    asked_on: date
    ends_at: Millis
    outcome: Outcome | None = None
    answer: bytes | None = None

    def __repr__(self) -> str:
        return f"<Appeal {self.id}>"


async def ask(c: AsyncConnection, appeal: Appeal) -> bool:
    """Asks once about an act; False, and nothing happens, if somebody has asked about it already."""
    whose = {"id": appeal.id, "act_id": appeal.act, "member_id": appeal.member, "reader": appeal.reader}
    return await add(c, appeals, **whose, asking=appeal.words, asked_on=appeal.asked_on, ends_at=appeal.ends_at)


def new(appeal_id: str, of: tuple[ActId, MemberId], reader: Reader, words: bytes, now: Millis) -> Appeal:
    """One asked now."""
    return Appeal(appeal_id, *of, reader, words, day(now), Millis(now + FOR))


async def of(c: AsyncConnection, member: MemberId, now: Millis) -> list[Appeal]:
    """What a member has asked."""
    which = and_(appeals.c.member_id == member, appeals.c.ends_at > now)
    return [_appeal(row) for row in await c.execute(select(appeals).where(which))]


async def to_answer(c: AsyncConnection, group: GroupId | None, mine: Set[MemberId], now: Millis) -> list[Appeal]:
    """What waits for an answer. `group` None: all that was asked of administrators. `mine`: who it is that looks.

    Whoever acted does not look at it again, unless there is nobody else to; whoever asks never does.
    """
    rows = await c.execute(_open(group, now).order_by(appeals.c.ends_at))
    others = await (_others(c, group, mine) if group else _administer(c, mine))
    asked = [row for row in rows if row.member_id not in mine]
    return [_appeal(row) for row in asked if not others or row.by_id not in mine]


async def waiting(c: AsyncConnection, group: GroupId | None, mine: Set[MemberId], now: Millis) -> int:
    """How many wait for an answer of this reader."""
    return len(await to_answer(c, group, mine, now))


async def answer(c: AsyncConnection, appeal: str, outcome: Outcome, words: bytes) -> bool:
    """Answers one; False if it was answered meanwhile."""
    open_ = and_(appeals.c.id == appeal, appeals.c.outcome.is_(None))
    return (await c.execute(update(appeals).where(open_).values(outcome=outcome, answer=words))).rowcount == 1


async def readers(c: AsyncConnection, group: GroupId, who: MemberId) -> list[Reader]:
    """Whom somebody of this group can ask: those of whom there is another than who asks."""
    there: list[Reader] = ["facilitators"] if await others_lead(c, group, who) else []
    return [*there, "administrator"] if await _administer(c, {who}) else there


async def others_lead(c: AsyncConnection, group: GroupId, by: MemberId | None) -> bool:
    """Whether somebody else than `by` facilitates this group."""
    return await _others(c, group, {by} if by else frozenset())


async def _others(c: AsyncConnection, group: GroupId, mine: Set[MemberId]) -> bool:
    leading = and_(members.c.group_id == group, members.c.role == "facilitator", members.c.id.not_in(mine))
    return bool(await c.scalar(select(func.count()).where(leading)))


async def _administer(c: AsyncConnection, mine: Set[MemberId]) -> bool:
    """Whether there is another administrator."""
    own = select(members.c.account_id).where(members.c.id.in_(mine))
    others = and_(accounts.c.administrator, accounts.c.id.not_in(own))
    return bool(await c.scalar(select(func.count()).where(others)))


def _open(group: GroupId | None, now: Millis) -> Select[Any]:
    joined = appeals.join(acts, acts.c.id == appeals.c.act_id)
    which: list[ColumnElement[bool]] = [appeals.c.outcome.is_(None), appeals.c.ends_at > now]
    if group is None:
        which.append(appeals.c.reader == "administrator")
    else:
        which += [appeals.c.reader == "facilitators", acts.c.group_id == group]
    return select(appeals, acts.c.by_id).select_from(joined).where(*which)


def _appeal(row: Row[tuple[object, ...]]) -> Appeal:
    return Appeal(
        row.id, ActId(row.act_id), MemberId(row.member_id), row.reader, row.asking, row.asked_on, Millis(row.ends_at),
        row.outcome, row.answer,
    )  # fmt: skip
