"""People who mean harm or have bad luck, beside a room that only wants to talk: what it costs the room."""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from tests.bench.foundation import resident
from tests.crowd import Crowd, crowds, holds
from tests.raw import PING, Raw, asking, framed
from tests.servers import Servers

EVERY = 0.05
"""Seconds between two messages of the room that only wants to talk."""
SPARE = 6
"""Sockets to Redis, which come and go."""


class Circle:
    """A room in which one speaks and the others listen; every message is timed and counted."""

    def __init__(self, port: int, crowd: Crowd) -> None:
        self.port = port
        self.crowd = crowd
        self.said = 0
        self.taken: list[float] = []
        """Milliseconds of each message to each listener."""
        self.heard: dict[int, int] = {}
        self.people: list[Raw] = []

    def _hears(self, place: int) -> Callable[[bytes], None]:
        def hears(frame: bytes) -> None:
            if b'"type":"said"' in frame:
                told = json.loads(frame)["text"].split()
                self.taken.append((time.perf_counter() - float(told[1])) * 1000)
                self.heard[place] += 1

        return hears

    async def sits(self) -> None:
        """Everybody comes in."""
        first = await holds(self.port, self.crowd)
        self.people.append(first)
        first.asks("say", ref="c-lists", text="Hello.")  # the phrase lists are read before anybody measures memory
        await first.until(lambda: any(b'"ref":"c-lists"' in frame for frame in first.frames), 30)
        for place, cookie in enumerate(self.crowd.cookies[1:]):
            self.heard[place] = 0
            raw = await Raw.enters(self.port, self.crowd.path, cookie)
            assert await raw.is_shown(), raw.code
            raw._hears = self._hears(place)
            self.people.append(raw)

    @asynccontextmanager
    async def talking(self) -> AsyncIterator[None]:
        """Talks meanwhile; when left, everybody has heard everything or TimeoutError is raised."""
        self.taken.clear()
        over = asyncio.Event()
        task = asyncio.create_task(self._talk(over))
        try:
            yield
        finally:
            over.set()
            await task
        async with asyncio.timeout(30):
            while any(heard < self.said for heard in self.heard.values()):
                await asyncio.sleep(0.02)

    async def _talk(self, over: asyncio.Event) -> None:
        while not over.is_set():
            self.said += 1
            self.people[0].asks("say", ref=f"c-{self.said}", text=f"at {time.perf_counter()}")
            await self.people[0].is_answered(f"c-{self.said}")  # more than 32 waiting would be a flood, too
            await asyncio.sleep(EVERY)

    def p99(self) -> float:
        """Milliseconds."""
        return sorted(self.taken)[int(len(self.taken) * 0.99)]


async def a_circle(servers: Servers, size: int = 6) -> Circle:
    """Sits and is ready to talk."""
    (crowd,) = await crowds(servers.store, 1, size)
    circle = Circle(servers.ports[0], crowd)
    await circle.sits()
    return circle


def memory(servers: Servers) -> float:
    """MB of the first process."""
    return resident(servers.servers[0].process.pid) / 1024


class SlowReaders:
    """Everybody in a room but its facilitator sits down and reads nothing, while the facilitator says a lot."""

    def __init__(self, servers: Servers, crowd: Crowd) -> None:
        self._servers = servers
        self._crowd = crowd
        self._first: Raw
        self._slow: list[Raw] = []
        self._others = self._said = 0

    async def sit(self) -> None:
        """They come in."""
        port, turns = self._servers.ports[0], asyncio.Semaphore(32)
        self._first = await holds(port, self._crowd)
        self._first._hears = lambda frame: None
        self._others = sockets(self._servers)

        async def sits(cookie: str) -> None:
            async with turns:
                raw = await Raw.enters(port, self._crowd.path, cookie, room_for=4096)
                assert await raw.is_shown(), raw.code
                raw.stops_reading()
                self._slow.append(raw)

        await asyncio.gather(*map(sits, self._crowd.cookies[1:]))

    @property
    def here(self) -> int:
        """How many the server still holds: who never reads does not see that it was cut off."""
        return max(0, sockets(self._servers) - self._others)

    async def are_cut(self, seconds: float) -> float:
        """Talks at them; the most MB that the server held meanwhile. Raises TimeoutError."""
        most = 0.0
        async with asyncio.timeout(seconds):
            while self.here > SPARE:
                self._said += 1
                self._first.asks("say", ref=f"b-{self._said}", text="x" * 1990)
                await self._first.is_answered(f"b-{self._said}")
                await asyncio.sleep(0.02)
                most = max(most, memory(self._servers))
        return most

    def leave(self) -> None:
        """They are gone."""
        for raw in (self._first, *self._slow):
            raw.leaves()


def sockets(servers: Servers) -> int:
    """How many the first process has open."""
    open_files = Path(f"/proc/{servers.servers[0].process.pid}/fd")
    return sum(_is_socket(one) for one in open_files.iterdir())


def _is_socket(descriptor: Path) -> bool:
    try:
        return os.readlink(descriptor).startswith("socket:")
    except FileNotFoundError:  # closed just now
        return False


def flood_of(what: str) -> bytes:
    """Some 60 KB of it."""
    match what:
        case "messages":
            return b"".join(framed(b'{"type":"say","ref":"f-%d","text":"..."}' % turn) for turn in range(1200))
        case "pings":
            return framed(b"", PING) * 10_000
        case "pieces":
            return framed(b"x", fin=False) + framed(b"x", 0, fin=False) * 8_000
        case _:
            return framed(b"1") * 8_000


async def floods(port: int, crowd: Crowd, what: str, seconds: float) -> list[float]:
    """One member floods as fast as the server takes it, and comes back whenever it is shut out.

    Seconds each of their connections lasted.
    """
    flood, lasted, until = flood_of(what), [], time.perf_counter() + seconds
    while time.perf_counter() < until:
        raw = await Raw.enters(port, crowd.path, crowd.cookies[1], hears=lambda frame: None)
        began = time.perf_counter()
        while not raw.transport.is_closing() and time.perf_counter() < until:
            if not raw.transport.get_write_buffer_size():
                raw.sends(flood)
            await asyncio.sleep(0.001)
        lasted.append(time.perf_counter() - began)
        raw.leaves()
        await asyncio.sleep(0.02)
    return lasted


async def connects(port: int, crowd: Crowd, seconds: float, at_once: int = 4) -> dict[int, int]:
    """One visit comes and goes as fast as it can. How often with which close code (0: was let in)."""
    codes: dict[int, int] = {}
    until = time.perf_counter() + seconds

    async def one() -> None:
        while time.perf_counter() < until:
            raw = await Raw.enters(port, crowd.path, crowd.cookies[1])
            code = 0 if await raw.is_shown() else raw.code or 1006
            codes[code] = codes.get(code, 0) + 1
            raw.leaves()

    await asyncio.gather(*(one() for _ in range(at_once)))
    return codes


async def knocks(port: int, count: int, said: bytes) -> list[Raw]:
    """So many connect and say no more than that."""
    turns = asyncio.Semaphore(64)

    async def one() -> Raw:
        async with turns:
            return await Raw.dials(port, said)

    return list(await asyncio.gather(*(one() for _ in range(count))))


async def all_cut(raws: list[Raw], seconds: float) -> None:
    """Waits until every one has been ended by the server. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while any(raw.code is None for raw in raws):
            await asyncio.sleep(0.05)


HALF = asking("127.0.0.1", "/rooms/none/socket")[:-20]
