"""Of all processes one tells whoever is on call; if it cannot, or dies, another does."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chat.core.commands import calling
from chat.core.decision import House
from chat.core.wire import CallReason, Role
from chat.live.calling import Errand
from tests.cast import Person
from tests.conftest import in_a_task_of_its_own
from tests.installation import Installation, installed

pytestmark = pytest.mark.slow

AWHILE = 3.0
"""Seconds in which each process looks at least once at what is due."""


class Bell:
    """Where one process tells whoever is on call."""

    def __init__(self) -> None:
        self.heard: list[Errand] = []
        self.works = True
        self.hangs = False
        self.rung = asyncio.Event()

    async def tell(self, errand: Errand) -> bool:
        """Hears it."""
        self.heard.append(errand)
        self.rung.set()
        if self.hangs:
            await asyncio.Event().wait()
        return self.works


class Bells:
    """Those of both processes."""

    def __init__(self) -> None:
        self.each = [Bell(), Bell()]

    @property
    def heard(self) -> list[Errand]:
        """Every errand, whichever process went."""
        return [errand for bell in self.each for errand in bell.heard]

    async def ring(self, times: int) -> None:
        """Waits until they have rung so often."""
        async with asyncio.timeout(10):
            while len(self.heard) < times:
                await asyncio.sleep(0.02)


@pytest.fixture(scope="module")
async def _belled(
    redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Installation, Bells]]:
    directory: Path = tmp_path_factory.mktemp("belled")
    house = House(grace=400, on_call=True)
    bells = Bells()
    tells = [lambda errand, n=n: bells.each[n].tell(errand) for n in range(2)]
    async with in_a_task_of_its_own(installed(directory, f"{redis_url}?db=6", house, tells)) as installation:
        yield installation, bells


@pytest.fixture
async def bells(_belled: tuple[Installation, Bells]) -> Bells:
    """Both, new."""
    _belled[1].each = [Bell(), Bell()]
    return _belled[1]


@pytest.fixture
async def belled(_belled: tuple[Installation, Bells], bells: Bells) -> AsyncIterator[Installation]:
    """Two processes, and somebody on call."""
    await _belled[0].begins()
    yield _belled[0]
    await _belled[0].rests()


@pytest.fixture
async def fran(belled: Installation) -> Person:
    """Facilitates, on the first process."""
    return await (await belled.person("Fran", Role.FACILITATOR, 0)).enters()


@pytest.fixture
async def ann(belled: Installation, fran: Person) -> Person:
    """Takes part, on the second process."""
    return await (await belled.person("Ann", Role.MEMBER, 1)).enters()


async def test_whoever_is_on_call_is_told_once_and_the_facilitator_sees_it(
    belled: Installation, bells: Bells, fran: Person, ann: Person
) -> None:
    fran.vanishes()
    await ann.hears("paused", by="itself")
    await bells.ring(1)
    await asyncio.sleep(AWHILE)
    (errand,) = bells.heard
    assert (errand.room, errand.reason, errand.tries) == (belled.room, CallReason.UNHELD, 1)
    await fran.enters()
    assert fran.room["call"]["told_at"] >= errand.at - 5  # ms: one is by Redis' clock, as its process knows it
    assert "call" not in (await (await belled.person("Cem", Role.MEMBER, 0)).enters()).room
    assert not ann.heard("called")


@pytest.mark.parametrize("process", [0, 1])
async def test_any_process_takes_the_acknowledgement(
    belled: Installation, bells: Bells, fran: Person, ann: Person, process: int
) -> None:
    await fran.does("call")
    await bells.ring(1)
    token = bells.heard[0].token
    live = belled.lives[process]
    assert await live.call_standing(belled.room, "0" * 32) is None
    assert not await live.acknowledge(belled.room, "0" * 32)
    assert await live.acknowledge(belled.room, token)
    told = await fran.hears("called")
    while "acknowledged_at" not in told["call"]:
        told = await fran.hears("called")
    assert not await live.acknowledge(belled.room, token), "a second press finds it used up"


async def test_whoever_is_on_call_lets_all_write_again_also_through_a_process_where_nobody_sits(
    belled: Installation, bells: Bells, fran: Person
) -> None:
    names = ("Ann", "Bob", "Cem", "Dee", "Eli")
    people = [await (await belled.person(name, Role.MEMBER, 0)).enters() for name in names]
    said = [await one.says("Nobody asked you.", before=fran) for one in people[:2]]
    await fran.does("pause")
    await fran.does("rest")
    for n in said:
        for one in people[2:]:
            await one.does("mark", n=n)
    await bells.ring(1)
    for one in people[:2]:
        await one.hears("muted", member=one.member)
    assert await belled.lives[1].let_write(belled.room, bells.heard[0].token)
    for one in people[:2]:
        await one.hears("unmuted", member=one.member)


async def test_what_did_not_get_through_is_tried_again(
    belled: Installation, bells: Bells, fran: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "AGAIN_AFTER", (200,))
    for bell in bells.each:
        bell.works = False
    await fran.does("call")
    await bells.ring(2)
    for bell in bells.each:
        bell.works = True
    await bells.ring(3)
    assert len({errand.token for errand in bells.heard}) == 1, "a link that came with an earlier try is good, too"
    told = await fran.hears("called")
    while "told_at" not in told["call"]:
        told = await fran.hears("called")


async def test_a_process_that_never_comes_to_an_end_with_it_is_stood_in_for(
    belled: Installation, bells: Bells, fran: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "PATIENCE", 500)
    for bell in bells.each:
        bell.hangs = True
    await fran.does("call")
    await bells.ring(1)
    for bell in bells.each:
        bell.hangs = False
    await bells.ring(2)
    assert sorted(errand.tries for errand in bells.heard) == [1, 2]


async def test_a_room_of_whose_people_no_process_is_left_is_not_called_for(
    belled: Installation, bells: Bells, fran: Person, ann: Person
) -> None:
    await ann.asks("leave")
    assert await ann.is_closed()
    await fran.asks("leave")
    await asyncio.sleep(AWHILE)
    assert bells.heard == []


async def test_a_room_that_redis_forgot_does_not_call_twice(
    belled: Installation, bells: Bells, fran: Person, ann: Person
) -> None:
    await fran.does("call")
    await bells.ring(1)
    while "told_at" not in (await fran.hears("called"))["call"]:
        pass
    await belled.redis.flushdb()
    await fran.answer_to("pause")
    assert (await fran.hears("room"))["call"]["told_at"]
    await asyncio.sleep(AWHILE)
    assert len(bells.heard) == 1
