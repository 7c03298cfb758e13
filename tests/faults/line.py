"""The lean half of a WebSocket (RFC 6455) that a page needs: hundreds of them in one process leave it time to look.

Frames to the server carry a mask of zeros, so that nothing has to be computed; frames from it are whole and unmasked.
"""

import asyncio
import socket
import struct
from asyncio.transports import BaseTransport, Transport
from collections.abc import Callable
from typing import Protocol, cast

REQUEST = (
    "GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: http://{host}:{port}\r\nCookie: visit={cookie}\r\n"
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
TEXT, CLOSE, PING = 0x81, 0x88, 0x89


class Listener(Protocol):
    """Who hears the line. Nothing here waits."""

    def hear(self, line: "Line", frame: bytes) -> None:
        """A text frame."""

    def ended(self, line: "Line", code: int) -> None:
        """The line is gone; 1006 without a goodbye."""


class Line(asyncio.Protocol):
    """One connection, from its handshake on."""

    def __init__(self, request: bytes, listener: Listener, attempt: int) -> None:
        self.attempt = attempt
        """Which of its page's lines this is."""
        self._request = request
        self._listener: Listener | None = listener
        self._read: Callable[[], bool] = self._handshake
        self._buffer = bytearray()
        self._code = 1006
        self.transport: Transport | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        """Asks for the upgrade."""
        self.transport = cast(Transport, transport)
        if self._listener is None:
            self.transport.abort()
        else:
            self.transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Whole frames are heard, the rest waits."""
        self._buffer += data
        while self._listener and self._read():
            pass

    def _handshake(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        if not self._buffer.startswith(b"HTTP/1.1 101 "):
            self.cut()
            return False
        del self._buffer[: end + 4]
        self._read = self._frame
        return True

    def _frame(self) -> bool:
        buffer = self._buffer
        if len(buffer) < 2:
            return False
        size, start = buffer[1], 2
        if size == 126:
            size, start = int.from_bytes(buffer[2:4]), 4
        elif size == 127:
            size, start = int.from_bytes(buffer[2:10]), 10
        if len(buffer) < start + size:
            return False
        opcode, payload = buffer[0], bytes(buffer[start : start + size])
        del buffer[: start + size]
        self._take(opcode, payload)
        return True

    def _take(self, opcode: int, payload: bytes) -> None:
        match opcode:
            case 0x81 if self._listener:
                self._listener.hear(self, payload)
            case 0x89:
                self._write(0x8A, payload)
            case 0x88:
                self._code = int.from_bytes(payload[:2]) or 1005
                self.cut()
            case _:
                pass

    def say(self, text: bytes) -> None:
        """One text frame."""
        self._write(TEXT, text)

    def _write(self, opcode: int, payload: bytes) -> None:
        if self.transport is None or self.transport.is_closing():
            return
        size = len(payload)
        head = struct.pack("!BB", opcode, 0x80 | size) if size < 126 else struct.pack("!BBH", opcode, 0xFE, size)
        self.transport.write(head + b"\0\0\0\0" + payload)

    def cut(self) -> None:
        """At once, with a reset: the other side hears of it."""
        if self.transport:
            self.transport.abort()

    def fall_silent(self) -> None:
        """Nothing is read, answered or written any more, and nobody is told: the other side must find out."""
        self._listener = None
        if self.transport and not self.transport.is_closing():
            self.transport.pause_reading()

    def forget(self) -> None:
        """Lets go of it: whatever still comes is nobody's."""
        self._listener = None
        self.cut()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tells whoever still listens."""
        if self._listener:
            self._listener.ended(self, self._code)
            self._listener = None


async def dial(
    where: tuple[str, int], source: str | None, asking: tuple[str, str], page: Listener, attempt: int
) -> Line:
    """A line on its way up. `source`: the local address it comes from; `asking`: path and cookie. Raises OSError."""
    host, port = where
    request = REQUEST.format(path=asking[0], host=host, port=port, cookie=asking[1]).encode()
    local = (source, 0) if source else None
    loop = asyncio.get_running_loop()
    _, line = await loop.create_connection(lambda: Line(request, page, attempt), host, port, local_addr=local)
    if line.transport:
        line.transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return line
