"""A connection to Redis with nothing in between: bytes go out as they are, replies come in where they are wanted.

For what every message passes. redis-py still opens the connection (addresses, TLS, names and passwords); then its
streams are left out, with the task and the timer each answer needs there. What stays is short, because the protocol is:
hiredis packs and parses it in C. It is RESP3, in which one connection may both ask and be told what is published.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import monotonic
from typing import cast

import hiredis
from redis._parsers import BaseParser
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError

from chat.live.bus.connection import Arg, Reply
from chat.live.bus.connection import connection as connection_of

packed: Callable[[tuple[Arg, ...]], bytes] = hiredis.pack_command  # type: ignore[assignment]  # its stub allows one word
"""A command as Redis reads it (RESP2: an array of strings)."""

APART, AT_ONCE = 0.003, 10
"""Seconds between two writes where there are many, and how many more may come before that counts: whoever writes three
hundred times a second never waits. Each write wakes Redis, and its answer wakes us, which costs as much as the work: a
thousand messages a second in rooms of 12 take 72 to 77 µs of CPU a delivery with a write each, 56 to 66 so, and 2 ms
longer; with 5 ms it is another 2 µs less and another 2 ms."""

Heard = Callable[[Reply | RedisError], None]
"""Told a reply. Nothing in it may wait; what it raises ends the connection."""


class Pipe(asyncio.Protocol):
    """Owns the transport that redis-py has opened. `lost` raises whatever ended the connection, or broke a hearer."""

    def __init__(self, transport: asyncio.Transport, pushed: Heard) -> None:
        self._transport = transport
        self._pushed = pushed
        self._reader = hiredis.Reader(replyError=BaseParser.parse_error, notEnoughData=self)
        self._asked: deque[Heard] = deque()
        """Who waits for an answer. Answers come in the order of the questions; so do confirmations of subscriptions,
        which Redis sends as if they were published."""
        self._outgoing: list[bytes] = []
        """What is asked in this turn of the loop while Redis is busy with what was asked before, or since a write that
        was one of many: it shares one write here, and in Redis one read and one answer."""
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._due = 0.0
        """The moment from which Redis is written to at once."""
        self._closed = False
        self.silent = 0.0
        """Seconds counted by whoever looks after the connection; none since Redis was heard last."""

    @property
    def waits(self) -> bool:
        """Something has been asked and not yet answered."""
        return bool(self._asked)

    def ask(self, command: bytes, answered: Heard) -> None:
        """Sends a command; `answered` gets its one reply, unless the connection ends before."""
        busy = bool(self._asked)
        self._asked.append(answered)
        self._goes(command, busy=busy)

    def send(self, command: bytes) -> None:
        """Sends what is not answered."""
        self._goes(command, busy=True)

    def _goes(self, command: bytes, *, busy: bool) -> None:
        """At once, if Redis is not `busy`: whoever asks alone does not wait for the end of the turn."""
        self._outgoing.append(command)
        if len(self._outgoing) > 1:
            return
        early = self._due - monotonic()
        if early > 0:
            asyncio.get_running_loop().call_later(early, self._flush)
        elif busy:
            asyncio.get_running_loop().call_soon(self._flush)
        else:
            self._flush()

    def _flush(self) -> None:
        self._due = max(self._due, monotonic() - AT_ONCE * APART) + APART
        data = b"".join(self._outgoing)
        self._outgoing.clear()
        if not self._closed:
            self._transport.write(data)

    def data_received(self, data: bytes) -> None:
        """Hands on every whole reply."""
        self.silent = 0.0
        try:
            self._reader.feed(data)
            while (reply := self._reader.gets()) is not self and not self._closed:
                if type(reply) is not hiredis.PushNotification or reply[0] == b"ssubscribe":
                    self._asked.popleft()(reply)
                else:
                    self._pushed(reply)
        except Exception as error:  # whoever waits for `lost` raises it: a hearer's fault must not pass in silence
            self._end(error)

    def connection_lost(self, exc: Exception | None) -> None:
        """Redis is gone, or we are."""
        self._end(ConnectionError())

    async def lasts(self, seconds: float) -> None:
        """Waits so long, and raises whatever ended the connection meanwhile."""
        await asyncio.wait((self.lost,), timeout=seconds)
        if self.lost.done():
            self.lost.result()

    def close(self) -> None:
        """Nothing more is heard, and nothing unsent is sent."""
        self._closed = True
        self._transport.abort()

    def _end(self, why: Exception) -> None:
        if not self.lost.done():
            self.lost.set_exception(why)
            self.lost.exception()  # it may be that nobody waits any more
        self.close()


@asynccontextmanager
async def pipe(connections: ConnectionPool, pushed: Heard) -> AsyncIterator[Pipe]:
    """A connection of one's own, open while this lasts; `pushed` gets what nobody asked for.

    `connections` are of RESP3. Raises what `connection.BROKEN` names.
    """
    connection = connection_of(connections)
    try:
        await connection.connect()
        writer = connection._writer  # held by a test, as redis-py does not promise it
        assert writer  # noqa: S101 it is connected
        transport = cast(asyncio.Transport, writer.transport)
        opened = Pipe(transport, pushed)
        transport.set_protocol(opened)
        try:
            yield opened
        finally:
            opened.close()
    finally:
        await connection.disconnect(nowait=True)
