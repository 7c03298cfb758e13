"""A Redis Cluster loses a master, or moves slots: the rooms concerned come back, and the others notice nothing."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from chat.core.decision import House
from chat.core.ids import RoomId
from chat.core.wire import Role
from chat.live import lease
from chat.live.bus.keys import HOME, PROCESSES, SLOTS, number
from chat.live.closing import Closing
from tests.cast import Person
from tests.clusters import Cluster, Server, a_cluster
from tests.conftest import in_a_task_of_its_own
from tests.faults.conversation import Circle, gathered, go_on
from tests.installation import Installation, installed
from tests.live.test_aside import step_aside

pytestmark = pytest.mark.faults
EACH = 2
"""Rooms on each master."""


@pytest.fixture
async def cluster(tmp_path: Path) -> AsyncIterator[Cluster]:
    """Three masters with their replicas."""
    async with in_a_task_of_its_own(a_cluster(tmp_path / "cluster")) as cluster:
        yield cluster


@pytest.fixture
async def installation(cluster: Cluster, tmp_path: Path) -> AsyncIterator[Installation]:
    """Two processes over the cluster."""
    house = House(pace_burst=200, pace_every=5, cap=50)
    async with in_a_task_of_its_own(installed(tmp_path, cluster.url, house)) as installation:
        yield installation


async def gather(installation: Installation, cluster: Cluster) -> list[Circle]:
    """Rooms on every master, and people who talk in each."""
    found: list[Circle] = []
    for master in cluster.masters:
        while sum(cluster.owner_of(circle.room) is master for circle in found) < EACH:
            await installation.begins()
            if cluster.owner_of(installation.room) is master:
                found.append(await gathered(installation))
    for circle in found:
        circle.begins()
    return found


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_master_is_lost_and_only_its_own_rooms_are_interrupted(
    installation: Installation, cluster: Cluster, how: signal.Signals
) -> None:
    circles = await gather(installation, cluster)
    await go_on(circles)
    lost = cluster.owner(HOME)  # what concerns the whole installation must move, too
    concerned = [circle for circle in circles if cluster.owner_of(circle.room) is lost]
    os.kill(lost.pid, how)
    for circle in concerned:
        await circle.are_told("interrupted")
        await circle.are_told("room")
    if how is signal.SIGSTOP:
        os.kill(lost.pid, signal.SIGCONT)  # for a moment it takes itself for a master still
    await go_on(circles)
    for circle in circles:
        await circle.ends()
        assert circle in concerned or circle.disturbances() == []


async def test_signing_out_reaches_the_other_process_while_the_channel_of_both_moves(
    installation: Installation, cluster: Cluster
) -> None:
    circle = await gathered(installation)
    await cluster.moves(SLOTS[HOME], next(master for master in cluster.masters if master is not cluster.owner(HOME)))
    await installation.signs_out(circle.ann)
    assert await circle.ann.is_closed() == Closing.SIGNED_OUT


async def test_a_slot_on_its_way_is_waited_for_and_not_for_ever(installation: Installation, cluster: Cluster) -> None:
    circle = await gathered(installation)
    slot, source = SLOTS[number(circle.room)], cluster.owner_of(circle.room)
    to = next(master for master in cluster.masters if master is not source)
    await to.does("CLUSTER", "SETSLOT", slot, "IMPORTING", await source.does("CLUSTER", "MYID"))
    await source.does("CLUSTER", "SETSLOT", slot, "MIGRATING", await to.does("CLUSTER", "MYID"))
    assert (await circle.ann.is_refused("say", ref="a-1", text="on the way"))["code"] == "interrupted"
    answer = asyncio.create_task(circle.ann.answer_to("say", ref="a-2", text="just in time"))
    await asyncio.sleep(0.5)
    for server in (source, to):
        await server.does("CLUSTER", "SETSLOT", slot, "STABLE")
    assert (await answer)["type"] == "accepted"
    await circle.fran.hears("said", text="just in time")
    assert [frame["text"] for frame in circle.fran.history if frame["type"] == "said"] == ["just in time"]


async def test_slots_move_while_people_talk_and_every_word_arrives(
    installation: Installation, cluster: Cluster
) -> None:
    circles = await gather(installation, cluster)
    await go_on(circles)
    first, second, third = cluster.masters
    moving = [circle for circle in circles if cluster.owner_of(circle.room) is first]
    slots = {SLOTS[number(circle.room)] for circle in moving}
    staying = [circle for circle in circles if SLOTS[number(circle.room)] not in slots]
    await cluster.moves(SLOTS[HOME], second if cluster.owner(HOME) is not second else third)
    for turn, slot in enumerate(slots):
        await cluster.moves(slot, (second, third)[turn % 2], slowly=turn * 0.5)
    for circle in moving:
        await circle.are_told("room")
    await go_on(circles)
    for circle in circles:
        await circle.ends()
        assert not any(person.missed for person in circle.people)
        assert circle not in staying or circle.disturbances() == []


async def test_a_replica_that_lagged_takes_over_and_what_it_never_knew_is_said_to_be_missing(
    installation: Installation, cluster: Cluster
) -> None:
    circles = await gather(installation, cluster)
    await go_on(circles)
    lost = cluster.owner(HOME)  # the processes' counters go back, too
    behind = cluster.replicas[cluster.masters.index(lost)]
    os.kill(behind.pid, signal.SIGSTOP)
    await lost.does("CLIENT", "KILL", "TYPE", "replica")
    await go_on(circles)
    await asyncio.sleep(1.2)  # a beat, which the replica does not know of
    os.kill(lost.pid, signal.SIGKILL)
    os.kill(behind.pid, signal.SIGCONT)
    for circle in circles:
        if cluster.owner_of(circle.room) is lost:
            for person in circle.people:
                assert (await person.hears_within(30, "room", paused="mending"))["missed"] is None
    await go_on(circles)
    for circle in circles:
        await circle.ends()
        assert cluster.owner_of(circle.room) is lost or circle.disturbances() == []


async def test_a_master_that_hangs_keeps_no_other_room_from_pausing(cluster: Cluster, tmp_path: Path) -> None:
    house = House(pace_burst=200, pace_every=5, cap=50, grace=1_000)
    async with in_a_task_of_its_own(installed(tmp_path, cluster.url, house)) as installation:
        lost = next(master for master in cluster.masters if master is not cluster.owner(HOME))
        while cluster.owner_of(installation.room) is not lost:
            await installation.begins()
        fran = await (await installation.person("Fran", Role.FACILITATOR, 0)).enters()
        others = [await (await installation.person(f"{n}", Role.MEMBER, n % 2)).enters() for n in range(12)]
        while cluster.owner_of(installation.room) is lost:
            await installation.begins()
        gus = await (await installation.person("Gus", Role.FACILITATOR, 0)).enters()
        ann = await (await installation.person("Ann", Role.MEMBER, 1)).enters()
        for server in (lost, cluster.replicas[cluster.masters.index(lost)]):
            os.kill(server.pid, signal.SIGSTOP)
        for person in (fran, *others):
            await person.hears("interrupted")
        for person in (fran, *others):  # they give up, one after the other
            await person.goes()
        gus.vanishes()
        await ann.hears_within(8, "paused", by="itself")


async def test_a_master_that_hangs_keeps_nobody_elsewhere_from_being_missed(
    installation: Installation, cluster: Cluster
) -> None:
    lost = next(master for master in cluster.masters if master is not cluster.owner(HOME))
    await aside(installation, lambda group, side: cluster.owner_of(group) is lost is not cluster.owner_of(side))
    bob, ann = await aside(installation, lambda group, side: lost not in map(cluster.owner_of, (group, side)))
    for server in (lost, cluster.replicas[cluster.masters.index(lost)]):
        os.kill(server.pid, signal.SIGSTOP)
    await asyncio.sleep(3)
    await ann.asks("leave")
    await bob.hears_within(8, "left", member=ann.member)


async def aside(installation: Installation, fits: Callable[[RoomId, RoomId], bool]) -> tuple[Person, Person]:
    """Somebody in a group, and somebody who has stepped aside from it, in rooms that are where they should be."""
    while True:
        await installation.begins()
        fran, gus = [await (await installation.person(name, Role.FACILITATOR, 0)).enters() for name in ("Fran", "Gus")]
        ann = await (await installation.person("Ann", Role.MEMBER, 1)).enters()
        _, ann_aside, side = await step_aside(installation, fran, ann)
        if fits(installation.room, RoomId(side)):
            return gus, ann_aside
        await gus.asks("close")


async def test_a_dead_process_is_looked_for_once_in_each_room_though_others_cannot_be_asked(
    installation: Installation, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "DEAD_AFTER", 2.0)
    home = cluster.owner(HOME)
    lost = next(master for master in cluster.masters if master is not home)
    while cluster.owner_of(installation.room) is not home:
        await installation.begins()
    for server in (lost, cluster.replicas[cluster.masters.index(lost)]):
        os.kill(server.pid, signal.SIGKILL)
    await home.does("HINCRBY", PROCESSES, "killed", 1)
    await asyncio.sleep(8)
    before = await _rooms_read(home)
    await asyncio.sleep(4)
    assert await _rooms_read(home) == before
    assert await home.does("HEXISTS", PROCESSES, "killed"), "it may sit in rooms that cannot be asked"


async def _rooms_read(server: Server) -> int:
    """How many rooms have been read there: each by one transaction."""
    calls: int = (await server.redis.info("commandstats"))["cmdstat_exec"]["calls"]
    return calls
