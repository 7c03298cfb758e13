"""What the faults are done to: `hearth serve` processes, their Redis, their records, and the network between them.

The first process lives in a network of its own, where this machine allows it, the second reaches Redis through a
`Link`. Redis takes the time from libfaketime (a process may, and then needs five times the CPU: measured), and the
records lie on a small disk of their own, where that is to be had. `missing` says what is not, and why.
"""

import asyncio
import json
import os
import re
import shutil
import signal
import sqlite3
import sys
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from functools import partial
from pathlib import Path

from config.migrate import migrate
from tests.faults.link import Link
from tests.faults.memory import Memory
from tests.faults.network import Away, away, run
from tests.faults.visitor import Address

ROOT = Path(__file__).parents[2]
READY_WITHIN = 60.0
"""Seconds; one is enough on a machine that does nothing else."""
DISK = "24m"


class Worker:
    """One `hearth serve`, at one address for ever, whichever process it is; what it says goes to a file."""

    def __init__(self, number: int, host: str, environ: dict[str, str], enter: tuple[str, ...], log: Path) -> None:
        self.number = number
        self.host = host
        self.port = 0
        self.up = False
        self.log = log
        self._environ = environ
        self._enter = enter
        self._process: Process | None = None

    @property
    def address(self) -> Address:
        """Where it answers."""
        return self.host, self.port

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._process is not None
        return self._process.pid

    async def starts(self, more: dict[str, str] | None = None) -> None:
        """Returns when it serves. `more`: of its environment, this time."""
        environ = self._environ | {"PORT": str(self.port)} | (more or {})
        before = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as out:
            command = (*self._enter, sys.executable, "-m", "web.cli", "serve")
            self._process = await asyncio.create_subprocess_exec(
                *command, env=environ, cwd=ROOT, stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=out
            )
        async with asyncio.timeout(READY_WITHIN):
            while "Hearth is ready" not in (said := self.log.read_text()[before:]):
                assert self._process.returncode is None, said
                await asyncio.sleep(0.05)
        found = re.search(r"Address: +http://[^:]+:(\d+)", said)
        assert found is not None, said
        self.port = int(found[1])
        self.up = True

    async def is_killed(self) -> None:
        """At once, without a goodbye to anybody."""
        self.up = False
        if self._process and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def is_stopped(self) -> None:
        """Politely, as a new version of it is brought in."""
        assert self._process is not None
        self.up = False
        self._process.terminate()
        await self._process.wait()

    def freezes(self) -> None:
        """It holds its connections and does nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaws(self) -> None:
        """It goes on as if nothing had been."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def tracebacks(self) -> int:
        """How often it said that something of its own broke."""
        return self.log.read_text().count("Traceback (most recent call last)")

    def errors(self) -> Counter[str]:
        """What it logged as an error, by kind, and how often."""
        lines = (line for line in self.log.read_text().splitlines() if '"level": "error"' in line)
        found = map(json.loads, lines)
        return Counter(f"{said['event']} {said.get('error', '')} {said.get('at', '')}" for said in found)


class Ground:
    """Owns everything that runs."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.workers: list[Worker] = []
        self.memory: Memory
        self.away: Away | None = None
        self.link: Link
        self.disk: Path | None = None
        self.clock: Path | None = None
        self.clocked: dict[str, str] = {}
        """What has a program take its time from `clock`."""
        self.missing: dict[str, str] = {}
        """What this machine cannot do → why."""

    @property
    def records(self) -> Path:
        """The file of the records."""
        return (self.disk or self.directory / "disk") / "db" / "hearth.sqlite"

    def whole(self) -> str:
        """What SQLite finds when it looks through all of the records: "ok", or what is broken."""
        with closing(sqlite3.connect(self.records)) as c:
            return str(c.execute("PRAGMA integrity_check").fetchone()[0])

    def address(self, home: int, tries: int) -> Address:
        """Who answers somebody's n-th try: their own process, then each in turn; none that is known to be down."""
        up = [worker for worker in self.workers if worker.up] or self.workers
        preferred = self.workers[home % len(self.workers)]
        if tries == 0 and preferred.up:
            return preferred.address
        return up[(home + tries) % len(up)].address


@asynccontextmanager
async def ground(directory: Path, count: int = 2, **environ: str) -> AsyncIterator[Ground]:
    """`count` processes over one Redis and one SQLite file, until left."""
    made = Ground(directory)
    async with AsyncExitStack() as stack:
        await _network(made, stack)
        await _disk(made, stack)
        made.clocked = clock = _clock(made)
        made.records.parent.mkdir(parents=True)
        stack.push(partial(_put_aside, made))
        await migrate(f"sqlite:///{made.records}")
        hosts = ("127.0.0.1", made.away.outside) if made.away else ("127.0.0.1",)
        (directory / "redis").mkdir()
        made.memory = await stack.enter_async_context(Memory.open(directory / "redis", hosts, clock))
        made.link = await stack.enter_async_context(Link.open(("127.0.0.1", made.memory.port)))
        (directory / "data").mkdir(mode=0o700)
        for number in range(count):
            made.workers.append(_worker(made, number, environ))
            stack.push_async_callback(made.workers[number].is_killed)
        await made.workers[0].starts()  # makes the secret that all share
        for worker in made.workers[1:]:
            await worker.starts()
        yield made


def _put_aside(made: Ground, kind: type[BaseException] | None, *_: object) -> None:
    """The records outlast a run that failed, for whoever wants to know why."""
    if kind:
        shutil.copytree(made.records.parent, made.directory / "records", dirs_exist_ok=True)


async def _network(made: Ground, stack: AsyncExitStack) -> None:
    try:
        made.away = await stack.enter_async_context(away())
    except OSError as error:
        made.missing["network"] = str(error)


async def _disk(made: Ground, stack: AsyncExitStack) -> None:
    disk = made.directory / "disk"
    disk.mkdir()
    try:
        await run("mount", "-t", "tmpfs", "-o", f"size={DISK},mode=700", "tmpfs", str(disk))
    except OSError as error:
        made.missing["disk"] = str(error)
        return
    made.disk = disk

    async def unmount() -> None:
        with suppress(OSError):
            await run("umount", "-l", str(disk))

    stack.push_async_callback(unmount)


def _clock(made: Ground) -> dict[str, str]:
    library = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
    if library is None:
        made.missing["clock"] = "no libfaketime"
        return {}
    made.clock = made.directory / "clock"
    made.clock.write_text("+0\n")
    return {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(made.clock),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


def _worker(made: Ground, number: int, environ: dict[str, str]) -> Worker:
    enter: tuple[str, ...] = ()
    host, redis = "127.0.0.1", ("127.0.0.1", made.memory.port)
    if number == 0 and made.away:
        enter, host, redis = made.away.enter, made.away.inside, (made.away.outside, made.memory.port)
    elif number == 1:
        redis = ("127.0.0.1", made.link.port)
    listens = host if enter else "0.0.0.0"  # noqa: S104  both from outside: people are told the same by both
    (made.directory / "tmp").mkdir(exist_ok=True)
    given = {
        "PATH": os.environ["PATH"], "TMPDIR": str(made.directory / "tmp"), "HOST": listens,
        "HEARTH_DATA": str(made.directory / "data"), "DATABASE_URL": f"sqlite:///{made.records}",
        "REDIS_URL": f"redis://{redis[0]}:{redis[1]}",
        "HEARTH_PACE_BURST": "1000", "HEARTH_PACE_SECONDS": "0.01", "HEARTH_ROOM_SIZE": "2000",
    }  # fmt: skip
    return Worker(number, host, given | environ, enter, made.directory / f"worker-{number}.log")
