"""A stretch of network that can be slow, can hold everything back, and can break."""

import asyncio
from asyncio.transports import BaseTransport, Transport
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self, cast


class Link:
    """Owns a listening port and what passes through it. What is held back comes when it is let go, as TCP would."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.target = target
        self.port = 0
        self.delay = 0.0
        """Seconds for each way."""
        self.holding = False
        self.deaf = False
        """Only what comes back is held."""
        self.deaf_to_commits = False
        """Only what comes back to connections that have carried commits is held."""
        self._ends: set[End] = set()

    @classmethod
    @asynccontextmanager
    async def open(cls, target: tuple[str, int]) -> AsyncIterator[Self]:
        """To `target`, until left."""
        link = cls(target)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: End(link, None), "127.0.0.1", 0)
        link.port = server.sockets[0].getsockname()[1]
        try:
            yield link
        finally:
            server.close()
            link.cut()

    def let_go(self) -> None:
        """What was held back goes on its way, in its order."""
        self.holding = self.deaf = self.deaf_to_commits = False
        for end in self._ends:
            end.flush()

    def cut(self) -> None:
        """Every connection breaks."""
        for end in list(self._ends):
            end.break_off()


class End(asyncio.Protocol):
    """One half of a connection through the link."""

    def __init__(self, link: Link, other: "End | None") -> None:
        self._link = link
        self._other = other
        self._near = other is None
        self._commits = False
        self._comes_at = 0.0
        self._under_way = 0
        self._waiting: deque[bytes | None] = deque()
        """None: the end of it."""
        self._transport: Transport | None = None
        self._tasks: set[asyncio.Task[object]] = set()

    def connection_made(self, transport: BaseTransport) -> None:
        """The near half opens the far one."""
        self._transport = cast(Transport, transport)
        self._link._ends.add(self)
        if self._other is None:
            self._other = End(self._link, self)
            dialling = asyncio.get_running_loop().create_task(self._reach(self._other))
            self._tasks.add(dialling)
        else:
            self.flush()

    async def _reach(self, far: "End") -> None:
        try:
            await asyncio.get_running_loop().create_connection(lambda: far, *self._link.target)
        except OSError:
            self.break_off()

    def data_received(self, data: bytes) -> None:
        """Passed on, now or later."""
        self._commits = self._commits or (self._near and b"EVALSHA" in data)
        self._pass(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """The other half ends too, after what is still on its way."""
        self._link._ends.discard(self)
        self._pass(None)

    def _pass(self, data: bytes | None) -> None:
        assert self._other is not None
        loop = asyncio.get_running_loop()
        now = loop.time()
        if (
            self._link.delay or self._under_way
        ):  # nothing overtakes; what is due may still wait for its turn of the loop
            self._comes_at = max(now + self._link.delay, self._comes_at + 1e-6)
            self._under_way += 1
            loop.call_at(self._comes_at, self._comes, data)
        else:
            self._other.put(data)

    def _comes(self, data: bytes | None) -> None:
        assert self._other is not None
        self._under_way -= 1
        self._other.put(data)

    def put(self, data: bytes | None) -> None:
        """What is to come out of this half."""
        self._waiting.append(data)
        self.flush()

    def flush(self) -> None:
        """Writes what waits, unless the link holds it back."""
        while self._waiting and self._transport and not self._held():
            data = self._waiting.popleft()
            if data is None:
                self._transport.close()
            elif not self._transport.is_closing():
                self._transport.write(data)

    def _held(self) -> bool:
        deaf = self._link.deaf or (self._link.deaf_to_commits and self._commits)
        return self._link.holding or (deaf and self._near)

    def break_off(self) -> None:
        """A reset, both ways."""
        for end in (self, self._other):
            if end and end._transport:
                end._transport.abort()
