"""Stepping aside, over real sockets: two people in a room of their own, each of them in one room at a time."""

import asyncio

import pytest
from sqlalchemy import select

from chat.core.wire import Role
from chat.live.bus.keys import Keys
from chat.live.closing import Closing
from chat.records.tables import meetings
from tests.cast import Person
from tests.installation import Installation

pytestmark = pytest.mark.slow


def side_of(circle: Installation, person: Person, room: str, process: int) -> Person:
    """Another connection of somebody's page, to the side room."""
    here, circle.room = circle.room, room  # type: ignore[assignment]
    try:
        return circle.browser(person.name, person.member, process, person.cookie)
    finally:
        circle.room = here


async def step_aside(circle: Installation, fran: Person, ann: Person) -> tuple[Person, Person, str]:
    """Fran asks, Ann goes along; both in the side room, Fran on the first process and Ann on the second."""
    await fran.meets(ann)
    await fran.does("step-aside", member=ann.member)
    await ann.hears("asked-aside", by=fran.member)
    await ann.asks("go-aside")
    room = (await ann.hears("aside"))["room"]
    assert (await fran.hears("aside"))["room"] == room
    assert await fran.is_closed() == await ann.is_closed() == Closing.ASIDE
    pair = side_of(circle, fran, room, 0), side_of(circle, ann, room, 1)
    for person in pair:
        await person.enters()
    return (*pair, room)


async def listed(person: Person) -> dict[str, bool]:
    """Who is on the list of somebody who has just come in, and whether they have stepped aside."""
    return {one["id"]: one.get("aside", False) for one in person.room["people"]}


async def is_back(person: Person) -> Person:
    """Opens the room of the group again, and is there."""
    await person.connects(claims="?back=1")
    person.room = await person.hears("room")
    return person


async def test_two_talk_aside_and_neither_room_hears_the_other(
    circle: Installation, fran: Person, gus: Person, ann: Person, bob: Person
) -> None:
    fran_aside, ann_aside, _ = await step_aside(circle, fran, ann)
    told = await bob.hears("stepped-aside")
    assert (told["member"], told["by"]) == (ann.member, fran.member)
    assert "room" not in told
    assert "aside" not in [frame["type"] for frame in bob.history]
    await ann_aside.says("it is hard to say this in the group")
    await fran_aside.hears("said", text="it is hard to say this in the group")
    await bob.says("meanwhile in the group")
    await gus.hears("said", text="meanwhile in the group")
    for person in (fran_aside, ann_aside):
        assert person.room["beside"]
        assert {one["id"] for one in person.room["people"]} <= {fran.member, ann.member}
        assert "meanwhile in the group" not in person.texts()
    assert "it is hard to say this in the group" not in [*bob.texts(), *gus.texts()]
    newcomer = await (await circle.person("Cem", Role.MEMBER, 1)).enters()
    assert await listed(newcomer) == {
        gus.member: False, bob.member: False, newcomer.member: False, fran.member: True, ann.member: True,
    }  # fmt: skip


async def test_coming_back_is_one_press_and_nothing_that_was_said_meanwhile_is_told(
    circle: Installation, fran: Person, gus: Person, ann: Person, bob: Person
) -> None:
    await bob.says("before")
    await ann.hears("said", text="before")
    fran_aside, ann_aside, room = await step_aside(circle, fran, ann)
    await bob.says("meanwhile")
    await is_back(ann)
    assert await ann_aside.is_closed() == Closing.LEFT
    assert await listed(ann) == {fran.member: True, ann.member: False, gus.member: False, bob.member: False}
    assert "replay" not in ann.room
    await bob.hears("arrived")
    await bob.says("after")
    await ann.hears("said", text="after")
    assert "meanwhile" not in [frame.get("text") for frame in ann.history]
    assert await fran_aside.is_closed() == Closing.CLOSED, "it was for Ann"
    await is_back(fran)
    async with circle.store.reading() as c:
        row = (await c.execute(select(meetings).where(meetings.c.id == room))).one()
    assert (row.salt, row.opened_by, row.guest) == (None, None, None)
    assert row.closed_on is not None
    assert [key async for key in circle.redis.scan_iter(f"*{room}*")] == []


async def test_a_page_that_is_loaded_again_is_sent_to_where_its_person_is(
    circle: Installation, fran: Person, gus: Person, ann: Person
) -> None:
    _, ann_aside, room = await step_aside(circle, fran, ann)
    await ann.connects()
    assert await ann.is_closed() == Closing.ASIDE
    assert ann.closed == (Closing.ASIDE, room)
    assert ann_aside.closed is None


async def test_a_seat_moves_and_never_doubles(circle: Installation, fran: Person, gus: Person, ann: Person) -> None:
    _, ann_aside, room = await step_aside(circle, fran, ann)
    await is_back(ann)
    await ann_aside.is_closed()
    again = await side_of(circle, ann, room, 0).connects()
    assert await again.is_closed() in (Closing.CLOSED, Closing.NO_SUCH_ROOM)
    assert again.history == []


async def test_nobody_else_comes_into_a_side_room(
    circle: Installation, fran: Person, gus: Person, ann: Person, bob: Person
) -> None:
    *_, room = await step_aside(circle, fran, ann)
    for person in (gus, bob):
        stranger = await side_of(circle, person, room, 1).connects()
        assert await stranger.is_closed() == Closing.NO_SUCH_ROOM
        assert stranger.history == []


async def test_it_is_refused_while_nobody_else_would_hold_the_group(
    circle: Installation, fran: Person, ann: Person, bob: Person
) -> None:
    assert (await fran.is_refused("step-aside", member=ann.member))["code"] == "unheld-meanwhile"
    gus = await (await circle.person("Gus", Role.FACILITATOR, 1)).enters()
    await fran.meets(gus)
    await fran.does("step-aside", member=ann.member)
    await ann.hears("asked-aside")
    await gus.asks("leave")
    await gus.is_closed()
    await ann.hears("left", member=gus.member)
    assert (await ann.is_refused("go-aside"))["code"] == "unheld-meanwhile"


async def test_not_now_is_an_answer(circle: Installation, fran: Person, gus: Person, ann: Person, bob: Person) -> None:
    await fran.does("step-aside", member=ann.member)
    await ann.hears("asked-aside")
    await ann.does("not-now")
    await fran.hears("declined-aside", member=ann.member)
    assert (await ann.is_refused("go-aside"))["code"] == "not-asked"
    assert not {"asked-aside", "declined-aside"} & {frame["type"] for frame in bob.history}


async def test_a_question_that_is_taken_back_is_open_no_more(
    circle: Installation, fran: Person, gus: Person, ann: Person, bob: Person
) -> None:
    await fran.does("step-aside", member=ann.member)
    await ann.hears("asked-aside")
    assert (await gus.is_refused("unask", member=ann.member))["code"] == "not-asked"
    await fran.does("unask", member=ann.member)
    await ann.hears("unasked", member=ann.member)
    assert (await ann.is_refused("go-aside"))["code"] == "not-asked"
    await fran.does("step-aside", member=ann.member)
    await fran.asks("leave")
    await ann.hears("unasked", member=ann.member)
    assert "unasked" not in [frame["type"] for frame in bob.history]


async def test_a_facilitator_aside_is_told_at_once_when_the_group_has_nobody_else(
    circle: Installation, fran: Person, gus: Person, ann: Person
) -> None:
    fran_aside, ann_aside, _ = await step_aside(circle, fran, ann)
    await gus.asks("leave")
    await fran_aside.hears_within(20, "needed", needed=True)
    await gus.is_closed()
    await gus.enters()
    await fran_aside.hears_within(20, "needed", needed=False)
    assert "needed" not in [frame["type"] for frame in ann_aside.history]
    gus.vanishes()
    await fran_aside.hears_within(20, "needed", needed=True)
    fran_aside.vanishes()
    await fran_aside.enters()
    assert fran_aside.room["needed"], "a page that is loaded again says so, too"


async def test_closing_the_meeting_closes_its_side_rooms_and_erases_their_salts(
    circle: Installation, fran: Person, gus: Person, ann: Person
) -> None:
    fran_aside, ann_aside, room = await step_aside(circle, fran, ann)
    await ann_aside.says("the last of it")
    await gus.asks("close")
    for person in (gus, fran_aside, ann_aside):
        assert await person.is_closed() == Closing.CLOSED
    async with circle.store.reading() as c:
        rows = (await c.execute(select(meetings).where(meetings.c.group_id == circle.group))).all()
    assert len(rows) == 2
    assert all(row.salt is None and row.closed_on for row in rows)
    async with asyncio.timeout(5):
        while [key async for key in circle.redis.scan_iter(f"*{room}*")]:
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("act", ["remove", "bar"])
async def test_who_is_removed_from_a_side_room_is_removed_from_the_meeting(
    circle: Installation, fran: Person, gus: Person, ann: Person, bob: Person, act: str
) -> None:
    fran_aside, ann_aside, _ = await step_aside(circle, fran, ann)
    assert (await gus.is_refused("remove", member=ann.member, reason="safety"))["code"] == "aside"
    await fran_aside.does(act, member=ann.member, reason="safety")
    assert (await ann_aside.hears("acted-on"))["reason"] == "safety"
    assert await ann_aside.is_closed() == Closing.REMOVED
    assert await fran_aside.is_closed() == Closing.CLOSED
    await bob.hears_within(8, "removed", member=ann.member)
    await ann.connects(claims="?back=1")
    assert await ann.is_closed() == (Closing.REMOVED if act == "remove" else Closing.BARRED)


async def test_whoever_leaves_from_aside_has_left_the_group(
    circle: Installation, fran: Person, gus: Person, ann: Person, bob: Person
) -> None:
    fran_aside, ann_aside, _ = await step_aside(circle, fran, ann)
    await ann_aside.asks("leave")
    assert await fran_aside.is_closed() == Closing.CLOSED
    await bob.hears_within(8, "left", member=ann.member)
    await is_back(fran)
    await bob.hears("arrived")


async def test_with_the_facilitator_back_in_the_group_the_talk_is_paused_and_its_member_may_stay(
    circle: Installation, fran: Person, gus: Person, ann: Person
) -> None:
    fran_aside, ann_aside, _ = await step_aside(circle, fran, ann)
    await is_back(fran)
    assert await fran_aside.is_closed() == Closing.LEFT
    await ann_aside.hears("paused", by="itself")
    assert (await ann_aside.is_refused("say", text="are you there?"))["code"] == "room-paused"
    await is_back(ann)


async def test_a_side_room_whose_memory_was_lost_goes_on_after_it_was_mended(
    circle: Installation, fran: Person, gus: Person, ann: Person, bob: Person
) -> None:
    fran_aside, ann_aside, _ = await step_aside(circle, fran, ann)
    await circle.redis.flushdb()
    await circle.breaks_subscriptions()
    await circle.is_heard()
    for person in (fran_aside, bob):
        person.room = await person.hears("room")
        assert person.room["paused"] == "mending"
    assert fran_aside.room["beside"]
    assert (await listed(bob))[ann.member], "she is still aside"
    await fran_aside.does("resume")
    await ann_aside.says("where were we")
    await fran_aside.hears("said", text="where were we")
    await is_back(ann)
    assert await circle.redis.exists(Keys(circle.room).state)


async def test_the_place_of_somebody_aside_is_not_given_away(
    circle: Installation, fran: Person, gus: Person, ann: Person
) -> None:
    await gus.does("adopt", customs={"cap": 3, "waiting": False})
    await step_aside(circle, fran, ann)
    newcomer = await (await circle.person("Cem", Role.MEMBER, 1)).connects()
    assert await newcomer.is_closed() == Closing.FULL
    await is_back(ann)


async def test_who_was_long_on_the_way_back_once_is_given_as_long_the_next_time(
    circle: Installation, fran: Person, gus: Person, ann: Person, bob: Person
) -> None:
    for _ in range(2):
        _, ann_aside, _ = await step_aside(circle, fran, ann)
        await ann_aside.asks("leave")  # as her page does on a bad line, which then needs a moment to come back
        await ann_aside.is_closed()
        await asyncio.sleep(2)  # longer than from one look to the next, shorter than she is given
        assert not bob.heard("left", member=ann.member)
        await is_back(ann)
        await is_back(fran)


async def test_words_of_danger_in_a_side_room_without_its_facilitator_are_heard_by_those_of_the_group(
    circle: Installation, fran: Person, gus: Person, ann: Person, bob: Person
) -> None:
    _, ann_aside, _ = await step_aside(circle, fran, ann)
    await is_back(fran)
    await ann_aside.hears("paused", by="itself")
    for type_, code in (("say", "room-paused"), ("confide", "nobody-holds")):
        no = await ann_aside.is_refused(type_, text="I want to die")
        assert (no["code"], no["help"]) == (code, True)
    for person in (gus, fran):
        alarm = await person.hears("alarmed", by=ann.member)
        assert (alarm["where"], "text" in alarm) == ("unsent", False)
    await gus.stays_without("alarmed", 3)
    assert "alarmed" not in [frame["type"] for frame in (*bob.history, *ann_aside.history)]
    cem = await (await circle.person("Cem", Role.FACILITATOR, 1)).enters()
    assert [one["by"] for one in cem.room["alarms"]] == [ann.member]


async def test_words_of_danger_in_a_group_without_a_facilitator_are_heard_by_the_one_who_is_aside(
    circle: Installation, fran: Person, gus: Person, ann: Person, bob: Person
) -> None:
    fran_aside, ann_aside, _ = await step_aside(circle, fran, ann)
    await bob.says("I want to die")
    await gus.hears("alarmed", by=bob.member)
    await fran_aside.stays_without("alarmed", 2)
    await gus.asks("leave")
    assert (await fran_aside.hears("alarmed", by=bob.member))["where"] == "unsent"
    await fran_aside.stays_without("alarmed", 2)
    await bob.hears("paused", by="itself")
    await is_back(fran)
    assert [one["by"] for one in fran.room["alarms"]] == [bob.member]
    assert not any(frame["type"] in ("alarmed", "flagged") for frame in (*bob.history, *ann_aside.history))


async def test_a_meeting_whose_last_people_were_aside_and_are_gone_ends(hasty: Installation) -> None:
    fran, gus = [await (await hasty.person(name, Role.FACILITATOR, 0)).enters() for name in ("Fran", "Gus")]
    ann = await (await hasty.person("Ann", Role.MEMBER, 1)).enters()
    fran_aside, ann_aside, _ = await step_aside(hasty, fran, ann)
    await gus.asks("leave")
    await gus.is_closed()
    for person in (fran_aside, ann_aside):
        await person.says("nobody else is here")
        person.vanishes()
    async with asyncio.timeout(20):
        while await hasty.redis.exists(Keys(hasty.room).state):
            await asyncio.sleep(0.2)
