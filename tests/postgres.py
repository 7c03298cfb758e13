"""A PostgreSQL of a test's own, which can be stopped, killed and started again."""

import asyncio
import os
import pwd
import shutil
import socket
import tempfile
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests import databases

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
"""Where Debian puts them; not all are on the PATH."""
WITHIN = 60
"""Seconds to start or stop; it takes one."""


class Cluster:
    """One server with its data. It never runs as root, which it refuses."""

    def __init__(self, directory: Path, port: int) -> None:
        self._data = directory / "data"
        self._log = directory / "log"
        self._directory = directory
        self.port = port

    @property
    def url(self) -> str:
        """The address of the database that is there from the start."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def a_database(self) -> AbstractAsyncContextManager[str]:
        """The address of a new one in it, which is gone afterwards."""
        return databases.a_database(self.url)

    @property
    def pid(self) -> int:
        """The process id of the server, which has a child for each connection."""
        return int((self._data / "postmaster.pid").read_text().split()[0])

    async def is_made(self) -> None:
        """Empty, and trusting everybody on this machine."""
        await self._run("initdb", "-D", self._data, "-A", "trust", "-E", "UTF8", "-U", "postgres", "--no-sync")

    async def starts(self) -> None:
        """Runs, and answers."""
        options = f"-c listen_addresses=127.0.0.1 -p {self.port} -k {self._directory} -F"
        await self._run("pg_ctl", "-D", self._data, "-w", "-l", self._log, "-o", options, "start")

    async def stops(self, how: str = "fast") -> None:
        """`fast`: whoever is connected is told; `immediate`: as if its machine had lost its power."""
        await self._run("pg_ctl", "-D", self._data, "-w", "-m", how, "stop")

    async def _run(self, program: str, *arguments: str | Path) -> None:
        user = ("runuser", "-u", "postgres", "--") if os.getuid() == 0 else ()
        command = (*user, str(PROGRAMS[-1] / program), *map(str, arguments))
        process = await asyncio.create_subprocess_exec(
            *command, cwd=self._directory, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL
        )
        async with asyncio.timeout(WITHIN):
            assert await process.wait() == 0, f"{program} failed"


@asynccontextmanager
async def a_cluster() -> AsyncIterator[Cluster]:
    """Runs until left; skips the test where there is no PostgreSQL, and fails it with CI=true."""
    if not PROGRAMS or find_spec("asyncpg") is None:
        missing = "a PostgreSQL" if not PROGRAMS else "the extra `postgres`"
        if os.environ.get("CI") == "true" and not PROGRAMS:
            pytest.fail(f"This test needs {missing}.")
        pytest.skip(f"needs {missing}")
    directory = Path(tempfile.mkdtemp(prefix="hearth-pg-"))
    if os.getuid() == 0:
        account = pwd.getpwnam("postgres")
        os.chown(directory, account.pw_uid, account.pw_gid)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    cluster = Cluster(directory, port)
    try:
        await cluster.is_made()
        await cluster.starts()
        yield cluster
    finally:
        if (directory / "data" / "postmaster.pid").exists():
            await cluster.stops("immediate")
        shutil.rmtree(directory)
