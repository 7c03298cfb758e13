"""A room of 1,000 loses a process: who is back when, and does anybody miss a word?

    python -m tests.bench.returning killed       one of two processes, without a word; a few of its people stay away
    python -m tests.bench.returning replaced     both workers of a server, one after the other; a few never read

All through it 20 messages a second are said. The pages are lean ones in this program: they come back as
`connection.js` does, after up to half a second, from where they were, and hold every number against the one before it.
They share the machine with what they measure, so a time is an upper bound.
"""

import argparse
import asyncio
import os
import random
import re
import resource
import signal
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from tests.bench.soak import WORDS
from tests.crowd import Crowd, crowds, holds
from tests.processes import children, is_gone
from tests.raw import Raw
from tests.servers import Servers, a_valkey, served_for_real

AT_ONCE = 200
EVERY = 0.05
"""Seconds between two messages."""
ASIDE = 20
"""People who stay away, or do not read."""
SPREAD, LONGEST = 0.5, 4.0
"""Seconds a page waits at most before it comes back, the first time and ever."""
N, EPOCH, REPLAY = re.compile(rb'"n":(\d+)'), re.compile(rb'"epoch":(\d+)'), re.compile(rb'"replay":(\d+)')
WHOLE = 0x81
"""The first byte of a text frame."""
TYPE, ASKED = len(b'{"type":"'), b"srl"
"""Where a frame's type begins, and how those begin that are asked about: said, room, left."""
WHO = re.compile(rb'"(?:you|member)":"([^"]+)"')


class Line(Raw):
    """Tells whoever it belongs to that it is gone."""

    gone: Callable[[], None] | None = None

    def data_received(self, data: bytes) -> None:
        """As `Raw`; of a text frame whose type nobody asks about only the head is looked at: there are a million."""
        if not self.status or len(self._rest) + len(data) < 2:
            super().data_received(data)
            return
        data, at = self._rest + data, 0
        while len(data) - at >= 2:
            size, body = data[at + 1], at + 2
            if size > 125:
                body += 2 if size == 126 else 8
                size = int.from_bytes(data[at + 2 : body], "big")
            if len(data) < body + size:
                break
            if data[at] != WHOLE or data[body + TYPE] in ASKED:
                self._heard(data[at] & 15, data[body : body + size])
            at = body + size
        self._rest = data[at:]
        self.news.set()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self.gone:
            self.gone()


class Page:
    """Somebody's page: its line, the last number it was told, and what it missed."""

    def __init__(self, crowd: Crowd, cookie: str, port: Callable[[], int]) -> None:
        self.here = asyncio.Event()
        self.stays = True
        self.away: list[float] = []
        """Seconds, each time its line was lost."""
        self.missed = self.doubled = self.gaps = self.last = 0
        self.who = b""
        self.left: dict[bytes, float] = {}
        """When others were said to have left."""
        self.raw: Line | None = None
        self._crowd, self._cookie, self._port = crowd, cookie, port
        self._epoch = b""
        self._lost_at = 0.0
        self._coming: asyncio.Task[None] | None = None

    async def comes(self, **options: Any) -> None:
        """Until it is shown the room."""
        tries = 0
        while True:
            query = f"?epoch={self._epoch.decode()}&after={self.last}" if self._epoch else ""
            try:
                raw = self.raw = await Line.enters(
                    self._port(), self._crowd.path + query, self._cookie, hears=self.hears, **options
                )
                raw.gone = self.lost
                await raw.until(lambda raw=raw: self.here.is_set() or raw.code, 30)  # type: ignore[misc]
                if self.here.is_set():
                    return
            except (OSError, TimeoutError):
                pass
            tries += 1
            await asyncio.sleep(random.uniform(0, min(LONGEST, SPREAD * 2**tries)))  # noqa: S311

    def lost(self) -> None:
        """Comes back, after a moment in which others may."""
        if self.stays and self.here.is_set():
            self.here.clear()
            self._lost_at = time.monotonic()
            self._coming = asyncio.get_running_loop().create_task(self._returns())

    async def _returns(self) -> None:
        await asyncio.sleep(random.uniform(0, SPREAD))  # noqa: S311
        await self.comes()

    def hears(self, frame: bytes) -> None:
        """Holds each number against the one before."""
        if frame.startswith(b'{"type":"said"'):
            n = _number(N, frame)
            self.missed += max(0, n - self.last - 1)
            self.doubled += n <= self.last
            self.last = n
        elif frame.startswith(b'{"type":"room"'):
            self._shown(frame)
        elif frame.startswith(b'{"type":"left"') and (who := WHO.search(frame)):
            self.left[who[1]] = time.monotonic()

    def _shown(self, frame: bytes) -> None:
        n, before = _number(N, frame), _number(N, frame) - _number(REPLAY, frame)
        self.missed += max(0, before - self.last) if self._epoch else 0
        self.gaps += b'"missed"' in frame
        if not self._epoch or not _number(REPLAY, frame):
            self.last = n if not self._epoch else max(n, self.last)
        found, who = EPOCH.search(frame), WHO.search(frame)
        assert found
        assert who
        self._epoch, self.who = found[1], who[1]
        if self._lost_at:
            self.away.append(time.monotonic() - self._lost_at)
            self._lost_at = 0.0
        self.here.set()


def _number(pattern: re.Pattern[bytes], frame: bytes) -> int:
    found = pattern.search(frame)
    return int(found[1]) if found else 0


async def talk(pages: list[Page], over: asyncio.Event) -> None:
    """Somebody who is there, and then another."""
    count = 0
    while not over.is_set():
        await asyncio.sleep(EVERY)
        page = random.choice(pages)  # noqa: S311
        if page.here.is_set() and page.raw:
            count += 1
            page.raw.asks("say", ref=f"r-{count}", text=" ".join(random.choices(WORDS, k=12)))  # noqa: S311


async def gathers(pages: list[Page], **options: Any) -> None:
    """All of them, a few at a time."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(page: Page) -> None:
        async with turns:
            await page.comes(**options)

    await asyncio.gather(*map(one, pages))


async def killed(servers: Servers, crowd: Crowd) -> None:
    """One process of two, with half of the people."""
    dead = False

    def port(turn: int) -> int:
        return servers.ports[0 if dead else turn % 2]

    pages = [Page(crowd, cookie, partial(port, turn)) for turn, cookie in enumerate(crowd.cookies)]
    await begin(servers, crowd, pages)
    concerned = pages[1::2]
    ghosts = concerned[:ASIDE]
    for page in ghosts:
        page.stays = False
    over = asyncio.Event()
    talking = asyncio.create_task(talk([page for page in pages if page.stays], over))
    await asyncio.sleep(3)
    dead, began = True, time.monotonic()
    await servers.servers[1].is_killed()
    async with asyncio.timeout(60):
        while not {page.who for page in ghosts} <= pages[0].left.keys():
            await asyncio.sleep(0.05)
    print(f"ghosts gone after {max(pages[0].left[page.who] for page in ghosts) - began:.1f} s")
    await told([page for page in pages if page.stays], concerned[ASIDE:], over, talking)


async def replaced(servers: Servers, crowd: Crowd) -> None:
    """Both workers, one after the other."""
    pages = [Page(crowd, cookie, lambda: servers.ports[0]) for cookie in crowd.cookies]
    await begin(servers, crowd, pages)
    deaf, others = pages[-ASIDE:], pages[:-ASIDE]
    for page in deaf:
        page.stays = False
        assert page.raw
        page.raw.stops_reading()
    over = asyncio.Event()
    talking = asyncio.create_task(talk(others, over))
    await asyncio.sleep(3)
    first = servers.servers[0].process.pid
    leaving, went = set(children(first, "python")), 0.0
    os.kill(first, signal.SIGHUP)
    async with asyncio.timeout(60):
        for turn in range(len(leaving)):
            before = sum(len(page.away) for page in others) + sum(not page.here.is_set() for page in others)
            while sum(len(page.away) for page in others) + sum(not page.here.is_set() for page in others) == before:
                await asyncio.sleep(0.01)
            began = time.monotonic()
            while sum(map(is_gone, leaving)) <= turn:
                await asyncio.sleep(0.01)
            went = max(went, time.monotonic() - began)
    print(f"an old process gone {went:.1f} s after its first page heard of it")
    await told(others, others, over, talking)


async def begin(servers: Servers, crowd: Crowd, pages: list[Page]) -> None:
    """Everybody is in."""
    first = await holds(servers.ports[0], crowd)
    first.leaves()
    began = time.monotonic()
    await gathers(pages[:-ASIDE])
    await gathers(pages[-ASIDE:], room_for=4096)
    print(f"{len(pages)} people in after {time.monotonic() - began:.1f} s", flush=True)


async def told(pages: list[Page], concerned: list[Page], over: asyncio.Event, talking: asyncio.Task[None]) -> None:
    """Figures, once everybody is there and has heard the last word."""
    async with asyncio.timeout(120):
        for page in pages:
            await page.here.wait()
        await asyncio.sleep(2)
        over.set()
        await talking
        while len({page.last for page in pages}) > 1:
            await asyncio.sleep(0.1)
    away = sorted(seconds for page in concerned for seconds in page.away)
    print(f"{len(away)} returns: median {away[len(away) // 2]:.2f} s, p99 {away[int(len(away) * 0.99)]:.2f} s,"
          f" last {away[-1]:.2f} s; half of the up to {SPREAD} s before it is the page's own wait")  # fmt: skip
    print(f"of {pages[0].last} messages {sum(p.missed for p in pages)} missed by all {len(pages)} together, "
          f"{sum(p.gaps for p in pages)} gaps told, {sum(p.doubled for p in pages)} told twice")  # fmt: skip


async def main() -> None:
    """Runs what is asked for."""
    asks = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asks.add_argument("what", choices=["killed", "replaced"], nargs="?", default="killed")
    asks.add_argument("--people", type=int, default=1000)
    asked = asks.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    count, environ = (2, {}) if asked.what == "killed" else (1, {"HEARTH_WORKERS": "2"})
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        async with (
            a_valkey(place / "redis") as valkey,
            served_for_real(place, valkey.url, count, HEARTH_ROOM_SIZE="2000", **environ) as servers,
        ):
            (crowd,) = await crowds(servers.store, 1, asked.people)
            await (killed if asked.what == "killed" else replaced)(servers, crowd)


if __name__ == "__main__":
    asyncio.run(main())
