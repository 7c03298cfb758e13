"""`hearth serve` started as people start it, and what can be seen of it from outside."""

import asyncio
import os
import re
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from msgspec import Struct

ROOT = Path(__file__).parents[1]
READY_WITHIN = 90
"""Seconds. On a machine of its own it takes one or two; beside twenty that calculate, thirty did not do (measured)."""


class Running(Struct):
    """A server that has said it is ready, and what it said."""

    process: Process
    said: str

    @property
    def address(self) -> str:
        found = re.search(r"Address: +(\S+)", self.said)
        assert found
        return found[1]

    @property
    def link(self) -> str | None:
        found = re.search(r"http\S+/begin/\S+", self.said)
        return found and found[0]


async def start(data: Path, **environ: str) -> Process:
    """With nothing in its environment but what is given."""
    given = {"PATH": os.environ["PATH"], "HEARTH_DATA": str(data), "HOST": "127.0.0.1", "PORT": "0", **environ}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "web.cli", "serve"), env=given, cwd=ROOT, stdout=PIPE, stderr=PIPE
    )


@asynccontextmanager
async def serving(data: Path, **environ: str) -> AsyncIterator[Running]:
    process = await start(data, **environ)
    assert process.stdout
    said = ""
    try:
        async with asyncio.timeout(READY_WITHIN):
            while "Hearth is ready" not in said:  # what it says then, it says at once
                more = await process.stdout.read(4096)
                assert more, f"It ended before it was ready: {said}{(await process.communicate())[1]!r}"
                said += more.decode()
        yield Running(process, said)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def refusal(data: Path, **environ: str) -> str:
    """What a server says that does not start."""
    process = await start(data, **environ)
    async with asyncio.timeout(READY_WITHIN):
        _, said = await process.communicate()
    assert process.returncode == 1
    return said.decode()


def children(process: int, name: str = "") -> list[int]:
    """The processes that this one started and that run, by what they are called."""
    found = []
    for child in map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split()):
        with suppress(OSError):
            if name in Path(f"/proc/{child}/comm").read_text() and not is_gone(child):
                found.append(child)
    return found


def is_gone(process: int) -> bool:
    """Whether it runs no more."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


async def until(condition: Callable[[], bool]) -> None:
    """Waits for it."""
    async with asyncio.timeout(READY_WITHIN):
        while not condition():
            await asyncio.sleep(0.02)
