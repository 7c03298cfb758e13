"""A facilitator holds the group: what they do holds at once, and whoever is concerned is told why."""

from collections.abc import Callable

import pytest

from chat.core.decision import Decision, Publish
from chat.core.errors import Code
from chat.core.ids import Millis
from chat.core.wire import (
    REASON_WORDS_MAX,
    Act,
    ActedOn,
    Closed,
    Muted,
    Paused,
    PausedBy,
    Reason,
    Removed,
    Resumed,
    Unmuted,
)
from tests.core.circle import HOUSE, Circle, Somebody, refusal, told

MINUTE, DAY = 60_000, 86_400_000
ACTS: list[Callable[..., Decision]] = [Somebody.mutes, Somebody.removes, Somebody.bars]
on_each_act = pytest.mark.parametrize("acts_on", ACTS, ids=lambda act: act.__name__)


def test_a_pause_and_its_end_are_told_to_everyone(circle: Circle, ann: Somebody, fran: Somebody) -> None:
    fran.pauses()
    assert circle.seen_by(ann.id) == [Paused(PausedBy.FACILITATOR, Millis(circle.now))]
    fran.resumes()
    assert circle.seen_by(ann.id) == [Resumed(Millis(circle.now))]


def test_what_a_facilitator_does_can_change_what_others_are_answered(bob: Somebody, fran: Somebody) -> None:
    pause, mute = [fran.pauses(), fran.resumes()], [fran.mutes(bob), fran.unmutes(bob)]
    for decision in (*pause, *mute, fran.removes(bob), fran.bars(bob), fran.closes()):
        assert isinstance(decision, Publish)
        assert decision.raises
        assert not decision.paced


def test_a_facilitator_makes_a_rooms_own_pause_theirs(circle: Circle, fran: Somebody) -> None:
    fran.leaves()
    fran.arrives()
    assert told(fran.pauses())
    assert circle.room.condition.paused is PausedBy.FACILITATOR
    assert refusal(fran.pauses()) is Code.ALREADY_SO


def test_bob_hears_why_he_is_muted_before_the_room_hears_that_he_is(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody
) -> None:
    fran.mutes(bob, minutes=5, words="Let us hear the others, too.")
    until = Millis(circle.now + 5 * MINUTE)
    why = ActedOn(Act.MUTE, Reason.TOO_MUCH, "Let us hear the others, too.", until, HOUSE.appeal)
    assert circle.seen_by(bob.id) == [why, Muted(bob.id, until)]
    assert circle.seen_by(ann.id) == circle.seen_by(fran.id) == [Muted(bob.id, until)]


def test_bob_hears_why_he_is_removed_and_the_room_only_that_he_is(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody
) -> None:
    fran.removes(bob, words="We will talk.")
    why = ActedOn(Act.REMOVAL, Reason.HURTFUL, "We will talk.", None, HOUSE.appeal)
    assert circle.seen_by(bob.id) == [why, Removed(bob.id)]
    assert circle.seen_by(ann.id) == [Removed(bob.id)]
    assert not bob.here


@pytest.mark.parametrize("days", [None, 1, 3650])
def test_the_room_cannot_tell_a_bar_from_a_removal_and_bob_hears_how_long(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody, days: int | None
) -> None:
    fran.bars(bob, days)
    until = Millis(circle.now + days * DAY) if days else None
    assert circle.seen_by(bob.id)[0] == ActedOn(Act.BAR, Reason.SAFETY, None, until, HOUSE.appeal)
    assert circle.seen_by(ann.id) == [Removed(bob.id)]
    assert refusal(bob.arrives()) is Code.REMOVED


def test_a_second_mute_sets_the_time_anew(circle: Circle, bob: Somebody, fran: Somebody) -> None:
    fran.mutes(bob, minutes=120)
    circle.seconds_pass(60)
    fran.mutes(bob, minutes=1)
    assert bob.place is not None
    assert bob.place.muted_until == circle.now + MINUTE


def test_a_mute_ends_early_also_for_somebody_away(circle: Circle, bob: Somebody, fran: Somebody) -> None:
    fran.mutes(bob)
    bob.leaves()
    assert told(fran.unmutes(bob))
    assert circle.told == [Unmuted(bob.id)]
    assert bob.place is None
    assert refusal(fran.unmutes(bob)) is Code.ALREADY_SO


def test_closing_is_told_to_everyone(circle: Circle, ann: Somebody, fran: Somebody) -> None:
    fran.closes()
    assert circle.seen_by(ann.id) == [Closed(Millis(circle.now))]


@on_each_act
def test_the_longest_words_with_an_act_pass_and_one_character_more_does_not(
    bob: Somebody, fran: Somebody, acts_on: Callable[..., Decision]
) -> None:
    assert refusal(acts_on(fran, bob, words="w" * (REASON_WORDS_MAX + 1))) is Code.TOO_LONG
    assert bob.here
    assert told(acts_on(fran, bob, words="w" * REASON_WORDS_MAX))


@on_each_act
def test_somebody_who_just_lost_their_connection_can_be_acted_on(
    bob: Somebody, fran: Somebody, acts_on: Callable[..., Decision]
) -> None:
    bob.is_lost()
    assert told(acts_on(fran, bob))
    assert not bob.here


@on_each_act
def test_somebody_who_spoke_and_left_can_be_acted_on(
    bob: Somebody, fran: Somebody, acts_on: Callable[..., Decision]
) -> None:
    bob.says("And another thing!")
    bob.leaves()
    assert told(acts_on(fran, bob))


@on_each_act
def test_somebody_who_left_without_a_word_cannot_be_acted_on_any_more(
    bob: Somebody, fran: Somebody, acts_on: Callable[..., Decision]
) -> None:
    bob.leaves()
    assert refusal(acts_on(fran, bob)) is Code.NO_SUCH_MEMBER
    assert bob.place is None


@pytest.mark.parametrize("gone", ["is_lost", "leaves"])
@on_each_act
def test_facilitators_do_not_act_on_each_other_nor_on_themselves_also_when_one_is_away(
    fran: Somebody, gus: Somebody, acts_on: Callable[..., Decision], gone: str
) -> None:
    gus.arrives()
    assert refusal(acts_on(fran, gus)) is Code.NOT_ON_A_FACILITATOR
    assert refusal(acts_on(fran, fran)) is Code.NOT_ON_A_FACILITATOR
    gus.says("I must go.")
    getattr(gus, gone)()
    assert refusal(acts_on(fran, gus)) is Code.NOT_ON_A_FACILITATOR
    assert told(gus.arrives())


def test_somebody_removed_can_still_be_barred_but_not_removed_twice(
    bob: Somebody, fran: Somebody, gus: Somebody
) -> None:
    gus.arrives()
    fran.removes(bob)
    assert refusal(gus.removes(bob)) is Code.ALREADY_SO
    assert told(gus.bars(bob, days=7))


def test_a_removal_outlasts_a_mute_and_its_end(circle: Circle, bob: Somebody, fran: Somebody) -> None:
    fran.mutes(bob, minutes=1)
    fran.removes(bob)
    circle.seconds_pass(60)
    assert refusal(bob.arrives()) is Code.REMOVED


def test_nothing_said_after_an_act_gets_through(bob: Somebody, fran: Somebody) -> None:
    fran.mutes(bob)
    assert refusal(bob.says("But …")) is Code.MUTED
    fran.unmutes(bob)
    fran.pauses()
    assert refusal(bob.says("But …")) is Code.ROOM_PAUSED
    fran.resumes()
    fran.removes(bob)
    assert refusal(bob.says("But …")) is Code.NOT_HERE


def test_a_hand_may_be_up_while_muted_and_in_a_pause(bob: Somebody, fran: Somebody) -> None:
    fran.mutes(bob)
    fran.pauses()
    assert told(bob.hand(up=True))
