"""Whoever had left somebody to call hears in the room that it was opened; nobody else does."""

from chat.core.errors import Code
from chat.core.ids import MemberId, Millis
from chat.core.room import One, snapshot
from chat.core.wire import ContactOpened, NoteTaken, Role
from tests.core.circle import NOON, Circle, Somebody, refusal, told

LATER = NOON + 60_000


def shown(circle: Circle, who: MemberId) -> Millis | None:
    return snapshot(circle.room, who, circle.moment.now).opened_at


def test_ann_alone_is_told_and_again_at_each_coming_until_she_has_read_it(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    assert told(circle.opens_contact_of(ann))
    assert circle.seen_by(ann.id) == [ContactOpened(ann.id, Millis(NOON))]
    assert circle.seen_by(fran.id) == circle.seen_by(bob.id) == []
    assert [shown(circle, person.id) for person in (fran, ann, bob)] == [None, NOON, None]
    assert told(ann.takes_note(NOON))
    assert (circle.seen_by(ann.id), circle.to) == ([NoteTaken(ann.id)], [One(ann.id)])
    assert shown(circle, ann.id) is None
    assert refusal(ann.takes_note(NOON)) is Code.ALREADY_SO


def test_one_that_was_opened_meanwhile_goes_on_being_told(circle: Circle, ann: Somebody) -> None:
    circle.opens_contact_of(ann)
    circle.opens_contact_of(ann, LATER)
    assert refusal(ann.takes_note(NOON)) is Code.ALREADY_SO
    assert shown(circle, ann.id) == LATER


def test_who_waits_at_the_door_is_told_there_and_sees_it_once_they_are_in(circle: Circle, fran: Somebody) -> None:
    dora = Somebody(circle, "Dora", Role.MEMBER)
    assert refusal(circle.opens_contact_of(dora)) is Code.NO_SUCH_MEMBER, "she is told when she comes"
    fran.sets_the_door(open=False)
    dora.arrives()
    assert dora.waits
    assert told(circle.opens_contact_of(dora))
    assert circle.seen_by(dora.id) == [ContactOpened(dora.id, Millis(NOON))]
    assert circle.seen_by(fran.id) == []
    fran.admits(dora)
    assert shown(circle, dora.id) == NOON
