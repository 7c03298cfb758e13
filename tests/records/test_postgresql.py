"""What can only go wrong with a PostgreSQL: it is out of reach for a moment, and nothing of ours is broken."""

import asyncio

import pytest
from sqlalchemy import make_url, text

from chat.records import groups
from chat.records.engine import engine_for
from chat.records.store import RecordsBroken, RecordsUnreachable, Store
from tests import databases

pytestmark = pytest.mark.skipif(not databases.POSTGRESQL, reason="needs HEARTH_TEST_DATABASE_URL")


def raising(code: str) -> str:
    """A statement that PostgreSQL refuses with this SQLSTATE."""
    return f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{code}'; END $$"


@pytest.mark.parametrize("code", ["40001", "40P01", "53100", "53300", "55P03", "57014", "57P01", "57P03", "58030"])
async def test_what_passes_by_itself_is_said_to_be_unreachable(store: Store, code: str) -> None:
    with pytest.raises(RecordsUnreachable, match=code):
        async with store.writing() as c:
            await c.execute(text(raising(code)))
    await store.ping()


@pytest.mark.parametrize("code", ["22012", "23505", "42703", "25006"])
async def test_what_does_not_is_broken(store: Store, code: str) -> None:
    with pytest.raises(RecordsBroken, match=code):
        async with store.reading() as c:
            await c.execute(text(raising(code)))


async def test_a_connection_that_was_ended_is_followed_by_another(store: Store, other: Store) -> None:
    async def is_ended() -> None:
        async with store.writing() as c:
            await groups.create(c, "Never")
            mine = await c.scalar(text("SELECT pg_backend_pid()"))
            async with other.writing() as ending:
                await ending.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": mine})
            await groups.all_(c)

    with pytest.raises(RecordsUnreachable):
        await is_ended()
    async with store.writing() as c:
        await groups.create(c, "Next")
        assert [group.name for group in await groups.all_(c)] == ["Next"]


async def test_of_two_that_wait_for_each_other_one_is_asked_to_come_again(store: Store, other: Store) -> None:
    async with store.writing() as c:
        here, there = await groups.create(c, "Here"), await groups.create(c, "There")
    met = asyncio.Barrier(2)

    async def renames(where: Store, first: str, second: str) -> str:
        try:
            async with where.writing() as c:
                await c.execute(text("UPDATE groups SET name = 'x' WHERE id = :id"), {"id": first})
                await met.wait()
                await c.execute(text("UPDATE groups SET name = 'x' WHERE id = :id"), {"id": second})
        except RecordsUnreachable as error:
            return str(error)
        return "done"

    ends = await asyncio.gather(renames(store, here.id, there.id), renames(other, there.id, here.id))
    assert sorted(ends) == ["40P01", "done"]


async def test_a_statement_that_takes_too_long_is_given_up(url: str) -> None:
    engine = engine_for(url, patience=1)
    store = Store(engine)
    with pytest.raises(RecordsUnreachable, match="TimeoutError"):
        async with store.reading() as c:
            await c.execute(text("SELECT pg_sleep(60)"))
    await store.ping()
    await engine.dispose()


async def test_a_server_that_has_become_a_copy_is_left_for_the_one_that_takes_writes(url: str, store: Store) -> None:
    assert databases.POSTGRESQL
    name = make_url(url).database
    await databases.run(databases.POSTGRESQL, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    with pytest.raises(RecordsUnreachable, match="25006"):
        async with store.writing() as c:
            await groups.create(c, "Never")
    await databases.run(databases.POSTGRESQL, f"ALTER DATABASE {name} SET default_transaction_read_only = off")
    async with store.writing() as c:
        await groups.create(c, "Next")


async def test_a_process_that_stands_still_does_not_hold_its_locks_for_ever(
    url: str, other: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.records.engine.FROZEN", 1)
    async with other.writing() as c:
        group = await groups.create(c, "Tuesday evening")

    async def is_frozen() -> None:
        async with Store.open(url) as frozen, frozen.writing() as c:
            await groups.rename(c, group.id, "Half")
            async with other.writing() as next_one:
                await groups.rename(next_one, group.id, "Whole")
            await groups.all_(c)

    with pytest.raises(RecordsUnreachable):
        await is_frozen()
    async with other.reading() as c:
        assert [one.name for one in await groups.all_(c)] == ["Whole"]


async def test_what_was_erased_is_vacuumed_away_in_tables_and_indexes(store: Store) -> None:
    async with store.writing() as c:
        group = await groups.create(c, "Tuesday evening")
    async with store.erasing() as c:
        await groups.erase(c, group.id)
    async with store.reading() as c:
        vacuumed = text("SELECT n_dead_tup FROM pg_stat_user_tables WHERE relname = 'groups' AND vacuum_count > 0")
        async with asyncio.timeout(10):  # PostgreSQL counts a moment later
            while await c.scalar(vacuumed) != 0:
                await asyncio.sleep(0.05)
                await c.rollback()
