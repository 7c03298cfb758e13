"""“A facilitator's act holds from the instant it is told: nothing said after a mute, a removal or a pause gets through,
on any process.”
"""

import copy

import pytest

from chat.core import wire
from chat.core.decide import decide
from chat.core.decision import Actor, House, Moment, Publish
from chat.core.ids import Ref
from chat.live.bus import Status
from chat.live.closing import Closing
from chat.live.posting import commit_of
from chat.live.table import Table
from tests.cast import Person
from tests.installation import Installation

WHY = {"reason": "hurtful"}


async def acts(fran: Person, act: str, on: Person) -> None:
    """Fran does this to somebody, or to the room."""
    match act:
        case "pause":
            await fran.does("pause")
        case "mute":
            await fran.does("mute", member=on.member, minutes=5, **WHY)
        case _:
            await fran.does(act, member=on.member, **WHY)


@pytest.mark.parametrize("act", ["mute", "remove", "bar", "pause"])
async def test_words_judged_before_an_act_and_committed_after_it_do_not_get_through(
    circle: Installation, ann: Person, bob: Person, fran: Person, act: str
) -> None:
    live = circle.lives[1]
    table = circle.table(1)
    late = Table(copy.deepcopy(table.room), table.envelope)
    member = late.room.member(ann.member)
    assert member is not None
    moment = Moment(live.rooms.desk.now(), House())
    judged = decide(late.room, Actor(member.id, member.seat), wire.Say(Ref("r-1"), "just in time?"), moment)
    assert isinstance(judged, Publish)
    await acts(fran, act, ann)

    outcome = await live.rooms.bus.commit(commit_of(late, judged, moment, None))

    assert outcome.status is Status.MOVED
    await fran.does("announce", text="only this")
    await bob.hears("announced", text="only this")
    assert not any(frame["type"] == "said" for frame in bob.history)


@pytest.mark.parametrize(("act", "code"), [("mute", "muted"), ("pause", "room-paused")])
async def test_a_process_that_does_not_know_yet_judges_again_and_refuses(
    circle: Installation, ann: Person, bob: Person, fran: Person, act: str, code: str
) -> None:
    table = circle.table(1)
    before = copy.deepcopy(table.room)
    await acts(fran, act, ann)
    await ann.hears("muted" if act == "mute" else "paused")
    table.room = before

    refused = await ann.is_refused("say", text="just in time?")

    assert refused["code"] == code
    assert not bob.heard("said")


@pytest.mark.parametrize(("act", "told"), [("mute", "muted"), ("remove", "removed"), ("pause", "paused")])
async def test_of_words_and_an_act_at_the_same_moment_everybody_hears_none_after_the_act(
    ann: Person, bob: Person, fran: Person, act: str, told: str
) -> None:
    for turn in range(20):
        await ann.asks("say", text=f"word {turn}")
    await acts(fran, act, ann)
    for person in (bob, fran):
        await person.hears(told)
    await fran.does("announce", text="after it")
    for person in (bob, fran):
        await person.hears("announced")
        assert not person.heard("said", by=ann.member)


@pytest.mark.parametrize(("act", "closing"), [("remove", Closing.REMOVED), ("bar", Closing.BARRED)])
@pytest.mark.parametrize("process", [0, 1])
async def test_whoever_is_asked_to_leave_is_out_at_once_and_gets_in_again_nowhere(
    circle: Installation, ann: Person, fran: Person, act: str, closing: Closing, process: int
) -> None:
    await acts(fran, act, ann)
    assert await ann.is_closed() == Closing.REMOVED
    again = circle.browser("Ann", ann.member, process, ann.cookie)
    await again.connects()
    assert await again.is_closed() == closing
    assert again.frames == []


async def test_a_removed_person_hears_nothing_more(ann: Person, bob: Person, fran: Person) -> None:
    await fran.does("remove", member=ann.member, **WHY)
    await bob.says("among ourselves")
    await ann.is_closed()
    assert ann.texts() == []


async def test_a_removal_lasts_for_the_meeting_and_a_bar_beyond_it(
    circle: Installation, ann: Person, bob: Person, fran: Person
) -> None:
    await fran.does("remove", member=ann.member, **WHY)
    await fran.does("bar", member=bob.member, days=1, **WHY)
    await fran.asks("close")
    await fran.is_closed()
    await circle.meets()
    await circle.browser("Fran", fran.member, 0, fran.cookie).enters()
    await circle.browser("Ann", ann.member, 0, ann.cookie).enters()
    barred = await circle.browser("Bob", bob.member, 0, bob.cookie).connects()
    assert await barred.is_closed() == Closing.BARRED


async def test_a_mute_is_not_undone_by_coming_back(circle: Installation, ann: Person, fran: Person) -> None:
    await fran.meets(ann)
    await fran.does("mute", member=ann.member, minutes=5, **WHY)
    await ann.asks("leave")
    assert await ann.is_closed() == Closing.LEFT
    again = await circle.browser("Ann", ann.member, 0, ann.cookie).enters()
    assert "muted_until" in again.room
    assert (await again.is_refused("say", text="hello?"))["code"] == "muted"


async def test_a_mute_ends_when_a_facilitator_says_so(ann: Person, fran: Person) -> None:
    await fran.does("mute", member=ann.member, minutes=5, **WHY)
    await fran.does("unmute", member=ann.member)
    await ann.says("thank you")


async def test_a_removal_during_which_the_rooms_memory_was_lost_holds_and_stays_recorded(
    circle: Installation, ann: Person, fran: Person
) -> None:
    await circle.redis.flushdb()
    await fran.does("remove", member=ann.member, **WHY)
    assert await ann.is_closed() == Closing.REMOVED
    assert (await circle.keeping.standing(circle.room))[ann.member].removed
