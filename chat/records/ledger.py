"""The only way an act is written: at the end of its group's chain, and gone from the beginning when its time is over.

See `chaining` for what a chain proves. Whoever writes holds the end of the chain until their transaction ends, so that
two processes cannot write two acts after the same one.
"""

from collections.abc import Mapping
from functools import partial
from typing import cast

from msgspec import convert
from msgspec.structs import asdict, replace
from sqlalchemy import Row, and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.ids import GroupId, Millis
from chat.records.adding import add
from chat.records.chaining import Head, Kept, Key, Linked, Report, check
from chat.records.keys import DAY, day
from chat.records.tables import acts, chains, meetings, members

KEPT_FOR = 90
"""Days after its meeting closed, or after it was done in none, that an act is kept."""


class Ledger:
    """Owns the key of the chains. `days`: how long an act is kept after its meeting has closed."""

    def __init__(self, secret: bytes, days: int = KEPT_FOR) -> None:
        self._key = Key(secret)
        self.days = days

    def __repr__(self) -> str:
        return "<Ledger>"

    async def write(self, c: AsyncConnection, group: GroupId, act: Mapping[str, object]) -> bool:
        """Adds an act (columns of `acts`, but the chain's); False, and nothing happens, if it is there already."""
        head = await self._take(c, group)
        linked, after = self._linked(head, act)
        if not await add(c, acts, **{**act, **linked}):
            return False
        await self._put(c, after)
        return True

    async def close(self, c: AsyncConnection, act: str, outcome: str) -> None:
        """What came of an act; what is said first stays."""
        group = await c.scalar(select(acts.c.group_id).where(acts.c.id == act))
        if group is None:
            return
        head = await self._take(c, GroupId(group))
        open_ = and_(acts.c.id == act, acts.c.outcome.is_(None))
        sealed = await c.scalar(select(acts.c.hash).where(open_))
        if sealed is not None:
            tagged = {"outcome": outcome, "outcome_tag": self._key.outcome(sealed, outcome)}
            await c.execute(update(acts).where(open_).values(tagged))
            await self._put(c, replace(head, closed=head.closed + 1))

    async def expire(self, c: AsyncConnection, now: Millis) -> int:
        """Erases acts past their time, from each chain's beginning on; how many. Use `Store.erasing`."""
        since = Millis(now - self.days * DAY)
        its_meeting = or_(meetings.c.closed_on.is_(None), meetings.c.closed_on >= day(since))
        in_one, in_none = acts.c.room_id.is_not(None), acts.c.room_id.is_(None)
        lasts = or_(and_(in_one, its_meeting), and_(in_none, acts.c.at >= since))
        joined = acts.outerjoin(meetings, meetings.c.id == acts.c.room_id)
        over = select(acts.c.group_id).select_from(joined).where(~lasts).distinct()
        gone = 0
        for group in (await c.scalars(over)).all():
            head = await self._take(c, GroupId(group))
            stays = select(func.min(acts.c.seq)).select_from(joined).where(acts.c.group_id == group, lasts)
            first = await c.scalar(stays) or head.last + 1
            before = and_(acts.c.group_id == group, acts.c.seq < first)
            counted = select(func.count(acts.c.outcome)).where(before)
            closed = head.closed - (await c.scalar(counted) or 0)
            gone += (await c.execute(delete(acts).where(before))).rowcount
            await self._put(c, replace(head, first=first, closed=closed))
        return gone

    async def verify(self, c: AsyncConnection, group: GroupId | None = None) -> list[Report]:
        """What can be proved of each group's acts, or of one group's. One group is in memory at a time."""
        some = [group] if group else (await c.scalars(select(acts.c.group_id).union(select(chains.c.group_id)))).all()
        return [await self._verified(c, GroupId(one)) for one in sorted(one for one in some if one)]

    async def _verified(self, c: AsyncConnection, group: GroupId) -> Report:
        rows = (await c.execute(select(acts).where(acts.c.group_id == group).order_by(acts.c.seq))).all()
        kept = [_kept(row) for row in rows if row.seq is not None]
        end = (await c.execute(select(chains).where(chains.c.group_id == group))).one_or_none()
        here = frozenset(await c.scalars(select(members.c.id).where(members.c.group_id == group)))
        head, tag = (_head(end), end.tag) if end else (Head(group), self._key.head(Head(group)))
        faults = check(self._key, head, tag, kept, here)
        loose = len(rows) - len(kept)
        if end and loose:
            faults += (f"{loose} acts are not in the chain",)
        return Report(group, len(kept), loose, head.hash, faults)

    async def _take(self, c: AsyncConnection, group: GroupId) -> Head:
        """The end of the chain, which nobody else moves meanwhile. A new chain begins with what there was before."""
        fresh = Head(group)
        if await add(c, chains, group_id=group, **self._end(fresh)):
            before = select(acts).where(acts.c.group_id == group).order_by(acts.c.at, acts.c.id)
            for row in (await c.execute(before)).all():
                linked, fresh = self._linked(fresh, row._asdict())
                await c.execute(update(acts).where(acts.c.id == row.id).values(linked))
            await self._put(c, fresh)
        locked = select(chains).where(chains.c.group_id == group).with_for_update()
        return _head((await c.execute(locked)).one())

    async def _put(self, c: AsyncConnection, head: Head) -> None:
        await c.execute(update(chains).where(chains.c.group_id == head.group_id).values(self._end(head)))

    def _end(self, head: Head) -> dict[str, object]:
        columns = {name: value for name, value in asdict(head).items() if name != "group_id"}
        return {**columns, "tag": self._key.head(head)}

    def _linked(self, head: Head, act: Mapping[str, object]) -> tuple[dict[str, object], Head]:
        """The columns that chain an act, and where the chain ends then."""
        said = {name: cast(str | None, act.get(name)) for name in ("id", "by_id", "to_id", "outcome")}
        mark = partial(self._key.mark, said["id"] or "")
        marks = {f"{which}_mark": mark(which, said[f"{which}_id"]) for which in ("by", "to")}
        content = _content({**act, **marks, "seq": head.last + 1})
        sealed = self._key.hash(head.hash, content)
        outcome = said["outcome"]
        chained = {"seq": content.seq, "prev": head.hash, "hash": sealed, **marks}
        after = replace(head, last=content.seq, hash=sealed, closed=head.closed + (outcome is not None))
        return {**chained, "outcome_tag": self._key.outcome(sealed, outcome)}, after


def _content(act: Mapping[str, object]) -> Linked:
    return convert({field: act.get(field) for field in Linked.__struct_fields__}, Linked)


def _kept(row: Row[tuple[object, ...]]) -> Kept:
    linked = _content(row._asdict())
    return Kept(linked, row.prev or b"", row.hash or b"", row.by_id, row.to_id, row.outcome, row.outcome_tag)


def _head(row: Row[tuple[object, ...]]) -> Head:
    return Head(row.group_id, row.first, row.last, row.hash, row.closed)
