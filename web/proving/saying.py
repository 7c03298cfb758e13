"""Two browsers of nobody in a room of their own: one holds it, one says the word, both as people's browsers do.

It goes the real way, over the web to the server that runs: so whatever lies on that way, which people's words pass,
is under the same proof. Anything less would prove another program.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

import httpx2
import msgspec
from msgspec import Struct
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Origin

from chat.core.ids import Ref
from chat.core.wire import Accepted, Answer, Close, Command, Event, Refused, Said, Say, Snapshot
from chat.records import visits
from chat.records.canary import Pair

PATIENCE = 60.0
"""Seconds for each step, also on a busy machine."""
_frames: msgspec.json.Decoder[Event | Answer] = msgspec.json.Decoder(Event | Answer)
Frame = Event | Answer


class CannotSay(Exception):
    """Says why in a sentence for whoever runs it."""


class Door(Struct, frozen=True):
    """Where the server answers on this machine, and what it takes its browsers for. `origin`: None: as it is asked."""

    address: str
    https: bool
    origin: str | None

    def cookie(self, token: str) -> str:
        """The Cookie header of a visit."""
        return f"{'__Host-visit' if self.https else 'visit'}={token}"


@asynccontextmanager
async def said(door: Door, pair: Pair, words: str) -> AsyncIterator[str]:
    """The words have been said, and have arrived, in a room that is open as long as this is; gives the room's id.

    Raises CannotSay.
    """
    try:
        async with asyncio.timeout(PATIENCE):
            room = await _opened(door, pair)
            holds, speaks = await _enters(door, room, pair.holds), await _enters(door, room, pair.speaks)
            await _sends(speaks, Say(_ref(), words))
            await asyncio.gather(_accepted(speaks), _heard(holds, words))
    except (OSError, TimeoutError, WebSocketException, httpx2.HTTPError):
        raise CannotSay(f"The server did not answer at {door.address} as it answers a browser.") from None
    try:
        yield room
    finally:
        with suppress(OSError, TimeoutError, WebSocketException):
            async with asyncio.timeout(PATIENCE):
                await _sends(holds, Close(_ref()))
                await _until_closed(holds)
        for one in (holds, speaks):
            await one.close()


async def _opened(door: Door, pair: Pair) -> str:
    """By the button on the group's page."""
    async with httpx2.AsyncClient(timeout=PATIENCE, follow_redirects=False, trust_env=False) as browser:
        answer = await browser.post(
            f"{door.address}/groups/{pair.group}/meeting",
            data={"form": visits.csrf_of(pair.holds)},
            headers={"Cookie": door.cookie(pair.holds)},
        )
    path, _, room = answer.headers.get("location", "").rpartition("/")
    if answer.status_code != 303 or path != "/rooms":
        raise CannotSay(f"The server at {door.address} did not open a room. Are HEARTH_URL and the database the same?")
    return room


async def _enters(door: Door, room: str, token: str) -> ClientConnection:
    where = urlsplit(door.address)
    socket = await connect(
        f"ws://{where.netloc}/rooms/{room}/socket",
        origin=Origin(door.origin or f"http://{where.netloc}"), compression=None, proxy=None,
        additional_headers={"Cookie": door.cookie(token)},
    )  # fmt: skip
    async for frame in _heard_by(socket):
        if isinstance(frame, Snapshot):
            return socket
    raise CannotSay(f"The server did not let its tester into the room (it closed with {socket.close_code}).")


async def _accepted(socket: ClientConnection) -> None:
    async for frame in _heard_by(socket):
        match frame:
            case Accepted():
                return
            case Refused(code=code):
                raise CannotSay(f"The server refused the words ({code.value}).")
            case _:
                pass
    raise CannotSay("The room was closed before the words were said.")


async def _heard(socket: ClientConnection, words: str) -> None:
    async for frame in _heard_by(socket):
        if isinstance(frame, Said) and frame.text == words:
            return
    raise CannotSay("The room was closed before the words arrived.")


async def _until_closed(socket: ClientConnection) -> None:
    async for _ in _heard_by(socket):
        pass


async def _heard_by(socket: ClientConnection) -> AsyncIterator[Frame]:
    with suppress(ConnectionClosed):
        while True:
            yield _frames.decode(await socket.recv())


async def _sends(socket: ClientConnection, command: Command) -> None:
    await socket.send(msgspec.json.encode(command).decode())


def _ref() -> Ref:
    return Ref(f"{secrets.token_hex(4)}-1")
