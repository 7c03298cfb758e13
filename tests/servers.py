"""Real `hearth serve` processes over one Valkey of their own, which can be killed, frozen, copied and searched."""

import asyncio
import itertools
import os
import re
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from redis.asyncio import Redis
from redis.exceptions import RedisError

from chat.core.customs import DROP_IN
from chat.core.ids import GroupId, RoomId
from chat.core.wire import Role
from chat.live import embedded
from chat.records import groups, meetings, visits
from chat.records.store import Store
from tests import databases
from tests.cast import Person
from tests.installation import Installation
from tests.limits import LIMITS
from web.customs import keep
from web.terms import settle

ROOT = Path(__file__).parents[1]
READY_WITHIN = 30.0
"""Seconds; one is enough on a machine that does nothing else."""
PLAIN = 'save ""\nappendonly no\n'
EVERYTHING_KEPT = (
    "save 1 1\nappendonly yes\nappendfsync always\nslowlog-log-slower-than 0\nslowlog-max-len 100000\nloglevel debug\n"
)
"""A Redis whose operator persists and logs whatever can be."""


class Valkey:
    """One that is ours to treat badly."""

    def __init__(self, directory: Path, conf: str) -> None:
        self.directory = directory
        self.url = f"unix://{directory / 's'}"
        self._conf = conf
        self._process: Process | None = None

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._process is not None
        return self._process.pid

    async def starts(self) -> None:
        """Runs, and answers."""
        program = embedded._bundled()
        assert program is not None
        where = f"port 0\nunixsocket {self.directory / 's'}\ndir {self.directory}\nlogfile {self.directory}/log\n"
        (self.directory / "conf").write_text(self._conf + where)
        command = (program, str(self.directory / "conf"))
        self._process = await asyncio.create_subprocess_exec(*command, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL)
        async with asyncio.timeout(READY_WITHIN), Redis.from_url(self.url) as asking:
            while True:
                try:
                    await asking.ping()
                    return
                except (RedisError, OSError):
                    await asyncio.sleep(0.02)

    async def is_killed(self) -> None:
        """At once, without a word."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


@asynccontextmanager
async def a_valkey(directory: Path, conf: str = PLAIN) -> AsyncIterator[Valkey]:
    """Runs until left."""
    directory.mkdir(parents=True, exist_ok=True)
    valkey = Valkey(directory, conf)
    await valkey.starts()
    try:
        yield valkey
    finally:
        await valkey.is_killed()


class Server:
    """One `hearth serve`; what it says goes to a file."""

    def __init__(self, process: Process, log: Path) -> None:
        self.process = process
        self.log = log

    @property
    def port(self) -> int:
        """Where it answers."""
        found = re.search(r"Address: +http://[^:]+:(\d+)", self.log.read_text())
        assert found is not None, self.log.read_text()
        return int(found[1])

    async def is_ready(self) -> None:
        """Waits until it says so."""
        async with asyncio.timeout(READY_WITHIN):
            while "Hearth is ready" not in self.log.read_text():
                assert self.process.returncode is None, self.log.read_text()
                await asyncio.sleep(0.05)

    async def is_killed(self) -> None:
        """At once, without a goodbye to anybody."""
        if self.process.returncode is None:
            self.process.kill()
            await self.process.wait()


class Servers(Installation):
    """An installation whose processes are real ones."""

    def __init__(self, store: Store, data: Path, environ: dict[str, str], redis_url: str) -> None:
        super().__init__(store, redis_url or "unix:///nowhere", b"")
        self.data = data
        self.servers: list[Server] = []
        self._environ = environ
        self._logs = itertools.count()

    async def starts(self) -> Server:
        """One process more."""
        log = self.data.parent / f"server-{next(self._logs)}.log"
        with log.open("wb") as out:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "web.cli", "serve"),
                env=self._environ, cwd=ROOT, stdin=DEVNULL, stdout=out, stderr=out,
            )  # fmt: skip
        server = Server(process, log)
        self.servers.append(server)
        await server.is_ready()
        self.ports.append(server.port)
        return server

    async def gathers(self) -> Person:
        """A group, and Fran who opens its meeting on its page and sits down in it, on the first process."""
        async with self.store.writing() as c:
            self.group = GroupId((await groups.create(c, "Tuesday")).id)
            await keep(c, self.group, DROP_IN)  # nobody waits, unless a test is about waiting
            await settle(c, LIMITS, self.group)
        fran = await self.person("Fran", Role.FACILITATOR, 0)
        async with httpx.AsyncClient(base_url=self.address(0), cookies={"visit": fran.cookie}) as browser:
            opened = await browser.post(f"/groups/{self.group}/meeting", data={"form": visits.csrf_of(fran.cookie)})
            assert opened.status_code == 303, opened.status_code
        async with self.store.reading() as c:
            meeting = await meetings.current(c, self.group)
        assert meeting is not None
        self.room = RoomId(meeting.id)
        fran.address = self.browser("Fran", fran.member, 0, fran.cookie).address
        return await fran.enters()

    def address(self, process: int) -> str:
        """Of a process' pages."""
        return f"http://127.0.0.1:{self.ports[process]}"


@asynccontextmanager
async def served_for_real(directory: Path, redis_url: str, count: int, **environ: str) -> AsyncIterator[Servers]:
    """`count` processes over one Redis and the same records, until left."""
    data = directory / "data"
    data.mkdir(mode=0o700)
    (directory / "tmp").mkdir()
    given = {"PATH": os.environ["PATH"], "HEARTH_DATA": str(data), "HOST": "127.0.0.1", "PORT": "0"}
    given |= {"REDIS_URL": redis_url, "TMPDIR": str(directory / "tmp"), "HEARTH_PACE_SECONDS": "0.01", **environ}
    async with databases.migrated(data / "hearth.sqlite") as url, Store.open(url) as store:
        if databases.POSTGRESQL:
            given["DATABASE_URL"] = url
        servers = Servers(store, data, {name: value for name, value in given.items() if value}, redis_url)
        try:
            for _ in range(count):
                await servers.starts()
            yield servers
        finally:
            await servers.rests()
            await servers.redis.aclose()
            for server in servers.servers:
                await server.is_killed()
