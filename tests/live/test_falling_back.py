"""A replica that takes over may lack the last writes: whoever was told of them says so, whoever comes first after."""

import asyncio
from pathlib import Path

import pytest

from chat.core.decision import House
from chat.core.wire import Role
from tests.cast import Person
from tests.conftest import in_a_task_of_its_own
from tests.faults.link import Link
from tests.installation import Installation, installed

Earlier = dict[str, bytes | None]


async def kept(circle: Installation) -> Earlier:
    """All that Redis knows of the room."""
    return {key: await circle.redis.dump(key) for key in await circle.redis_keys()}


async def falls_back(circle: Installation, earlier: Earlier) -> None:
    """In one step, as if a replica had taken over that had heard no more than this."""
    async with circle.redis.pipeline(transaction=True) as pipe:
        for key in await circle.redis_keys():
            pipe.delete(key)
        for key, value in earlier.items():
            pipe.restore(key, 600_000, value or b"")
        await pipe.execute()


@pytest.mark.parametrize("lost", ["a mute", "a removal", "a message", "a hand", "a leaving"])
@pytest.mark.parametrize("speaks", [False, True])
async def test_what_was_told_is_not_undone_though_another_process_goes_on_without_it(
    linked: Installation, link: Link, lost: str, speaks: bool
) -> None:
    fran, bob, cem = [await comes(linked, name, 1) for name in ("Fran", "Bob", "Cem")]
    await bob.says("one")
    await cem.hears("said", text="one")
    earlier = await kept(linked)
    match lost:
        case "a mute":
            await fran.does("mute", member=bob.member, minutes=5, reason="other")
            await cem.hears("muted")
        case "a removal":
            await fran.does("remove", member=bob.member, reason="other")
            await cem.hears("removed")
        case "a message":
            await bob.says("two")
            await cem.hears("said", text="two")
        case "a hand":
            await bob.does("hand", up=True)
            await cem.hears("raised")
        case _:
            await bob.asks("leave")
            await cem.hears("left")
    link.holding = True
    await falls_back(linked, earlier)
    dee = await comes(linked, "Dee", 0)  # by a process that was told nothing
    if speaks:
        await dee.says("three")
    link.cut()
    link.let_go()
    await cem.hears("interrupted")
    room = await cem.hears("room")
    assert room["paused"] == "mending"
    assert [frame for frame in cem.history if frame["type"] == "gap"] == [{"type": "gap"}]
    if lost in ("a removal", "a leaving"):
        assert "Bob" not in [person["name"] for person in room["people"]]
        return
    await fran.does("resume")
    answer = await bob.answer_to("say", text="four")
    assert answer["type"] == ("refused" if lost == "a mute" else "accepted")
    numbers = [frame["n"] for frame in cem.history if frame["type"] == "said"]
    assert len(set(numbers)) == len(numbers)


async def test_what_was_told_is_known_though_nobody_had_a_line_left_when_its_redis_was_back(
    linked: Installation, link: Link
) -> None:
    """Else its numbers are given to other words, which pages take for those that they have."""
    fran, bob = [await comes(linked, name, 1) for name in ("Fran", "Bob")]
    await bob.says("one", before=fran)
    earlier = await kept(linked)
    await bob.says("two", before=fran)
    epoch = fran.room["epoch"]
    link.holding = True
    link.cut()
    for person in (fran, bob):
        await person.hears("interrupted")
        person.vanishes()
    seats = linked.lives[1].rooms.hub.seats
    async with asyncio.timeout(10):
        while seats():
            await asyncio.sleep(0.02)
    await falls_back(linked, earlier)
    link.let_go()
    async with asyncio.timeout(20):
        while linked.lives[1].rooms.hub.interrupted(linked.room):
            await asyncio.sleep(0.02)
    await fran.enters(resume=True)
    assert fran.room["epoch"] != epoch
    assert fran.room["paused"] == "mending"
    await fran.hears("gap")
    await bob.enters(resume=True)
    await fran.does("resume")
    assert await bob.says("three") > 2
    hub = linked.lives[1].rooms.hub
    for person in (fran, bob):
        person.vanishes()
    async with asyncio.timeout(20):
        while hub.table(linked.room):
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("first", ["who heard it looks first", "who did not", "who did not, and mends"])
async def test_what_others_heard_and_redis_lost_is_acknowledged_and_not_told_again(
    linked: Installation, link: Link, first: str
) -> None:
    """Whoever said it had no answer: their page asks again, also on another line, until it has one."""
    fran, bob = await comes(linked, "Fran", 0), await comes(linked, "Bob", 1)
    earlier = await kept(linked)
    await bob.says("one", before=fran)
    if first != "who did not, and mends":
        earlier = await kept(linked)
    link.deaf = True
    answer = asyncio.create_task(bob.answer_to("say", ref="page-9", text="two"))
    n = (await fran.hears("said", text="two"))["n"]
    await falls_back(linked, earlier)
    if first == "who heard it looks first":
        await linked.breaks_subscriptions()
        await fran.hears("room")
    link.cut()
    link.let_go()
    await bob.hears("room")
    if first != "who heard it looks first":
        await linked.breaks_subscriptions()
    assert (await answer)["n"] == n
    await linked.is_heard()
    await fran.does("resume")
    await bob.enters()
    assert (await bob.answer_to("say", ref="page-9", text="two"))["n"] == n
    assert await bob.says("three", before=fran) == n + 1
    assert [frame["text"] for frame in fran.history if frame["type"] == "said"] == ["one", "two", "three"]


@pytest.mark.parametrize("stays", [True, False])
async def test_a_process_that_stops_while_its_redis_is_away_does_not_wait_for_it(
    tmp_path: Path, link: Link, stays: bool
) -> None:
    url = f"redis://127.0.0.1:{link.port}"
    async with asyncio.timeout(40):
        async with in_a_task_of_its_own(installed(tmp_path, url, House(pace_burst=20, pace_every=50))) as circle:
            fran = await comes(circle, "Fran", 1)
            link.holding = True
            link.cut()
            await fran.hears("interrupted")
            if not stays:
                fran.vanishes()
                while circle.lives[1].rooms.hub.seats():
                    await asyncio.sleep(0.02)


async def comes(circle: Installation, name: str, process: int) -> Person:
    """Somebody sits down at a process."""
    role = Role.FACILITATOR if name == "Fran" else Role.MEMBER
    return await (await circle.person(name, role, process)).enters()


@pytest.mark.parametrize("how", ["is lost", "leaves"])
async def test_whoever_was_the_last_to_go_is_no_ghost_that_holds_the_room(circle: Installation, how: str) -> None:
    fran = await (await circle.person("Fran", Role.FACILITATOR, 1)).enters()
    earlier = await kept(circle)
    if how == "leaves":
        await fran.asks("leave")
        await fran.is_closed()
    else:
        fran.vanishes()
    async with asyncio.timeout(5):
        while circle.lives[1].rooms.hub.table(circle.room):
            await asyncio.sleep(0.02)
    await falls_back(circle, earlier)
    await circle.breaks_subscriptions()
    await circle.is_heard()
    ann = await (await circle.person("Ann", Role.MEMBER, 0)).enters()
    if fran.member in {one["id"] for one in ann.room["people"]}:
        await ann.hears("left", member=fran.member)
        await ann.hears("unheld")
