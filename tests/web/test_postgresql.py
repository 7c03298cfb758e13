"""`hearth serve` with DATABASE_URL: several start at once, and what the database goes through they go through in words.

With a PostgreSQL of its own, which is stopped, cut off and frozen while people talk.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from chat.core.wire import Act, Role
from chat.records import acts, mutes
from chat.records.keys import now
from chat.records.store import Store
from tests.postgres import Cluster, a_cluster
from tests.processes import children
from tests.servers import Servers, a_valkey

pytestmark = pytest.mark.faults
SOON = 30
"""Seconds in which a server has noticed; on a quiet machine it takes one."""
WELL = "database: ok\nredis: ok\nmigrations: ok\n"
GONE = "database: down\nredis: ok\nmigrations: down\n"


@pytest.fixture(scope="module")
async def cluster() -> AsyncIterator[Cluster]:
    """Each test has a database of its own in it."""
    async with a_cluster() as cluster:
        yield cluster


@asynccontextmanager
async def two_that_start_at_once(directory: Path, cluster: Cluster) -> AsyncIterator[Servers]:
    """Two servers over an empty database, neither of which waited for the other."""
    data = directory / "data"
    async with (
        a_valkey(directory / "redis") as valkey,
        cluster.a_database() as url,
        Store.open(url) as store,
    ):
        environ = {"PATH": os.environ["PATH"], "HEARTH_DATA": str(data), "HOST": "127.0.0.1", "PORT": "0"}
        environ |= {"REDIS_URL": valkey.url, "DATABASE_URL": url, "HEARTH_SECRET": "x" * 32}
        servers = Servers(store, data, environ, valkey.url)
        try:
            await asyncio.gather(servers.starts(), servers.starts())
            yield servers
        finally:
            await servers.rests()
            await servers.redis.aclose()
            for server in servers.servers:
                await server.is_killed()


async def says_it_is(servers: Servers, words: str) -> None:
    """Waits until every server says this of itself."""
    async with httpx.AsyncClient(timeout=SOON) as asking, asyncio.timeout(SOON):
        for process in range(len(servers.ports)):
            while (answer := await asking.get(f"{servers.address(process)}/readyz")).text != words:
                await asyncio.sleep(0.05)
            assert answer.status_code == (200 if words == WELL else 503)


async def test_two_servers_that_start_at_once_migrate_once_and_people_talk_across_them(
    tmp_path: Path, cluster: Cluster
) -> None:
    async with two_that_start_at_once(tmp_path, cluster) as servers:
        await says_it_is(servers, WELL)
        fran = await servers.gathers()
        ann = await (await servers.person("Ann", Role.MEMBER, 1)).enters()
        await ann.says("hello")
        await fran.hears("said", text="hello")
        assert not servers.data.exists()  # with secret and database elsewhere nothing is kept beside them


@pytest.mark.parametrize("how", ["fast", "immediate"])
async def test_a_database_that_stops_is_named_the_meeting_goes_on_and_acts_are_written_when_it_is_back(
    tmp_path: Path, cluster: Cluster, how: str
) -> None:
    async with two_that_start_at_once(tmp_path, cluster) as servers:
        fran = await servers.gathers()
        ann = await (await servers.person("Ann", Role.MEMBER, 1)).enters()
        await cluster.stops(how)
        try:
            await says_it_is(servers, GONE)
            await ann.says("still here")
            await fran.hears("said", text="still here")
            await fran.does("mute", member=ann.member, minutes=5, reason="other")
            assert (await ann.is_refused("say", text="but"))["code"] == "muted"
            async with httpx.AsyncClient(base_url=servers.address(0), cookies={"visit": ann.cookie}) as browser:
                assert (await browser.get("/account")).status_code == 503
        finally:
            await cluster.starts()
        await says_it_is(servers, WELL)
        async with httpx.AsyncClient(base_url=servers.address(1), cookies={"visit": ann.cookie}) as browser:
            assert (await browser.get("/account")).status_code == 200
        await is_written(servers, Act.MUTE)
        async with servers.store.reading() as c:
            assert ann.member in await mutes.standing(c, servers.room, now())


async def test_a_database_that_stands_still_holds_up_no_room(tmp_path: Path, cluster: Cluster) -> None:
    async with two_that_start_at_once(tmp_path, cluster) as servers:
        fran = await servers.gathers()
        ann = await (await servers.person("Ann", Role.MEMBER, 1)).enters()
        frozen = [cluster.pid, *children(cluster.pid)]
        for process in frozen:
            os.kill(process, signal.SIGSTOP)
        try:
            await ann.says("still here")
            await fran.hears("said", text="still here")
            await says_it_is(servers, GONE)
            await fran.asks("pause")
            await ann.hears_within(SOON, "paused")
        finally:
            for process in frozen:
                os.kill(process, signal.SIGCONT)
        await says_it_is(servers, WELL)
        await is_written(servers, Act.PAUSE)


async def is_written(servers: Servers, act: Act) -> None:
    """Waits until the records tell of such an act and how it ended."""
    async with asyncio.timeout(SOON):
        while True:
            async with servers.store.reading() as c:
                found = await acts.of(c, servers.group)
            if any(one.act is act and one.outcome == "done" for one in found):
                return
            await asyncio.sleep(0.1)


async def test_while_a_database_stands_still_rooms_that_nobody_holds_pause_in_time(
    tmp_path: Path, cluster: Cluster
) -> None:
    async with two_that_start_at_once(tmp_path, cluster) as servers:
        facilitators, members = [], []
        for turn in range(10):
            fran = await servers.gathers()
            facilitators.append(await servers.browser("Fran", fran.member, turn % 2, fran.cookie).enters())
            members.append(await (await servers.person("Ann", Role.MEMBER, turn % 2)).enters())
        frozen = [cluster.pid, *children(cluster.pid)]
        for process in frozen:
            os.kill(process, signal.SIGSTOP)
        try:
            for person in facilitators:
                person.vanishes()
            await asyncio.gather(*(person.hears_within(35, "paused", by="itself") for person in members))
        finally:
            for process in frozen:
                os.kill(process, signal.SIGCONT)
