"""What the first process and a worker tell each other, over a pair of sockets; each sees when the other ends."""

import asyncio
import socket
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from chat.live.counts import Figures
from config.settings import Settings

LONGEST = 1024 * 1024
"""Bytes of a line: the figures of a hundred workers."""


class Begin(Struct, tag=True, frozen=True):
    """To a worker, first of all: which of how many it is, and everything it needs to serve."""

    number: int
    settings: Settings
    secret: bytes
    redis_url: str

    def __repr__(self) -> str:
        return f"<Begin {self.number}>"


class Ready(Struct, tag=True, frozen=True):
    """From a worker: it answers."""


class Leaving(Struct, tag=True, frozen=True):
    """From a worker: it lets nobody in any more, and says goodbye to whoever is there."""


class Ask(Struct, tag=True, frozen=True):
    """From a worker: somebody wants everybody's figures."""


class Tell(Struct, tag=True, frozen=True):
    """To a worker: its own are wanted."""


class Told(Struct, tag=True, frozen=True):
    """From a worker: its own."""

    figures: Figures


class Everybody(Struct, tag=True, frozen=True):
    """To a worker: every worker's."""

    figures: list[Figures]


Message = Begin | Ready | Leaving | Ask | Tell | Told | Everybody
_decoder = msgspec.json.Decoder(Message, dec_hook=lambda kind, value: kind(value))
_encoder = msgspec.json.Encoder(enc_hook=lambda value: str(value) if isinstance(value, Path) else _unknown(value))


def _unknown(value: Any) -> Any:
    raise NotImplementedError(type(value).__name__)


class Channel:
    """One end of it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, end: socket.socket) -> "Channel":
        """Takes the socket over."""
        return cls(*await asyncio.open_unix_connection(sock=end, limit=LONGEST))

    def send(self, message: Message) -> None:
        """Does not wait; one whose other end is gone swallows it."""
        self._writer.write(_encoder.encode(message) + b"\n")

    async def receive(self) -> Message | None:
        """The next message; None when the other process has ended."""
        try:
            line = await self._reader.readuntil()
        except (asyncio.IncompleteReadError, OSError):
            return None
        message: Message = _decoder.decode(line)
        return message

    def close(self) -> None:
        """Nothing more is said."""
        self._writer.close()
