"""Starlette's WebSocket as a seat: who may come in, from which page, and what they are told if not."""

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

from msgspec.structs import replace
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from chat.core.ids import Epoch, Number, ProcessId, RoomId, SeatId
from chat.core.wire import Role
from chat.live.bus import BusGone
from chat.live.closing import Closing
from chat.live.frames import Frames
from chat.live.keeping import Admission, RecordsGone
from chat.live.rooms import Rooms
from chat.live.seat import Hearer, Line, Seat
from chat.live.session import Gone, Resume, Session
from chat.live.table import NoSuchRoom, RoomLost
from chat.live.transport import EXTENSION, HearthProtocol
from chat.live.turnstile import Turnstile

Admit = Callable[[WebSocket, RoomId], Awaitable[Admission | Closing]]
"""Looks at the visit, membership, consent and bars of whoever asks. Raises RecordsGone."""


class Gateway:
    """The endpoint of `/rooms/{room}/socket`."""

    def __init__(self, rooms: Rooms, process: ProcessId, admit: Admit, origin: str | None) -> None:
        self._rooms = rooms
        self._process = process
        self._admit = admit
        self._turnstile = Turnstile()
        self._origin = origin
        """The one page origin that may connect; None: the host that was asked (RFC 6455 section 10.2)."""

    async def endpoint(self, socket: WebSocket) -> None:
        """One connection. A page of another origin gets HTTP 403 before the handshake."""
        if not self._same_origin(socket):
            await socket.close()
            return
        room = RoomId(socket.path_params["room"])
        await socket.accept()
        line, changes = _line(socket), self._rooms.hub.changes
        try:
            found = _as_they_come(socket, await self._admit(socket, room))
            closing = found if isinstance(found, Closing) else await self._attend(socket, line, found, changes)
        except RoomLost:
            closing = Closing.LOST
        except NoSuchRoom:
            closing = Closing.CLOSED
        except (BusGone, RecordsGone):
            closing = Closing.LOST
        if closing is not None:
            line.end(closing, "")
        if isinstance(line, PlainLine):
            await line.finish()

    async def _attend(self, socket: WebSocket, line: Line, admission: Admission, changes: int) -> Closing | None:
        if not self._turnstile.lets(admission.visit, asyncio.get_running_loop().time()):
            return Closing.TOO_MANY
        try:
            return await self._seat(socket, line, admission, changes)
        except RoomLost:
            if admission.role is not Role.FACILITATOR:
                raise
            await self._rooms.hub.begin_again(admission.room)
            return await self._seat(socket, line, admission, changes)

    async def _seat(self, socket: WebSocket, line: Line, admission: Admission, changes: int) -> Closing | None:
        said = _said(socket)
        if said.get("leaves") == "1":
            await self._rooms.elsewhere.leave(admission)
        if await self._rooms.elsewhere.sits(admission):
            return Closing.ELSEWHERE
        async with self._rooms.hub.at(admission.room) as table:
            if side := await self._rooms.sides.elsewhere(table, admission, back=said.get("back") == "1"):
                line.end(Closing.ASIDE, side)
                return None
            if admission.beside and not await self._rooms.sides.belongs(table, admission.member):
                return Closing.CLOSED
            seat = Seat(SeatId(secrets.token_hex(8)), admission, line)
            session = Session(self._rooms, table, seat)
            try:
                closing = await session.sit(self._process, _resume(said))
                if closing is None and admission.beside and not await self._rooms.sides.belongs(table, seat.member):
                    seat.end(Closing.NO_SUCH_ROOM)  # they went back to the group at this very moment
                if closing is None and await self._rooms.elsewhere.sits(admission):
                    seat.end(Closing.ELSEWHERE)  # two pages came into two rooms at this very moment: both are asked
                if closing is None:
                    self._rooms.hub.welcomed(changes)
                    if admission.role is Role.FACILITATOR:
                        line.watch()
                    _unpack(socket)
                    await session.serve(_Ears(socket))
                return closing
            finally:
                # Shielded: a seat is given back also while the server stops.
                await asyncio.shield(session.rise())

    def _same_origin(self, socket: WebSocket) -> bool:
        origin = socket.headers.get("origin", "")
        if self._origin is not None:
            return origin == self._origin
        # Not urlsplit: it raises on what an attacker writes.
        return bool(origin) and origin.partition("://")[2] == socket.headers.get("host")


def _as_they_come(socket: WebSocket, admission: Admission | Closing) -> Admission | Closing:
    """How somebody comes today, as their page said."""
    if isinstance(admission, Admission) and _said(socket).get("listens") == "1":
        return replace(admission, listens=True)
    return admission


def _unpack(socket: WebSocket) -> None:
    """Whoever sits needs neither headers nor cookies any more, which Starlette keeps once they were asked for."""
    for read in ("_headers", "_cookies"):
        vars(socket).pop(read, None)


def _said(socket: WebSocket) -> dict[str, str]:
    """What their page says in the address; mostly nothing."""
    query: bytes = socket.scope["query_string"]
    return dict(parse_qsl(query.decode("latin-1"))) if query else {}


def _resume(said: dict[str, str]) -> Resume | None:
    epoch, after = _whole(said.get("epoch", "")), _whole(said.get("after", ""))
    if epoch is None or (after is None and said.get("back") != "1"):
        return None
    return Resume(Epoch(epoch), None if after is None else Number(after))


def _whole(digits: str) -> int | None:
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 20 else None


def _line(socket: WebSocket) -> Line:
    """Our own transport if the server runs on it; else any ASGI server's."""
    protocol = socket.scope.get("extensions", {}).get(EXTENSION)
    return protocol if isinstance(protocol, HearthProtocol) else PlainLine(socket)


class _Ears:
    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket

    async def receive(self) -> str | bytes:
        try:
            message = await self._socket.receive()
        except (WebSocketDisconnect, RuntimeError):
            raise Gone from None
        if message["type"] == "websocket.disconnect":
            raise Gone
        text: str | None = message.get("text")
        data: bytes | None = message.get("bytes")
        return text if text is not None else data or b""


class PlainLine:
    """A line under any ASGI server: a bounded queue and one task that empties it."""

    QUEUE = 256
    """Frames waiting for a slow reader, before it is cut off."""
    straight = None
    """As `Line.straight`: everything goes through the queue."""
    restarting = False
    """As `Line.restarting`; an ASGI server does not say why it ends a connection, and a browser may say anything."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self._queue: asyncio.Queue[bytes | tuple[Closing, str]] = asyncio.Queue()
        self._ended = False
        self._writer = asyncio.get_running_loop().create_task(self._write())

    @property
    def open(self) -> bool:
        """As `Line.open`; an ASGI server says that a browser has gone only to who receives."""
        return not self._ended

    def offer(self, frames: Frames) -> bool:
        """As `Line.offer`."""
        if self._ended:
            return False
        if self._queue.qsize() > self.QUEUE:
            self.end(Closing.TOO_SLOW, "")
            return False
        for payload in frames.payloads:
            self._queue.put_nowait(payload)
        return True

    def end(self, closing: Closing, reason: str) -> None:
        """As `Line.end`."""
        if not self._ended:
            self._ended = True
            self._queue.put_nowait((closing, reason))

    def watch(self) -> None:
        """Any ASGI server pings as it likes."""

    def hears(self, hearer: Hearer) -> None:
        """Any ASGI server keeps frames for `receive`."""

    async def finish(self) -> None:
        """Waits a little for what is still to be written, and ends the writer."""
        with contextlib.suppress(TimeoutError, asyncio.CancelledError):
            async with asyncio.timeout(2):
                if self._ended:
                    await self._writer
        self._writer.cancel()

    async def _write(self) -> None:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            while True:
                item = await self._queue.get()
                if isinstance(item, tuple):
                    if self._socket.application_state is WebSocketState.CONNECTED:
                        await self._socket.close(int(item[0]), item[1])
                    return
                await self._socket.send_text(item.decode())
