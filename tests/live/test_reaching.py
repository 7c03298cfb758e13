"""Before a server opens anything it knows whether REDIS_URL names a Redis that can carry rooms."""

import asyncio
from pathlib import Path

import pytest

from chat.live import embedded
from chat.live.bus.connection import BusGone
from chat.live.bus.reaching import reach
from tests.clusters import MASTER, QUIET, Server, free_port

CLOSED = "port 0\nuser default on >password ~* &* +@all\n"


async def test_one_that_answers_is_right(redis_url: str) -> None:
    await reach(redis_url)


async def test_one_that_may_not_tell_its_version_is_right() -> None:
    async with embedded.valkey("port 0\nuser default on nopass ~* &* +@all -info") as valkey:
        await reach(valkey.url)


@pytest.mark.parametrize(
    ("settings", "persists"),
    [
        ('save ""', False),
        ("save 3600 1", True),
        ('save ""\nappendonly yes', True),
        ('save ""\nappendonly yes\nuser default on nopass ~* &* +@all -config', True),
        ("save 3600 1\nuser default on nopass ~* &* +@all -config -info", False),
    ],
)
async def test_one_that_writes_its_memory_to_disk_says_so_if_it_may(settings: str, persists: bool) -> None:
    async with embedded.valkey(f"port 0\n{settings}") as valkey:
        assert await reach(valkey.url) is persists


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


async def test_a_url_that_says_something_else_than_what_is_there_is_told(tmp_path: Path) -> None:
    plain = Server(tmp_path / "plain", QUIET)
    clustered = Server(tmp_path / "clustered", f"{QUIET}cluster-enabled yes\ncluster-port {free_port()}\n")
    watch = f"bind 127.0.0.1\nsentinel monitor {MASTER} 127.0.0.1 {plain.port} 1\n"
    sentinel = Server(tmp_path / "sentinel", watch, "--sentinel")
    servers = (plain, clustered, sentinel)
    try:
        for server in servers:
            await server.starts()
        await reach(f"redis://{plain.place}")
        await reach(f"redis+cluster://127.0.0.1:1,{clustered.place}")
        await reach(f"redis+sentinel://127.0.0.1:1,{sentinel.place}/{MASTER}")
        for url, sentence in (
            (f"redis://{clustered.place}", r"as redis\+cluster://"),
            (f"redis://{sentinel.place}", r"as redis\+sentinel://"),
            (f"redis+cluster://{plain.place}", "not part of a cluster"),
            (f"redis+cluster://127.0.0.1:1,{clustered.place},{plain.place}", "not part of a cluster"),
            ("redis+cluster://127.0.0.1:1", "cannot be reached"),
            (f"redis+sentinel://{sentinel.place}/another", "know no master"),
            ("redis+sentinel://127.0.0.1:1/circle", "No sentinel"),
        ):
            with pytest.raises(BusGone, match=sentence):
                await reach(url)
    finally:
        for server in servers:
            await server.ends()
