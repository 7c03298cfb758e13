"""Words beside the talk reach those they are for, on every process, and are held to the same pace."""

import asyncio

import pytest

from chat.core.wire import Role
from tests.cast import Person
from tests.installation import Installation


async def test_a_word_to_the_facilitators_reaches_them_wherever_they_sit_and_nobody_else(
    circle: Installation, fran: Person, ann: Person, bob: Person
) -> None:
    gus = await (await circle.person("Gus", Role.FACILITATOR, 1)).enters()
    await ann.does("confide", text="may I speak to you")
    for person in (fran, gus, ann):
        assert (await person.hears("confided"))["member"] == ann.member
    await fran.does("confide", member=ann.member, text="of course")
    await ann.hears("confided", by=fran.member)
    await gus.does("confer", text="I stay with Ann")
    await fran.hears("conferred")
    await bob.says("meanwhile")
    await ann.hears("said", text="meanwhile")
    assert not {"confided", "conferred"} & {frame["type"] for frame in bob.history}
    assert "conferred" not in {frame["type"] for frame in ann.history}
    assert await circle.ring() != [], "what Bob said"
    assert len(await circle.ring()) == 1, "and nothing that was said aside"


async def test_one_voice_does_not_fill_the_facilitators_line_either(
    circle: Installation, fran: Person, ann: Person, bob: Person
) -> None:
    for _ in range(30):  # at once: where each waits for its answer, a slow machine gives time enough between them
        await ann.asks("confide", text="again")
    await ann.is_answered()
    assert {frame["code"] for frame in ann.history if frame["type"] == "refused"} == {"too-fast"}
    assert (await bob.answer_to("confide", text="once"))["type"] == "accepted", "each has their own pace"


def missed(person: Person) -> tuple[int, list[str]]:
    """How many private words this page has not heard since the room was shown to it before, and whose they were."""
    rooms = [place for place, frame in enumerate(person.history) if frame["type"] == "room"]
    before, now = rooms[-2], rooms[-1]
    heard = sum(frame["type"] in ("confided", "conferred") for frame in person.history[before:now])
    count = person.history[now].get("asides", 0) - person.history[before].get("asides", 0) - heard
    return count, person.history[now].get("asides_by", [])[-count:] if count else []


async def test_what_was_said_aside_while_facilitators_were_just_coming_back_is_said_to_be_missing(
    circle: Installation, ann: Person, bob: Person, fran: Person, gus: Person
) -> None:
    """Ann's page says that Fran and Gus read it, until it is told that they have lost the connection."""
    await bob.does("confide", text="may I speak to you")
    await gus.hears("confided")
    gus.vanishes()
    await fran.hears("left", member=gus.member)
    await ann.does("confide", text="I am not safe.")
    await fran.does("confide", member=ann.member, text="I am with you.")
    await fran.does("confer", text="Ann is not safe")
    await gus.enters(resume=True)
    assert missed(gus) == (3, [ann.member, fran.member, fran.member])
    assert "not safe" not in str(gus.history)
    await gus.goes()
    await gus.enters()
    assert missed(gus)[0] == 0, "a page that has just come has nothing to miss; and it knows how many there were"
    await bob.goes()
    await bob.enters()
    assert bob.room["asides"] == 1


async def test_what_was_confided_while_a_facilitators_process_heard_nothing_is_said_to_be_missing(
    circle: Installation, ann: Person, fran: Person
) -> None:
    """Ann sits on the second process, Fran on the first, which hears nothing for a moment; nobody is seen to go."""
    table = circle.table(0)
    table.waiting = []
    await ann.does("confide", text="I am not safe.")
    table.waiting = None
    circle.lives[0].rooms.hub.reload_soon(table)
    await fran.hears("room")
    assert missed(fran) == (1, [ann.member])
    await ann.does("confide", text="Can you hear me?")
    await fran.hears("confided")


async def test_who_confides_while_nobody_holds_the_room_is_not_told_that_it_has_been_heard(
    ann: Person, fran: Person
) -> None:
    """The same words sent from outside are refused with the same code."""
    fran.vanishes()
    await ann.hears("left", member=fran.member)
    assert (await ann.is_refused("confide", text="May I pass today?"))["code"] == "nobody-holds"
    refused = await ann.is_refused("confide", text="I want to die.")
    assert (refused["code"], refused["help"]) == ("nobody-holds", True)
    await fran.enters(resume=True)
    assert [(one["by"], one["where"]) for one in fran.room["alarms"]] == [(ann.member, "unsent")]
    assert "asides" not in fran.room, "and nothing is missing"
    await ann.does("confide", text="May I pass today?")
    await fran.hears("confided")


@pytest.mark.parametrize("how", ["left", "lost"])
async def test_a_room_in_which_the_only_facilitator_left_takes_a_break_pauses(hasty: Installation, how: str) -> None:
    fran = await (await hasty.person("Fran", Role.FACILITATOR, 0)).enters()
    gus = await (await hasty.person("Gus", Role.FACILITATOR, 1)).enters()
    ann = await (await hasty.person("Ann", Role.MEMBER, 1)).enters()
    await fran.meets(gus)
    await fran.does("rest")
    await ann.hears("resting", member=fran.member)
    if how == "left":
        await gus.asks("leave")
    else:
        gus.vanishes()
    await ann.hears("paused", by="itself")
    assert how == "left" or any(frame["type"] == "unheld" for frame in ann.history)
    await asyncio.sleep(2)
    assert ann.closed is None, "Fran is still expected"
    assert [frame["type"] for frame in ann.history].count("paused") == 1
    await fran.does("return")
    await fran.does("resume")


async def test_a_facilitator_who_is_back_from_a_break_in_time_holds_the_room(
    circle: Installation, fran: Person, gus: Person, ann: Person
) -> None:
    await fran.does("rest")
    await ann.hears("resting", member=fran.member)
    gus.vanishes()
    await ann.hears("unheld")
    await fran.does("return")
    bob = await (await circle.person("Bob", Role.MEMBER, 0)).enters()
    assert not {"unheld_until", "paused"} & bob.room.keys()
