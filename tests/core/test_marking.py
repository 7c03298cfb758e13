"""Several marks raise a message to the facilitators; when nobody watches, enough of them mute its author."""

from msgspec.structs import replace

from chat.core.commands.attending import due
from chat.core.customs import Customs
from chat.core.errors import Code
from chat.core.room import snapshot
from chat.core.wire import UNTIL_LOOKED, Act, ActedOn, Looked, Marked, Muted, Reason, Role, Unmuted
from tests.core.circle import Circle, Somebody, refusal, told


def more(circle: Circle, *names: str) -> list[Somebody]:
    """More people sit down."""
    some = [Somebody(circle, name, Role.MEMBER) for name in names]
    for one in some:
        one.arrives()
    return some


def test_facilitators_hear_how_many_and_nobody_hears_who(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    [cem] = more(circle, "Cem")
    bob.says("Nobody asked you.")
    assert told(ann.marks(1))
    assert circle.seen_by(ann.id) == circle.seen_by(bob.id) == []
    assert told(cem.marks(1))
    assert snapshot(circle.room, fran.id, circle.moment.now).marked == (Marked(1, bob.id, 2),)  # type: ignore[arg-type]
    assert snapshot(circle.room, ann.id, circle.moment.now).marked == ()


def test_once_a_message_for_each_and_not_ones_own_nor_a_facilitators(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    bob.says("Nobody asked you.")
    fran.says("Please be kind.")
    ann.marks(1)
    assert refusal(ann.marks(1)) is Code.ALREADY_SO
    assert refusal(bob.marks(1)) is Code.NOT_ON_ONES_OWN
    assert refusal(ann.marks(2)) is Code.REPORT_INSTEAD
    assert refusal(ann.marks(3)) is Code.NO_SUCH_MESSAGE


def test_while_a_facilitator_watches_marks_mute_nobody(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    bob.says("Nobody asked you.")
    for one in (ann, *more(circle, "Cem", "Dee", "Eve")):
        one.marks(1)
        circle.seconds_pass(0)
    fran.is_lost()
    circle.seconds_pass(1)  # a facilitator has heard of them and decided
    assert bob.place
    assert bob.place.muted_until is None


def unwatched(circle: Circle, fran: Somebody, bob: Somebody) -> list[Somebody]:
    """Bob has said something, and Fran's connection is lost."""
    people = more(circle, "Cem", "Dee", "Eve")
    bob.says("Nobody asked you.")
    bob.says("Nor you.")
    fran.is_lost()
    return people


def test_three_marks_on_one_message_mute_until_a_facilitator_looks(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    cem, dee, _ = unwatched(circle, fran, bob)
    for one in (ann, cem):
        one.marks(1)
        assert refusal(circle.seconds_pass(0)) is Code.ALREADY_SO
    dee.marks(1)
    assert due(circle.room, circle.moment) == circle.moment.now
    assert told(circle.seconds_pass(0))
    why, muted = circle.seen_by(bob.id)
    assert isinstance(why, ActedOn)
    assert (why.reason, why.until, bool(why.appeal)) == (Reason.FLAGGED, None, True)
    assert muted == Muted(bob.id, UNTIL_LOOKED)
    assert circle.seen_by(ann.id) == [muted]
    assert refusal(circle.seconds_pass(0)) is Code.ALREADY_SO  # once
    circle.seconds_pass(600)
    fran.arrives()
    fran.resumes()
    assert refusal(bob.says("But")) is Code.MUTED
    assert told(fran.looks(bob))
    assert circle.told == [Looked(bob.id), Unmuted(bob.id)]
    assert told(bob.says("Sorry."))
    assert refusal(fran.looks(bob)) is Code.ALREADY_SO
    fran.is_lost()
    assert refusal(circle.seconds_pass(0)) is Code.ALREADY_SO  # what was looked at counts no more


def test_five_marks_on_what_one_person_said_mute_and_never_on_one_persons_word_alone(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    bob.says("One.")
    for n in range(2, 7):
        bob.says(f"{n}.")
    fran.is_lost()
    for n in range(1, 7):
        ann.marks(n)
    circle.seconds_pass(0)
    assert bob.place
    assert bob.place.muted_until is None
    [cem] = more(circle, "Cem")
    cem.marks(2)
    circle.seconds_pass(0)
    assert bob.place.muted_until == UNTIL_LOOKED


def test_a_facilitator_who_takes_a_break_does_not_watch(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    cem, dee = more(circle, "Cem", "Dee")
    bob.says("Nobody asked you.")
    fran.pauses()  # alone she may take one only while the room is paused
    fran.rests()
    for one in (ann, cem, dee):
        one.marks(1)
    assert told(circle.seconds_pass(0))
    assert bob.place
    assert bob.place.muted_until == UNTIL_LOOKED


def test_the_group_says_how_many_it_takes(circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody) -> None:
    cem, *_ = unwatched(circle, fran, bob)
    circle.room.condition = replace(circle.room.condition, customs=Customs(flags_on_message=2))
    ann.marks(1)
    cem.marks(1)
    assert told(circle.seconds_pass(0))


def test_a_facilitators_own_mute_takes_the_place_of_marks(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    cem, dee, eve = unwatched(circle, fran, bob)
    for one in (ann, cem, dee):
        one.marks(1)
    circle.seconds_pass(0)
    fran.arrives()
    fran.mutes(bob, 5)
    fran.is_lost()
    eve.marks(1)
    circle.seconds_pass(301)
    assert bob.place
    assert bob.place.muted_until is None


def test_somebody_who_left_comes_back_muted(circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody) -> None:
    cem, dee, _ = unwatched(circle, fran, bob)
    bob.leaves()
    for one in (ann, cem, dee):
        one.marks(1)
    assert told(circle.seconds_pass(0))
    bob.arrives()
    assert refusal(bob.says("But")) is Code.MUTED


def test_what_has_muted_once_does_not_mute_again_whoever_ended_it(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    cem, dee, _ = unwatched(circle, fran, bob)
    for one in (ann, cem, dee):
        one.marks(1)
    circle.seconds_pass(0)
    assert told(circle.looks_again(bob, Act.MUTE))
    assert refusal(circle.seconds_pass(0)) is Code.ALREADY_SO
