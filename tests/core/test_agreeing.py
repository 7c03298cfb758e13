"""When what people agree to changes while they meet, each says for themself whether they agree, before speaking on."""

import pytest
from msgspec.structs import replace

from chat.core.customs import DROP_IN
from chat.core.decision import Publish, Reject
from chat.core.errors import Code
from chat.core.moderation.policy import Levels
from chat.core.room import One, changes, snapshot
from chat.core.wire import Agreed, AskedAgain, Left, Question, Said, TakeUp, Withheld
from tests.core.circle import REF, Circle, Somebody, refusal, told

NEW = ("New: reports are kept for 30 days instead of 14.",)


@pytest.fixture
def everybody(circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody) -> tuple[Somebody, ...]:
    """Fran, Ann and Bob have agreed to version 2, and sit here."""
    for person in (fran, ann, bob):
        person.agreed = 2
        person.arrives()
    return fran, ann, bob


def asked(circle: Circle, who: Somebody) -> Question | None:
    return snapshot(circle.room, who.id, circle.moment.now).asked


def test_everybody_is_asked_by_themself_with_what_is_new_facilitators_too(
    circle: Circle, everybody: tuple[Somebody, ...]
) -> None:
    revision = circle.room.revision
    assert told(circle.renews(3, (2, NEW)))
    assert circle.room.revision == revision + 1, "what is said under the old terms is judged again"
    for person in everybody:
        assert circle.seen_by(person.id)[-1] == AskedAgain(Question(3, NEW))
        assert asked(circle, person) == Question(3, NEW)
        assert refusal(person.says("hello")) is Code.ASKED_AGAIN
    assert all(
        isinstance(to, One) for event, to in zip(circle.told, circle.to, strict=True) if isinstance(event, AskedAgain)
    )


def test_whoever_agrees_speaks_at_once_and_nobody_else_is_told(circle: Circle, everybody: tuple[Somebody, ...]) -> None:
    fran, ann, bob = everybody
    circle.renews(3, (2, NEW))
    assert told(ann.agrees(3))
    assert circle.seen_by(ann.id) == [Agreed(ann.id, 3)]
    assert circle.seen_by(bob.id) == circle.seen_by(fran.id) == []
    assert told(ann.says("I agreed"))
    assert asked(circle, ann) is None
    assert refusal(bob.says("not yet")) is Code.ASKED_AGAIN
    assert told(fran.mutes(bob)), "what keeps the room safe waits for no answer"
    assert refusal(fran.announces("hear me")) is Code.ASKED_AGAIN


def test_only_the_version_that_holds_can_be_agreed_to_and_once_is_enough(
    circle: Circle, everybody: tuple[Somebody, ...]
) -> None:
    _, ann, _ = everybody
    circle.renews(3, (2, NEW))
    circle.renews(4, (2, NEW), (3, ()))
    assert refusal(ann.agrees(3)) is Code.ASKED_AGAIN
    assert refusal(circle.renews(4)) is Code.ALREADY_SO
    assert told(ann.agrees(4))
    assert ann.agrees(4).tells == ()  # type: ignore[union-attr]
    assert told(ann.says("now"))


def test_whoever_does_not_agree_leaves_as_anybody_leaves(circle: Circle, everybody: tuple[Somebody, ...]) -> None:
    _, ann, bob = everybody
    circle.renews(3, (2, NEW))
    ann.leaves()
    (left,) = circle.seen_by(bob.id)
    assert isinstance(left, Left)
    assert ann.place is None


def test_whoever_was_let_in_by_an_old_look_at_the_records_is_asked_as_they_sit_down(
    circle: Circle, everybody: tuple[Somebody, ...], gus: Somebody
) -> None:
    circle.renews(3, (1, NEW))
    gus.agreed = 1
    gus.arrives()
    assert asked(circle, gus) == Question(3, NEW)
    assert refusal(gus.says("hello")) is Code.ASKED_AGAIN


def test_of_a_stored_room_only_what_holds_and_who_agreed_is_written(
    circle: Circle, everybody: tuple[Somebody, ...]
) -> None:
    _, ann, _ = everybody
    circle.renews(3, (2, NEW))
    assert changes(circle.room, circle.told).condition == circle.room.condition
    ann.agrees(3)
    written = changes(circle.room, circle.told)
    assert (set(written.places), written.condition) == ({ann.id}, None)


def test_a_word_to_the_facilitators_and_words_of_danger_are_heard_all_the_same(
    circle: Circle, everybody: tuple[Somebody, ...]
) -> None:
    _, ann, _ = everybody
    circle.renews(3, (2, NEW))
    assert told(ann.confides("what does this mean?"))
    no = ann.says("I want to die")
    assert refusal(no) is Code.ASKED_AGAIN
    assert isinstance(no, Reject)
    assert no.help


def test_somebody_proposes_a_rule_and_everybody_reads_it_as_what_it_is(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    assert told(ann.proposes("We end\non time."))
    (said,) = [event for event in circle.seen_by(bob.id) if isinstance(event, Said)]
    assert (said.text, said.rule, said.by) == ("We end on time.", True, ann.id)
    assert ann.place
    assert ann.place.proposed == 1


def test_rules_are_few_and_short(circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody) -> None:
    assert refusal(ann.proposes("x" * 301)) is Code.RULE_TOO_LONG
    for turn in range(3):
        assert told(ann.proposes(f"We end on time, {turn}."))
    assert refusal(ann.proposes("And one more.")) is Code.ENOUGH_PROPOSED
    assert told(ann.says("Then as a message."))
    assert told(bob.proposes("Mine."))


def test_a_rule_that_waits_is_still_one_when_it_is_let_through(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    fran.adopts(replace(DROP_IN, policy=Levels(review=True)))
    circle.lot = 7
    ann.proposes("We end on time.")
    (held,) = [event for event in circle.told if isinstance(event, Withheld)]
    fran.releases(held)
    (said,) = [event for event in circle.seen_by(bob.id) if isinstance(event, Said)]
    assert said.rule


def test_only_a_facilitator_makes_it_a_rule_and_it_fits(circle: Circle, fran: Somebody, ann: Somebody) -> None:
    assert refusal(ann.asks(TakeUp(REF, "Mine."))) is Code.NOT_ALLOWED
    assert refusal(fran.asks(TakeUp(REF, " "))) is Code.EMPTY
    assert refusal(fran.asks(TakeUp(REF, "x" * 301))) is Code.RULE_TOO_LONG
    assert fran.asks(TakeUp(REF, "We end on time.")) == Publish(())
