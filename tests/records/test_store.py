"""Who reads sees one moment, who writes is alone, and what is erased is gone from the file."""

import asyncio
import contextlib
import stat
import subprocess
import sys
import traceback
from pathlib import Path

import pytest
from sqlalchemy import text

from chat.core.ids import GroupId
from chat.records import accounts, groups, members
from chat.records.engine import address
from chat.records.store import RecordsBroken, RecordsUnreachable, Store
from tests.records.conftest import joins

RARE = "Quokkaberry"


def _files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


def _stands_in(folder: Path, word: str) -> bool:
    return any(word.encode() in file.read_bytes() for file in _files(folder))


@pytest.mark.sqlite("looks into its files")
async def test_a_name_that_is_erased_stands_in_no_file(store: Store, tmp_path: Path) -> None:
    async with store.writing() as c:
        group = await groups.create(c, "Tuesday evening")
    for number in range(50):
        await joins(store, group.id, f"Other {number}")
    ann = await joins(store, group.id, RARE)
    await store.forget()
    assert _stands_in(tmp_path, RARE)
    async with store.erasing() as c:
        await members.leave(c, ann.id)
    assert not _stands_in(tmp_path, RARE)
    assert not _stands_in(tmp_path, RARE.casefold())


@pytest.mark.sqlite("looks at its files")
async def test_all_files_belong_to_the_server_alone(store: Store, tmp_path: Path) -> None:
    async with store.writing() as c:
        await accounts.create(c, "heron", "a hash")
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in _files(tmp_path)}
    assert modes.keys() >= {"hearth.db", "hearth.db-wal", "hearth.db-shm"}
    assert set(modes.values()) == {0o600}


COMES_AND_GOES = """
import sqlite3, sys
c = sqlite3.connect(sys.argv[1])
print(c.execute("SELECT count(*) FROM groups").fetchone()[0])
c.close()
"""


@pytest.mark.sqlite("holds locks on a file")
async def test_what_is_written_after_a_second_look_from_one_process_outlives_another_that_comes_and_goes(
    store: Store, url: str, tmp_path: Path
) -> None:
    """Whoever is the last to close the file deletes its log: nobody may take somebody for gone who writes on."""
    for written in (1, 2, 3):
        async with store.writing() as c:
            await groups.create(c, f"Group {written}")
        async with Store.open(url):
            other = [sys.executable, "-c", COMES_AND_GOES, str(tmp_path / "hearth.db")]
            said = await asyncio.to_thread(subprocess.run, other, capture_output=True, check=True)
        assert int(said.stdout) == written


async def test_two_processes_write_at_once_and_neither_is_turned_away(store: Store, other: Store) -> None:
    async def opens(where: Store) -> None:
        async with where.writing() as c:
            before = len(await groups.all_(c))
            await groups.create(c, f"Group {before}")

    async with asyncio.TaskGroup() as tasks:
        for where in (store, other) * 10:
            tasks.create_task(opens(where))
    async with store.reading() as c:
        assert len(await groups.all_(c)) == 20


async def test_whoever_reads_sees_one_moment(store: Store, other: Store) -> None:
    async with store.reading() as c:
        assert await groups.all_(c) == []
        async with other.writing() as writing:
            await groups.create(writing, "Meanwhile")
        assert await groups.all_(c) == []
    async with store.reading() as c:
        assert [group.name for group in await groups.all_(c)] == ["Meanwhile"]


async def test_what_fails_half_way_is_not_kept(store: Store) -> None:
    with contextlib.suppress(KeyError):
        async with store.writing() as c:
            await groups.create(c, "Half")
            raise KeyError
    async with store.reading() as c:
        assert await groups.all_(c) == []


async def test_a_writer_who_is_cancelled_holds_nobody_up(store: Store) -> None:
    begun = asyncio.Event()

    async def writes_for_ever() -> None:
        async with store.writing() as c:
            await groups.create(c, "Never")
            begun.set()
            await asyncio.sleep(3600)

    writing = asyncio.create_task(writes_for_ever())
    await begun.wait()
    writing.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await writing
    async with asyncio.timeout(3), store.writing() as c:
        await groups.create(c, "Next")
        assert [group.name for group in await groups.all_(c)] == ["Next"]


async def test_whoever_reads_cannot_write(store: Store) -> None:
    with pytest.raises((RecordsUnreachable, RecordsBroken)):
        async with store.reading() as c:
            await groups.create(c, "By mistake")


async def test_a_database_that_is_not_there_is_said_to_be_unreachable() -> None:
    pytest.importorskip("asyncpg", reason="needs the extra `postgres`")
    nobody = "postgresql://hearth@127.0.0.1:1/hearth"
    async with Store.open(nobody) as store:
        with pytest.raises(RecordsUnreachable):
            await store.ping()


async def test_a_file_that_may_not_be_opened_is_said_to_be_unreachable(tmp_path: Path) -> None:
    with pytest.raises(RecordsUnreachable):
        async with Store.open(f"sqlite:///{tmp_path}"):  # a directory; an OSError would be taken for a list's
            pass


async def test_an_error_never_quotes_what_was_being_written(store: Store) -> None:
    with pytest.raises(RecordsBroken) as caught:
        async with store.writing() as c:
            await c.execute(text("INSERT INTO groups (id, name) VALUES (:id, :name)"), {"id": "1", "name": RARE})
    assert RARE not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("odd", ["\0", "heron\0", "\ud83d"])
async def test_what_no_text_can_hold_is_not_found_and_breaks_nothing(store: Store, odd: str) -> None:
    async with store.writing() as c:
        group = await groups.create(c, "Tuesday evening")
        assert await groups.find(c, GroupId(odd)) is None
        assert await accounts.by_login(c, odd) is None
        await groups.rename(c, group.id, "Friday")


async def test_the_records_answer_a_ping(store: Store) -> None:
    await store.ping()


@pytest.mark.parametrize(
    ("given", "driver", "query"),
    [
        ("sqlite:///a.db", "sqlite+aiosqlite", {}),
        ("postgres://h/d", "postgresql+asyncpg", {}),
        ("postgresql://h/d?sslmode=require", "postgresql+asyncpg", {"ssl": "require"}),
    ],
)
def test_addresses_are_taken_as_hosts_give_them(given: str, driver: str, query: dict[str, str]) -> None:
    assert address(given).drivername == driver
    assert dict(address(given).query) == query


def test_another_kind_of_database_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="SQLite or PostgreSQL, not in mysql"):
        address("mysql://h/d")
