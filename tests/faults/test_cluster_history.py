"""A group keeps what is said on a Redis Cluster: read in another process, moved with its slot, and gone everywhere."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from msgspec import Struct

from chat.core.ids import GroupId, RoomId
from chat.core.wire import Role
from chat.live.bus.keys import SLOTS, number, of
from chat.records.visits import csrf_of
from tests.cast import Person
from tests.clusters import Cluster, a_cluster, until
from tests.conftest import in_a_task_of_its_own
from tests.servers import Servers, served_for_real

pytestmark = pytest.mark.faults
WITHIN = 30.0
"""Seconds, at most; it takes a tenth of one where nothing else runs."""
HOUR = 3_600_000
WORDS = ["a zebra came by", "and it stayed"]


class Circle(Struct, frozen=True):
    """Fran on the first process, Ann on the second, in a room of a group of their own."""

    group: GroupId
    room: RoomId
    fran: Person
    ann: Person


@pytest.fixture
async def cluster(tmp_path: Path) -> AsyncIterator[Cluster]:
    """Three masters with their replicas."""
    async with in_a_task_of_its_own(a_cluster(tmp_path / "cluster")) as cluster:
        yield cluster


@pytest.fixture
async def servers(cluster: Cluster, tmp_path: Path) -> AsyncIterator[Servers]:
    """Two real processes over it."""
    async with in_a_task_of_its_own(served_for_real(tmp_path, cluster.url, 2)) as servers:
        yield servers


async def gathered(servers: Servers) -> Circle:
    fran = await servers.gathers()
    ann = await (await servers.person("Ann", Role.MEMBER, 1)).enters()
    return Circle(servers.group, servers.room, fran, ann)


async def on_every_master(servers: Servers, cluster: Cluster) -> list[Circle]:
    """A room on each."""
    found: list[Circle] = []
    while len({cluster.owner_of(circle.room).place for circle in found}) < len(cluster.masters):
        circle = await gathered(servers)
        if all(cluster.owner_of(other.room) is not cluster.owner_of(circle.room) for other in found):
            found.append(circle)
    return found


async def chooses(servers: Servers, circle: Circle, hours: int) -> None:
    """Fran, on the page of the first process."""
    typed = {"form": csrf_of(circle.fran.cookie), "waiting": "no", "door": "0", "history": str(hours)}
    cookies = {"visit": circle.fran.cookie}
    async with httpx.AsyncClient(base_url=servers.address(0), cookies=cookies, timeout=WITHIN) as browser:
        answer = await browser.post(f"/groups/{circle.group}/customs", data=typed)
    assert answer.status_code == 303, answer.status_code


async def are_asked(circle: Circle) -> int:
    """Both, where they sit; for which version."""
    asked = [await person.hears_within(WITHIN, "asked-again") for person in (circle.fran, circle.ann)]
    return max(int(frame["question"]["version"]) for frame in asked)


async def agree(circle: Circle, version: int) -> None:
    for person in (circle.fran, circle.ann):
        await person.does("agree", version=version)


async def begins(servers: Servers, circle: Circle) -> None:
    """What is said is kept for a day: both have agreed."""
    await chooses(servers, circle, 24)
    await agree(circle, await are_asked(circle))
    for person in (circle.fran, circle.ann):
        await person.hears_within(WITHIN, "history-set", hours=24)


async def reads(servers: Servers, circle: Circle, who: Person, process: int) -> list[str]:
    """What was said earlier, as a process shows it that need not be the one on which they sit."""
    async with httpx.AsyncClient(
        base_url=servers.address(process), cookies={"visit": who.cookie}, timeout=WITHIN
    ) as browser:
        answer = await browser.get(f"/rooms/{circle.room}/earlier")
    assert answer.status_code == 200, answer.status_code
    return [one["text"] for one in answer.json()["messages"]]


async def keys(cluster: Cluster, circle: Circle) -> dict[str, list[str]]:
    """The keys of what is kept of a room, by the node that has them: masters and replicas."""
    found = {}
    for server in (*cluster.masters, *cluster.replicas):
        named = [str(key) async for key in server.redis.scan_iter(f"{of(circle.room).history}*", count=1000)]
        if named:
            found[server.place] = sorted(named)
    return found


async def test_what_a_group_keeps_is_read_in_another_process_and_gone_from_every_node_when_it_is_switched_off(
    servers: Servers, cluster: Cluster
) -> None:
    circles = await on_every_master(servers, cluster)
    for circle in circles:
        assert await keys(cluster, circle) == {}
        await begins(servers, circle)
        await circle.fran.says(WORDS[0])
        await circle.ann.says(WORDS[1])
        for who, process in ((circle.fran, 1), (circle.ann, 0)):
            assert await reads(servers, circle, who, process) == WORDS
        owner = cluster.owner_of(circle.room)
        kept = (await keys(cluster, circle))[owner.place]
        assert len(kept) == 3, "the list, and a key a message"
        assert all([0 < await owner.redis.pttl(key) <= 24 * HOUR for key in kept])
        replica = cluster.replicas[cluster.masters.index(owner)]
        await until(lambda circle=circle, replica=replica, kept=kept: _has(cluster, circle, replica.place, kept))  # type: ignore[misc]

    moving = circles[0]
    source = cluster.owner_of(moving.room)
    to = next(master for master in cluster.masters if master is not source)
    await cluster.moves(SLOTS[number(moving.room)], to)
    for person in (moving.fran, moving.ann):
        await person.hears_within(WITHIN, "room")  # shown again, where it is now
    await moving.ann.says("after it has moved")
    assert await reads(servers, moving, moving.ann, 0) == [*WORDS, "after it has moved"]
    assert len((await keys(cluster, moving))[to.place]) == 4

    for circle in circles:
        await chooses(servers, circle, 0)
        version = await are_asked(circle)
        for person in (circle.fran, circle.ann):
            await person.hears_within(WITHIN, "history-set", hours=0)
        masters = {server.place for server in cluster.masters}
        assert not masters & set(await keys(cluster, circle)), "gone at once"
        await agree(circle, version)
        await circle.ann.says("and this is not kept")
        assert await reads(servers, circle, circle.fran, 1) == []
        await until(lambda circle=circle: _is_gone(cluster, circle))  # type: ignore[misc]
    assert [await keys(cluster, circle) for circle in circles] == [{}, {}, {}]


async def _has(cluster: Cluster, circle: Circle, place: str, kept: list[str]) -> bool:
    return (await keys(cluster, circle)).get(place) == kept


async def _is_gone(cluster: Cluster, circle: Circle) -> bool:
    return await keys(cluster, circle) == {}
