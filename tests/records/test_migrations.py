"""Whoever starts first brings the records to today's shape, and nothing is lost on the way."""

import asyncio
import os
import sqlite3
import sys
import time
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, MetaData, func, select, text

from chat.core.ids import GroupId
from chat.records import groups, meetings
from chat.records.engine import engine_for
from chat.records.store import Store
from chat.records.tables import metadata
from config import copies
from config import migrate as migrating
from config.migrate import alembic_settings, migrate
from config.migrations import HEAD, at_head

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def _differences(connection: Connection) -> list[object]:
    options = {"compare_type": True, "compare_server_default": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


async def test_the_migrations_make_exactly_the_tables_that_the_code_knows(store: Store) -> None:
    async with store.reading() as c:
        assert await c.run_sync(_differences) == []
        assert await at_head(c)


async def test_empty_records_are_not_up_to_date(empty: str) -> None:
    async with Store.open(empty) as store, store.reading() as c:
        assert not await at_head(c)


def test_the_newest_step_is_known_by_name() -> None:
    assert ScriptDirectory.from_config(alembic_settings()).get_heads() == [HEAD]


STEPS = [step.revision for step in ScriptDirectory.from_config(alembic_settings()).walk_revisions()]


def _only_to(connection: Connection, step: str) -> None:
    settings = alembic_settings()
    settings.attributes["connection"] = connection
    command.upgrade(settings, step)


ANYTHING: dict[type[object], object] = {str: "x", int: 1, bool: True, bytes: b"x" * 32, date: date(2026, 5, 29)}


def _a_row_in_each(connection: Connection) -> dict[str, int]:
    """As the step before knew the tables. Every id is the same, so every row belongs to the others."""
    then = MetaData()
    then.reflect(connection)
    for table in then.sorted_tables:
        if table.name != "alembic_version":
            row = {column.name: ANYTHING[column.type.python_type] for column in table.columns}
            connection.execute(table.insert().values(row))
    return _counted(connection)


def _counted(connection: Connection) -> dict[str, int]:
    now = MetaData()
    now.reflect(connection)
    counted = {table.name: connection.scalar(select(func.count()).select_from(table)) for table in now.sorted_tables}
    return {name: int(count or 0) for name, count in counted.items() if name != "alembic_version"}


@pytest.mark.parametrize("step", STEPS)
async def test_records_of_every_earlier_step_become_todays_and_lose_no_row(empty: str, step: str) -> None:
    engine = engine_for(empty)
    async with engine.begin() as c:
        await c.run_sync(_only_to, step)
        before = await c.run_sync(_a_row_in_each)
    await engine.dispose()
    assert set(before.values()) == {1}
    await migrate(empty)
    async with Store.open(empty) as store, store.reading() as c:
        assert await c.run_sync(_differences) == []
        after = await c.run_sync(_counted)
    assert {name: after[name] for name in before if name in after} == {name: 1 for name in before if name in after}


async def test_starting_again_changes_nothing(store: Store, url: str) -> None:
    async with store.writing() as c:
        await groups.create(c, "Tuesday evening")
    await migrate(url)
    async with store.reading() as c:
        assert [group.name for group in await groups.all_(c)] == ["Tuesday evening"]


async def test_three_processes_start_at_once_on_empty_records(empty: str) -> None:
    code = "import asyncio, sys; from config.migrate import migrate; asyncio.run(migrate(sys.argv[1]))"
    starting = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, empty, cwd=ROOT, stderr=asyncio.subprocess.PIPE
        )
        for _ in range(3)
    ]
    ends = [await process.communicate() for process in starting]
    assert [(process.returncode, err) for process, (_, err) in zip(starting, ends, strict=True)] == [(0, b"")] * 3
    async with Store.open(empty) as store, store.reading() as c:
        assert await at_head(c)


async def test_a_step_that_fails_leaves_nothing_behind(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE half_done (id INTEGER)"))
        raise ArithmeticError

    monkeypatch.setattr(migrating, "_run", breaks)
    with pytest.raises(ArithmeticError):
        await migrate(empty)
    monkeypatch.undo()
    await migrate(empty)
    async with Store.open(empty) as store, store.reading() as c:
        assert await c.run_sync(_differences) == []


@pytest.mark.sqlite("its file is copied")
async def test_a_copy_is_put_aside_before_an_upgrade_and_opens_nothing(tmp_path: Path) -> None:
    file = tmp_path / "hearth.db"
    await migrate(f"sqlite:///{file}")
    salt = os.urandom(32)
    with closing(sqlite3.connect(file)) as old:
        old.execute("INSERT INTO groups (id, name, created_on) VALUES ('g', 'Tuesday evening', '2026-05-29')")
        meeting = (
            "INSERT INTO meetings (id, group_id, opened_on, salt, receipt_salt, history_salt)"
            " VALUES ('m', 'g', '2026-05-29', ?, ?, ?)"
        )
        old.execute(meeting, (salt, salt, salt))
        old.commit()
    copies.copy(file, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600
    assert salt not in (tmp_path / "copy.db").read_bytes()
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT name FROM groups").fetchall() == [("Tuesday evening",)]
    async with Store.open(f"sqlite:///{tmp_path / 'copy.db'}") as store, store.reading() as c:
        assert await meetings.current(c, GroupId("g")) is None, "nobody can come into a meeting without its salt"


@pytest.mark.sqlite("its file is copied")
async def test_old_copies_are_deleted_at_the_next_start(tmp_path: Path) -> None:
    directory = tmp_path / "backups"
    directory.mkdir()
    for days in (1, 2, 3, 4, 31):
        made = directory / f"before-{days:04}.db"
        made.touch()
        os.utime(made, (time.time() - days * 86_400,) * 2)
    await migrate(f"sqlite:///{tmp_path / 'hearth.db'}")
    assert sorted(made.name for made in directory.iterdir()) == ["before-0001.db", "before-0002.db", "before-0003.db"]


@pytest.mark.sqlite("the lock is a file beside it")
async def test_whoever_comes_second_waits_for_the_first(tmp_path: Path) -> None:
    file = tmp_path / "hearth.db"
    async with migrating._alone_beside(file):
        second = asyncio.create_task(migrate(f"sqlite:///{file}"))
        await asyncio.sleep(0.3)
        assert not second.done()
    async with asyncio.timeout(10):
        await second


@pytest.mark.sqlite("its file is copied")
async def test_records_of_another_version_are_copied_before_they_are_touched(tmp_path: Path) -> None:
    file = tmp_path / "hearth.db"
    await migrate(f"sqlite:///{file}")
    with closing(sqlite3.connect(file)) as other:
        other.execute("UPDATE alembic_version SET version_num = 'unknown'")
        other.commit()
    with pytest.raises(CommandError):
        await migrate(f"sqlite:///{file}")
    with closing(sqlite3.connect(tmp_path / "backups" / f"before-{HEAD}.db")) as copy:
        assert copy.execute("SELECT version_num FROM alembic_version").fetchall() == [("unknown",)]


async def test_records_of_a_newer_version_are_left_as_they_are_with_the_copies_to_go_back_by(
    tmp_path: Path, empty: str
) -> None:
    await migrate(empty)
    kept = tmp_path / "backups" / f"before-{HEAD}.db"
    kept.parent.mkdir()
    kept.write_bytes(b"of the step before")
    async with Store.open(empty) as store, store.writing() as c:
        await c.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(migrating.Newer):
        await migrate(empty)
    assert kept.read_bytes() == b"of the step before"
