"""Reports: the one place where words that were said are kept, because somebody who heard them chose to hand them over.

They stand here sealed (`chat.records.sealed`) and this module opens nothing. The words are erased at `until`, whatever
came of the report; what came of it can be read by its reporter for two weeks more. Who reported is sealed as well: a
copy of the database does not tell.
"""

from datetime import date
from typing import Literal

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, and_, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.ids import GroupId, Millis, RoomId
from chat.records.adding import add
from chat.records.keys import DAY, day, fresh_id
from chat.records.tables import meetings, report_looks, reports

ANSWERS_FOR = 14 * DAY
"""How long after its words were erased the reporter can see what came of a report, in ms."""
Reader = Literal["facilitators", "administrator"]
"""Who reads it: the group's facilitators, or, where one of them is its subject, only whoever runs the place."""


class Report(Struct, frozen=True):
    """One report. `content` and `answer` are sealed; None: erased, or not there yet."""

    id: str
    group: GroupId
    room: RoomId
    reader: Reader
    reporter: bytes
    content: bytes | None
    made_on: date
    until: Millis
    """When its words are erased."""
    met_on: date | None = None
    outcome: str | None = None
    answer: bytes | None = None
    looked: int = 0
    """How often it was opened."""

    def __repr__(self) -> str:
        return f"<Report {self.id}>"


class Look(Struct, frozen=True):
    """Somebody opened a report. `by`: a member's id, or an administrator's; None: a member who has left."""

    by: str | None
    on: date


async def keep(c: AsyncConnection, report: Report) -> None:
    """Keeps a new report."""
    values = {
        "id": report.id, "group_id": report.group, "room_id": report.room, "reader": report.reader,
        "reporter": report.reporter, "content": report.content, "made_on": report.made_on, "until": report.until,
        "ends_at": report.until + ANSWERS_FOR,
    }  # fmt: skip
    await c.execute(insert(reports).values(values))


async def of(c: AsyncConnection, group: GroupId, now: Millis) -> list[Report]:
    """All reports of a group, whoever reads them, newest first."""
    return await _found(c, reports.c.group_id == group, now)


async def to_read(c: AsyncConnection, group: GroupId | None, now: Millis) -> list[Report]:
    """Those for the facilitators of `group`; with None, those for administrators, from any group. Newest first."""
    return await _found(c, _theirs(group), now)


async def find(c: AsyncConnection, report_id: str, now: Millis, group: GroupId | None) -> Report | None:
    """A report for the facilitators of `group`; with None, one for administrators."""
    found = await _found(c, and_(reports.c.id == report_id, _theirs(group)), now)
    return found[0] if found else None


async def look(c: AsyncConnection, report_id: str, by: str, now: Millis) -> bool:
    """Writes down that somebody opened it, once a day for each who does; whether it was the first time today.

    `by`: a member's id, or an administrator's.
    """
    return await add(c, report_looks, id=fresh_id(), report_id=report_id, by_id=by, looked_on=day(now))


async def looks(c: AsyncConnection, report_id: str) -> list[Look]:
    """Who has opened it, oldest first."""
    which = select(report_looks).where(report_looks.c.report_id == report_id)
    rows = await c.execute(which.order_by(report_looks.c.looked_on, report_looks.c.id))
    return [Look(row.by_id, row.looked_on) for row in rows]


async def decide(c: AsyncConnection, report_id: str, outcome: str, answer: bytes | None) -> None:
    """What came of it, in the place of what was said before."""
    await c.execute(update(reports).where(reports.c.id == report_id).values(outcome=outcome, answer=answer))


def _theirs(group: GroupId | None) -> ColumnElement[bool]:
    if group is None:
        return reports.c.reader == "administrator"
    return and_(reports.c.reader == "facilitators", reports.c.group_id == group)


async def _found(c: AsyncConnection, which: ColumnElement[bool], now: Millis) -> list[Report]:
    looked = select(func.count()).where(report_looks.c.report_id == reports.c.id).scalar_subquery()
    columns = select(reports, meetings.c.opened_on.label("met_on"), looked.label("looked"))
    rows = await c.execute(
        columns.join(meetings, meetings.c.id == reports.c.room_id)
        .where(which, reports.c.ends_at > now)
        .order_by(reports.c.until.desc(), reports.c.id)
    )
    return [_report(row, now) for row in rows]


def _report(row: Row[tuple[object, ...]], now: Millis) -> Report:
    return Report(
        id=row.id,
        group=GroupId(row.group_id),
        room=RoomId(row.room_id),
        reader=row.reader,
        reporter=row.reporter,
        content=row.content if row.until > now else None,
        made_on=row.made_on,
        until=Millis(row.until),
        met_on=row.met_on,
        outcome=row.outcome,
        answer=row.answer,
        looked=row.looked,
    )
