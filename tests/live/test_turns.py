"""Turns between processes: one person speaks at a time, and what befalls the floor befalls it everywhere."""

import asyncio

from msgspec.structs import replace

from chat.core.customs import DROP_IN
from chat.core.ids import MemberId
from chat.core.wire import Role
from chat.live.bus import Status
from chat.live.counts import counts
from tests.cast import Frame, Person
from tests.installation import Installation


async def whose(person: Person, *, kept: bool = False) -> str:
    """Whose turn it is, as this person is told next."""
    told: Frame = await person.hears("turned")
    while ("kept_until" in told["floor"]) != kept:
        told = await person.hears("turned")
    return str(told["floor"]["turn"])


async def test_one_person_speaks_at_a_time_whichever_process_they_sit_at(
    circle: Installation, fran: Person, ann: Person, bob: Person
) -> None:
    await fran.does("set-floor", kind="round")
    first = await whose(ann)
    now, then = (ann, bob) if first == ann.member else (bob, ann)
    await now.says("first")
    assert (await then.is_refused("say", text="but"))["code"] == "not-your-turn"
    await now.does("finish")
    await then.says("and now me")
    assert (await now.is_refused("say", text="but"))["code"] == "not-your-turn"
    await fran.does("set-floor", kind="open")
    await now.says("all of us again")


async def test_a_round_costs_one_commit_to_begin_and_one_for_each_who_has_a_turn(
    circle: Installation, fran: Person, ann: Person, bob: Person
) -> None:
    others = [await (await circle.person(name, Role.MEMBER, 1)).enters() for name in ("Cem", "Dora", "Eve")]
    people = {one.member: one for one in (ann, bob, *others)}
    before = counts.commits[Status.TOLD]
    await fran.does("set-floor", kind="round")
    for number in range(len(people)):
        speaker = people[MemberId(await whose(fran))]
        await speaker.does("pass" if number % 2 else "finish")
    assert (await fran.hears("turned"))["floor"]["kind"] == "facilitators", "the round is complete"
    assert counts.commits[Status.TOLD] - before == len(people) + 1


async def test_whoever_comes_back_has_their_turn_still(
    circle: Installation, fran: Person, ann: Person, bob: Person
) -> None:
    await fran.does("set-floor", kind="round")
    now = ann if await whose(fran) == ann.member else bob
    await now.rests()
    assert await whose(fran, kept=True) == now.member
    await now.enters(resume=True)
    assert now.room["floor"]["turn"] == now.member
    assert await whose(fran) == now.member
    await now.says("as I was saying")


async def test_a_mended_room_goes_on_with_the_turn_where_it_was(
    circle: Installation, fran: Person, ann: Person, bob: Person
) -> None:
    await fran.does("set-floor", kind="round")
    now, then = (ann, bob) if await whose(fran) == ann.member else (bob, ann)
    await circle.redis.flushall()
    await fran.answer_to("pause")  # the next command finds the room gone
    await fran.hears("room")
    await fran.answer_to("resume")
    assert circle.table(0).room.condition.floor.order == (then.member,)
    await now.says("still my turn")
    assert (await then.is_refused("say", text="but"))["code"] == "not-your-turn"


async def test_a_room_that_is_mended_in_a_pause_takes_nothing_from_a_turn_either(
    circle: Installation, fran: Person, ann: Person
) -> None:
    await fran.meets(ann)
    await fran.does("set-floor", kind="round")
    until = circle.table(0).room.condition.floor.until
    paused_at = (await fran.does("pause") and await fran.hears("paused"))["at"]
    await asyncio.sleep(1)
    await circle.redis.flushall()
    await fran.answer_to("announce", text="Is anybody there?")
    await fran.hears("room", paused="mending")
    await fran.does("resume")
    resumed_at = (await fran.hears("resumed"))["at"]
    after = circle.table(0).room.condition.floor.until
    assert until
    assert after
    assert after - until > resumed_at - paused_at - 500, "but for the moment in which it was put together"


async def test_a_turn_that_ends_by_itself_does_so_on_every_process(hasty: Installation) -> None:
    await hasty.begins(replace(DROP_IN, cuts_off=True))
    fran = await (await hasty.person("Fran", Role.FACILITATOR, 0)).enters()
    people: dict[str, Person] = {}
    for name, process in (("Ann", 0), ("Bob", 1)):
        one = await (await hasty.person(name, Role.MEMBER, process)).enters()
        people[one.member] = one
        await fran.meets(one)
    await fran.does("set-floor", kind="round")
    for person in people.values():
        turns = [await whose(person) for _ in range(2)]
        assert set(turns) == set(people)
        assert (await person.hears("turned"))["floor"]["kind"] == "facilitators"
    assert (await people[turns[1]].is_refused("say", text="but"))["code"] == "facilitators-speak"


async def test_a_pause_takes_nothing_from_a_turn_that_will_end_by_itself(hasty: Installation) -> None:
    await hasty.begins(replace(DROP_IN, cuts_off=True))
    fran = await (await hasty.person("Fran", Role.FACILITATOR, 0)).enters()
    ann = await (await hasty.person("Ann", Role.MEMBER, 1)).enters()
    await fran.meets(ann)
    await fran.does("set-floor", kind="round")
    await fran.does("pause")
    await ann.hears("paused")
    assert await whose(fran) == ann.member
    await ann.stays_without("turned", 2.0)
    await fran.does("resume")
    await ann.hears("turned")
