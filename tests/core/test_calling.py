"""Whoever is on call is told when nobody holds a room, once, and until they have heard it."""

import pytest
from msgspec.structs import replace

from chat.core.commands.calling import AGAIN_AFTER, APART, PATIENCE, due
from chat.core.decision import Acknowledge, Decision, LetWrite, Open, Ring, Rung
from chat.core.errors import Code
from chat.core.ids import Epoch, Millis, Number
from chat.core.room import Condition, snapshot
from chat.core.wire import UNTIL_LOOKED, Called, CallReason, Looked, Marked, OnCall, Paused, PausedBy, Unmuted
from tests.core.circle import HOUSE, NOBODY, NOON, Circle, Somebody, refusal, told
from tests.core.test_marking import more


@pytest.fixture(autouse=True)
def _somebody_is_on_call(circle: Circle) -> None:
    circle.house = replace(HOUSE, on_call=True)


def call_of(circle: Circle) -> OnCall:
    call = circle.room.condition.call
    assert call is not None
    return call


def rings(circle: Circle) -> Decision:
    """A process takes the next try on itself."""
    return circle.asks(NOBODY, Ring())


def rung(circle: Circle, *, told: bool, tries: int | None = None) -> Decision:
    """It says what came of it."""
    call = call_of(circle)
    return circle.asks(NOBODY, Rung(call.at, call.tries if tries is None else tries, told))


def pauses_by_itself(circle: Circle, fran: Somebody) -> None:
    fran.is_lost()
    circle.seconds_pass(20)
    assert circle.room.condition.paused is PausedBy.ITSELF


def test_a_room_that_paused_by_itself_calls_at_once(circle: Circle, ann: Somebody, fran: Somebody) -> None:
    assert refusal(rings(circle)) is Code.ALREADY_SO
    pauses_by_itself(circle, fran)
    assert due(circle.room, circle.moment) == circle.now
    assert told(rings(circle))
    assert call_of(circle) == OnCall(CallReason.UNHELD, circle.moment.now, 1, Millis(circle.now + PATIENCE))


def test_of_several_processes_one_calls_and_the_others_are_fenced(
    circle: Circle, ann: Somebody, fran: Somebody
) -> None:
    pauses_by_itself(circle, fran)
    before = circle.room.revision
    rings(circle)
    assert circle.room.revision == before + 1, "or two that asked at once would both be told yes"
    assert refusal(rings(circle)) is Code.ALREADY_SO


def test_if_the_process_that_should_call_dies_another_takes_over(circle: Circle, ann: Somebody, fran: Somebody) -> None:
    pauses_by_itself(circle, fran)
    rings(circle)
    circle.seconds_pass(PATIENCE / 1000 - 1)
    assert refusal(rings(circle)) is Code.ALREADY_SO
    circle.seconds_pass(1)
    assert told(rings(circle))
    assert call_of(circle).tries == 2


def test_what_did_not_get_through_is_tried_again_later_and_later(circle: Circle, ann: Somebody, fran: Somebody) -> None:
    pauses_by_itself(circle, fran)
    waits = []
    for _ in range(len(AGAIN_AFTER) + 1):
        rings(circle)
        rung(circle, told=False)
        waits.append(due(circle.room, circle.moment) or 0)
        circle.now += (waits[-1] - circle.now) or 1
    first = circle.room.condition.paused_at or 0
    assert [later - before for before, later in zip([first, *waits], waits, strict=False)] == [
        *AGAIN_AFTER,
        AGAIN_AFTER[-1],
    ]


def test_once_it_got_through_nobody_is_called_again(circle: Circle, ann: Somebody, fran: Somebody) -> None:
    pauses_by_itself(circle, fran)
    rings(circle)
    circle.seconds_pass(2)
    rung(circle, told=True)
    assert (call_of(circle).told_at, call_of(circle).next_at) == (circle.now, None)
    circle.seconds_pass(600)
    assert due(circle.room, circle.moment) != circle.now
    assert refusal(rings(circle)) is Code.ALREADY_SO


def test_a_try_that_got_through_late_counts_and_one_that_failed_late_does_not(
    circle: Circle, ann: Somebody, fran: Somebody
) -> None:
    pauses_by_itself(circle, fran)
    rings(circle)
    circle.seconds_pass(PATIENCE / 1000)
    rings(circle)
    assert refusal(rung(circle, told=False, tries=1)) is Code.ALREADY_SO
    assert told(rung(circle, told=True, tries=1))
    assert call_of(circle).told_at == circle.now


def test_whoever_is_on_call_acknowledges_once_and_the_facilitators_see_it(
    circle: Circle, ann: Somebody, fran: Somebody
) -> None:
    pauses_by_itself(circle, fran)
    rings(circle)
    rung(circle, told=True)
    circle.seconds_pass(90)
    at = call_of(circle).at
    assert told(circle.asks(NOBODY, Acknowledge(at)))
    assert call_of(circle).acknowledged_at == circle.now
    assert refusal(circle.asks(NOBODY, Acknowledge(at))) is Code.ALREADY_SO
    assert refusal(circle.asks(NOBODY, Acknowledge(Millis(at + 1)))) is Code.ALREADY_SO
    fran.arrives()
    assert snapshot(circle.room, fran.id, circle.moment.now).call == call_of(circle)
    assert snapshot(circle.room, ann.id, circle.moment.now).call is None


def test_somebody_may_press_the_link_before_the_answer_to_the_try_is_in(
    circle: Circle, ann: Somebody, fran: Somebody
) -> None:
    pauses_by_itself(circle, fran)
    rings(circle)
    circle.asks(NOBODY, Acknowledge(call_of(circle).at))
    assert (call_of(circle).told_at, call_of(circle).next_at) == (circle.now, None)
    assert refusal(rung(circle, told=False)) is Code.ALREADY_SO


def test_how_a_call_stands_is_told_to_facilitators_alone(
    circle: Circle, ann: Somebody, fran: Somebody, gus: Somebody
) -> None:
    assert told(fran.calls())
    assert circle.seen_by(fran.id) == [Called(call_of(circle))]
    assert circle.seen_by(ann.id) == []


def test_a_facilitator_asks_for_somebody_and_the_room_goes_on(circle: Circle, ann: Somebody, fran: Somebody) -> None:
    assert told(fran.calls())
    assert call_of(circle).reason is CallReason.ASKED
    assert told(rings(circle))
    assert told(ann.says("hello"))
    assert refusal(fran.calls()) is Code.ALREADY_SO
    circle.asks(NOBODY, Acknowledge(call_of(circle).at))
    circle.seconds_pass(1)
    assert told(fran.calls())


def test_only_facilitators_may_ask_and_only_where_somebody_is_on_call(
    circle: Circle, ann: Somebody, fran: Somebody
) -> None:
    assert refusal(ann.calls()) is Code.NOT_ALLOWED
    circle.house = HOUSE
    assert refusal(fran.calls()) is Code.NO_ON_CALL
    pauses_by_itself(circle, fran)
    assert refusal(rings(circle)) is Code.ALREADY_SO


def test_a_facilitator_who_is_back_needs_nobody(circle: Circle, ann: Somebody, fran: Somebody) -> None:
    pauses_by_itself(circle, fran)
    rings(circle)
    rung(circle, told=False)
    fran.arrives()
    circle.seconds_pass(60)
    assert refusal(rings(circle)) is Code.ALREADY_SO
    fran.resumes()
    assert circle.room.condition.call is None


def test_a_call_that_got_through_is_still_seen_when_the_room_goes_on(
    circle: Circle, ann: Somebody, fran: Somebody
) -> None:
    pauses_by_itself(circle, fran)
    rings(circle)
    rung(circle, told=True)
    fran.arrives()
    fran.resumes()
    assert call_of(circle).told_at is not None


def test_an_unsteady_connection_is_no_reason_to_call_again_and_again(
    circle: Circle, ann: Somebody, fran: Somebody
) -> None:
    pauses_by_itself(circle, fran)
    rings(circle)
    rung(circle, told=True)
    called = circle.now
    fran.arrives()
    fran.resumes()
    pauses_by_itself(circle, fran)
    assert due(circle.room, circle.moment) == called + APART


def test_an_empty_room_needs_nobody_until_somebody_comes(circle: Circle, ann: Somebody, fran: Somebody) -> None:
    ann.leaves()
    pauses_by_itself(circle, fran)
    assert refusal(rings(circle)) is Code.ALREADY_SO
    ann.arrives()
    assert told(rings(circle))


def test_a_room_that_a_facilitator_paused_and_lost_has_its_grace_first(
    circle: Circle, ann: Somebody, fran: Somebody
) -> None:
    fran.pauses()
    fran.is_lost()
    assert any(isinstance(event, Paused) for event in circle.told)
    circle.seconds_pass(19)
    assert refusal(rings(circle)) is Code.ALREADY_SO
    circle.seconds_pass(1)
    assert told(rings(circle))


def test_a_room_that_begins_again_knows_who_was_called(circle: Circle, ann: Somebody, fran: Somebody) -> None:
    pauses_by_itself(circle, fran)
    rings(circle)
    assert told(rung(circle, told=True))
    standing = call_of(circle)
    circle.asks(NOBODY, Open(Epoch(8), dict(circle.room.places), PausedBy.MENDING, Condition(call=standing)))
    assert call_of(circle) == standing


def is_muted_by_flags(circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody) -> None:
    """Bob is, in a room that Fran has paused to take a break."""
    cem, dee = more(circle, "Cem", "Dee")
    bob.says("Nobody asked you.")
    fran.pauses()
    fran.rests()
    for one in (ann, cem, dee):
        one.marks(Number(circle.room.number))
    assert told(circle.seconds_pass(0))
    assert bob.place
    assert bob.place.muted_until == UNTIL_LOOKED


def lets_write(circle: Circle, who: Somebody, at: Millis | None = None) -> Decision:
    """Whoever is on call does, by the link of the call made `at`, else of the newest."""
    return circle.asks(NOBODY, LetWrite(at or call_of(circle).at, who.id))


def test_whoever_flags_have_muted_while_nobody_watched_is_told_to_whoever_is_on_call(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    is_muted_by_flags(circle, fran, ann, bob)
    assert call_of(circle) == OnCall(CallReason.FLAGGED, circle.moment.now, next_at=circle.moment.now)
    assert told(rings(circle))
    fran.returns()
    assert due(circle.room, circle.moment) is None, "she is there to look"


def test_whoever_is_on_call_ends_that_mute_and_what_was_flagged_counts_no_more(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    is_muted_by_flags(circle, fran, ann, bob)
    assert told(lets_write(circle, bob))
    assert circle.told == [Unmuted(bob.id)]
    assert refusal(circle.seconds_pass(0)) is Code.ALREADY_SO
    assert refusal(lets_write(circle, bob)) is Code.ALREADY_SO
    eve, fay, gil = more(circle, "Eve", "Fay", "Gil")
    for one in (eve, fay):
        one.marks(Number(circle.room.number))
        assert refusal(circle.seconds_pass(0)) is Code.ALREADY_SO, "three that have muted and two more are two"
    gil.marks(Number(circle.room.number))
    assert told(circle.seconds_pass(0))
    assert bob.place
    assert bob.place.muted_until == UNTIL_LOOKED


def test_facilitators_still_see_what_was_flagged_after_whoever_is_on_call_ended_the_mute(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    is_muted_by_flags(circle, fran, ann, bob)
    lets_write(circle, bob)
    fran.returns()
    assert snapshot(circle.room, fran.id, circle.moment.now).marked == (Marked(Number(1), bob.id, 3),)
    assert told(fran.looks(bob))
    assert circle.told == [Looked(bob.id)]


def test_that_is_all_they_can_do(circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody) -> None:
    is_muted_by_flags(circle, fran, ann, bob)
    circle.seconds_pass(1)
    assert refusal(lets_write(circle, bob, Millis(NOON - 1))) is Code.ALREADY_SO, "the link of another call"
    assert refusal(lets_write(circle, ann)) is Code.ALREADY_SO
    fran.returns()
    assert refusal(lets_write(circle, bob)) is Code.ALREADY_SO, "a facilitator is there, and looks"
    fran.looks(bob)
    fran.mutes(bob, 5)
    fran.rests()
    assert refusal(lets_write(circle, bob)) is Code.ALREADY_SO, "a facilitator has muted him"


def test_a_call_that_nobody_has_acknowledged_stands_for_flags_too(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    fran.calls()
    is_muted_by_flags(circle, fran, ann, bob)
    asked = call_of(circle)
    assert asked.reason is CallReason.ASKED
    circle.asks(NOBODY, Acknowledge(asked.at))
    assert told(lets_write(circle, bob, asked.at)), "its link ends the mute as well"


def test_without_anybody_on_call_flags_call_nobody(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    circle.house = HOUSE
    is_muted_by_flags(circle, fran, ann, bob)
    assert circle.room.condition.call is None
