"""A master that sentinels watch dies or steps down: commands are refused in words, then rooms go on at the new one."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from chat.core.decision import House
from chat.core.wire import Role
from tests.cast import Person
from tests.clusters import Watched, a_watched_master
from tests.conftest import in_a_task_of_its_own
from tests.faults.conversation import Circle, gathered, go_on
from tests.installation import Installation, installed

pytestmark = pytest.mark.faults


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncIterator[Watched]:
    """A master, a replica and three sentinels."""
    async with in_a_task_of_its_own(a_watched_master(tmp_path / "watched")) as watched:
        yield watched


@pytest.fixture
async def installation(watched: Watched, tmp_path: Path) -> AsyncIterator[Installation]:
    """Two processes over whichever is master."""
    house = House(pace_burst=200, pace_every=5, cap=50)
    async with in_a_task_of_its_own(installed(tmp_path, watched.url, house)) as installation:
        yield installation


@pytest.fixture
async def circle(installation: Installation) -> Circle:
    """Two people who talk."""
    circle = await gathered(installation)
    circle.begins()
    await go_on([circle])
    return circle


async def test_while_there_is_no_master_people_are_told_no(
    watched: Watched, circle: Circle, installation: Installation
) -> None:
    bob = await (await installation.person("Bob", Role.MEMBER, 1)).enters()
    os.kill(watched.master.pid, signal.SIGKILL)
    await bob.hears("interrupted")
    assert (await bob.is_refused("say", text="is anybody there?"))["code"] == "interrupted"
    await bob.hears_within(30, "room")
    await circle.insists(bob, "and on", "bob-2")
    await circle.ends()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
async def test_the_master_is_lost_and_the_room_goes_on_at_its_replica(
    watched: Watched, circle: Circle, how: signal.Signals
) -> None:
    await watched.sentinels[0].is_killed()  # the one that is asked first
    os.kill(watched.master.pid, how)
    await circle.are_told("interrupted")
    await circle.are_told("room")
    if how is signal.SIGSTOP:
        os.kill(watched.master.pid, signal.SIGCONT)  # it takes itself for the master until it is told
    await go_on([circle])
    await circle.ends()


async def test_a_mute_that_the_replica_had_not_heard_of_holds_whoever_comes_first(
    watched: Watched, installation: Installation
) -> None:
    fran = await (await installation.person("Fran", Role.FACILITATOR, 1)).enters()
    bob = await (await installation.person("Bob", Role.MEMBER, 1)).enters()
    newcomers = [await installation.person(f"Dee {n}", Role.MEMBER, 0) for n in range(6)]
    await bob.says("one")
    os.kill(watched.replica.pid, signal.SIGSTOP)
    await watched.master.does("CLIENT", "KILL", "TYPE", "replica")
    await fran.does("mute", member=bob.member, minutes=5, reason="other")
    os.kill(watched.master.pid, signal.SIGKILL)
    os.kill(watched.replica.pid, signal.SIGCONT)
    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
        for dee in newcomers:
            tasks.create_task(comes_in(dee))
    await bob.hears_within(40, "room")
    assert (await bob.is_refused("say", text="two"))["code"] in ("muted", "room-paused")
    await installation.is_heard()
    if (await bob.is_refused("say", text="three"))["code"] == "room-paused":
        await fran.does("resume")
    assert (await bob.is_refused("say", text="four"))["code"] == "muted"


async def comes_in(person: Person) -> None:
    """Tries until the room is shown to them."""
    while not person.heard("room"):
        with suppress(OSError):
            await person.connects()
            while person.closed is None and not person.heard("room"):
                await asyncio.sleep(0.005)
        await asyncio.sleep(0.05)


async def test_a_master_that_steps_down_is_left_for_the_one_that_took_its_place(
    watched: Watched, circle: Circle
) -> None:
    await watched.changes()
    await circle.are_told("room")
    await go_on([circle])
    await circle.ends()
    assert (await watched.replica.redis.info("replication"))["role"] == "master"
