"""A companion's line to the room: as a browser's, it comes back by itself, misses nothing and asks nothing twice."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable

import msgspec
from msgspec import Struct
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Data, Origin

from chat.core.ids import Epoch, Number, Ref
from chat.core.wire import Accepted, Announced, Answer, Command, Event, Refused, Said, Snapshot
from chat.live.closing import Closing

FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
"""Seconds before coming back: the real wait is anything up to it, and it doubles each time."""
OPENING = 10.0
"""Seconds for a connection to open, or for one frame to be sent."""
FINAL = 4500
"""Close codes from here on say: do not come back."""
_frames: msgspec.json.Decoder[Event | Answer] = msgspec.json.Decoder(Event | Answer)


class Way(Struct, frozen=True):
    """How one companion gets to one room. `cookie`: that of their visit."""

    socket: str
    origin: str
    cookie: str

    def __repr__(self) -> str:
        return "<Way>"


class Connection:
    """Owns one companion's socket. `hears` is told every frame; `is_away`, that the connection has ended."""

    def __init__(self, way: Way, hears: Callable[[Event | Answer], None], is_away: Callable[[], None]) -> None:
        self._way = way
        self._hears = hears
        self._is_away = is_away
        self._socket: ClientConnection | None = None
        self._unanswered: dict[Ref, str] = {}
        self._epoch: Epoch | None = None
        self._after = Number(0)
        self._newest = Number(0)
        self._replay = 0
        self._tries = 0

    async def stay(self) -> Closing:
        """Sits in the room, coming back after every loss; gives why not any more."""
        while True:
            with contextlib.suppress(OSError, WebSocketException):
                async with connect(
                    self._address, origin=Origin(self._way.origin), compression=None, open_timeout=OPENING,
                    additional_headers={"Cookie": self._way.cookie},
                ) as socket:  # fmt: skip
                    await self._sit(socket)
                    if socket.close_code is not None and socket.close_code >= FINAL:
                        return Closing(socket.close_code)
            most = min(LONGEST_WAIT, FIRST_WAIT * 2**self._tries)
            self._tries += 1
            await asyncio.sleep(random.uniform(0, most))  # noqa: S311  not for secrets

    async def ask(self, command: Command) -> None:
        """Asks for something; what is not answered is asked again, by the same name, after coming back."""
        frame = msgspec.json.encode(command).decode()
        self._unanswered[command.ref] = frame
        if self._socket is not None:
            await self._send(self._socket, frame)

    @property
    def _address(self) -> str:
        query = "" if self._epoch is None else f"?epoch={self._epoch}&after={self._after}"
        return self._way.socket + query

    async def _sit(self, socket: ClientConnection) -> None:
        try:
            async for data in _until_closed(socket):
                frame = _frames.decode(data)
                if isinstance(frame, Snapshot):
                    await self._shown(socket, frame)
                self._place(frame)
                self._hears(frame)
        finally:
            self._socket = None
            self._is_away()

    async def _shown(self, socket: ClientConnection, frame: Snapshot) -> None:
        """The room; on a new connection, everything unanswered is asked once more."""
        if self._epoch != frame.epoch or not frame.replay:
            self._after = Number(frame.n - frame.replay)
        self._epoch, self._newest, self._replay = frame.epoch, frame.n, frame.replay
        if self._socket is None:
            self._socket, self._tries = socket, 0
            for unanswered in list(self._unanswered.values()):
                await self._send(socket, unanswered)

    def _place(self, frame: Event | Answer) -> None:
        """Keeps where to go on from."""
        match frame:
            case Accepted(ref=ref) | Refused(ref=ref):
                self._unanswered.pop(ref, None)
            case Said(n=n) | Announced(n=n):
                self._replay = max(0, self._replay - 1)
                self._after = max(n, self._newest) if not self._replay else n
            case _:
                pass

    async def _send(self, socket: ClientConnection, frame: str) -> None:
        with contextlib.suppress(ConnectionClosed, TimeoutError):  # noticed where frames are received
            async with asyncio.timeout(OPENING):
                await socket.send(frame)


async def _until_closed(socket: ClientConnection) -> AsyncIterator[Data]:
    """Its frames; how it was closed is for the caller to see."""
    with contextlib.suppress(ConnectionClosed):
        while True:
            yield await socket.recv()
