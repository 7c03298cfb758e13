"""Beside the talk: a word to the facilitators, support without words, and a break."""

import pytest

from chat.core.decision import Publish
from chat.core.errors import Code
from chat.core.room import snapshot
from chat.core.room.apply import ASIDES_BY_MAX
from chat.core.wire import Confided, FloorKind, Gestured, GestureKind, How, Left, PausedBy, Received, Role
from tests.core.circle import HOUSE, Circle, Somebody, refusal, told


def test_a_word_to_the_facilitators_is_seen_by_them_and_by_who_wrote_it_alone(
    circle: Circle, fran: Somebody, gus: Somebody, ann: Somebody, bob: Somebody
) -> None:
    gus.arrives()
    assert told(ann.confides("I am not well today."))
    for person in (ann, fran, gus):
        assert Confided(ann.id, ann.id, "I am not well today.", circle.moment.now) in circle.seen_by(person.id)
    assert circle.seen_by(bob.id) == []
    assert told(fran.confides("Thank you for telling us.", ann))
    assert circle.seen_by(bob.id) == []
    assert len(circle.seen_by(ann.id)) == 1


def test_members_do_not_write_to_each_other_aside(ann: Somebody, bob: Somebody, fran: Somebody) -> None:
    assert refusal(ann.confides("Hello.", bob)) is Code.NOT_ALLOWED
    assert refusal(fran.confides("Hello.", fran)) is Code.NO_SUCH_MEMBER
    assert refusal(ann.confers("Hello.")) is Code.NOT_ALLOWED


@pytest.mark.parametrize("when", ["paused", "muted", "another's turn", "quiet"])
def test_facilitators_can_always_be_reached(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody, when: str
) -> None:
    match when:
        case "paused":
            fran.pauses()
        case "muted":
            fran.mutes(ann)
        case "another's turn":
            fran.sets_the_floor(FloorKind.ROUND)
        case "quiet":
            fran.sets_the_floor(FloorKind.QUIET)
    for person in (ann, bob):
        assert told(person.confides("I need a word."))


def test_facilitators_confer_among_themselves(circle: Circle, fran: Somebody, gus: Somebody, ann: Somebody) -> None:
    gus.arrives()
    assert told(fran.confers("Shall I take the next part?"))
    assert len(circle.seen_by(gus.id)) == 1
    assert circle.seen_by(ann.id) == []


def test_empty_and_endless_words_are_refused(fran: Somebody, ann: Somebody) -> None:
    assert refusal(ann.confides("  ")) is Code.EMPTY
    assert refusal(fran.confers("x" * 2001)) is Code.TOO_LONG


def test_a_gesture_is_counted_by_all_and_known_to_its_receiver(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody
) -> None:
    ann.says("It was a hard day.")
    fran.sets_the_floor(FloorKind.QUIET)
    assert told(bob.gestures(1, GestureKind.WITH_YOU)), "whoever has the floor"
    assert circle.seen_by(fran.id) == [Gestured(GestureKind.WITH_YOU, circle.room.number)]
    assert Received(GestureKind.WITH_YOU, bob.id, circle.room.number) in circle.seen_by(ann.id)
    assert Received(GestureKind.WITH_YOU, bob.id, circle.room.number) not in circle.seen_by(fran.id)


def test_a_gesture_needs_somebody_elses_message(ann: Somebody, bob: Somebody) -> None:
    ann.says("It was a hard day.")
    assert refusal(ann.gestures(1)) is Code.NOT_ON_ONES_OWN
    assert refusal(bob.gestures(7)) is Code.NO_SUCH_MESSAGE


def test_a_turn_can_be_answered_without_words_too(circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody) -> None:
    assert refusal(bob.gestures_to(ann)) is Code.NO_ROUND
    fran.sets_the_floor(FloorKind.QUEUE)
    fran.gives_the_floor(ann)
    assert told(bob.gestures_to(ann, GestureKind.STRENGTH))
    assert circle.seen_by(fran.id) == [Gestured(GestureKind.STRENGTH, turn=ann.id)]
    assert circle.seen_by(ann.id)[1] == Received(GestureKind.STRENGTH, bob.id)
    assert refusal(ann.gestures_to(ann)) is Code.NOT_ON_ONES_OWN
    fran.gives_the_floor(bob)
    assert refusal(fran.gestures_to(ann)) is Code.NO_ROUND, "it came too late, and is not for Bob"


def test_a_place_is_kept_for_ten_minutes_of_a_break_and_then_no_longer(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody
) -> None:
    ann.rests()
    assert ann.place is not None
    assert ann.place.rests_until == circle.now + 600_000
    circle.seconds_pass(599)
    assert ann.here
    circle.seconds_pass(1)
    assert circle.told == [Left(ann.id, How.LEFT, circle.moment.now)]
    ann.arrives()
    assert not ann.place.rests


def test_whoever_is_back_in_time_stays(circle: Circle, ann: Somebody, fran: Somebody) -> None:
    ann.rests()
    circle.seconds_pass(300)
    ann.returns()
    circle.seconds_pass(400)
    assert ann.here


def test_the_one_facilitator_does_not_rest_while_the_room_goes_on(
    circle: Circle, ann: Somebody, fran: Somebody, gus: Somebody
) -> None:
    assert refusal(fran.rests()) is Code.HOLDS_THE_ROOM
    gus.arrives()
    assert told(fran.rests())
    assert refusal(gus.rests()) is Code.HOLDS_THE_ROOM
    fran.returns()
    gus.leaves()
    fran.pauses()
    assert told(fran.rests())


def test_a_facilitator_who_does_not_come_back_from_a_break_holds_nothing(
    circle: Circle, ann: Somebody, fran: Somebody
) -> None:
    fran.pauses()
    fran.rests()
    circle.seconds_pass(600)
    assert not fran.here
    assert circle.room.condition.paused_at == circle.now, "from here on it is a quarter of an hour to a gentle close"


def test_a_room_whose_facilitator_facilitates_no_more_is_not_held_by_one_who_takes_a_break(
    circle: Circle, ann: Somebody, fran: Somebody, gus: Somebody
) -> None:
    gus.arrives()
    gus.rests()
    fran.role = Role.MEMBER
    fran.arrives()
    circle.seconds_pass(HOUSE.grace / 1000)
    assert circle.room.condition.paused is PausedBy.ITSELF


def test_whoever_is_lost_from_a_break_makes_no_room_wait_longer_for_somebody_to_hold_it(
    circle: Circle, ann: Somebody, fran: Somebody, gus: Somebody
) -> None:
    gus.arrives()
    gus.rests()
    fran.is_lost()
    circle.seconds_pass(15)
    gus.is_lost()
    circle.seconds_pass(HOUSE.grace / 1000 - 15)
    assert circle.room.condition.paused is PausedBy.ITSELF


def test_whoever_rests_keeps_their_place_and_is_not_called_on(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    fran.sets_the_floor(FloorKind.ROUND)
    now, then = (ann, bob) if circle.floor.turn == ann.id else (bob, ann)
    assert told(then.rests())
    now.is_done()
    assert circle.floor.turn is None
    assert circle.floor.order == (then.id,)
    assert told(then.returns())
    assert circle.floor.turn == then.id
    assert refusal(then.returns()) is Code.ALREADY_SO


def test_a_break_outlasts_a_lost_connection_and_ends_with_leaving(circle: Circle, ann: Somebody) -> None:
    ann.rests()
    ann.is_lost()
    ann.arrives()
    assert ann.place is not None
    assert ann.place.rests
    ann.leaves()
    ann.arrives()
    assert ann.place is not None
    assert not ann.place.rests


def counted(circle: Circle, who: Somebody) -> tuple[int, list[str]]:
    """How many private words somebody's page is told to have heard, and whose the newest were."""
    seen = snapshot(circle.room, who.id, circle.moment.now)
    return seen.asides, list(seen.asides_by)


def test_private_words_are_counted_for_whom_they_are_also_while_they_are_away(
    circle: Circle, fran: Somebody, gus: Somebody, ann: Somebody, bob: Somebody
) -> None:
    gus.arrives()
    eve = Somebody(circle, "Eve", Role.SUPERVISOR)
    eve.arrives()
    for person in (gus, eve):
        person.is_lost()
    ann.confides("I am not well today.")
    fran.confides("Thank you for telling us.", ann)
    fran.confers("I stay with Ann.")
    for person in (gus, eve):
        person.arrives()
    assert counted(circle, ann) == (2, ["ann", "fran"])
    assert counted(circle, fran) == counted(circle, gus) == (3, ["ann", "fran", "fran"])
    assert counted(circle, eve) == (1, ["fran"])
    assert counted(circle, bob) == (0, [])
    eve.confides("Well done.")
    assert counted(circle, eve) == (2, ["fran", "eve"])
    assert counted(circle, gus)[0] == 4


def test_of_many_private_words_it_is_known_who_wrote_the_newest(circle: Circle, fran: Somebody, ann: Somebody) -> None:
    for _ in range(ASIDES_BY_MAX + 1):
        ann.confides("I need a word.")
    assert counted(circle, fran) == (ASIDES_BY_MAX + 1, ["ann"] * ASIDES_BY_MAX)


def test_a_private_word_holds_up_nobody(circle: Circle, fran: Somebody, ann: Somebody) -> None:
    for decision in (ann.confides("I need a word."), fran.confers("Shall I?")):
        assert isinstance(decision, Publish)
        assert not decision.raises


def test_who_confides_while_nobody_holds_the_room_hears_that_nobody_would_read_it(
    circle: Circle, fran: Somebody, gus: Somebody, ann: Somebody
) -> None:
    gus.arrives()
    eve = Somebody(circle, "Eve", Role.SUPERVISOR)
    eve.arrives()
    fran.is_lost()
    assert told(ann.confides("I need a word.")), "Gus reads it"
    gus.is_lost()
    for word in (ann.confides("I need a word."), eve.confides("I need a word."), eve.confers("Is nobody here?")):
        assert refusal(word) is Code.NOBODY_HOLDS
    assert refusal(ann.confides(" ")) is Code.EMPTY
    fran.arrives()
    assert told(ann.confides("I need a word."))
