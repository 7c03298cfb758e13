"""Before a server opens anything it knows whether REDIS_URL names a Redis that can carry rooms."""

import asyncio

import pytest

from chat.live import embedded
from chat.live.bus.connection import BusGone
from chat.live.bus.reaching import reach

CLOSED = "port 0\nuser default on >password ~* &* +@all\n"


async def test_one_that_answers_is_right(redis_url: str) -> None:
    await reach(redis_url)


async def test_one_that_may_not_tell_its_version_is_right() -> None:
    async with embedded.valkey("port 0\nuser default on nopass ~* &* +@all -info") as valkey:
        await reach(valkey.url)


@pytest.mark.parametrize("password", ["", "?password=wrong"])
async def test_a_missing_or_wrong_password_is_told_and_not_shown(password: str) -> None:
    async with embedded.valkey(CLOSED) as valkey:
        with pytest.raises(BusGone, match="does not accept the name or password"):
            await reach(valkey.url + password)


async def test_nobody_there_is_told() -> None:
    with pytest.raises(BusGone, match="cannot be reached"):
        await reach("redis://127.0.0.1:1")


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [(b"$20\r\nredis_version:6.2.14\r\n", "is older than 7.0"), (b"HTTP/1.1 400 Bad Request\r\n", "cannot be reached")],
)
async def test_one_that_is_too_old_or_something_else_is_told(answer: bytes, sentence: str) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while asked := await reader.read(4096):
            writer.write(b"+OK\r\n" * asked.count(b"CLIENT\r\n") or answer)  # those may come together
        writer.close()

    async with await asyncio.start_server(speak, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(BusGone, match=sentence):
            await reach(f"redis://127.0.0.1:{port}")
