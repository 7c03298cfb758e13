"""Leaving suddenly: the facilitators get a quiet note, and whoever has gone can still say how they are."""

import pytest

from chat.core.commands.leaving import flagged
from chat.core.decision import Publish
from chat.core.errors import Code
from chat.core.wire import FloorKind, How, Role, SentWord, WentSuddenly, Word
from tests.core.circle import Circle, Somebody, refusal, told


def notes(circle: Circle, person: Somebody) -> list[WentSuddenly]:
    """What of the last commit tells `person` of a sudden leaving."""
    return [event for event in circle.seen_by(person.id) if isinstance(event, WentSuddenly)]


@pytest.mark.parametrize("how", ["leaves", "is lost", "process dies"])
def test_whoever_goes_in_their_own_turn_is_noted_for_the_facilitators_alone(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody, how: str
) -> None:
    fran.sets_the_floor(FloorKind.ROUND)
    fran.gives_the_floor(bob)
    match how:
        case "leaves":
            bob.leaves()
        case "is lost":
            bob.is_lost()
        case _:
            circle.dies("south")
    assert notes(circle, fran) == [
        WentSuddenly(bob.id, How.LEFT if how == "leaves" else How.LOST, circle.moment.now, turn=True)
    ]
    assert notes(circle, ann) == []


@pytest.mark.parametrize(("after", "noted"), [(0, True), (119, True), (120, True), (121, False)])
def test_going_within_two_minutes_of_a_message_somebody_worried_about_is_sudden(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody, after: int, noted: bool
) -> None:
    ann.says("I do not know how to go on.")
    assert told(fran.flags(1))
    assert circle.seen_by(ann.id) == []
    assert circle.seen_by(bob.id) == []
    circle.seconds_pass(after)
    ann.leaves()
    assert notes(circle, fran) == ([WentSuddenly(ann.id, How.LEFT, circle.moment.now)] if noted else [])
    assert notes(circle, bob) == []


def test_what_judges_words_can_flag_their_author_beside_what_it_decides(
    circle: Circle, fran: Somebody, ann: Somebody
) -> None:
    circle.commit(Publish((flagged(ann.id, circle.moment),)))
    ann.is_lost()
    assert len(notes(circle, fran)) == 1


def test_an_eye_is_kept_on_somebody_whose_connection_drops_and_comes_back_and_not_on_who_left_and_came_again(
    circle: Circle, fran: Somebody, ann: Somebody
) -> None:
    ann.says("I do not know how to go on.")
    fran.flags(1)
    ann.is_lost()
    ann.arrives()
    ann.leaves()
    assert len(notes(circle, fran)) == 1
    ann.arrives()
    ann.leaves()
    assert notes(circle, fran) == []


def test_ordinary_going_is_no_news_and_neither_is_a_facilitators(
    circle: Circle, fran: Somebody, gus: Somebody, ann: Somebody, bob: Somebody
) -> None:
    gus.arrives()
    ann.says("Hello.")
    bob.leaves()
    assert notes(circle, fran) == []
    gus.says("Hello.")
    assert refusal(fran.flags(2)) is Code.NOT_ON_A_FACILITATOR
    fran.sets_the_floor(FloorKind.ROUND)
    fran.gives_the_floor(gus)
    gus.leaves()
    assert notes(circle, fran) == []


def test_only_facilitators_flag_and_only_messages_that_are_there(fran: Somebody, ann: Somebody, bob: Somebody) -> None:
    bob.says("Hello.")
    assert refusal(ann.flags(1)) is Code.NOT_ALLOWED
    assert refusal(fran.flags(2)) is Code.NO_SUCH_MESSAGE


@pytest.mark.parametrize("word", Word)
def test_whoever_has_gone_can_tell_the_facilitators_how_they_are(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody, word: Word
) -> None:
    ann.leaves()
    assert told(ann.sends_word(word))
    assert circle.seen_by(fran.id) == [SentWord(ann.id, "Ann", word, circle.moment.now)]
    assert circle.seen_by(bob.id) == []
    assert not ann.here, "to say so is not to come back"


def test_a_word_that_nobody_would_read_is_refused_and_so_is_one_from_somebody_removed(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    fran.removes(bob)
    assert refusal(bob.sends_word(Word.REACH_OUT)) is Code.REMOVED
    ann.leaves()
    fran.leaves()
    assert refusal(ann.sends_word(Word.REACH_OUT)) is Code.NOBODY_HOLDS


def test_words_from_outside_are_held_to_a_pace(circle: Circle, fran: Somebody, ann: Somebody) -> None:
    ann.leaves()
    decision = ann.sends_word(Word.OK)
    assert isinstance(decision, Publish)
    assert decision.paced
    assert not decision.raises, "it changes nobody's verdict"


def test_a_stranger_in_the_groups_records_may_say_so_too(circle: Circle, fran: Somebody) -> None:
    """Who may enter may tell; the room keeps no list of who has gone."""
    dee = Somebody(circle, "Dee", Role.MEMBER)
    assert told(dee.sends_word(Word.OK))
    assert dee.place is None
