"""How many sit in one process, and what each costs while nothing is said.

    python -m tests.bench.holding --connections 19000 --size 12

One `hearth serve` over a Valkey of its own; the people come from several addresses of this machine, a few at a time.
Then one thing is said in every room, everybody hears it, and all leave. What the kernel holds for sockets is not in a
process' own memory, so it is shown beside it, for both ends together.
"""

import argparse
import asyncio
import resource
import tempfile
import time
from pathlib import Path

from tests.bench.foundation import cpu, resident
from tests.crowd import Crowd, crowds, holds
from tests.raw import Raw
from tests.servers import Servers, a_valkey, served_for_real

AT_ONCE = 64
PORTS = 10_000
"""Connections from one address: fewer than a machine has ports for."""


def sockets() -> float:
    """KiB the kernel holds for TCP, of everybody on this machine (proc(5), sockstat)."""
    fields = Path("/proc/net/sockstat").read_text().split("TCP:")[1].split("\n")[0].split()
    return int(fields[fields.index("mem") + 1]) * resource.getpagesize() / 1024


class Holding:
    """Everybody's connections and what they have heard."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.people: list[Raw] = []
        self.first: list[Raw] = []
        self.heard = 0
        self._turns = asyncio.Semaphore(AT_ONCE)

    def hears(self, frame: bytes) -> None:
        """Counts what was said; keeps nothing."""
        self.heard += b'"type":"said"' in frame

    async def comes(self, crowd: Crowd, cookie: str) -> None:
        """One more sits down."""
        async with self._turns:
            source = f"127.0.0.{2 + len(self.people) // PORTS}"
            self.people.append(await Raw.enters(self.port, crowd.path, cookie, source=source, hears=self.hears))

    async def fill(self, rooms: list[Crowd]) -> None:
        """Everybody comes, facilitators first."""
        for crowd in rooms:
            first = await holds(self.port, crowd)
            first._hears = self.hears
            first.frames.clear()
            self.first.append(first)
        async with asyncio.TaskGroup() as tasks:
            for crowd in rooms:
                for cookie in crowd.cookies[1:]:
                    tasks.create_task(self.comes(crowd, cookie))

    async def speak(self, everybody: int) -> float:
        """Each facilitator says one thing; seconds until all have heard theirs."""
        began = time.perf_counter()
        for first in self.first:
            first.asks("say", ref="h-1", text="a few words, as somebody says them")
            await asyncio.sleep(0.001)
        async with asyncio.timeout(120):
            while self.heard < everybody:
                await asyncio.sleep(0.02)
        return time.perf_counter() - began


async def hold(servers: Servers, connections: int, size: int, seconds: float) -> None:
    """Fills the server, prints what it weighs, empties it."""
    rooms = await crowds(servers.store, connections // size, size)
    total = len(rooms) * size
    pid, holding = servers.servers[0].process.pid, Holding(servers.ports[0])
    memory, kernel, used, began = resident(pid), sockets(), cpu(pid), time.perf_counter()
    await holding.fill(rooms)
    taken, spent = time.perf_counter() - began, cpu(pid) - used
    print(f"{total} people in rooms of {size} came in {taken:.1f} s, {spent / total * 1000:.2f} ms of CPU each")
    await asyncio.sleep(2)
    print(f"memory: {(resident(pid) - memory) / total:.1f} KiB each in the process,"
          f" {(sockets() - kernel) / total:.1f} KiB each in the kernel (both ends)", flush=True)  # fmt: skip
    used = cpu(pid)
    await asyncio.sleep(seconds)
    print(f"idle: {(cpu(pid) - used) / seconds:.1%} of a core", flush=True)
    print(f"one message in each of {len(rooms)} rooms: all {total} heard in {await holding.speak(total):.2f} s")
    print(f"memory after it: {(resident(pid) - memory) / total:.1f} KiB each", flush=True)
    lost = sum(one.code is not None for one in (*holding.people, *holding.first))
    for one in (*holding.people, *holding.first):
        one.leaves()
    async with asyncio.timeout(180):
        while len(list(Path(f"/proc/{pid}/fd").iterdir())) > 100:
            await asyncio.sleep(0.5)
    print(f"all left ({lost} had been lost); memory: {(resident(pid) - memory) / 1024:.1f} MB above the start")


async def main() -> None:
    """Runs all of it."""
    asks = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asks.add_argument("--connections", type=int, default=6000)
    asks.add_argument("--size", type=int, default=12)
    asks.add_argument("--seconds", type=float, default=20, help="how long nothing is said")
    asked = asks.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        async with (
            a_valkey(place / "redis") as valkey,
            served_for_real(place, valkey.url, 1, HEARTH_LOG_LEVEL="error", HEARTH_ROOM_SIZE="10000") as servers,
        ):
            await hold(servers, asked.connections, asked.size, asked.seconds)


if __name__ == "__main__":
    asyncio.run(main())
