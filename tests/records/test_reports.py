"""Reports are read by those they are for, and erased on time, to the last byte."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import select

from chat.core.ids import GroupId, Millis
from chat.records import meetings, members, reports, tables
from chat.records.expiry import expire
from chat.records.keys import DAY, day, fresh_id, later
from chat.records.reports import ANSWERS_FOR, Reader, Report
from chat.records.store import Store
from tests.records.conftest import LEDGER, NOON, Circle

WORDS, REPORTER, ANSWER = b"sealed words " * 40, b"sealed reporter " * 8, b"sealed answer " * 8


async def made(store: Store, circle: Circle, reader: Reader = "facilitators") -> Report:
    """A report about something in a meeting of the group; its words are erased after 30 days."""
    async with store.writing() as c:
        meeting = await meetings.open(c, circle.group.id, circle.fran.id, NOON)
        report = Report(
            fresh_id(), circle.group.id, meeting.id, reader, REPORTER, WORDS, day(NOON), later(NOON, 30 * DAY)
        )
        await reports.keep(c, report)
    return report


async def expires(store: Store, at: int) -> None:
    async with store.erasing() as c:
        await expire(c, Millis(at), LEDGER)


async def test_facilitators_find_theirs_and_administrators_theirs(store: Store, circle: Circle) -> None:
    theirs, about_fran = await made(store, circle), await made(store, circle, "administrator")
    group = circle.group.id
    async with store.reading() as c:
        assert [one.id for one in await reports.to_read(c, group, NOON)] == [theirs.id]
        assert [one.id for one in await reports.to_read(c, None, NOON)] == [about_fran.id]
        assert {one.id for one in await reports.of(c, group, NOON)} == {theirs.id, about_fran.id}
        for report, reader in ((theirs, None), (about_fran, group), (theirs, GroupId("another"))):
            assert await reports.find(c, report.id, NOON, reader) is None
        assert await reports.find(c, theirs.id, NOON, group)
        assert await reports.find(c, about_fran.id, NOON, None)
        assert [one.looked for one in await reports.to_read(c, group, NOON)] == [0]


async def test_who_opened_a_report_is_known_until_they_leave(store: Store, circle: Circle) -> None:
    report = await made(store, circle)
    async with store.writing() as c:
        assert await reports.look(c, report.id, circle.fran.id, NOON)
        assert not await reports.look(c, report.id, circle.fran.id, later(NOON, 1000))
        assert [look.by for look in await reports.looks(c, report.id)] == [circle.fran.id]
        assert [one.looked for one in await reports.to_read(c, circle.group.id, NOON)] == [1]
        await members.leave(c, circle.fran.id)
        assert [look.by for look in await reports.looks(c, report.id)] == [None]


async def test_words_go_after_thirty_days_and_what_came_of_it_two_weeks_later(store: Store, circle: Circle) -> None:
    report, group = await made(store, circle), circle.group.id
    async with store.writing() as c:
        await reports.decide(c, report.id, "talked", ANSWER)
    await expires(store, report.until - 1)
    async with store.reading() as c:
        found = await reports.find(c, report.id, Millis(report.until - 1), group)
        assert found
        assert found.content == WORDS
        late = await reports.find(c, report.id, report.until, group)  # though nothing has expired them yet
        assert late
        assert late.content is None
    await expires(store, report.until)
    async with store.reading() as c:
        left = (await c.execute(select(tables.reports))).one()
        assert (left.content, left.outcome, left.answer) == (None, "talked", ANSWER)
    await expires(store, report.until + ANSWERS_FOR)
    async with store.reading() as c:
        assert (await c.execute(select(tables.reports))).all() == []


def _bytes_of(directory: Path) -> bytes:
    """The database, its log of changes, whatever else lies there, and a copy of it made now."""
    found = b"".join(path.read_bytes() for path in directory.rglob("*") if path.is_file())
    shutil.copy(directory / "hearth.db", directory / "copy")
    copied = (directory / "copy").read_bytes()
    (directory / "copy").unlink()
    return found + copied


@pytest.mark.sqlite("its file is searched")
async def test_after_the_erasure_date_no_byte_of_a_report_is_left(store: Store, circle: Circle, tmp_path: Path) -> None:
    report = await made(store, circle)
    async with store.writing() as c:
        await reports.decide(c, report.id, "talked", ANSWER)
        await reports.look(c, report.id, circle.fran.id, NOON)
    for part in (WORDS, REPORTER, ANSWER):
        assert part in _bytes_of(tmp_path)
    await expires(store, report.until)
    assert WORDS[:13] not in _bytes_of(tmp_path)
    assert ANSWER in _bytes_of(tmp_path)
    await expires(store, report.until + ANSWERS_FOR)
    for part in (WORDS[:13], REPORTER[:16], ANSWER[:14], report.id.encode()):
        assert part not in _bytes_of(tmp_path)
