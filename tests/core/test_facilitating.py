"""A facilitator holds the group: what they do holds at once, and whoever is concerned is told why."""

from collections.abc import Callable

import pytest

from chat.core.customs import Customs, Step
from chat.core.decision import Decision, Publish
from chat.core.errors import Code
from chat.core.ids import Millis, Number
from chat.core.room import snapshot
from chat.core.room.apply import ACTED_MAX
from chat.core.wire import (
    NOTE_MAX,
    REASON_WORDS_MAX,
    Act,
    ActedOn,
    Closed,
    Folded,
    Leave,
    Muted,
    Paused,
    PausedBy,
    Reason,
    Removed,
    Resumed,
    Role,
    Unmuted,
)
from tests.core.circle import HOUSE, REF, Circle, Somebody, refusal, told

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
    why = ActedOn(
        Act.MUTE,
        bob.id,
        circle.moment.now,
        Role.FACILITATOR,
        Reason.TOO_MUCH,
        "Let us hear the others, too.",
        until,
        HOUSE.appeal,
    )
    assert circle.seen_by(bob.id) == [why, Muted(bob.id, until)]
    assert circle.seen_by(ann.id) == circle.seen_by(fran.id) == [Muted(bob.id, until)]


def test_bob_hears_why_he_is_removed_and_the_room_only_that_he_is(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody
) -> None:
    fran.removes(bob, words="We will talk.")
    why = ActedOn(
        Act.REMOVAL, bob.id, circle.moment.now, Role.FACILITATOR, Reason.HURTFUL, "We will talk.", None, HOUSE.appeal
    )
    assert circle.seen_by(bob.id) == [why, Removed(bob.id)]
    assert circle.seen_by(ann.id) == [Removed(bob.id)]
    assert not bob.here


@pytest.mark.parametrize("days", [None, 1, 3650])
def test_the_room_cannot_tell_a_bar_from_a_removal_and_bob_hears_how_long(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody, days: int | None
) -> None:
    fran.bars(bob, days)
    until = Millis(circle.now + days * DAY) if days else None
    assert circle.seen_by(bob.id)[0] == ActedOn(
        Act.BAR, bob.id, circle.moment.now, Role.FACILITATOR, Reason.SAFETY, None, until, HOUSE.appeal
    )
    assert circle.seen_by(ann.id) == [Removed(bob.id)]
    assert refusal(bob.arrives()) is Code.REMOVED


def test_a_kind_card_reaches_bob_alone_and_changes_nothing(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody
) -> None:
    before = circle.room.revision
    fran.nudges(bob, "There is room for all of it. Just your own story, please.")
    words = "There is room for all of it. Just your own story, please."
    assert circle.told == [
        ActedOn(Act.NUDGE, bob.id, circle.moment.now, Role.FACILITATOR, Reason.ADVICE, words, None, HOUSE.appeal)
    ]
    assert circle.seen_by(ann.id) == circle.seen_by(fran.id) == []
    assert circle.room.revision == before
    assert told(bob.says("Sorry."))


def test_a_kind_card_is_for_members_who_are_here_and_not_too_long(
    ann: Somebody, bob: Somebody, fran: Somebody, gus: Somebody
) -> None:
    gus.arrives()
    assert refusal(fran.nudges(gus)) is Code.NOT_ON_A_FACILITATOR
    assert refusal(fran.nudges(bob, "w" * (REASON_WORDS_MAX + 1))) is Code.TOO_LONG
    bob.is_lost()
    assert refusal(fran.nudges(bob)) is Code.NO_SUCH_MEMBER


def test_a_facilitator_puts_a_message_behind_a_note_and_its_author_is_told(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody
) -> None:
    bob.says("My father died that night.")
    fran.folds(1, " loss of a parent\r\n")
    folded = Folded(Number(1), "loss of a parent")
    why = ActedOn(Act.FOLD, bob.id, circle.moment.now, Role.FACILITATOR, Reason.OTHER, None, None, HOUSE.appeal)
    assert circle.seen_by(bob.id) == [folded, why]
    assert circle.seen_by(ann.id) == [folded]
    assert refusal(fran.folds(1)) is Code.ALREADY_SO


@pytest.mark.parametrize(("note", "code"), [(" ", Code.EMPTY), ("n" * (NOTE_MAX + 1), Code.TOO_LONG)])
def test_a_note_on_somebodys_message_says_something_short(bob: Somebody, fran: Somebody, note: str, code: Code) -> None:
    bob.says("My father died that night.")
    assert refusal(fran.folds(1, note)) is code


def test_whoever_comes_back_sees_that_a_message_was_folded_and_whoever_is_new_does_not(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody, gus: Somebody
) -> None:
    bob.says("My father died that night.")
    fran.folds(1)
    fran.pauses()
    fran.resumes()
    assert snapshot(circle.room, ann.id, Millis(circle.now)).folded == (1,)
    gus.arrives()
    assert snapshot(circle.room, gus.id, Millis(circle.now)).folded == ()


def test_a_mute_and_a_removal_are_lifted_when_somebody_has_looked_again(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody
) -> None:
    fran.mutes(bob)
    assert refusal(circle.looks_again(bob, Act.BAR)) is Code.ALREADY_SO
    circle.looks_again(bob, Act.MUTE)
    assert circle.seen_by(ann.id) == [Unmuted(bob.id)]
    assert told(bob.says("Thank you."))
    fran.removes(bob)
    assert refusal(bob.arrives()) is Code.REMOVED
    assert told(circle.looks_again(bob))
    assert told(bob.arrives())
    assert refusal(circle.looks_again(bob)) is Code.ALREADY_SO


@pytest.mark.parametrize("step", list(Step))
def test_a_step_that_the_group_does_not_take_is_refused_and_the_others_are_not(
    bob: Somebody, fran: Somebody, step: Step
) -> None:
    fran.adopts(Customs(steps=tuple(other for other in Step if other is not step)))
    takes: dict[Step, Callable[[Somebody], Decision]] = {
        Step.NUDGE: fran.nudges,
        Step.MUTE: fran.mutes,
        Step.BAR: fran.bars,
    }
    for other in Step:
        assert refusal(takes[other](bob)) is (Code.NO_SUCH_STEP if other is step else None)
        bob.asks(Leave(REF))
        fran.circle.looks_again(bob)
        bob.arrives()
    assert told(fran.removes(bob))


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
    assert bob.place
    assert bob.place.muted_until is None
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


def told_again(circle: Circle, who: Somebody) -> list[Act]:
    """What somebody who comes, or comes back, is told was done to them."""
    return [why.act for why in snapshot(circle.room, who.id, circle.moment.now).acted]


def test_who_was_acted_on_is_told_again_without_the_words_until_they_have_read_it(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody
) -> None:
    bob.is_lost()
    fran.mutes(bob, words="Let us hear the others, too.")
    bob.arrives()
    muted_at, until = circle.moment.now, Millis(circle.now + 5 * MINUTE)
    why = ActedOn(Act.MUTE, bob.id, muted_at, Role.FACILITATOR, Reason.TOO_MUCH, None, until, HOUSE.appeal, True)
    assert snapshot(circle.room, bob.id, muted_at).acted == (why,)
    assert told_again(circle, ann) == told_again(circle, fran) == [], "only who is concerned"
    circle.now += 1000
    fran.slows(bob, 30)
    assert told_again(circle, bob) == [Act.MUTE, Act.SLOW]
    assert refusal(bob.has_read(circle.now - 1)) is Code.ALREADY_SO
    assert told(bob.has_read(muted_at))
    assert circle.seen_by(ann.id) == circle.seen_by(fran.id) == []
    assert told_again(circle, bob) == [Act.SLOW]
    assert refusal(bob.has_read(muted_at)) is Code.ALREADY_SO


def test_of_what_was_done_to_somebody_the_newest_waits_also_for_who_has_left_or_waits_outside(
    circle: Circle, bob: Somebody, fran: Somebody
) -> None:
    for n in range(1, ACTED_MAX + 1):
        bob.says("My father died that night.")
        fran.folds(n)
        circle.now += 1000
    bob.leaves()
    fran.sets_the_door(open=False)
    fran.retracts(1, words="It was too much for some.")
    bob.arrives()
    assert told_again(circle, bob) == [*[Act.FOLD] * (ACTED_MAX - 1), Act.RETRACTION]
    assert not any(why.words for why in snapshot(circle.room, bob.id, circle.moment.now).acted)


def test_what_ends_somebodys_being_here_is_told_once(circle: Circle, bob: Somebody, fran: Somebody) -> None:
    fran.removes(bob)
    assert bob.place
    assert bob.place.acted == ()
