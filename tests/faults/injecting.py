"""Every fault there is a way to inject: what it needs, what it does, and that it is over when its function returns."""

import asyncio
import contextlib
import os
import random
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

from msgspec import Struct

from chat.core.ids import RoomId
from chat.live.bus.keys import CONTROL, Keys
from tests.faults.evening import Evening
from tests.faults.ground import Ground

Chance = random.Random
Injector = Callable[[Ground, Evening, Chance], Awaitable[None]]


class Fault(Struct, frozen=True):
    """`needs`: what of a machine it cannot do without, as `Ground.missing` names it."""

    name: str
    inject: Injector
    needs: str = ""


FAULTS: list[Fault] = []


def fault(name: str, needs: str = "") -> Callable[[Injector], Injector]:
    """Puts a fault on the list."""

    def listed(inject: Injector) -> Injector:
        FAULTS.append(Fault(name, inject, needs))
        return inject

    return listed


# Processes


@fault("process killed")
async def process_killed(ground: Ground, _: Evening, chance: Chance) -> None:
    worker = chance.choice(ground.workers)
    await worker.is_killed()
    await asyncio.sleep(chance.uniform(0, 2))
    await worker.starts()


@fault("process stopped")
async def process_stopped(ground: Ground, _: Evening, chance: Chance) -> None:
    worker = chance.choice(ground.workers)
    await worker.is_stopped()
    await worker.starts()


@fault("process frozen")
async def process_frozen(ground: Ground, _: Evening, chance: Chance) -> None:
    worker = chance.choice(ground.workers)
    worker.freezes()
    try:
        await asyncio.sleep(chance.uniform(1, 11))
    finally:
        worker.thaws()


# Redis


@fault("Redis killed")
async def redis_killed(ground: Ground, _: Evening, chance: Chance) -> None:
    await ground.memory.is_killed()
    await asyncio.sleep(chance.uniform(0, 2))
    await ground.memory.starts()


@fault("Redis frozen")
async def redis_frozen(ground: Ground, _: Evening, chance: Chance) -> None:
    ground.memory.freezes()
    try:
        await asyncio.sleep(chance.choice((1.0, 2.5, 12.0)))
    finally:
        ground.memory.thaws()


@fault("Redis emptied")
async def redis_emptied(ground: Ground, _: Evening, chance: Chance) -> None:
    await ground.memory.does("FLUSHALL")


@fault("Redis failed over to a replica that lags")
async def redis_failed_over(ground: Ground, _: Evening, chance: Chance) -> None:
    await ground.memory.fails_over(chance.uniform(0, 1))


@fault("subscriptions killed")
async def subscriptions_killed(ground: Ground, _: Evening, chance: Chance) -> None:
    for _time in range(chance.randint(1, 3)):
        await ground.memory.does("CLIENT", "KILL", "TYPE", "pubsub")
        await asyncio.sleep(chance.uniform(0, 0.5))


@fault("subscriptions overrun")
async def subscriptions_overrun(ground: Ground, evening: Evening, chance: Chance) -> None:
    room = RoomId(chance.choice(evening.circles).facilitator.path.split("/")[2])
    channel = chance.choice((CONTROL, Keys(room).channel))  # 40 MB at once: Redis drops whoever has not read 32 MB
    flood = "for i = 1, 40 do redis.call('SPUBLISH', KEYS[1], string.rep('x', 1000000)) end"
    await ground.memory.does("EVAL", flood, 1, channel)


# Networks


@fault("packets between a process and Redis lost", needs="network")
async def redis_unreachable(ground: Ground, _: Evening, chance: Chance) -> None:
    assert ground.away is not None
    await ground.away.drops(ground.memory.port)
    try:
        await asyncio.sleep(chance.uniform(1, 7))
    finally:
        await ground.away.heals()


@fault("5 % of packets between a process and Redis lost", needs="network")
async def redis_lossy(ground: Ground, _: Evening, chance: Chance) -> None:
    assert ground.away is not None
    await ground.away.drops(ground.memory.port, 5)
    try:
        await asyncio.sleep(chance.uniform(3, 7))
    finally:
        await ground.away.heals()


@fault("link to Redis slow")
async def link_slow(ground: Ground, _: Evening, chance: Chance) -> None:
    ground.link.delay = chance.uniform(0.05, 0.4)
    await asyncio.sleep(chance.uniform(2, 5))
    ground.link.delay = 0.0


@fault("link to Redis held back")
async def link_held(ground: Ground, _: Evening, chance: Chance) -> None:
    ground.link.holding = True
    await asyncio.sleep(chance.uniform(1, 6))
    ground.link.let_go()


@fault("link to Redis cut")
async def link_cut(ground: Ground, _: Evening, chance: Chance) -> None:
    for _time in range(chance.randint(1, 3)):
        ground.link.cut()
        await asyncio.sleep(chance.uniform(0, 0.5))


@fault("browsers cut off")
async def browsers_cut(_: Ground, evening: Evening, chance: Chance) -> None:
    for visitor in evening.visitors:
        if chance.random() < 0.5:
            visitor.cut()
    await asyncio.sleep(1)


@fault("browsers silent")
async def browsers_silent(_: Ground, evening: Evening, chance: Chance) -> None:
    for visitor in evening.visitors:
        if chance.random() < 0.1:
            visitor.fall_silent()
    await asyncio.sleep(1)


@fault("browsers in another network")
async def browsers_moved(_: Ground, evening: Evening, chance: Chance) -> None:
    for visitor in evening.staying:
        if chance.random() < 0.3:
            visitor.move(f"127.0.0.{chance.randint(2, 250)}")
    await asyncio.sleep(1)


# Records


@fault("records locked")
async def records_locked(ground: Ground, _: Evening, chance: Chance) -> None:
    with contextlib.closing(sqlite3.connect(ground.records, isolation_level=None)) as holding:
        holding.execute("BEGIN EXCLUSIVE")
        await asyncio.sleep(chance.uniform(1, 7))
        holding.execute("ROLLBACK")


@fault("records moved away")
async def records_away(ground: Ground, _: Evening, chance: Chance) -> None:
    place = ground.records.parent
    elsewhere = place.rename(place.with_name("elsewhere"))
    await asyncio.sleep(chance.uniform(1, 5))
    elsewhere.rename(place)


@fault("disk full", needs="disk")
async def disk_full(ground: Ground, _: Evening, chance: Chance) -> None:
    assert ground.disk is not None
    filling = ground.disk / "filling"
    try:
        _fill(filling)
        await asyncio.sleep(chance.uniform(1, 5))
    finally:
        filling.unlink()


def _fill(file: Path) -> None:
    with file.open("wb", buffering=0) as out, contextlib.suppress(OSError):
        while True:
            out.write(os.urandom(65536))


# Time


@fault("clock of Redis set back", needs="clock")
async def redis_clock_back(ground: Ground, _: Evening, chance: Chance) -> None:
    await _back_and_forth(ground, chance)


@fault("clock of Redis and of a process set back", needs="clock")
async def clocks_back(ground: Ground, _: Evening, chance: Chance) -> None:
    worker = chance.choice(ground.workers)
    await worker.is_stopped()
    await worker.starts(ground.clocked)
    await asyncio.sleep(2)
    await _back_and_forth(ground, chance)
    await worker.is_stopped()
    await worker.starts()


async def _back_and_forth(ground: Ground, chance: Chance) -> None:
    assert ground.clock is not None
    ground.clock.write_text(f"-{chance.choice((5, 90, 3600))}\n")
    await asyncio.sleep(chance.uniform(2, 5))
    ground.clock.write_text("+0\n")
    await asyncio.sleep(1.5)  # it is looked at once a second
