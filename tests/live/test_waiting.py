"""Somebody waits at one process and is let in from another; nothing of the room reaches them before that."""

import asyncio

import pytest

from chat.core.customs import Customs
from chat.core.decision import NOBODY, Tick
from chat.core.wire import Role
from chat.live.closing import Closing
from tests.cast import Frame, Person
from tests.installation import Installation

FIVE_MINUTES = 5 * 60_000


@pytest.fixture
async def circle(circle: Installation) -> Installation:
    """A group in which people wait, in its meeting."""
    await circle.begins(Customs())
    return circle


async def waits(circle: Installation, name: str, process: int = 1) -> Person:
    """Somebody comes to the room, and is shown that they wait."""
    person = await (await circle.person(name, Role.MEMBER, process)).connects()
    person.room = await person.hears("waiting-room")
    return person


def heard(person: Person) -> set[str]:
    """The kinds of everything somebody was ever told."""
    return {frame["type"] for frame in person.history}


async def caller(person: Person, name: str) -> Frame:
    """How a facilitator is told that somebody waits."""
    frame = await person.hears("waiting")
    assert frame["caller"]["name"] == name
    found: Frame = frame["caller"]
    return found


async def test_somebody_waits_and_is_let_in_from_another_process(circle: Installation, fran: Person) -> None:
    ann = await waits(circle, "Ann")
    assert [one["name"] for one in ann.room["held_by"]] == ["Fran"]
    await caller(fran, "Ann")
    await fran.says("Before Ann was let in.")
    await fran.does("admit", member=ann.member)
    room = await ann.hears("room")
    assert [one["name"] for one in room["people"]] == ["Fran", "Ann"]
    await fran.says("Welcome, Ann.")
    await ann.hears("said", text="Welcome, Ann.")
    await ann.says("Good evening.")
    await fran.hears("said", text="Good evening.")
    assert heard(ann) == {"waiting-room", "room", "accepted", "said"}
    assert "Before Ann was let in." not in str(ann.history)


async def test_members_learn_nothing_of_who_waits(circle: Installation, fran: Person) -> None:
    ann = await waits(circle, "Ann", 0)
    await fran.does("admit")
    await ann.hears("room")
    dora = await waits(circle, "Dora")
    await dora.does("listen")
    await dora.does("confide", text="Is this the right room?")
    await fran.hears("confided", text="Is this the right room?")
    await fran.does("confide", text="It is.", member=dora.member)
    await dora.hears("confided", text="It is.")
    await dora.asks("leave")
    assert await dora.is_closed() == Closing.LEFT
    await fran.hears("went", member=dora.member)
    await fran.says("We begin.")
    await ann.hears("said")
    assert heard(ann) == {"waiting-room", "room", "said"}


async def test_whoever_waits_can_say_nothing_to_the_room(circle: Installation, fran: Person) -> None:
    ann = await waits(circle, "Ann")
    for command in ({"type_": "say", "text": "Hello?"}, {"type_": "hand", "up": True}, {"type_": "admit"}):
        assert (await ann.is_refused(**command))["code"] == "waiting"
    await ann.does("here")


async def test_somebody_declined_hears_why_and_is_not_asked_about_again(circle: Installation, fran: Person) -> None:
    ann = await waits(circle, "Ann")
    await fran.does("decline", member=ann.member, reason="full-today", words="Next week there will be room.")
    why = await ann.hears("acted-on")
    assert (why["act"], why["reason"], why["words"]) == ("decline", "full-today", "Next week there will be room.")
    assert await ann.is_closed() == Closing.DECLINED
    again = await circle.browser("Ann", ann.member, 0, ann.cookie).connects()
    assert await again.is_closed() == Closing.DECLINED
    await fran.does("admit", member=ann.member)
    await circle.browser("Ann", ann.member, 0, ann.cookie).connects()
    assert (await caller(fran, "Ann")).get("declined") is None


async def test_a_facilitator_who_comes_later_sees_who_waits(circle: Installation, fran: Person) -> None:
    await waits(circle, "Ann")
    gus = await (await circle.person("Gus", Role.FACILITATOR, 1)).enters()
    assert [one["name"] for one in gus.room["waiting"]] == ["Ann"]


async def test_people_wait_before_any_facilitator_comes_and_see_who_holds_the_room(circle: Installation) -> None:
    ann = await waits(circle, "Ann")
    assert "held_by" not in ann.room
    fran = await (await circle.person("Fran", Role.FACILITATOR, 0)).enters()
    assert [one["name"] for one in (await ann.hears("waiting-room"))["held_by"]] == ["Fran"]
    await fran.does("pause")
    assert (await ann.hears("waiting-room"))["paused"] == "facilitator"
    await fran.does("admit")
    await ann.hears("room")


async def test_whoever_comes_back_after_a_lost_connection_does_not_wait_again(
    circle: Installation, fran: Person
) -> None:
    ann = await waits(circle, "Ann")
    await caller(fran, "Ann")
    await fran.does("admit")
    ann.room = await ann.hears("room")
    ann.vanishes()
    await fran.hears("left", how="lost")
    await fran.says("While Ann is away.")
    await ann.enters(resume=True)
    await ann.hears("said", text="While Ann is away.")


async def test_a_second_page_takes_the_place_of_the_first_that_waits(circle: Installation, fran: Person) -> None:
    ann = await waits(circle, "Ann", 0)
    second = await circle.browser("Ann", ann.member, 1, ann.cookie).connects()
    await second.hears("waiting-room")
    assert await ann.is_closed() == Closing.REPLACED
    await fran.does("admit")
    await second.hears("room")


async def test_signing_out_ends_the_waiting(circle: Installation, fran: Person) -> None:
    ann = await waits(circle, "Ann")
    await circle.signs_out(ann)
    assert await ann.is_closed() == Closing.SIGNED_OUT
    await fran.hears("went", member=ann.member)


async def test_whoever_loses_the_connection_is_off_the_list(circle: Installation, fran: Person) -> None:
    ann = await waits(circle, "Ann")
    ann.vanishes()
    await fran.hears("went", member=ann.member, lost=True)


async def test_the_process_of_somebody_who_waits_dies(circle: Installation, fran: Person) -> None:
    """As the sweep of the other sees it: nobody counts up for that process any more."""
    ann = await waits(circle, "Ann")
    table = circle.table(0)
    outside = table.room.outside(ann.member)
    assert outside
    await circle.lives[0].rooms.desk.submit(table, NOBODY, Tick(frozenset({outside.member.process})))
    await fran.hears("went", member=ann.member, lost=True)
    assert await ann.is_closed() == Closing.LOST


async def test_redis_forgets_everything_and_people_go_on_waiting(circle: Installation, fran: Person) -> None:
    ann = await waits(circle, "Ann")
    bob = await waits(circle, "Bob", 0)
    await fran.does("decline", member=bob.member, reason="full-today")
    await circle.redis.flushdb()
    await circle.breaks_subscriptions()
    again = await fran.hears("room")
    assert [(one["name"], one.get("declined")) for one in again["waiting"]] == [("Ann", None), ("Bob", True)]
    assert (await ann.hears("waiting-room"))["paused"] == "mending"
    await fran.does("admit", member=ann.member)
    await ann.hears("room")
    bob = await circle.browser("Bob", bob.member, 1, bob.cookie).connects()
    assert await bob.is_closed() == Closing.DECLINED


async def test_let_in_while_nothing_could_be_heard_is_seen_once_it_can(circle: Installation, fran: Person) -> None:
    ann = await waits(circle, "Ann")
    await caller(fran, "Ann")
    live, table = circle.lives[1], circle.table(1)
    table.waiting = []  # the process of Ann looks at the room afresh just now
    await fran.does("admit")
    await fran.says("Ann, are you there?")
    live.rooms.hub._tasks.create_task(live.rooms.hub._reload(table))
    await ann.hears("room")
    await ann.hears("said", text="Ann, are you there?")
    assert [frame["type"] for frame in ann.history].count("said") == 1


async def test_who_comes_to_wait_while_the_room_is_looked_at_afresh_is_shown_so_once_and_soon(
    circle: Installation, fran: Person
) -> None:
    await waits(circle, "Ann")
    live, table = circle.lives[1], circle.table(1)
    table.waiting = []  # their process looks at the room afresh just now
    bob = await (await circle.person("Bob", Role.MEMBER, 1)).connects()
    await caller(fran, "Ann")
    await caller(fran, "Bob")
    live.rooms.hub._tasks.create_task(live.rooms.hub._reload(table))
    await bob.hears_within(1, "waiting-room")
    await fran.does("admit", member=bob.member)
    await bob.hears("room")
    assert [frame["type"] for frame in bob.history] == ["waiting-room", "room"]


async def test_behind_a_closed_door_somebody_knocks(circle: Installation, fran: Person) -> None:
    await fran.does("adopt", customs={"waiting": False})
    ann = await (await circle.person("Ann", Role.MEMBER, 1)).enters()
    await fran.does("set-door", open=False)
    await ann.hears("door-set", door={"closed": True, "kept": True})
    dora = await waits(circle, "Dora")
    assert dora.room["you"]["late"]
    assert (await caller(fran, "Dora"))["late"]
    await dora.does("knock")
    assert (await dora.hears("waiting-room"))["you"]["knocked"]
    assert (await caller(fran, "Dora"))["knocked"]
    await ann.goes()
    await ann.enters()
    await fran.does("admit", member=dora.member)
    await dora.hears("room")


async def test_the_door_closes_by_itself(circle: Installation, fran: Person) -> None:
    await fran.does("begin", phase={"name": "Opening"}, starts=True)
    closes_at = (await fran.hears("door-set"))["door"]["closes_at"]
    assert closes_at == next(one["at"] for one in fran.history if one["type"] == "begun") + FIVE_MINUTES
    assert await circle.redis.zscore(circle.due_key, circle.room) == closes_at
    for live in circle.lives:
        live.rooms.desk._clock._offset += FIVE_MINUTES
    try:
        await circle.lives[0].rooms.desk.submit(circle.table(0), NOBODY, Tick())
        assert (await fran.hears("door-set"))["door"] == {"closed": True}
    finally:
        for live in circle.lives:
            live.rooms.desk._clock._offset -= FIVE_MINUTES


async def test_two_facilitators_let_the_same_person_in_at_once(circle: Installation, fran: Person) -> None:
    gus = await (await circle.person("Gus", Role.FACILITATOR, 1)).enters()
    ann = await waits(circle, "Ann")
    answers = await asyncio.gather(*(one.answer_to("admit", member=ann.member) for one in (fran, gus)))
    assert sorted(answer["type"] for answer in answers) == ["accepted", "refused"]
    await ann.hears("room")
    await fran.says("One Ann.")
    await ann.hears("said")
    assert [frame["type"] for frame in ann.history].count("room") == 1


async def test_how_somebody_comes_today(circle: Installation, fran: Person) -> None:
    await fran.does("adopt", customs={"waiting": False, "door": 0})
    ann = await (await circle.person("Ann", Role.MEMBER, 1)).connects(claims="?listens=1")
    assert [one.get("listens") for one in (await ann.hears("room"))["people"]] == [None, True]
    await ann.does("take-part")
    await ann.says("I changed my mind.")
