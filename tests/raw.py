"""A browser made of bytes: it sends anything, reads as slowly as it likes, and notes what it was told."""

import asyncio
import json
import socket
from collections.abc import Callable
from typing import Any, Self

CONT, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
OPEN_WITHIN = 30.0
"""Seconds for a handshake, on a machine that is busy with a thousand others."""


def framed(payload: bytes, opcode: int = TEXT, *, fin: bool = True, key: bytes = bytes(4)) -> bytes:
    """A browser's frame (RFC 6455 section 5.2); masked with `key`, of which zeros leave the payload as it is."""
    if any(key):
        payload = bytes(byte ^ key[place % 4] for place, byte in enumerate(payload))
    size = len(payload)
    head = bytes(((0x80 if fin else 0) | opcode,))
    if size < 126:
        return head + bytes((0x80 | size,)) + key + payload
    if size < 65_536:
        return head + b"\xfe" + size.to_bytes(2, "big") + key + payload
    return head + b"\xff" + size.to_bytes(8, "big") + key + payload


def asking(host: str, path: str, cookie: str = "") -> bytes:
    """A handshake as a page of `host` sends it."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nCookie: visit={cookie}\r\n"
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    ).encode()


def passed_on(request: bytes) -> bytes:
    """A handshake as uvicorn passes it on to the protocol of rooms: names in small letters."""
    first, *headers = request.split(b"\r\n")
    lines = [name.lower() + colon + value for name, colon, value in (one.partition(b":") for one in headers)]
    return b"\r\n".join([first, *lines])


def unframed(data: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """The whole frames at the start of what a server sent, each as its first byte and payload, and the rest."""
    found, at, end = [], 0, len(data)
    while end - at >= 2:
        size, body = data[at + 1], at + 2
        if size > 125:
            body += 2 if size == 126 else 8
            size = int.from_bytes(data[at + 2 : body], "big")
        if end < body + size:
            break
        found.append((data[at], data[body : body + size]))
        at = body + size
    return found, data[at:]


class Raw(asyncio.Protocol):
    """One connection. Answers pings unless told not to; keeps frames unless `hears` takes them."""

    def __init__(self, hears: Callable[[bytes], None] | None = None, *, pongs: bool = True) -> None:
        self.frames: list[bytes] = []
        """The payload of each text frame."""
        self.answer = b""
        """The newest to a command."""
        self.pongs = 0
        self.status = 0
        """Of the handshake's answer; 0: none yet."""
        self.code: int | None = None
        """Why it has ended; 1006: without a word."""
        self.reason = ""
        self.transport: asyncio.Transport
        self.news = asyncio.Event()
        self._hears = hears or self.frames.append
        self._answers = pongs
        self._rest = b""
        self._said_goodbye: int | None = None

    @classmethod
    async def dials(cls, port: int, said: bytes = b"", *, source: str = "", room_for: int = 0, **options: Any) -> Self:
        """Connects, and says it; `room_for`: bytes the kernel keeps for a reader who does not read."""
        peer = socket.socket()
        peer.setblocking(False)
        if room_for:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room_for)
        if source:
            peer.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT: the port is chosen when connecting
            peer.bind((source, 0))
        loop = asyncio.get_running_loop()
        await loop.sock_connect(peer, ("127.0.0.1", port))
        _, raw = await loop.create_connection(lambda: cls(**options), sock=peer)
        raw.transport.write(said)
        return raw

    @classmethod
    async def enters(cls, port: int, path: str, cookie: str, **options: Any) -> Self:
        """Opens a socket to a room; what the room answers is to be heard."""
        raw = await cls.dials(port, asking(f"127.0.0.1:{port}", path, cookie), **options)
        await raw.until(lambda: raw.status or raw.code, OPEN_WITHIN)
        return raw

    def sends(self, *frames: bytes) -> None:
        """Any bytes at all."""
        self.transport.write(b"".join(frames))

    def asks(self, type_: str, **fields: Any) -> None:
        """A command."""
        self.sends(framed(json.dumps({"type": type_, **fields}).encode()))

    async def is_answered(self, ref: str) -> None:
        """Waits for the answer to a command."""
        sign = b'"ref":"%s"' % ref.encode()
        await self.until(lambda: self.code or sign in self.answer, OPEN_WITHIN)
        assert self.code is None, self.code

    def stops_reading(self) -> None:
        """Nothing is taken from the kernel any more."""
        self.transport.pause_reading()

    async def until(self, what: Callable[[], object], seconds: float) -> None:
        """Waits until it is so. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not what():
                self.news.clear()
                await self.news.wait()

    async def is_shown(self) -> bool:
        """Waits for the first frame; False if the connection ends instead."""
        await self.until(lambda: self.frames or self.code, OPEN_WITHIN)
        return bool(self.frames)

    async def is_closed(self, seconds: float) -> int:
        """Waits for the end; gives the close code."""
        await self.until(lambda: self.code, seconds)
        return self.code or 1006

    def leaves(self) -> None:
        """At once, without a goodbye."""
        self.transport.abort()

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._rest += data
        if not self.status and not self._answered():
            return
        found, self._rest = unframed(self._rest)
        for first, payload in found:
            self._heard(first & 15, payload)
        self.news.set()

    def _answered(self) -> bool:
        head, end, rest = self._rest.partition(b"\r\n\r\n")
        if end:
            self.status, self._rest = int(head.split(b" ", 2)[1]), rest
        return self.status == 101

    def _heard(self, opcode: int, payload: bytes) -> None:
        if opcode == TEXT:
            if payload.startswith((b'{"type":"accepted"', b'{"type":"refused"')):
                self.answer = payload
            self._hears(payload)
        elif opcode == CLOSE:
            self._said_goodbye = int.from_bytes(payload[:2], "big") or 1005
            self.reason = payload[2:].decode()
            self.sends(framed(payload[:2], CLOSE))
        elif opcode == PING and self._answers:
            self.sends(framed(payload, PONG))
        elif opcode == PONG:
            self.pongs += 1

    def connection_lost(self, exc: Exception | None) -> None:
        self.code = self._said_goodbye or 1006
        self.news.set()
