"""The link that tests make slow loses no order: what overtook on it would look like a fault of ours."""

import asyncio
import time

from tests.faults.link import Link


async def test_nothing_overtakes_what_is_still_under_way_when_the_link_is_fast_again() -> None:
    arrived = bytearray()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(100):
            arrived.extend(data)
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    async with server, Link.open(server.sockets[0].getsockname()[:2]) as link:
        _, writer = await asyncio.open_connection("127.0.0.1", link.port)
        await asyncio.sleep(0.05)
        link.delay = 0.05
        writer.write(b"first ")
        await asyncio.sleep(0.02)
        link.delay = 0.0
        writer.write(b"second")
        time.sleep(0.1)  # noqa: ASYNC251 - a machine so busy that both are due at once
        async with asyncio.timeout(5):
            while len(arrived) < 12:
                await asyncio.sleep(0.01)
        writer.close()
    assert arrived == b"first second"
