"""A look by key is quick and sees the newest; it keeps nothing from being erased, and trouble is told as ever."""

from pathlib import Path

import pytest
from sqlalchemy import Select, bindparam, select
from sqlalchemy.ext.asyncio import create_async_engine

from chat.core.ids import GroupId
from chat.records import groups
from chat.records.store import RecordsUnreachable, Store
from chat.records.tables import groups as rows

BY_ID: Select[tuple[object, ...]] = select(rows.c.name).where(rows.c.id == bindparam("id"))


async def named(store: Store, group: GroupId) -> list[str]:
    """What a look finds."""
    return [row.name for row in await store.look(BY_ID, {"id": group})]


async def test_a_look_sees_what_was_just_written_here_or_by_another_process(store: Store, other: Store) -> None:
    async with other.writing() as c:
        group = (await groups.create(c, "Tuesday")).id
    assert await named(store, group) == ["Tuesday"]
    async with store.writing() as c:
        await groups.rename(c, group, "Wednesday")
        assert await named(store, group) == ["Tuesday"]
    assert await named(store, group) == ["Wednesday"]
    assert await named(store, GroupId("no such group")) == []


@pytest.mark.sqlite("looks into its file")
async def test_what_was_looked_at_can_be_erased_from_the_file(store: Store, tmp_path: Path) -> None:
    async with store.writing() as c:
        group = (await groups.create(c, "Rarely said word")).id
    assert await named(store, group)
    async with store.erasing() as c:
        await groups.erase(c, group)
    assert await named(store, group) == []
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.is_file())
    assert b"Rarely said word" not in kept


async def test_with_the_records_gone_a_look_says_so_and_sees_again_when_they_are_back(store: Store) -> None:
    async with store.writing() as c:
        group = (await groups.create(c, "Tuesday")).id
    assert await named(store, group)
    there, store._engine = store._engine, create_async_engine("sqlite+aiosqlite:////nowhere/at/all")
    with pytest.raises(RecordsUnreachable):
        await named(store, group)
    store._engine = there
    assert await named(store, group) == ["Tuesday"]
