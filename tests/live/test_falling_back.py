"""A replica that takes over may lack the last writes: whoever was told of them says so, whoever comes first after."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from redis.exceptions import RedisError

from chat.core.decision import House
from chat.core.ids import Number, RoomId
from chat.core.wire import Role
from chat.live.bus import Stored, partition_of
from chat.live.bus.connection import Reply
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


async def told_more(circle: Installation) -> tuple[Person, Person, Earlier]:
    """Fran and Bob at the second process, and all that Redis knew before the second message there."""
    fran, bob = [await comes(circle, name, 1) for name in ("Fran", "Bob")]
    await bob.says("one", before=fran)
    earlier = await kept(circle)
    await bob.says("two", before=fran)
    return fran, bob, earlier


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
    assert cem.missed == [None]
    if lost in ("a removal", "a leaving"):
        assert "Bob" not in [person["name"] for person in room["people"]]
        return
    await fran.does("resume")
    answer = await bob.answer_to("say", text="four")
    assert answer["type"] == ("refused" if lost == "a mute" else "accepted")
    numbers = [frame["n"] for frame in cem.history if frame["type"] == "said"]
    assert len(set(numbers)) == len(numbers)


async def is_first_in_after_it(linked: Installation, link: Link, earlier: Earlier) -> None:
    """Dee comes by a process that was told nothing before who was told more has looked, and is shown what that knew."""
    link.holding = True
    await falls_back(linked, earlier)
    await linked.breaks_subscriptions()
    dee = asyncio.create_task(comes(linked, "Dee", 0))
    await asyncio.sleep(0.5)
    link.cut()
    link.let_go()
    room = (await dee).room
    assert (room["paused"], room["n"]) == ("mending", 2)


async def test_whoever_is_first_in_after_it_waits_until_those_who_were_told_more_have_looked(
    linked: Installation, link: Link
) -> None:
    *_, earlier = await told_more(linked)
    await is_first_in_after_it(linked, link, earlier)


async def test_it_also_waits_if_it_has_subscribed_before_it_is_known_that_rooms_are_heard_again(
    linked: Installation, link: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    *_, earlier = await told_more(linked)
    bus = linked.lives[0].rooms.bus
    listener = bus._following.node(partition_of(linked.room)).listener
    ponged, load, answers = listener._ponged, bus.load, list[Callable[[], None]]()

    def known() -> None:
        while answers:
            answers.pop(0)()

    def late(payload: bytes, reply: Reply | RedisError) -> None:
        answers.append(partial(ponged, payload, reply))
        asyncio.get_running_loop().call_later(0.3, known)

    async def loads(room: RoomId, spoken: int = 0) -> Stored | None:
        stored = await load(room, spoken)
        known()
        return stored

    monkeypatch.setattr(listener, "_ponged", late)
    monkeypatch.setattr(bus, "load", loads)
    await is_first_in_after_it(linked, link, earlier)


async def test_what_was_told_is_known_though_nobody_had_a_line_left_when_its_redis_was_back(
    linked: Installation, link: Link
) -> None:
    """Else its numbers are given to other words, which pages take for those that they have."""
    fran, bob, earlier = await told_more(linked)
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
    assert fran.room["missed"] is None
    await bob.enters(resume=True)
    await fran.does("resume")
    assert await bob.says("three") > 2
    hub = linked.lives[1].rooms.hub
    for person in (fran, bob):
        person.vanishes()
    async with asyncio.timeout(20):
        while hub.table(linked.room):
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("lost", ["a shield", "a content note", "a retraction", "a leaving"])
async def test_what_was_told_is_not_undone_by_a_process_that_was_told_other_things_instead(
    linked: Installation, link: Link, lost: str
) -> None:
    fran, bob, cem = [await comes(linked, name, 1) for name in ("Fran", "Bob", "Cem")]
    n = await bob.says("one", before=cem)
    earlier = await kept(linked)
    match lost:
        case "a shield":
            await fran.does("shield", up=True)
        case "a content note":
            await fran.does("fold", n=n, note="grief")
        case "a retraction":
            await fran.does("retract", n=n, reason="other")
        case _:
            await bob.asks("leave")
            await cem.hears("left")
    link.holding = True
    await falls_back(linked, earlier)
    dee = await comes(linked, "Dee", 0)
    for text in ("two", "three"):
        await dee.says(text)
    link.cut()
    link.let_go()
    await cem.hears("room", paused="mending")
    await dee.is_closed()
    await linked.is_heard()
    await asyncio.sleep(0.5)  # in which the other would put it together once more
    room = linked.table(1).room
    match lost:
        case "a shield":
            assert room.condition.shielded
        case "a content note":
            assert room.condition.folded == (n,)
        case "a retraction":
            assert room.authors.get(Number(n)) is None
        case _:
            assert room.member(bob.member) is None
    assert len({frame["epoch"] for frame in cem.history if frame["type"] == "room"}) == 2


@pytest.mark.parametrize("done", ["a declining", "a hand", "a mark", "a leaving"])
async def test_what_was_done_since_a_room_was_put_together_by_who_heard_less_is_not_undone(
    linked: Installation, link: Link, done: str
) -> None:
    fran, bob = await comes(linked, "Fran", 0), await comes(linked, "Bob", 0)
    cem = await comes(linked, "Cem", 1)
    await fran.does("set-door", open=False)
    dora = await (await linked.person("Dora", Role.MEMBER, 0)).connects()
    await dora.hears("waiting-room")
    earlier = await kept(linked)
    n = await cem.says("one", before=fran)
    less = linked.table(0)
    less.waiting = []
    await cem.says("two")
    link.holding = True
    await falls_back(linked, earlier)
    less.waiting = None
    linked.lives[0].rooms.hub.reload_soon(less)
    await fran.hears("room", paused="mending")
    match done:
        case "a declining":
            await fran.does("decline", member=dora.member, reason="full-today")
        case "a hand":
            await bob.does("hand", up=True)
        case "a mark":
            await bob.does("mark", n=n)
        case _:
            await bob.asks("leave")
            await fran.hears("left")
    link.cut()
    link.let_go()
    await cem.hears("room", paused="mending")
    await linked.is_heard()
    places = linked.table(0).room.places
    match done:
        case "a declining":
            assert (outside := places[dora.member].outside)
            assert outside.declined
        case "a hand":
            assert (member := places[bob.member].member)
            assert member.hand_at
        case "a mark":
            assert places[cem.member].marks
        case _:
            assert linked.table(0).room.member(bob.member) is None


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
