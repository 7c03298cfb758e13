"""A network of its own for a process, in which packets can be lost: a namespace, a pair of interfaces, nft rules."""

import asyncio
import contextlib
import os
import random
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from msgspec import Struct


class Away(Struct, frozen=True):
    """A namespace. `outside`: this machine as seen from in there; `inside`: in there as seen from here."""

    name: str
    outside: str
    inside: str

    @property
    def enter(self) -> tuple[str, ...]:
        """What runs a program in there, under the same process id."""
        return ("ip", "netns", "exec", self.name)

    async def drops(self, port: int, percent: int = 100) -> None:
        """So much of what goes from in there to `port` and back is lost without a word."""
        chance = "" if percent == 100 else f"numgen random mod 100 < {percent} "
        rules = (
            "table ip faults {\n"
            f"chain out {{ type filter hook output priority 0;\n tcp dport {port} {chance}drop\n}}\n"
            f"chain in {{ type filter hook input priority 0;\n tcp sport {port} {chance}drop\n}}\n}}\n"
        )
        await run(*self.enter, "nft", "-f", "-", given=rules)

    async def swallows(self, port: int) -> None:
        """Nothing more of whoever is connected to `port` in there comes through; others are not concerned."""
        rules = (
            f"table ip faults {{\nchain in {{ type filter hook input priority 0;\n tcp dport {port} drop\n}}\n"
            f"chain out {{ type filter hook output priority 0;\n tcp sport {port} drop\n}}\n}}\n"
        )
        await run(*self.enter, "nft", "-f", "-", given=rules)

    async def heals(self) -> None:
        """Everything comes through again."""
        await run(*self.enter, "nft", "delete", "table", "ip", "faults")


async def run(*command: str, given: str = "") -> None:
    """Raises OSError if it fails."""
    try:
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe)
    except FileNotFoundError:
        raise OSError(f"no {command[0]}") from None
    _, said = await process.communicate(given.encode())
    if process.returncode:
        raise OSError(f"{' '.join(command[:4])}: {said.decode().strip()[:120]}")


def missing() -> str | None:
    """Why this machine cannot do that, as far as it can be seen without trying."""
    if os.geteuid() != 0:
        return "needs root"
    return next((f"no {program}" for program in ("ip", "nft") if shutil.which(program) is None), None)


@asynccontextmanager
async def away() -> AsyncIterator[Away]:
    """A namespace, until left. Raises OSError where there can be none."""
    if reason := missing():
        raise OSError(reason)
    mark = f"{os.getpid() % 10_000}{random.randrange(100)}"  # noqa: S311
    net = f"10.{random.randrange(200, 250)}.{random.randrange(256)}"  # noqa: S311
    made = Away(f"hearth-{mark}", f"{net}.1", f"{net}.2")
    try:
        await run("ip", "netns", "add", made.name)
        await run("ip", "link", "add", f"hv{mark}", "type", "veth", "peer", "name", "inside", "netns", made.name)
        await run("ip", "addr", "add", f"{made.outside}/30", "dev", f"hv{mark}")
        await run("ip", "link", "set", f"hv{mark}", "up")
        await run(*made.enter, "ip", "addr", "add", f"{made.inside}/30", "dev", "inside")
        await run(*made.enter, "ip", "link", "set", "inside", "up")
        await run(*made.enter, "ip", "link", "set", "lo", "up")
        await made.drops(9)  # nft must work in there
        await made.heals()
        yield made
    finally:
        for command in (("ip", "link", "del", f"hv{mark}"), ("ip", "netns", "del", made.name)):
            with contextlib.suppress(OSError):
                await run(*command)
