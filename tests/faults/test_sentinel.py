"""A master that sentinels watch dies or steps down: commands are refused in words, then rooms go on at the new one."""

import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chat.core.decision import House
from chat.core.wire import Role
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


async def test_a_master_that_steps_down_is_left_for_the_one_that_took_its_place(
    watched: Watched, circle: Circle
) -> None:
    await watched.changes()
    await circle.are_told("room")
    await go_on([circle])
    await circle.ends()
    assert (await watched.replica.redis.info("replication"))["role"] == "master"
