"""The Redis of these runs: one TCP port for ever, whichever process stands behind it."""

import asyncio
import os
import signal
import socket
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from redis.asyncio import Connection
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import RedisError

from chat.live import embedded

CONF = (
    'save ""\nappendonly no\nrdb-del-sync-files yes\nprotected-mode no\nslowlog-log-slower-than -1\n'
    "repl-diskless-sync-delay 0\n"
)
"""A replica keeps nothing on disk either: started again, it would begin with what it was given when it became one."""
ANSWERS_WITHIN = 30.0
"""Seconds; a tenth of one is enough on a machine that does nothing else."""


def free_port() -> int:
    """One that nobody listens at just now."""
    with socket.socket() as trying:
        trying.bind(("127.0.0.1", 0))
        port: int = trying.getsockname()[1]
        return port


class Memory:
    """Owns the process behind the port, and at times a replica of it."""

    def __init__(self, directory: Path, hosts: tuple[str, ...], environ: dict[str, str]) -> None:
        self.port = free_port()
        self.answered_at = 0.0
        """When the last one started began to answer, by the loop's clock."""
        self._directory = directory
        self._hosts = hosts
        self._environ = environ
        self._process: Process | None = None

    @classmethod
    @asynccontextmanager
    async def open(cls, directory: Path, hosts: tuple[str, ...], environ: dict[str, str]) -> AsyncIterator["Memory"]:
        """Runs until left; `hosts`: the addresses it listens at; `environ`: of the program."""
        memory = cls(directory, hosts, environ)
        try:
            await memory.starts()
            yield memory
        finally:
            await memory.is_killed()

    async def starts(self) -> None:
        """Empty; returns when it answers."""
        self._process = await self._runs(self.port)
        self.answered_at = asyncio.get_running_loop().time()

    async def is_killed(self) -> None:
        """At once, without a word."""
        if self._process:
            await _end(self._process)

    def freezes(self) -> None:
        """It holds its connections and does nothing."""
        self._signal(signal.SIGSTOP)

    def thaws(self) -> None:
        """It goes on as if nothing had been."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    async def fails_over(self, behind: float) -> None:
        """Dies; a replica that last heard of it `behind` seconds before takes its place."""
        other = free_port()
        replica = await self._runs(other, f"replicaof 127.0.0.1 {self.port}\n")
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                while "master_link_status:up" not in await _ask(other, "INFO", "replication"):
                    await asyncio.sleep(0.02)
                await _ask(other, "REPLICAOF", "NO", "ONE")
                await asyncio.sleep(behind)
                await self.is_killed()
                await _ask(other, "CONFIG", "SET", "port", self.port)
        except BaseException:
            await _end(replica)
            raise
        self._process = replica
        self.answered_at = asyncio.get_running_loop().time()

    async def does(self, *command: str | int) -> None:
        """One command. Raises RedisError if it is refused."""
        await _ask(self.port, *command)

    async def _runs(self, port: int, more: str = "") -> Process:
        program = embedded._bundled()
        assert program is not None
        where = f"port {port}\nbind {' '.join(self._hosts)}\ndir {self._directory}\nlogfile {self._directory}/log\n"
        conf = self._directory / f"conf-{port}"
        conf.write_text(CONF + where + more)
        process = await asyncio.create_subprocess_exec(
            program, str(conf), stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL, env=os.environ | self._environ
        )
        async with asyncio.timeout(ANSWERS_WITHIN):
            while True:
                assert process.returncode is None, "it did not start"
                try:
                    await _ask(port, "PING")
                    return process
                except (RedisError, OSError):
                    await asyncio.sleep(0.02)


async def _ask(port: int, *command: str | int) -> str:
    asking: AbstractConnection = Connection(port=port, protocol=2)
    try:
        await asking.connect()  # type: ignore[no-untyped-call]  # redis-py 8.1 leaves it so
        await asking.send_command(*command)
        return str(await asking.read_response())
    finally:
        await asking.disconnect()


async def _end(process: Process) -> None:
    if process.returncode is None:
        process.kill()
        await process.wait()
