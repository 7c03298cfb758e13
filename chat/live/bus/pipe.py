"""A connection to Redis with nothing in between: bytes go out as they are, replies come in where they are wanted.

For what every message passes. redis-py still opens the connection (addresses, TLS, names and passwords); then its
streams are left out, with the task and the timer each answer needs there. What stays is short, because the protocol is:
hiredis packs and parses it in C.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import cast

import hiredis
from redis._parsers import BaseParser
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError

from chat.live.bus.connection import Arg, Reply
from chat.live.bus.connection import connection as connection_of

packed: Callable[[tuple[Arg, ...]], bytes] = hiredis.pack_command  # type: ignore[assignment]  # its stub allows one word
"""A command as Redis reads it (RESP2: an array of strings)."""


class Pipe(asyncio.Protocol):
    """Owns the transport that redis-py has opened. `lost` raises whatever ended the connection, or broke a hearer."""

    def __init__(self, transport: asyncio.Transport, heard: Callable[[Reply | RedisError], None]) -> None:
        self._transport = transport
        self.heard = heard
        self._reader = hiredis.Reader(replyError=BaseParser.parse_error, notEnoughData=self)
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.write = transport.write
        """The writes of one turn of the loop leave in one system call (uvloop gathers them)."""

    def data_received(self, data: bytes) -> None:
        """Hands on every whole reply."""
        try:
            self._reader.feed(data)
            while (reply := self._reader.gets()) is not self:
                self.heard(reply)
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
        self.heard = _unheard
        self._transport.abort()

    def _end(self, why: Exception) -> None:
        if not self.lost.done():
            self.lost.set_exception(why)
            self.lost.exception()  # it may be that nobody waits any more
        self.close()


def _unheard(_: Reply | RedisError) -> None:
    pass


@asynccontextmanager
async def pipe(connections: ConnectionPool, heard: Callable[[Reply | RedisError], None]) -> AsyncIterator[Pipe]:
    """A connection of one's own, open while this lasts. Raises what `connection.BROKEN` names."""
    connection = connection_of(connections)
    try:
        await connection.connect()
        writer = connection._writer  # held by a test, as redis-py does not promise it
        assert writer  # noqa: S101 it is connected
        transport = cast(asyncio.Transport, writer.transport)
        opened = Pipe(transport, heard)
        transport.set_protocol(opened)
        try:
            yield opened
        finally:
            opened.close()
    finally:
        await connection.disconnect(nowait=True)
