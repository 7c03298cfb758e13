"""What hostile and unlucky clients cost a room that only wants to talk.

    python -m tests.bench.hostile [--slow 1000] [--knocking 2000] [--seconds 6]

One `hearth serve` over a Valkey of its own; a room of six talks 20 times a second throughout. Each attack is measured
beside a quiet time right before it; the attackers run in this process too, so the times are an upper bound. `pace`
is how late a timer of this process came: where it is as much as the p99, the p99 is this process' own.
"""

import argparse
import asyncio
import resource
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from tests.bench.foundation import cpu
from tests.crowd import crowds, holds
from tests.hostile import HALF, Circle, SlowReaders, a_circle, all_cut, connects, floods, knocks, memory
from tests.servers import Servers, a_valkey, served_for_real

SETTLES = 3.0
"""Seconds until whoever has just come in, in their hundreds, has been told of."""


class Measure:
    """Measures one attack after another."""

    def __init__(self, servers: Servers, circle: Circle, seconds: float) -> None:
        self._servers = servers
        self._circle = circle
        self._seconds = seconds
        self._pid = servers.servers[0].process.pid

    @asynccontextmanager
    async def _beside(self, name: str) -> AsyncIterator[None]:
        late: list[float] = []
        await asyncio.sleep(SETTLES)
        async with self._circle.talking():
            await asyncio.sleep(self._seconds)
        quiet = self._circle.p99()
        before, used, began = memory(self._servers), cpu(self._pid), time.perf_counter()
        ticking = asyncio.create_task(_lateness(late))
        try:
            async with self._circle.talking():
                yield
        finally:
            ticking.cancel()
        busy = (cpu(self._pid) - used) / (time.perf_counter() - began)
        pace = sorted(late)[int(len(late) * 0.99)] if late else 0.0
        print(f"{name}: others' p99 {self._circle.p99():.1f} ms, quiet {quiet:.1f} ms (pace {pace:.1f} ms);"
              f" memory {memory(self._servers) - before:+.1f} MB; {busy:.0%} of a core", flush=True)  # fmt: skip

    async def slow(self, count: int) -> None:
        """So many who never read."""
        (crowd,) = await crowds(self._servers.store, 1, count + 1)
        readers = SlowReaders(self._servers, crowd)
        await readers.sit()
        before, began = memory(self._servers), time.perf_counter()
        async with self._beside(f"{count} slow readers"):
            began = time.perf_counter()
            most = await readers.are_cut(120)
            taken = time.perf_counter() - began
        print(f"  all cut after {taken:.1f} s of talk; at most {most - before:+.1f} MB", flush=True)
        readers.leave()
        await asyncio.sleep(2)

    async def flood(self, what: str) -> None:
        """One who floods and comes back."""
        (crowd,) = await crowds(self._servers.store, 1, 2)
        first = await holds(self._servers.ports[0], crowd)
        async with self._beside(f"flood of {what}"):
            lasted = await floods(self._servers.ports[0], crowd, what, self._seconds)
        print(f"  shut out {len(lasted)} times, after {max(lasted) * 1000:.0f} ms at most", flush=True)
        first.leaves()

    async def coming(self) -> None:
        """One who only comes and goes."""
        (crowd,) = await crowds(self._servers.store, 1, 2)
        first = await holds(self._servers.ports[0], crowd)
        async with self._beside("flood of arrivals"):
            codes = await connects(self._servers.ports[0], crowd, self._seconds)
        print(f"  {codes.pop(0, 0)} let in; turned away with {codes}", flush=True)
        first.leaves()

    async def half(self, what: str, said: bytes, count: int) -> None:
        """So many who do not finish asking, and a newcomer."""
        (crowd,) = await crowds(self._servers.store, 1, 2)
        async with self._beside(f"{count} {what} handshakes"):
            began = time.perf_counter()
            knocking = await knocks(self._servers.ports[0], count, said)
            arriving = time.perf_counter()
            newcomer = await holds(self._servers.ports[0], crowd)
            arrived = time.perf_counter() - arriving
            await all_cut(knocking, 60)
            taken = time.perf_counter() - began
        print(f"  all cut after {taken:.1f} s; a newcomer sat after {arrived * 1000:.0f} ms", flush=True)
        newcomer.leaves()


async def _lateness(late: list[float]) -> None:
    while True:
        began = time.perf_counter()
        await asyncio.sleep(0.01)
        late.append((time.perf_counter() - began - 0.01) * 1000)


async def main() -> None:
    """Runs all of it."""
    asks = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asks.add_argument("--slow", type=int, default=1000)
    asks.add_argument("--knocking", type=int, default=2000)
    asks.add_argument("--seconds", type=float, default=6)
    asked = asks.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        async with (
            a_valkey(place / "redis") as valkey,
            served_for_real(place, valkey.url, 1, HEARTH_ROOM_SIZE="5000") as servers,
        ):
            measure = Measure(servers, await a_circle(servers), asked.seconds)
            attacks: list[Callable[[], Awaitable[None]]] = [
                lambda: measure.slow(asked.slow),
                *(lambda what=what: measure.flood(what) for what in ("messages", "pings", "pieces", "one-byte frames")),
                measure.coming,
                lambda: measure.half("silent", b"", asked.knocking),
                lambda: measure.half("half-sent", HALF, asked.knocking),
            ]
            for attack in attacks:
                await attack()


if __name__ == "__main__":
    asyncio.run(main())
