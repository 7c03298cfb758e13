"""Who may not come into a meeting, or into the group, for now; by account, so that leaving does not undo it."""

from datetime import date

from msgspec import Struct
from sqlalchemy import BigInteger, ColumnElement, Select, and_, bindparam, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.ids import AccountId, GroupId, MemberId, Millis, RoomId
from chat.core.wire.frame import Reason
from chat.records.adding import add
from chat.records.keys import day, fresh_id
from chat.records.keys import now as clock
from chat.records.several import NOW, Asking, among, asking
from chat.records.tables import acts, bars, members

DECIDED_WITHIN = 15_000
"""ms in which an act that was written down is done or refused; later its process has died, and the bar stands."""


class Bar(Struct, frozen=True):
    """`room`: from this meeting alone. `until` None: until lifted. `member` None: they left the group since."""

    id: str
    member: MemberId | None
    room: RoomId | None
    until: Millis | None
    reason: Reason
    by: MemberId | None
    set_on: date
    group: GroupId


async def set_(
    c: AsyncConnection,
    group: GroupId,
    member: MemberId,
    until: Millis | None,
    room: RoomId | None,
    reason: Reason,
    by: MemberId | None,
    *,
    bar_id: str | None = None,
) -> str | None:
    """Bars a member of this group; the bar's id, or None if there is no such member. With `bar_id`, twice is once."""
    which = and_(members.c.group_id == group, members.c.id == member)
    account = await c.scalar(select(members.c.account_id).where(which))
    if account is None:
        return None
    made = bar_id or fresh_id()
    whose = {"id": made, "group_id": group, "account_id": account, "room_id": room}
    await add(c, bars, **whose, until=until, reason=reason.value, set_by=by, set_on=day(clock()))
    return made


async def standing(
    c: AsyncConnection, group: GroupId, member: MemberId, room: RoomId | None, now: Millis
) -> Bar | None:
    """The bar that keeps `member` out of `room` (None: out of the group); of several, the longest."""
    found = await _select(c, and_(bars.c.group_id == group, members.c.id == member, _running(room, now)))
    return found[0] if found else None


async def on_account(c: AsyncConnection, group: GroupId, account: AccountId, now: Millis) -> bool:
    """Whether an account may not come into the group, a member or not."""
    which = and_(bars.c.group_id == group, bars.c.account_id == account, _running(None, now))
    return await c.scalar(select(bars.c.id).where(which).limit(1)) is not None


async def out_of(c: AsyncConnection, group: GroupId, room: RoomId, now: Millis) -> set[MemberId]:
    """Every member who may not be in `room`: removed from it, or barred from its group."""
    found = await _select(c, and_(bars.c.group_id == group, _running(room, now)))
    return {bar.member for bar in found if bar.member is not None}


async def out_of_any(c: AsyncConnection, some: set[GroupId], now: Millis) -> set[tuple[RoomId | GroupId, MemberId]]:
    """Every member of these groups who may not be somewhere, with the meeting they were removed from or the group that
    they are barred from: as many statements for a thousand groups as for one. Not one that may yet be refused.
    """
    return {(row.place, row.id) for row in await among(c, _OUT, some, now=now, undecided=now - DECIDED_WITHIN)}


async def undecided(c: AsyncConnection, bar_id: str, now: Millis) -> bool:
    """Whether the act that this bar is of is written down, and not yet done."""
    return bool(await c.scalar(select(exists(_undecided(bar_id, now - DECIDED_WITHIN)))))


async def lift(c: AsyncConnection, group: GroupId, bar_id: str) -> bool:
    """Ends a bar of this group; whether there was one."""
    return (await c.execute(delete(bars).where(bars.c.group_id == group, bars.c.id == bar_id))).rowcount == 1


async def change(c: AsyncConnection, group: GroupId, bar_id: str, until: Millis) -> bool:
    """Lets a bar of this group end at another time; whether there was one."""
    which = and_(bars.c.group_id == group, bars.c.id == bar_id)
    return (await c.execute(update(bars).where(which).values(until=until))).rowcount == 1


async def of(c: AsyncConnection, group: GroupId, now: Millis) -> list[Bar]:
    """The bars from the group that still run; removals from one meeting are not among them."""
    return await _select(c, and_(bars.c.group_id == group, _running(None, now)))


async def _select(c: AsyncConnection, which: ColumnElement[bool]) -> list[Bar]:
    same = and_(members.c.account_id == bars.c.account_id, members.c.group_id == bars.c.group_id)
    found = select(bars, members.c.id.label("member_id")).outerjoin(members, same).where(which)
    forever_first = func.coalesce(bars.c.until, 2**62).desc()
    rows = await c.execute(found.order_by(bars.c.room_id.is_not(None), forever_first, bars.c.id))
    return [
        Bar(row.id, row.member_id, row.room_id, row.until, Reason(row.reason), row.set_by, row.set_on, row.group_id)
        for row in rows
    ]


def _undecided(bar_id: str | ColumnElement[str], since: int | ColumnElement[int]) -> Select[tuple[object, ...]]:
    under_way = and_(acts.c.outcome.is_(None), acts.c.at > since)
    return select(acts.c.id).where(acts.c.id == bar_id, under_way)


def _running(room: RoomId | None, now: Millis) -> ColumnElement[bool]:
    where = or_(bars.c.room_id.is_(None), bars.c.room_id == room) if room else bars.c.room_id.is_(None)
    return and_(where, _lasting(now))


def _lasting(now: Millis | ColumnElement[int]) -> ColumnElement[bool]:
    return or_(bars.c.until.is_(None), bars.c.until > now)


def _out() -> Asking:
    same = and_(members.c.account_id == bars.c.account_id, members.c.group_id == bars.c.group_id)
    where = func.coalesce(bars.c.room_id, bars.c.group_id).label("place")
    undecided = exists(_undecided(bars.c.id, bindparam("undecided", type_=BigInteger())))
    found = select(where, members.c.id).join(members, same).where(_lasting(NOW), ~undecided)
    return asking(found, bars.c.group_id)


_OUT = _out()
