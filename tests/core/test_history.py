"""What is said may be kept for a while, once everybody of the group has agreed: all in the room are told at once."""

from chat.core.commands.attending import open_
from chat.core.customs import Customs
from chat.core.decision import KeepHistory, Open
from chat.core.errors import Code
from chat.core.ids import Epoch, MemberId, RoomId
from chat.core.room import Condition, History, changes, shown, snapshot, waiting_room
from chat.core.wire import HistorySet, Role
from tests.core.circle import NOBODY, Circle, Somebody, refusal, told


def kept(circle: Circle, who: Somebody) -> int:
    return snapshot(circle.room, who.id, circle.moment.now).kept


def test_nothing_is_kept_unless_the_records_say_so(circle: Circle, fran: Somebody, ann: Somebody) -> None:
    assert circle.room.condition.history == History()
    assert kept(circle, ann) == 0
    assert told(fran.adopts(Customs(waiting=False, door=0, history=24)))
    assert kept(circle, ann) == 0, "a facilitator's wish keeps nothing"


def test_everybody_is_told_when_it_begins_and_whoever_comes_later_sees_it(
    circle: Circle, fran: Somebody, ann: Somebody
) -> None:
    revision = circle.room.revision
    assert told(circle.keeps(24))
    assert circle.room.revision == revision + 1, "what was judged before it is not kept by it"
    for person in (fran, ann):
        assert [shown(circle.room, event) for event in circle.seen_by(person.id)] == [HistorySet(24)]
    bob = Somebody(circle, "Bob", Role.MEMBER)
    bob.arrives()
    assert kept(circle, bob) == 24
    assert refusal(circle.keeps(24)) is Code.ALREADY_SO


def test_it_ends_for_everybody_with_one_notice(circle: Circle, fran: Somebody, ann: Somebody) -> None:
    circle.keeps(24)
    assert told(circle.keeps(0))
    assert [shown(circle.room, event) for event in circle.seen_by(ann.id)] == [HistorySet(0)]
    assert kept(circle, ann) == 0


def test_nobody_is_told_with_what_it_is_sealed(circle: Circle, fran: Somebody) -> None:
    circle.keeps(24, b"a salt that is secret")
    assert b"salt" not in repr((circle.told, snapshot(circle.room, fran.id, circle.moment.now))).encode()
    assert "secret" not in repr(circle.room.condition.history)


def test_a_side_room_keeps_nothing(circle: Circle, fran: Somebody) -> None:
    opened = open_(Open(Epoch(8), {}, condition=Condition(beside=RoomId("tuesday"))), circle.moment)
    circle.commit(opened)
    assert refusal(circle.asks(NOBODY, KeepHistory(History(24, b"salt")))) is Code.ALREADY_SO


def test_whoever_waits_outside_is_told_too() -> None:
    circle = Circle(customs=Customs())
    for name, role in (("Fran", Role.FACILITATOR), ("Ann", Role.MEMBER)):
        Somebody(circle, name, role).arrives()
    circle.keeps(6)
    assert waiting_room(circle.room, MemberId("ann"), circle.moment.now).kept == 6


def test_a_room_that_is_mended_goes_on_keeping(circle: Circle) -> None:
    history = History(24, b"salt")
    circle.commit(open_(Open(Epoch(8), {}, condition=Condition(history=history)), circle.moment))
    assert circle.room.condition.history == history
    assert changes(circle.room, []).condition is None
