"""Whoever comes as browsers do is let in quickly, and exactly as whoever comes in any other way."""

import asyncio

import pytest
import uvicorn
from uvicorn.server import ServerState

from chat.live.reading import asked_of
from chat.live.transport import HearthProtocol
from tests.mutated import Paper
from tests.raw import asking, passed_on

SAID = asking("here:8000", "/rooms/a%20b/socket?epoch=1&after=2", "c")


async def come(request: bytes) -> tuple[dict[str, object], bytes]:
    """What the application learns of whoever comes so, and what they are answered."""
    seen: dict[str, object] = {}

    async def app(scope, receive, send) -> None:  # type: ignore[no-untyped-def]
        seen.update(scope)
        assert (await receive())["type"] == "websocket.connect"
        await send({"type": "websocket.accept"})

    config = uvicorn.Config(app, ws_per_message_deflate=False, lifespan="off", log_config=None, interface="asgi3")
    config.load()
    state = ServerState()
    state.default_headers = [(b"date", b"today")]
    paper, line = Paper(), HearthProtocol(config, state, {})
    line.connection_made(paper)
    line.data_received(request)
    while line.tasks:
        await asyncio.sleep(0)
    line.connection_lost(None)
    assert not seen or seen.pop("extensions")["hearth"] is line  # type: ignore[index]
    return seen, bytes(paper.written)


def lines(answer: bytes) -> set[bytes]:
    """The answer's head, where order and the size of letters in names mean nothing."""
    return {name.lower() + value for name, _, value in (one.partition(b":") for one in answer.split(b"\r\n"))}


async def test_an_ordinary_handshake_comes_to_the_same_as_one_that_the_parser_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert asked_of(passed_on(SAID))
    quickly = await come(passed_on(SAID))
    monkeypatch.setattr(HearthProtocol, "greeted", lambda self, data: False)
    slowly = await come(passed_on(SAID))
    assert quickly[0] == slowly[0]
    assert quickly[0]["path"] == "/rooms/a b/socket"
    assert lines(quickly[1]) == lines(slowly[1])
    assert quickly[1].startswith(b"HTTP/1.1 101 ")
    assert quickly[1].count(b"\r\n\r\n") == 1


@pytest.mark.parametrize(
    ("usual", "unusual"),
    [
        (b"GET ", b"POST "),
        (b"HTTP/1.1", b"HTTP/1.0"),
        (b"/rooms", b"rooms"),
        (b"a%20b", b"a b"),
        (b"upgrade: websocket", b"upgrade: h2c"),
        (b"connection: Upgrade", b"connection: close"),
        (b"version: 13", b"version: 12"),
        (b"AAAA==", b"AAA="),
        (b"AAAA==", b"AAAB=="),
        (b"sec-websocket-key", b"sec-websocket-kez"),
        (b"host: here:8000", b"host here:8000"),
        (b"host: here:8000", b"upgrade: websocket"),
        (b"host: here:8000", b"sec-websocket-protocol: chat"),
        (b"host: here:8000", b"host: \x00"),
        (b"host: here:8000", b"host: \xff"),
        (b"host: here:8000", b"host: here\n:8000"),
        (b"host: here:8000", b" folded"),
        (b"host: here:8000", b"host: " + b"h" * 4096),
        (b"\r\n\r\n", b"\r\n\r\n\x81\x80abcd"),
        (b"\r\n\r\n", b"\r\n"),
    ],
)
async def test_whatever_is_not_ordinary_is_left_to_the_parser(usual: bytes, unusual: bytes) -> None:
    assert usual in passed_on(SAID)
    assert asked_of(passed_on(SAID).replace(usual, unusual)) is None


async def nobody(scope, receive, send) -> None:  # type: ignore[no-untyped-def]
    """Is never asked."""


async def test_only_the_first_that_comes_can_be_a_handshake() -> None:
    whole = passed_on(SAID)
    config = uvicorn.Config(nobody, ws_per_message_deflate=False, lifespan="off", log_config=None)
    config.load()
    line = HearthProtocol(config, ServerState(), {})
    assert not line.greeted(b"GET /")
    assert not line.greeted(whole)
