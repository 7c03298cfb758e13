"""A Redis that is there and takes no writes says no to whoever asks, and interrupts nobody."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Set
from pathlib import Path

import pytest

from chat.core.decision import House
from chat.core.ids import Epoch
from chat.core.wire import Role
from chat.live.bus import Bus, BusGone, Elsewhere, Status, Unsettled
from chat.live.bus.lifeline import LOOK_EVERY, PING_EVERY
from tests.clusters import QUIET, Server
from tests.installation import installed
from tests.live.test_commit_lua import ANN, Ear, Script

HOW = {"full": ("maxmemory", "1", "0"), "without its replica": ("min-replicas-to-write", "1", "0")}
NOT_SAVED = "unable to save"
EVERY = (*HOW, NOT_SAVED)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    """A Redis that a test may set as it likes."""
    server = Server(tmp_path / "redis", QUIET)
    await server.starts()
    yield server
    await server.ends()


async def takes_no_writes(server: Server, tmp_path: Path, why: str) -> None:
    if why in HOW:
        await server.does("CONFIG", "SET", *HOW[why][:2])
        return
    await server.does("CONFIG", "SET", "save", "3600 1")
    shutil.rmtree(tmp_path / "redis")
    await server.does("BGSAVE")
    async with asyncio.timeout(10):
        while (await server.redis.info("persistence"))["rdb_last_bgsave_status"] == "ok":
            await asyncio.sleep(0.02)


async def takes_writes(server: Server, why: str) -> None:
    name, *_, usual = HOW.get(why, ("stop-writes-on-bgsave-error", "no"))
    await server.does("CONFIG", "SET", name, usual)


class Told(Ear):
    """Hears whether rooms are interrupted, too."""

    def __init__(self) -> None:
        super().__init__()
        self.breaks: list[Set[int]] = []
        self.hears = asyncio.Event()

    def broke(self, partitions: Set[int]) -> None:
        self.breaks.append(partitions)

    def mended(self, partitions: Set[int]) -> None:
        self.hears.set()


@pytest.mark.parametrize("why", EVERY)
async def test_a_commit_is_refused_and_nothing_breaks(server: Server, tmp_path: Path, why: str) -> None:
    ear = Told()
    async with Bus.open(f"redis://{server.place}", ear) as bus:
        script = Script(bus, ear)
        await bus.join(script.room)
        await script.creates()
        ear.breaks.clear()
        await takes_no_writes(server, tmp_path, why)
        for _ in range(2):
            with pytest.raises(BusGone) as no:
                await script.says()
            assert not isinstance(no.value, Elsewhere | Unsettled)  # it has not happened, and is not tried again
        await asyncio.sleep(LOOK_EVERY * PING_EVERY * 1.5)  # asked whether it is there, it may refuse that as well
        assert ear.breaks == []
        await takes_writes(server, why)
        assert (await script.says()).number == 1
        assert len(ear.notices) == 2


async def test_whoever_connects_to_one_that_cannot_save_hears_its_rooms(server: Server, tmp_path: Path) -> None:
    await takes_no_writes(server, tmp_path, NOT_SAVED)
    ear = Told()
    async with Bus.open(f"redis://{server.place}", ear), asyncio.timeout(5):
        await ear.hears.wait()


async def test_a_room_is_mended_wholly_or_not_at_all_in_a_redis_that_is_full(server: Server, tmp_path: Path) -> None:
    async with Bus.open(f"redis://{server.place}", Ear()) as bus:
        script = Script(bus, Ear())
        await script.creates(places={ANN: b"old"}, sits=(ANN,))
        await takes_no_writes(server, tmp_path, "full")
        made = await script.creates(epoch=Epoch(9), revision=4, told=20, places={ANN: b"new"}, sits=(ANN,))
        assert made.status is Status.TOLD
        await takes_writes(server, "full")
        stored = await bus.load(script.room)
        assert stored is not None
        assert (stored.epoch, stored.sequence, stored.places) == (9, 21, {ANN: b"new"})


async def test_people_are_refused_in_words_and_nobody_else_is_interrupted(server: Server, tmp_path: Path) -> None:
    async with installed(tmp_path, f"redis://{server.place}", House(pace_burst=20, pace_every=50)) as circle:
        fran = await (await circle.person("Fran", Role.FACILITATOR, 0)).enters()
        ann = await (await circle.person("Ann", Role.MEMBER, 0)).enters()
        await ann.says("Good evening.", before=fran)
        await takes_no_writes(server, tmp_path, "without its replica")
        assert (await ann.is_refused("say", text="To nobody."))["words"]
        assert (await fran.is_refused("pause"))["words"]
        await takes_writes(server, "without its replica")
        await ann.says("And on.", before=fran)
        assert not any(frame["type"] == "interrupted" for person in (ann, fran) for frame in person.history)
