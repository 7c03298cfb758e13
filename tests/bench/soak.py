"""An hour of comings, goings and talk: does a server grow?

    python -m tests.bench.soak --minutes 60 --members 2000

One `hearth serve` over a Valkey of its own. Each minute a tenth of the members goes, half of them without a goodbye,
and comes back; in each room something is said now and then. Printed each minute: memory and descriptors of server and
Valkey. At the end: how memory grew by the hour in the second half, and what is left when all have gone. In the first
half it grows by what a room remembers of itself and what fills slowly: five fingerprints a person, thirty-two notices
a room.
"""

import argparse
import asyncio
import random
import resource
import statistics
import tempfile
import time
from collections import Counter, deque
from pathlib import Path

from msgspec import Struct
from redis.asyncio import Redis

from tests.bench.foundation import cpu, resident
from tests.crowd import Crowd, crowds, holds
from tests.raw import CLOSE, Raw, framed
from tests.servers import Servers, a_valkey, served_for_real

SIZE = 12
SAMPLED_EVERY = 5.0
SAID_EVERY = 20.0
"""Seconds between two messages in one room."""
POOL = 100
"""Descriptors that records and bus open when they are first needed, and keep: 50 were seen on a busy machine."""
WORDS = (
    "after all and bread came day evening garden had home into kettle later morning my of on paper quiet rain"
    " round said shop some street table tea the then to train tree walk was we window with work yesterday"
).split()
"""Of which everybody makes sentences of their own: nobody is heard who says the same again and again."""
GOODBYE = framed(b"\x03\xe9", CLOSE)


class Sample(Struct, frozen=True):
    """What a server holds at a time: hours, MB, descriptors, threads."""

    at: float
    memory: float
    descriptors: int
    threads: int


def sample(pid: int, began: float) -> Sample:
    """Now."""
    place = Path(f"/proc/{pid}")
    descriptors, threads = len(list((place / "fd").iterdir())), len(list((place / "task").iterdir()))
    return Sample((time.monotonic() - began) / 3600, resident(pid) / 1024, descriptors, threads)


class Evening:
    """Rooms, and who sits in them."""

    def __init__(self, port: int, rooms: list[Crowd]) -> None:
        self.port = port
        self.rooms = rooms
        self.seats: dict[str, Raw] = {}
        self.heard = self.came = self.said = 0
        self.lost: Counter[int] = Counter()
        """Close codes of those who did not go by themselves."""
        self._paths = {cookie: room.path for room in rooms for cookie in room.cookies}
        self._chance = random.Random(7)  # noqa: S311 not for secrets

    def hears(self, frame: bytes) -> None:
        """Counts."""
        self.heard += b'"type":"said"' in frame

    async def sits(self, cookie: str) -> None:
        """Comes in."""
        self.came += 1
        self.seats[cookie] = await Raw.enters(self.port, self._paths[cookie], cookie, hears=self.hears)

    async def begin(self) -> None:
        """Everybody comes."""
        for room in self.rooms:
            first = await holds(self.port, room)
            first._hears = self.hears
            first.frames.clear()
            self.seats[room.cookies[0]] = first
            for cookie in room.cookies[1:]:
                await self.sits(cookie)

    async def churn(self, every: float) -> None:
        """One goes; whoever went some time ago comes back."""
        gone: deque[str] = deque()
        members = [cookie for room in self.rooms for cookie in room.cookies[1:]]
        while True:
            await asyncio.sleep(every)
            if len(gone) > len(members) // 50:
                try:
                    await self.sits(gone.popleft())
                except TimeoutError:
                    self.lost[0] += 1  # not let in
            cookie = self._chance.choice(members)
            raw = self.seats.pop(cookie, None)
            if raw is None:
                continue
            gone.append(cookie)
            if raw.code is not None:
                self.lost[raw.code] += 1
            if self._chance.random() < 0.5:
                raw.sends(GOODBYE)
            else:
                raw.leaves()

    async def talk(self) -> None:
        """Somebody says something, in one room after another."""
        while True:
            await asyncio.sleep(SAID_EVERY / len(self.rooms))
            room = self._chance.choice(self.rooms)
            raw = self.seats.get(self._chance.choice(room.cookies))
            if raw and raw.code is None:
                self.said += 1
                raw.asks("say", ref=f"s-{self.said}", text=" ".join(self._chance.choices(WORDS, k=20)))


def grown(samples: list[Sample]) -> str:
    """Growth by the hour, after half of the time."""
    steady = samples[len(samples) // 2 :]
    hours, memory = [one.at for one in steady], [one.memory for one in steady]
    slope = statistics.linear_regression(hours, memory).slope
    spread = statistics.pstdev(memory)
    began = steady[0].at * 60
    return f"memory: {slope:+.2f} MB/h over {len(steady)} samples from {began:.0f} min on (spread {spread:.2f} MB)"


async def soak(servers: Servers, redis: Redis, minutes: float, members: int) -> None:
    """Runs, and prints."""
    pid, began = servers.servers[0].process.pid, time.monotonic()
    evening = Evening(servers.ports[0], await crowds(servers.store, members // SIZE, SIZE))
    base, samples = sample(pid, began), list[Sample]()
    print(f"nobody: {base.memory:.1f} MB, {base.descriptors} descriptors, {base.threads} threads", flush=True)
    await evening.begin()
    used, started, told = cpu(pid), time.monotonic(), 0.0
    going = [asyncio.create_task(evening.churn(60 / (members * 0.1))), asyncio.create_task(evening.talk())]
    while samples[-1].at * 60 < minutes if samples else True:
        await asyncio.sleep(SAMPLED_EVERY)
        assert not any(task.done() for task in going), "the talk has ended"
        samples.append(now := sample(pid, began))
        if now.at * 60 - told >= 1:
            told = now.at * 60
            info = await redis.info()
            print(f"{told:5.1f} min: {now.memory:.1f} MB, {now.descriptors} descriptors, {now.threads} threads,"
                  f" Valkey {info['used_memory'] / 1e6:.2f} MB, {info['db0']['keys']} keys,"
                  f" {len(evening.seats)} here, {evening.came} came, {dict(evening.lost)} lost,"
                  f" {evening.said} said, {evening.heard} heard,"
                  f" {(cpu(pid) - used) / (time.monotonic() - started):.1%} of a core", flush=True)  # fmt: skip
    for task in going:
        task.cancel()
    print(grown(samples))
    for raw in evening.seats.values():
        raw.leaves()
    async with asyncio.timeout(120):
        while sample(pid, began).descriptors > base.descriptors + POOL:
            await asyncio.sleep(1)
    await asyncio.sleep(10)
    last = sample(pid, began)
    print(f"all gone: {last.memory:.1f} MB, {last.descriptors} descriptors, {last.threads} threads", flush=True)


async def main() -> None:
    """Runs all of it."""
    asks = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asks.add_argument("--minutes", type=float, default=60)
    asks.add_argument("--members", type=int, default=2000)
    asked = asks.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        async with (
            a_valkey(place / "redis") as valkey,
            served_for_real(place, valkey.url, 1) as servers,
            Redis.from_url(valkey.url) as redis,
        ):
            await soak(servers, redis, asked.minutes, asked.members)
            print(f"log: {len(servers.servers[0].log.read_text().splitlines())} lines")


if __name__ == "__main__":
    asyncio.run(main())
