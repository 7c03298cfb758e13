"""Bytes nobody's browser would send, by the ten thousand: nothing breaks, nothing grows, the room goes on.

`HEARTH_TEST_LONG=1`: ten million in process and a million over sockets.
`HEARTH_TEST_SEED=n`: the choices of an earlier run.
"""

import asyncio
import contextlib
import os
import random
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.bench.foundation import resident
from tests.crowd import Crowd, crowds, holds
from tests.mutated import Mutator, check_payloads, check_streams
from tests.raw import Raw, asking, framed
from tests.servers import Servers, a_valkey, served_for_real

pytestmark = pytest.mark.faults
LONG = os.environ.get("HEARTH_TEST_LONG") == "1"
SEED = int(os.environ.get("HEARTH_TEST_SEED", 20261121))
IN_PROCESS = 10_000_000 if LONG else 50_000
LIVE = 1_000_000 if LONG else 10_000
AT_ONCE = 16
GROWTH = 40 * 1024
"""KiB a server may be larger after all of it: ten times what was measured."""


async def test_mutated_frames_in_process_are_heard_as_the_standards_parser_hears_them() -> None:
    before = resident(os.getpid())
    for part in range(10):
        await check_streams(SEED + part, IN_PROCESS // 10)
        check_payloads(SEED + part, IN_PROCESS // 10)
    assert resident(os.getpid()) - before < GROWTH


@pytest.fixture
async def servers(tmp_path: Path) -> AsyncIterator[Servers]:
    """A server and its Valkey."""
    async with a_valkey(tmp_path / "redis") as valkey, served_for_real(tmp_path, valkey.url, 1) as servers:
        yield servers


class Attack:
    """Some who send mutated streams after a proper handshake, and now and then a handshake that is none."""

    def __init__(self, port: int, rooms: list[Crowd]) -> None:
        self.sent = 0
        self.turns = 0
        self.statuses: set[int] = set()
        self._port = port
        self._doors = [(room.path, cookie) for room in rooms for cookie in room.cookies[1:]]

    async def goes_on(self) -> None:
        """Until enough was sent."""
        while self.sent < LIVE:
            turn = self.turns = self.turns + 1
            mutator, (path, cookie) = Mutator(SEED * 1_000_003 + turn), self._doors[turn % len(self._doors)]
            with contextlib.suppress(ConnectionError, TimeoutError):
                if turn % 6:
                    await self._talks(mutator, path, cookie)
                else:
                    await self._knocks(mutator, asking(f"127.0.0.1:{self._port}", path, cookie))

    async def _talks(self, mutator: Mutator, path: str, cookie: str) -> None:
        count = mutator._chance.choice((5, 12, 40))
        self.sent += count
        raw = await Raw.enters(self._port, path, cookie)
        self.statuses.add(raw.status)
        for packet in mutator.stream(count):
            if raw.code:
                break
            raw.sends(packet)
            await asyncio.sleep(0)
        raw.sends(framed(b"\x03\xe8", 8))
        with contextlib.suppress(TimeoutError):  # of a stream cut off within a frame nothing more is understood
            await raw.is_closed(0.2)
        raw.leaves()

    async def _knocks(self, mutator: Mutator, head: bytes) -> None:
        self.sent += 1
        spoilt = bytearray(head)
        mutator._spoil(spoilt, mutator._chance.randint(1, 4))
        raw = await Raw.dials(self._port)
        for packet in mutator.cut(bytes(spoilt)):
            raw.sends(packet)
            await asyncio.sleep(0)
        with contextlib.suppress(TimeoutError):
            await raw.until(lambda: raw.status or raw.code, 0.2)
        self.statuses.add(raw.status)
        raw.leaves()


async def test_mutated_frames_and_handshakes_over_sockets_harm_nobody(servers: Servers) -> None:
    rooms = await crowds(servers.store, 20, 12)
    server, port = servers.servers[0], servers.ports[0]
    holding = [await holds(port, room) for room in rooms]
    (quiet,) = await crowds(servers.store, 1, 2)
    speaker = await holds(port, quiet)
    hearer = await Raw.enters(port, quiet.path, quiet.cookies[1])
    await hearer.until(lambda: hearer.frames, 30)
    attack = Attack(port, rooms)
    random.Random(SEED).shuffle(attack._doors)  # noqa: S311 not for secrets

    said = 0
    before = 0
    async with asyncio.TaskGroup() as tasks:
        attackers = [tasks.create_task(attack.goes_on()) for _ in range(AT_ONCE)]
        while not all(task.done() for task in attackers):
            said += 1
            speaker.asks("say", ref=f"s-{said}", text=f"and {said}")
            await asyncio.sleep(0.15)
            if not before and attack.sent > LIVE // 5:
                before = resident(server.process.pid)
    await hearer.until(lambda: any(b'"and %d"' % said in frame for frame in hearer.frames), 30)

    heard = [frame for frame in hearer.frames if b'"said"' in frame]
    assert len(heard) == said, [frame for frame in speaker.frames if b'"refused"' in frame]
    assert not [status for status in attack.statuses if status >= 500]
    log = server.log.read_text()
    assert "Traceback" not in log
    assert '"level": "error"' not in log
    assert resident(server.process.pid) - before < GROWTH
    async with httpx.AsyncClient() as browser:
        assert (await browser.get(f"http://127.0.0.1:{port}/healthz")).status_code == 200
    for one in (*holding, speaker, hearer):
        one.leaves()
