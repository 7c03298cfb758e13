"""Slow, flooding, silent and never-reading clients: cut off or limited, and the room beside them hears every message.

What it costs is measured by `tests/bench/hostile.py`; here only bounds that hold on any machine.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chat.live.closing import Closing
from tests import hostile
from tests.crowd import Crowd, crowds, holds
from tests.hostile import Circle, SlowReaders, a_circle, all_cut, connects, floods, knocks, memory
from tests.raw import Raw
from tests.servers import Servers, a_valkey, served_for_real

pytestmark = [pytest.mark.faults, pytest.mark.alone]
SLOW = 200
KNOCKING = 500


@pytest.fixture
async def servers(tmp_path: Path) -> AsyncIterator[Servers]:
    """A server and its Valkey."""
    async with (
        a_valkey(tmp_path / "redis") as valkey,
        served_for_real(tmp_path, valkey.url, 1, HEARTH_ROOM_SIZE="2000") as servers,
    ):
        yield servers


@pytest.fixture
async def circle(servers: Servers) -> AsyncIterator[Circle]:
    """A room that only wants to talk."""
    circle = await a_circle(servers)
    yield circle
    for person in circle.people:
        assert person.code is None, "somebody of the room beside it was cut off"
        person.leaves()


async def test_who_never_reads_is_cut_off_and_costs_little_and_the_others_hear_everything(
    servers: Servers, circle: Circle
) -> None:
    (crowd,) = await crowds(servers.store, 1, SLOW + 1)
    slow = SlowReaders(servers, crowd)
    await slow.sit()
    before = memory(servers)
    async with circle.talking():
        most = await slow.are_cut(60)
    slow.leave()
    assert most - before < 100  # MB, for a fifth of the thousand that are to cost as much at most


@pytest.mark.parametrize("what", ["messages", "pings", "pieces", "one-byte frames"])
async def test_who_floods_is_shut_out_each_time_and_then_for_good(what: str, servers: Servers, circle: Circle) -> None:
    (crowd,) = await crowds(servers.store, 1, 2)
    first = await holds(servers.ports[0], crowd)
    before = memory(servers)
    async with circle.talking():
        lasted = await floods(servers.ports[0], crowd, what, 4)
    assert len(lasted) > 1, "nobody was shut out"
    assert memory(servers) - before < 50
    first.leaves()


async def test_who_only_comes_and_goes_is_told_to_stop(servers: Servers, circle: Circle) -> None:
    (crowd,) = await crowds(servers.store, 1, 2)
    first = await holds(servers.ports[0], crowd)
    async with circle.talking():
        codes = await connects(servers.ports[0], crowd, 6)
    assert codes[Closing.TOO_MANY] > 0
    assert codes[0] < 60
    first.leaves()


@pytest.mark.parametrize("said", [b"", hostile.HALF])
async def test_who_says_nothing_or_half_of_it_is_not_waited_for(said: bytes, servers: Servers, circle: Circle) -> None:
    knocking = await knocks(servers.ports[0], KNOCKING, said)
    (crowd,) = await crowds(servers.store, 1, 2)
    async with circle.talking():
        newcomer = await holds(servers.ports[0], crowd)
        await all_cut(knocking, 40)
    newcomer.leaves()


class Member:
    """Somebody who comes back, as a page does, wherever a process answers; and what they were told."""

    def __init__(self, crowd: Crowd, cookie: str) -> None:
        self._crowd = crowd
        self._cookie = cookie
        self.raw: Raw
        self.codes: list[int] = []
        self.heard: list[int] = []
        self.rooms: list[dict[str, object]] = []

    def _hears(self, frame: bytes) -> None:
        told = json.loads(frame)
        if told["type"] == "said":
            self.heard.append(told["n"])
        elif told["type"] == "room":
            self.rooms.append(told)

    async def sits(self, port: int) -> None:
        """With what they have heard already, if anything."""
        last = max([self.rooms[0]["n"], *self.heard]) if self.rooms else None  # type: ignore[type-var]
        query = f"?epoch={self.rooms[0]['epoch']}&after={last}" if self.rooms else ""
        before = len(self.rooms)
        self.raw = await Raw.enters(port, self._crowd.path + query, self._cookie, room_for=4096, hears=self._hears)
        await self.raw.until(lambda: len(self.rooms) > before or self.raw.code, 30)

    async def comes_back(self, port: int) -> None:
        """Once told that the server goes."""
        self.codes.append(await self.raw.is_closed(30))
        async with asyncio.timeout(30):
            await self.sits(port)
            while self.raw.code is not None:
                await asyncio.sleep(0.2)
                await self.sits(port)


async def test_of_two_processes_one_is_told_to_stop_and_nobody_misses_a_word_whoever_never_reads(
    servers: Servers,
) -> None:
    await servers.starts()
    (crowd,) = await crowds(servers.store, 1, 241)
    first = await holds(servers.ports[1], crowd)
    people, turns = [Member(crowd, cookie) for cookie in crowd.cookies[1:]], asyncio.Semaphore(16)

    async def sits(person: Member) -> None:
        async with turns:
            await person.sits(servers.ports[0])

    await asyncio.gather(*map(sits, people))
    deaf, others = people[:40], people[40:]
    for person in deaf:
        person.raw.stops_reading()
    over, said = asyncio.Event(), 0

    async def talks() -> None:
        nonlocal said
        while not over.is_set():
            said += 1
            first.asks("say", ref=f"s-{said}", text=f"{said} " + "x" * 1000)
            await first.is_answered(f"s-{said}")
            await asyncio.sleep(0.05)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(talks())
        backs = [tasks.create_task(person.comes_back(servers.ports[1])) for person in others]
        await asyncio.sleep(1)
        servers.servers[0].process.terminate()
        async with asyncio.timeout(30):
            assert await servers.servers[0].process.wait() == 0
            await asyncio.wait(backs)
        over.set()
    for person in others:
        assert person.codes == [Closing.RESTARTING]
        await person.raw.until(lambda person=person: person.heard and person.heard[-1] >= said, 30)  # type: ignore[misc]
        assert person.heard == list(range(1, said + 1))
    for person in people:
        person.raw.leaves()
    first.leaves()
    for server in servers.servers:
        assert '"level": "error"' not in server.log.read_text()
