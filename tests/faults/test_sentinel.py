"""A master that sentinels watch dies or steps down: commands are refused in words, then rooms go on at the new one."""

import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chat.core.decision import House
from tests.clusters import Watched, a_watched_master
from tests.conftest import in_a_task_of_its_own
from tests.faults.conversation import Circle, gathered, go_on
from tests.installation import installed

pytestmark = pytest.mark.faults


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncIterator[Watched]:
    """A master, a replica and three sentinels."""
    async with in_a_task_of_its_own(a_watched_master(tmp_path / "watched")) as watched:
        yield watched


@pytest.fixture
async def circle(watched: Watched, tmp_path: Path) -> AsyncIterator[Circle]:
    """Two processes, and two people who talk."""
    house = House(pace_burst=200, pace_every=5)
    async with in_a_task_of_its_own(installed(tmp_path, watched.url, house)) as installation:
        circle = await gathered(installation)
        circle.begins()
        await go_on([circle])
        yield circle


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
async def test_the_master_is_lost_and_the_room_goes_on_at_its_replica(
    watched: Watched, circle: Circle, how: signal.Signals
) -> None:
    await watched.sentinels[0].is_killed()  # the one that is asked first
    os.kill(watched.master.pid, how)
    await circle.are_told("interrupted")
    await circle.are_told("room")
    assert "interrupted" in circle.refused
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
