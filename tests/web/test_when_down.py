"""When Valkey or the records are gone: what was done is done, what was not says so, and the way out is open."""

import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute

from chat.live import embedded
from chat.live.closing import Closing
from chat.live.embedded import Embedded
from chat.live.house import Live, Plan
from chat.live.keeping import RecordsGone
from chat.records import agreements, meetings, members
from chat.records.ledger import Ledger
from chat.records.passwords import Passwords
from chat.records.store import Store
from config.settings import Settings
from tests import databases
from tests.conftest import in_a_task_of_its_own
from tests.installation import listening
from tests.web.conftest import OWN, SECRET, website
from tests.web.place import Browser, Place, at_once, text_of
from web.app import build
from web.keeping import Keeping
from web.visit import token_of, visit_of

AWAY = "https://www.bbc.com/weather"


@pytest.fixture
async def valkey() -> AsyncIterator[Embedded]:
    """One that the test may kill and, unlike our own, set otherwise."""
    async with in_a_task_of_its_own(embedded.valkey('port 0\nsave ""\nappendonly no')) as valkey:
        yield valkey


@pytest.fixture
async def place(valkey: Embedded, tmp_path: Path) -> AsyncIterator[Place]:
    """Over that Valkey."""
    async with in_a_task_of_its_own(website(tmp_path, valkey.url)) as place:
        yield place


def dies(valkey: Embedded) -> None:
    os.kill(valkey.pid, signal.SIGKILL)


async def test_somebody_ready_and_somebody_down_are_told_apart(place: Place, nobody: Browser, valkey: Embedded) -> None:
    assert (await nobody.sees("/healthz")).text == "ok\n"
    assert (await nobody.sees("/readyz")).text == "database: ok\nredis: ok\nmigrations: ok\n"
    dies(valkey)
    answer = await nobody.sees("/readyz")
    assert (answer.status_code, answer.text) == (503, "database: ok\nredis: down\nmigrations: ok\n")
    assert (await nobody.sees("/healthz")).status_code == 200


async def test_without_valkey_signing_out_is_done_and_closes_the_seats_of_this_server(
    place: Place, ann: Browser, fran: Browser, valkey: Embedded
) -> None:
    room = await fran.opens_the_meeting(place.tuesday)
    await fran.enters(room)
    seat, cookie = await ann.enters(room), ann.cookie
    dies(valkey)
    assert (await ann.sends("/sign-out")).headers["location"] == "/goodbye"
    assert await at_once(seat) == Closing.SIGNED_OUT
    thief = place.stranger()
    thief.client.cookies.set(place.cookie, cookie)
    assert (await thief.sees("/account")).status_code == 303


async def test_without_valkey_what_is_written_down_is_not_called_a_failure(
    place: Place, ann: Browser, fran: Browser, valkey: Embedded
) -> None:
    group = f"/groups/{place.tuesday.id}"
    dies(valkey)
    saved = await fran.sends(f"{group}/agreement/edit", f"{group}/agreement/edit", version="1", text="Be kind.")
    assert saved.status_code == 303
    assert (await ann.sends(f"{group}/leave")).status_code == 303
    async with place.store.reading() as c:
        assert (await agreements.current(c, place.tuesday.id)).text == "Be kind."
        assert [one.name for one in await members.of(c, place.tuesday.id)] == ["Fran"]


async def test_without_valkey_no_meeting_is_opened_and_it_is_said(
    place: Place, fran: Browser, valkey: Embedded
) -> None:
    dies(valkey)
    answer = await fran.sends(f"/groups/{place.tuesday.id}/meeting")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    async with place.store.reading() as c:
        assert await meetings.current(c, place.tuesday.id) is None


async def test_a_meeting_whose_room_could_not_begin_begins_it_when_the_facilitator_sits_down(
    place: Place, fran: Browser, valkey: Embedded
) -> None:
    async with Redis.from_url(valkey.url) as redis:
        await redis.acl_setuser("default", enabled=True, commands=["-evalsha"])  # it answers, and takes nothing in
        answer = await fran.sends(f"/groups/{place.tuesday.id}/meeting")
        assert answer.status_code == 303
        await redis.acl_setuser("default", enabled=True, commands=["+evalsha"])
    await fran.enters(answer.headers["location"])


@asynccontextmanager
async def over(url: str, directory: Path, redis_url: str) -> AsyncIterator[Starlette]:
    """A website over records at this address, as they are by the time somebody looks at them."""
    settings = Settings.read({"HEARTH_DATA": str(directory), "HOST": "127.0.0.1"})
    async with Store.open(url) as store, Passwords() as passwords:
        keeping = Keeping(store, Ledger(b"s" * 32), visit_of, token_of)

        async def migrated() -> bool:
            await store.ping()
            return True

        async with Live.open(Plan(f"{redis_url}?db={OWN}", SECRET), keeping, keeping.admit) as live:
            room = WebSocketRoute("/rooms/{room}/socket", live.socket.endpoint)
            app = build(settings, store, passwords, live, secret=SECRET, migrated=migrated, others=[room])
            yield app


@pytest.fixture
async def without_records(tmp_path: Path, redis_url: str) -> AsyncIterator[Place]:
    """The disk with the records was taken away, or the database dropped."""
    disk = tmp_path / "disk"
    disk.mkdir()
    async with databases.migrated(disk / "hearth.sqlite") as url:
        async with in_a_task_of_its_own(over(url, tmp_path, redis_url)) as app:
            if url.startswith("postgresql"):  # SQLite goes on with a file that it has open, also when it is deleted
                await app.state.site.store.ping()  # so that connections are open that lead nowhere afterwards
            await databases.is_lost(url)
            async with in_a_task_of_its_own(listening(app)) as port:
                place = Place(app, port)
                yield place
                await place.rests()


@pytest.fixture
async def anybody(without_records: Place) -> Browser:
    """Signed in, as far as their browser knows."""
    browser = without_records.stranger()
    browser.client.cookies.set("visit", "a cookie of before", domain="127.0.0.1")
    return browser


async def test_with_the_records_gone_pages_say_so_and_help_still_opens(anybody: Browser) -> None:
    answer = await anybody.sees("/account")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "not your fault" in text_of(answer)
    assert (await anybody.sees("/help")).status_code == 200
    assert (await anybody.sees("/readyz")).text == "database: down\nredis: ok\nmigrations: down\n"


async def test_with_the_records_gone_the_way_out_is_open_and_the_browser_forgets(anybody: Browser) -> None:
    answer = await anybody.sees("/exit")
    assert (answer.status_code, answer.headers["location"]) == (303, AWAY)
    assert answer.headers["clear-site-data"] == '"cookies", "storage"'
    assert "visit" not in anybody.client.cookies


async def test_with_the_records_gone_a_room_asks_the_browser_to_come_back(anybody: Browser) -> None:
    assert await (await anybody.connects("/rooms/any")).is_closed() == Closing.LOST


@pytest.mark.sqlite("damages its file")
async def test_records_that_are_no_records_end_no_room(tmp_path: Path, redis_url: str) -> None:
    records = tmp_path / "hearth.sqlite"
    async with over(f"sqlite:///{records}", tmp_path, redis_url) as app:
        records.write_text("no database at all " * 1000)
        with pytest.raises(RecordsGone):
            await Keeping(app.state.site.store, app.state.site.ledger, visit_of, token_of).unwelcome({})
        async with listening(app) as port:
            place = Place(app, port)
            ann = place.stranger()
            ann.client.cookies.set("visit", "a cookie of before", domain="127.0.0.1")
            assert await (await ann.connects("/rooms/any")).is_closed() == Closing.LOST
            await place.rests()


@pytest.mark.sqlite("damages its file")
async def test_what_nobody_foresaw_becomes_a_calm_page_that_quotes_nothing(tmp_path: Path, redis_url: str) -> None:
    records = tmp_path / "hearth.sqlite"
    async with over(f"sqlite:///{records}", tmp_path, redis_url) as app:
        records.write_text("a rare word, quokka " * 1000)  # no database at all
        place = Place(app, 0)
        ann = place.stranger()
        ann.client.cookies.set("visit", "quokka", domain="127.0.0.1")
        answer = await ann.sees("/account")
        assert answer.status_code == 500
        assert "quokka" not in answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert "Leave now" in answer.text
