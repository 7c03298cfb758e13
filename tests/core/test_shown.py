"""What people see of a room: who is here, what holds for everyone, and nothing of others that is not theirs."""

from chat.core.customs import DROP_IN
from chat.core.ids import Epoch, Millis, Number
from chat.core.room import Opened, Seated, numbered, shown, snapshot
from chat.core.room.state import Condition
from chat.core.wire import Announced, Arrived, Lowered, PausedBy, Person, Raised, Role, Said, Snapshot
from tests.core.circle import Circle, Somebody


def test_whoever_enters_sees_who_is_here_and_what_holds(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody
) -> None:
    fran.says("Welcome.")
    bob.hand(up=True)
    fran.mutes(bob, minutes=1)
    fran.pauses()
    now = Millis(circle.now)
    later = Millis(now + 60_000)
    people = (
        Person(ann.id, "Ann", Role.MEMBER),
        Person(bob.id, "Bob", Role.MEMBER, hand_at=now, muted_until=later),
        Person(fran.id, "Fran", Role.FACILITATOR),
    )
    seen = Snapshot(Epoch(7), Number(1), now, ann.id, people, PausedBy.FACILITATOR, now, lead=fran.id, customs=DROP_IN)
    assert snapshot(circle.room, ann.id, now) == seen
    assert snapshot(circle.room, bob.id, now).muted_until == later


def test_in_the_grace_everybody_sees_until_when_the_room_stays_open(
    circle: Circle, ann: Somebody, fran: Somebody
) -> None:
    fran.is_lost()
    assert snapshot(circle.room, ann.id, Millis(circle.now)).unheld_until == circle.now + 20_000


def test_whoever_is_away_is_on_no_list_whatever_the_room_remembers_of_them(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody, gus: Somebody
) -> None:
    gus.arrives()
    gus.leaves()
    bob.is_lost()
    fran.mutes(bob)
    assert [person.id for person in snapshot(circle.room, ann.id, Millis(circle.now)).people] == [ann.id, fran.id]


def test_somebody_unknown_sees_the_room_without_themself(circle: Circle, ann: Somebody, gus: Somebody) -> None:
    seen = snapshot(circle.room, gus.id, Millis(circle.now))
    assert seen.muted_until is None
    assert [person.id for person in seen.people] == [ann.id]


def test_somebodys_coming_is_shown_as_a_person_and_their_second_connection_not_at_all(
    circle: Circle, ann: Somebody
) -> None:
    assert shown(circle.room, circle.told[0]) == Arrived(Person(ann.id, "Ann", Role.MEMBER))
    ann.arrives()
    assert shown(circle.room, circle.told[0]) is None


def test_coming_back_after_a_lost_connection_is_shown_like_coming(circle: Circle, ann: Somebody) -> None:
    ann.is_lost()
    ann.arrives()
    assert isinstance(circle.told[0], Seated)
    assert circle.told[0].returning
    assert shown(circle.room, circle.told[0]) == Arrived(Person(ann.id, "Ann", Role.MEMBER))


def test_the_beginning_of_a_room_is_shown_to_nobody_and_anything_else_as_it_is(circle: Circle, ann: Somebody) -> None:
    raised = Raised(ann.id, Millis(1))
    assert shown(circle.room, Opened(Epoch(1), Condition(), {})) is None
    assert shown(circle.room, raised) is raised


def test_only_messages_get_a_number_and_a_receipt(ann: Somebody) -> None:
    n, at = Number(3), Millis(1)
    assert numbered(Said(ann.id, "Hello.", at), n, "r") == Said(ann.id, "Hello.", at, n=n, receipt="r")
    assert numbered(Announced(ann.id, "Hello.", at), n, "r") == Announced(ann.id, "Hello.", at, n=n, receipt="r")
    assert numbered(Lowered(ann.id), n, "r") == Lowered(ann.id)
