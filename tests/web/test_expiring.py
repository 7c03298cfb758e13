"""What is past its time is erased without anybody asking; one failure does not end that."""

import asyncio
import os
import time
from pathlib import Path

import pytest
from sqlalchemy import select

import web.expiring
from chat.core.ids import AccountId
from chat.records import accounts, visits
from chat.records.keys import now
from chat.records.ledger import Ledger
from chat.records.store import Store
from chat.records.tables import visits as table
from tests.web.conftest import OWN, website
from tests.web.place import Place
from web.expiring import expiring


async def test_a_visit_that_lapsed_is_erased_while_the_server_runs(place: Place) -> None:
    async with place.store.writing() as c:
        account = await accounts.create(c, "otter", "no password")
        await visits.start(c, account.id, now(), "a browser", idle=0)
    assert await _kept(place.store, account.id)
    async with expiring(place.store, place.site.ledger), asyncio.timeout(5):
        while await _kept(place.store, account.id):
            await asyncio.sleep(0.01)


async def _kept(store: Store, account: AccountId) -> bool:
    async with store.reading() as c:
        return bool(await c.scalar(select(table.c.id).where(table.c.account_id == account)))


@pytest.mark.sqlite("its file is copied")
async def test_a_copy_of_the_records_ends_while_the_server_runs(
    tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web.expiring, "EVERY", 0.05)
    async with website(tmp_path, f"{redis_url}?db={OWN}"), asyncio.timeout(20):
        (tmp_path / "backups").mkdir()
        for name, days in (("before-0001.db", 31), ("before-0002.db", 29)):
            (tmp_path / "backups" / name).touch()
            os.utime(tmp_path / "backups" / name, (time.time() - days * 86_400,) * 2)
        while (tmp_path / "backups" / "before-0001.db").exists():
            await asyncio.sleep(0.01)
        assert (tmp_path / "backups" / "before-0002.db").exists()


@pytest.mark.sqlite("damages its file")
async def test_a_failure_neither_ends_the_erasing_nor_breaks_the_server_that_stops(tmp_path: Path) -> None:
    records = tmp_path / "hearth.sqlite"
    async with Store.open(f"sqlite:///{records}") as store:
        records.write_text("no database at all " * 1000)
        async with expiring(store, Ledger(b"s" * 32)):
            await asyncio.sleep(0.2)
