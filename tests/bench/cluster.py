"""Measures delivery between two processes over a Redis Cluster: in quiet, while slots move, and when a master dies.

    python -m tests.bench.cluster [messages a second, default 60]

Two `hearth serve` processes over three masters with a replica each, and before it the same over one server, in the same
run; in each of 24 rooms somebody on the first process speaks and somebody on the second hears. The people, the servers
and seven Redis share this machine: compare the figures of one run with each other.
"""

import asyncio
import os
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from websockets.asyncio.client import ClientConnection

from chat.core.customs import DROP_IN
from chat.core.ids import MemberId, RoomId
from chat.core.wire import Role
from chat.live.bus.keys import SLOTS, number
from chat.records import groups, meetings
from chat.records.keys import now
from tests.cast import Person
from tests.clusters import Cluster, a_cluster
from tests.servers import Servers, a_valkey, served_for_real
from web.customs import keep

ROOMS = 24
SECONDS = 10.0
EASY = {"HEARTH_PACE_BURST": "1000", "HEARTH_PACE_SECONDS": "0.01", "HEARTH_LOG_LEVEL": "error"}


class Pair:
    """A room with somebody who speaks and somebody who hears."""

    def __init__(self, room: RoomId, speaker: Person, hearer: Person) -> None:
        self.room = room
        self.speaker = speaker
        self.hearer = hearer
        self.asked: dict[str, float] = {}
        self.taken: list[float] = []
        self.longest = 0.0
        """Seconds between two words heard, at most: how long the room stood still."""
        self._heard = 0
        self._last = time.perf_counter()

    async def says(self) -> None:
        """One thing, under a reference of its own."""
        ref = f"b-{len(self.asked)}"
        self.asked[ref] = time.perf_counter()
        await self.speaker.asks("say", ref=ref, text=f"{ref} and about as much more as people say at once, so eighty")

    def hears(self) -> None:
        """Takes the time of everything that has come since the last look."""
        moment = time.perf_counter()
        for frame in self.hearer.history[self._heard :]:
            if frame["type"] == "said":
                self.taken.append((moment - self.asked[frame["text"].split(" ")[0]]) * 1000)
                self.longest, self._last = max(self.longest, moment - self._last), moment
        self._heard = len(self.hearer.history)

    def forgets(self) -> None:
        """What was measured so far is done with."""
        self.taken.clear()
        self.longest, self._last = 0.0, time.perf_counter()


class Hearing(Person):
    """Takes the time of every frame as it comes."""

    pair: Pair

    async def _read(self, socket: ClientConnection) -> None:
        reading = asyncio.create_task(super()._read(socket))
        reading.add_done_callback(lambda _: self.news.set())
        while not reading.done():
            await self._more()
            self.pair.hears()


@asynccontextmanager
async def paired(servers: Servers) -> AsyncIterator[list[Pair]]:
    """People in rooms, until left."""
    pairs = []
    for _ in range(ROOMS):
        async with servers.store.writing() as c:
            servers.group = (await groups.create(c, "Tuesday")).id
            await keep(c, servers.group, DROP_IN)  # nobody waits, unless a test is about waiting
            servers.room = RoomId((await meetings.open(c, servers.group, MemberId("nobody"), now())).id)
        speaker = await (await servers.person("Fran", Role.FACILITATOR, 0)).enters()
        other = await servers.person("Ann", Role.MEMBER, 1)
        hearer = Hearing(other.name, other.member, other.address, other.cookie)
        pair = hearer.pair = Pair(servers.room, speaker, hearer)
        await hearer.enters()
        await speaker.does("resume")  # opened by no page, it began paused
        pairs.append(pair)
    await talk(pairs, 50, 2.0)  # what runs for the first time takes longer
    yield pairs
    for pair in pairs:
        await pair.speaker.rests()
        await pair.hearer.rests()


async def talk(pairs: list[Pair], a_second: float, seconds: float = SECONDS) -> None:
    """So many messages a second, taking turns."""
    for pair in pairs:
        pair.forgets()
    began = time.perf_counter()
    for turn in range(int(a_second * seconds)):
        await asyncio.sleep(began + turn / a_second - time.perf_counter())
        await pairs[turn % len(pairs)].says()
    await asyncio.sleep(0.5)


def told(what: str, pairs: list[Pair]) -> None:
    """One line of figures."""
    taken = sorted(taken for pair in pairs for taken in pair.taken)
    if not taken:
        print(f"{what:<44} nothing was heard")
        return
    middle, late = taken[len(taken) // 2], taken[int(len(taken) * 0.99)]
    longest = max(pair.longest for pair in pairs)
    print(f"{what:<44} median {middle:6.2f} ms  p99 {late:7.2f} ms  n {len(taken):5}  longest silence {longest:5.2f} s")


async def moving(cluster: Cluster, pairs: list[Pair]) -> set[RoomId]:
    """Half of the first master's rooms go to the second, one after the other; gives which."""
    mine = [pair.room for pair in pairs if cluster.owner_of(pair.room) is cluster.masters[0]]
    gone = mine[: len(mine) // 2]
    for room in gone:
        await asyncio.sleep(1)
        await cluster.moves(SLOTS[number(room)], cluster.masters[1])
    return set(gone)


async def main() -> None:
    """Runs all of it."""
    a_second = float(sys.argv[1]) if sys.argv[1:] else 60.0
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        for part in ("single", "cluster"):
            (directory / part).mkdir()
        async with a_valkey(directory / "valkey") as valkey:
            async with (
                served_for_real(directory / "single", valkey.url, 2, **EASY) as servers,
                paired(servers) as pairs,
            ):
                await talk(pairs, a_second)
                told("one server", pairs)
        async with a_cluster(directory / "redis") as cluster:
            async with (
                served_for_real(directory / "cluster", cluster.url, 2, **EASY) as servers,
                paired(servers) as pairs,
            ):
                await talk(pairs, a_second)
                told("a cluster", pairs)
                task = asyncio.create_task(moving(cluster, pairs))
                await talk(pairs, a_second)
                gone = await task
                told("slots move: rooms that stay", [pair for pair in pairs if pair.room not in gone])
                told("slots move: rooms that go", [pair for pair in pairs if pair.room in gone])
                lost = cluster.masters[2]
                os.kill(lost.pid, signal.SIGKILL)
                await talk(pairs, a_second)
                told("a master dies: rooms of the others", [p for p in pairs if cluster.owner_of(p.room) is not lost])
                told("a master dies: its own rooms", [p for p in pairs if cluster.owner_of(p.room) is lost])


if __name__ == "__main__":
    asyncio.run(main())
