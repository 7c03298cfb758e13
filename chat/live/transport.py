"""Our WebSocket protocol: ready-made bytes go straight to the socket, and a reader too slow is cut off.

The only place that knows uvicorn's internals (0.54, `websockets-sansio`). What it leans on is held by a test: `conn`,
`transport`, `queue`, `close_sent`, `handshake_complete`, `ping_interval`, `ping_timeout`, `read_paused`. Measured on
the stock protocol: a client that never reads is never dropped and holds up shutdown for ever; unread pongs grow the
write buffer without a ceiling.
"""

import asyncio
import socket
from asyncio.transports import BaseTransport
from typing import cast

from uvicorn._types import ASGIReceiveEvent, WebSocketScope
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request
from websockets.protocol import State

from chat.live.closing import Closing
from chat.live.frames import Frames

EXTENSION = "hearth"
"""Under this name the protocol stands in the scope's extensions."""
HIGH_WATER = 64 * 1024
"""Bytes unsent above which a reader counts as slow."""
CEILING = 256 * 1024
"""Bytes unsent at which a reader is cut off at once."""
PATIENCE = 2.0
"""Seconds a slow reader, or one who was told goodbye, is given."""
SEND_BUFFER = 32 * 1024
USER_TIMEOUT = 20_000
"""Milliseconds the kernel waits for what it sent to be acknowledged."""
CLOSELY = 5.0
"""Seconds between pings, and for their answer, of somebody whose loss must be noticed soon."""


class HearthProtocol(WebSocketsSansIOProtocol):
    """One browser's connection; also the `Line` a seat writes to."""

    _cut: asyncio.TimerHandle | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        """Bounds what may wait in the kernel and in user space."""
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=HIGH_WATER)
        raw = transport.get_extra_info("socket")
        if raw is not None and raw.family in (socket.AF_INET, socket.AF_INET6):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, USER_TIMEOUT)

    def handle_connect(self, event: Request) -> None:
        """Lets the application find this line in its scope."""
        super().handle_connect(event)
        scope: WebSocketScope | None = getattr(self, "scope", None)
        if scope is not None:
            cast(dict[str, object], scope["extensions"])[EXTENSION] = self

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody needs cutting off any more."""
        self._calm()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """A slow reader: nothing more is read from it, and soon it is cut off."""
        super().pause_writing()
        self.transport.pause_reading()
        if self._cut is None:
            self._cut = self.loop.call_later(PATIENCE, self.transport.abort)

    def resume_writing(self) -> None:
        """It has caught up."""
        super().resume_writing()
        if not self.close_sent:
            self._calm()
        if not self.read_paused:
            self.transport.resume_reading()

    async def receive(self) -> ASGIReceiveEvent:
        """As uvicorn's, but reading goes on only if writing does."""
        message = await self.queue.get()
        if self.read_paused and self.queue.empty():
            self.read_paused = False
            if self.writable.is_set():
                self.transport.resume_reading()
        return message

    def shutdown(self) -> None:
        """The server stops: said politely, then cut off."""
        super().shutdown()
        self._cut_soon()

    # What a seat uses.

    @property
    def open(self) -> bool:
        """The handshake is done and nobody has begun to close."""
        if not self.handshake_complete or self.close_sent or self.disconnected:
            return False
        return self.conn.state is State.OPEN and not self.transport.is_closing()

    def offer(self, frames: Frames) -> bool:
        """Writes the ready-made frames at once; False once the connection is past taking any."""
        if not self.open:
            return False
        self.transport.write(frames.raw)
        if self.transport.get_write_buffer_size() > CEILING:
            self.transport.abort()
            return False
        return True

    def end(self, closing: Closing, reason: str) -> None:
        """Says goodbye with a close code, wakes the application, and cuts off whoever does not answer."""
        if not self.handshake_complete or self.close_sent or self.transport.is_closing():
            return
        self.queue.put_nowait({"type": "websocket.disconnect", "code": int(closing), "reason": reason})
        self.stop_keepalive()
        self.conn.send_close(int(closing), reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self._cut_soon()

    def watch(self) -> None:
        """Pings closely from now on."""
        self.stop_keepalive()
        self.ping_interval = self.ping_timeout = CLOSELY
        self.start_keepalive()

    def _cut_soon(self) -> None:
        self._calm()
        self._cut = self.loop.call_later(PATIENCE, self.transport.abort)

    def _calm(self) -> None:
        if self._cut is not None:
            self._cut.cancel()
            self._cut = None
