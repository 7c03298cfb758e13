"""Several servers have several clocks; a deadline goes by the clock of the server that is asked."""

import asyncio
import time
from collections.abc import AsyncIterator, Set

import pytest

from chat.core.ids import Epoch, Millis, RoomId
from chat.live.bus import BusGone, Commit, Creation, Outcome, Status
from chat.live.bus.node import SET, Node
from chat.live.bus.wanting import Wanted

HOUR = 3_600_000


class Deaf:
    """Hears nothing."""

    def heard(self, room: RoomId, notice: bytes) -> None: ...

    def committed(self, commit: Commit, outcome: Outcome) -> None: ...

    def controlled(self, message: bytes) -> None: ...

    def broke(self, partitions: Set[int]) -> None: ...

    def mended(self, partitions: Set[int]) -> None: ...

    def moved(self, partitions: Set[int]) -> None: ...


@pytest.fixture
async def node(redis_url: str) -> AsyncIterator[Node]:
    """A server that this process goes to."""
    async with asyncio.TaskGroup() as tasks:
        node = Node(redis_url, Wanted(), Deaf(), Deaf())
        node.start(tasks)
        yield node
        node.stop()


def now() -> Millis:
    """The server's time, as it runs on this machine."""
    return Millis(int(time.time() * 1000))


def creation(when: int) -> Commit:
    """A room that begins at `when`."""
    room = RoomId(f"r{time.monotonic_ns()}")
    return Commit(room, Epoch(7), 0, 0, Millis(when), True, b"sealed", creation=Creation(), lives=1_000, ends=False)


async def test_a_server_whose_clock_is_ahead_is_asked_by_its_own(node: Node) -> None:
    assert (await node.commit(creation(now() - HOUR))).status is Status.LATE
    node.compare(Millis(now() - HOUR), now())
    outcome = await node.commit(creation(now() - HOUR))
    assert outcome.status is Status.TOLD
    assert abs(outcome.now - (now() - HOUR)) < 60_000  # told by our clock


async def test_who_does_not_wait_for_the_answer_is_told_by_our_clock_too(node: Node) -> None:
    node.compare(Millis(now() - HOUR), now())
    told: asyncio.Future[Outcome | BusGone] = asyncio.get_running_loop().create_future()
    node.submit(creation(now() - HOUR), told.set_result)
    async with asyncio.timeout(30):
        outcome = await told
    assert isinstance(outcome, Outcome)
    assert outcome.status is Status.TOLD
    assert abs(outcome.now - (now() - HOUR)) < 60_000


async def test_a_server_whose_clock_is_behind_does_nothing_too_late(node: Node) -> None:
    node.compare(Millis(now() + HOUR), now())
    assert (await node.commit(creation(now() + HOUR - 5_000))).status is Status.LATE


def test_a_clock_that_is_set_is_noticed_and_one_that_differs_is_not(node: Node) -> None:
    assert not node.compare(Millis(0), Millis(HOUR))
    assert not node.compare(Millis(1_000), Millis(HOUR + 1_000 + SET))
    assert node.compare(Millis(2_000), Millis(2_000))
    assert not node.compare(Millis(3_000), Millis(3_010))
    assert node.ahead == 0
