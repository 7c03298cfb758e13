"""A stranger's connection that asks nothing, or never stops asking, takes nothing away from the rooms."""

import asyncio
import gc
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import ClassVar
from weakref import WeakSet

import pytest
import uvicorn

from chat.live.transport import HearthProtocol
from tests.installation import running
from tests.raw import asking
from tests.web.place import Browser, Place
from web.asking import AskingProtocol

HEAD = b"GET /healthz HTTP/1.1\r\nHost: here\r\n"


class Hasty(AskingProtocol):
    """As ours, where 0.5 s pass for 8 and for 30."""

    HEAD_WITHIN = 0.5
    WITHIN = 0.5
    alive: ClassVar["WeakSet[Hasty]"] = WeakSet()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Is counted while anything of it is left."""
        super().connection_made(transport)
        self.alive.add(self)


@pytest.fixture
async def hasty(place: Place) -> AsyncIterator[int]:
    """A port where the website is served so."""
    config = uvicorn.Config(place.app, port=0, http=Hasty, ws=HearthProtocol, lifespan="off", log_config=None)
    async with running(config) as port:
        yield port


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


@pytest.mark.parametrize(
    "said", [b"", b"\r\n", HEAD, HEAD + b"X-A: ", b"POST /sign-in HTTP/1.1\r\nContent-Length: 9\r\n\r\na"]
)
async def test_whoever_does_not_finish_asking_is_not_waited_for(said: bytes, hasty: int) -> None:
    async with connected(hasty) as (reader, writer), asyncio.timeout(3):
        writer.write(said)
        assert b"200 OK" not in await reader.read()


async def test_nor_is_whoever_begins_to_ask_again(hasty: int) -> None:
    async with connected(hasty) as (reader, writer), asyncio.timeout(3):
        writer.write(HEAD + b"\r\n")
        assert await reader.readuntil(b"ok\n")
        writer.write(HEAD)
        assert await reader.read() == b""


@pytest.mark.parametrize("line", [b"X-A: " + b"a" * 1000 + b"\r\n", b"a" * 1000])
async def test_a_question_without_an_end_is_not_kept(line: bytes, place: Place) -> None:
    with pytest.raises(ConnectionError):
        await _asks_on_and_on(place.port, line)


async def _asks_on_and_on(port: int, line: bytes) -> None:
    async with connected(port) as (_, writer), asyncio.timeout(5):
        writer.write(HEAD + b"X-B: ")
        for _ in range(1000):
            writer.write(line)
            await writer.drain()
            await asyncio.sleep(0)


async def test_nonsense_is_answered_and_leaves_no_line_in_the_log(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    async with connected(place.port) as (reader, writer), asyncio.timeout(5):
        writer.write(b"\x16\x03\x01\x02\x00\x01\r\n\r\n")
        assert b" 400 " in await reader.readline()
    assert not caplog.records


async def test_a_thousand_questions_before_the_first_answer_are_not_taken(place: Place) -> None:
    async with connected(place.port) as (reader, writer), asyncio.timeout(5):
        writer.write((HEAD + b"\r\n") * 1000)
        with suppress(ConnectionError):
            assert (await reader.read()).count(b"200 OK") < 100


async def test_an_answer_nobody_reads_is_not_kept(hasty: int) -> None:
    async with connected(hasty) as (_, writer), asyncio.timeout(20):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        while not writer.is_closing():
            writer.write(b"GET /static/holding.js HTTP/1.1\r\nHost: here\r\n\r\n")
            await asyncio.sleep(0.002)


async def test_a_seat_is_not_hurried(place: Place, fran: Browser, hasty: int) -> None:
    room = await fran.opens_the_meeting(place.tuesday)
    seat = await fran.connects(room)
    await seat.goes()
    seat.address = f"ws://127.0.0.1:{hasty}{room}/socket"
    await seat.enters()
    await asyncio.sleep(0.6)
    await seat.says("There is no hurry.")


async def test_nothing_that_asked_for_it_is_kept_beside_a_seat(place: Place, fran: Browser, hasty: int) -> None:
    room = await fran.opens_the_meeting(place.tuesday)
    seat = await fran.connects(room)
    await seat.goes()
    Hasty.alive.clear()
    gc.disable()  # which finds it a thousand connections later
    try:
        seat.address = f"ws://127.0.0.1:{hasty}{room}/socket"
        await seat.enters()
        await seat.says("Here.")
        assert not Hasty.alive
    finally:
        gc.enable()


async def test_a_connection_is_used_again_and_a_long_form_gets_through(place: Place, hasty: int) -> None:
    async with connected(hasty) as (reader, writer), asyncio.timeout(5):
        for _ in range(3):
            writer.write(HEAD + b"\r\n")
            assert await reader.readuntil(b"ok\n")
            await asyncio.sleep(0.2)
        body = b"text=" + b"x" * 120_000
        writer.write(b"POST /sign-in HTTP/1.1\r\nHost: here\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        assert b"403" in await reader.readline()


async def shown(request: bytes) -> tuple[dict[str, object], list[bytes]]:
    """What an application learns of a handshake, and what is answered."""
    seen: dict[str, object] = {}

    async def app(scope, receive, send) -> None:  # type: ignore[no-untyped-def]
        seen.update(scope)
        await receive()
        await send({"type": "websocket.accept"})

    config = uvicorn.Config(
        app, port=0, http=AskingProtocol, ws=HearthProtocol, ws_per_message_deflate=False, lifespan="off",
        log_config=None, date_header=False, proxy_headers=False,
    )  # fmt: skip
    async with running(config) as port, connected(port) as (reader, writer), asyncio.timeout(20):
        writer.write(request)
        answer = await reader.read()
        assert seen.pop("server", ("127.0.0.1", port)) == ("127.0.0.1", port)
        mine = writer.get_extra_info("sockname")
        assert seen.pop("client", mine) == mine
    return seen, sorted(line for line in answer.lower().split(b"\r\n") if not line.startswith(b"date:"))


@pytest.mark.parametrize(
    ("usual", "another"),
    [
        (b"Cookie: visit=c", b"Cookie: visit=c"),
        (b"Cookie: visit=c", b"Cookie: visit=" + b"c" * 5000),
        (b"Cookie: visit=c", b"Cookie: visit=\xff"),
        (b"Cookie: visit=c", b"Upgrade: websocket"),
        (b"Cookie: visit=c", b"Sec-WebSocket-Protocol: chat"),
        (b"Version: 13", b"Version: 12"),
        (b"GET ", b"POST "),
        (b"/rooms", b"http://here/rooms"),
    ],
)
async def test_a_handshake_that_is_handed_over_comes_to_the_same_as_one_written_anew(
    usual: bytes, another: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = asking("here", "/rooms/a%20b/socket?epoch=1", "c").replace(usual, another)
    handed_over = await shown(request)
    monkeypatch.setattr(AskingProtocol, "_is_ordinary", lambda self: False)
    monkeypatch.setattr(HearthProtocol, "greeted", lambda self, data: False)
    written_anew = await shown(request)
    extensions = [seen[0].pop("extensions", {}) for seen in (handed_over, written_anew)]
    assert extensions[0].keys() == extensions[1].keys()  # type: ignore[attr-defined]
    assert handed_over[0] == written_anew[0]
    assert handed_over[1] == written_anew[1]
