"""What Redis is told to keep of a room is what every process has applied, whatever people did."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chat.core.decision import Decision, Open, Publish
from chat.core.ids import Epoch, MemberId, Millis, Number
from chat.core.room import (
    Changes,
    Condition,
    Opened,
    Place,
    Room,
    RoomEvent,
    Seated,
    Told,
    apply,
    changes,
    is_spoken,
)
from chat.core.wire import Arrived, Closed, PausedBy, Person, Retracted, RetractedBy, Role, Said
from tests.core.circle import NOBODY, Circle, Somebody


class Kept(Circle):
    """A room whose changes alone are stored, field by field, as commit.lua would."""

    def __init__(self) -> None:
        self.places: dict[MemberId, Place] = {}
        self.condition = Condition()
        self.authors: dict[Number, MemberId] = {}
        self.changed: Changes | None = None
        super().__init__()

    def commit(self, publish: Publish) -> None:
        """Stores what changes, then applies what is told."""
        events = [tell.event for tell in publish.tells]
        self.changed = changes(self.room, events)
        number = Number(self.room.number + sum(map(is_spoken, events)))
        super().commit(publish)
        self.store(self.changed, number, self.told)

    def store(self, changed: Changes, number: Number, told: list[RoomEvent]) -> None:
        """Only what is in `changed`, and the number of a message, which the script takes."""
        for who, place in changed.places.items():
            if place is None:
                self.places.pop(who, None)
            else:
                since = number if who in changed.begins else place.since
                self.places[who] = replace(place, since=since, changed=self.room.sequence)
        if changed.condition is not None:
            self.condition = changed.condition
        self.authors.update({event.n: event.by for event in told if isinstance(event, Said)})
        if changed.forgets is not None:
            self.authors.pop(changed.forgets)


Deed = Callable[[Somebody, Somebody, int], Decision]
DEEDS: dict[str, Deed] = {
    "arrives": lambda who, whom, n: who.arrives("north" if n % 2 else "south"),
    "arrives as another": lambda who, whom, n: takes_a_role(who, n).arrives(),
    "says": lambda who, whom, n: who.says("Hello."),
    "says words of danger": lambda who, whom, n: who.says("I want to die."),
    "confides": lambda who, whom, n: who.confides("A word.", whom if who.role is Role.FACILITATOR else None),
    "confers": lambda who, whom, n: who.confers("A word."),
    "raises a hand": lambda who, whom, n: who.hand(up=n % 2 == 0),
    "leaves": lambda who, whom, n: who.leaves(),
    "is lost": lambda who, whom, n: who.is_lost(),
    "nudges": lambda who, whom, n: who.nudges(whom),
    "folds": lambda who, whom, n: who.folds(n),
    "has them let back in": lambda who, whom, n: who.circle.looks_again(whom),
    "mutes": lambda who, whom, n: who.mutes(whom, minutes=n),
    "unmutes": lambda who, whom, n: who.unmutes(whom),
    "has read": lambda who, whom, n: who.has_read(who.circle.now),
    "removes": lambda who, whom, n: who.removes(whom),
    "bars": lambda who, whom, n: who.bars(whom, days=n),
    "pauses": lambda who, whom, n: who.pauses(),
    "resumes": lambda who, whom, n: who.resumes(),
    "retracts": lambda who, whom, n: who.retracts(n),
    "closes": lambda who, whom, n: who.closes(),
    "lets time pass": lambda who, whom, n: who.circle.seconds_pass(n * 20),
    "sees a process die": lambda who, whom, n: who.circle.dies("north" if n % 2 else "south"),
}


def takes_a_role(who: Somebody, n: int) -> Somebody:
    """Somebody begins or ceases to facilitate, and comes in again."""
    who.role = Role.FACILITATOR if n % 2 else Role.MEMBER
    return who


people = st.integers(0, 3)
stories = st.lists(st.tuples(st.sampled_from(sorted(DEEDS)), people, people, st.integers(1, 4)), max_size=40)


@given(stories)
def test_what_is_stored_is_what_was_applied_whatever_people_did(story: list[tuple[str, int, int, int]]) -> None:
    kept = Kept()
    members = [Somebody(kept, name, Role.MEMBER) for name in ("Ann", "Bob")]
    cast = [*members, *(Somebody(kept, name, Role.FACILITATOR) for name in ("Fran", "Gus"))]
    for somebody in cast:
        somebody.arrives()
    for deed, who, whom, n in story:
        DEEDS[deed](cast[who], cast[whom], n)
        assert kept.places == kept.room.places, deed
        assert kept.condition == kept.room.condition, deed
        assert kept.authors == kept.room.authors.told(), deed


@pytest.fixture
def kept() -> Kept:
    """A room just opened."""
    return Kept()


def test_asking_what_changes_changes_nothing(kept: Kept) -> None:
    ann = Somebody(kept, "Ann", Role.MEMBER)
    room = Room(kept.room.id, kept.room.epoch, places={MemberId("bob"): Place(removed=True)})
    changes(room, [Seated(ann.seated()), Closed(Millis(1))])
    assert room == Room(kept.room.id, kept.room.epoch, places={MemberId("bob"): Place(removed=True)})


def test_a_message_changes_nothing_that_is_stored_but_its_number(kept: Kept) -> None:
    ann = Somebody(kept, "Ann", Role.MEMBER)
    ann.arrives()
    ann.says("Hello.")
    assert kept.changed is not None
    assert kept.changed == Changes({}, {}, None, frozenset(), None, ends=False)


def test_one_persons_hand_rewrites_one_person(kept: Kept) -> None:
    for name in ("Ann", "Bob"):
        somebody = Somebody(kept, name, Role.MEMBER)
        somebody.arrives()
    somebody.hand(up=True)
    assert kept.changed is not None
    assert list(kept.changed.places) == [somebody.id]
    assert kept.changed.condition is None


def test_a_sitting_begins_with_whoever_comes_anew_and_not_with_whoever_is_back(kept: Kept) -> None:
    ann = Somebody(kept, "Ann", Role.MEMBER)
    for come, begins in ((ann.arrives, True), (ann.arrives, False), (ann.is_lost, False), (ann.arrives, False)):
        come()
        assert kept.changed is not None
        assert kept.changed.begins == ({ann.id} if begins else frozenset())


def test_a_message_taken_back_is_forgotten_and_a_closed_room_ends(kept: Kept) -> None:
    room = kept.room
    back = changes(room, [Retracted(Number(3), RetractedBy.AUTHOR)])
    assert (back.forgets, back.ends) == (3, False)
    over = changes(room, [Closed(Millis(1))])
    assert (over.forgets, over.ends) == (None, True)


def test_a_room_put_together_again_is_stored_as_it_was_known(kept: Kept) -> None:
    ann = Somebody(kept, "Ann", Role.MEMBER)
    ann.arrives()
    places = {ann.id: Place(ann.seated()), MemberId("bob"): Place(removed=True)}
    kept.asks(NOBODY, Open(Epoch(8), places, PausedBy.MENDING))
    assert isinstance(kept.told[0], Opened)
    assert kept.places == kept.room.places
    assert kept.places == {who: replace(place, changed=kept.room.sequence) for who, place in places.items()}
    assert kept.condition == kept.room.condition
    assert kept.room.epoch == Epoch(8)


def test_how_somebodys_coming_is_shown_is_never_what_is_committed(kept: Kept) -> None:
    arrived = Arrived(Person(MemberId("ann"), "Ann", Role.MEMBER))
    with pytest.raises(AssertionError, match="never committed"):
        apply(kept.room, arrived, Told(1, 1, Number(0)))
    with pytest.raises(AssertionError, match="never committed"):
        changes(kept.room, [arrived])


def test_a_hand_told_of_somebody_who_is_gone_brings_nobody_back(kept: Kept) -> None:
    ann = Somebody(kept, "Ann", Role.MEMBER)
    ann.arrives()
    ann.hand(up=True)
    raised = kept.told
    ann.leaves()
    for event in raised:
        apply(kept.room, event, Told(1, 1, Number(0)))
    assert kept.room.places == {}
