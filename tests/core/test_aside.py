"""Stepping aside: two leave their seats at once and stay on the list; whoever is aside holds nothing here."""

import pytest

from chat.core.decision import Open, Publish, Tick
from chat.core.errors import Code
from chat.core.ids import Epoch, MemberId, Number, RoomId
from chat.core.room import Condition, Parted, snapshot
from chat.core.wire import (
    Aside,
    AskedAside,
    Closed,
    DeclinedAside,
    FloorKind,
    Leads,
    Left,
    Needed,
    Paused,
    PausedBy,
    Removed,
    Role,
    SetDoor,
    Unasked,
    WentSuddenly,
)
from tests.core.circle import NOBODY, REF, Circle, Somebody, refusal, told


@pytest.fixture
def gus(circle: Circle, fran: Somebody) -> Somebody:
    """Holds the group meanwhile."""
    gus = Somebody(circle, "Gus", Role.FACILITATOR)
    gus.arrives("south")
    return gus


def step_aside(fran: Somebody, ann: Somebody) -> None:
    assert told(fran.asks_aside(ann))
    assert told(ann.goes_aside(fran))


def listed(circle: Circle) -> dict[MemberId, bool]:
    """Everybody on the list, and whether they have stepped aside."""
    return {one.id: one.aside for one in snapshot(circle.room, MemberId("bob"), circle.moment.now).people}


def test_whoever_is_asked_and_the_facilitators_know_of_it_and_nobody_else(
    circle: Circle, fran: Somebody, gus: Somebody, ann: Somebody, bob: Somebody
) -> None:
    fran.asks_aside(ann)
    for person in (ann, fran, gus):
        assert AskedAside(ann.id, fran.id, circle.moment.now) in circle.seen_by(person.id)
    assert circle.seen_by(bob.id) == []
    assert snapshot(circle.room, ann.id, circle.moment.now).asked_by == fran.id
    assert snapshot(circle.room, bob.id, circle.moment.now).asked_by is None
    ann.rather_stays()
    for person in (ann, fran, gus):
        assert DeclinedAside(ann.id) in circle.seen_by(person.id)
    assert circle.seen_by(bob.id) == []
    assert refusal(ann.goes_aside(fran)) is Code.NOT_ASKED


def test_both_rise_at_once_and_each_is_told_where_to_go(
    circle: Circle, fran: Somebody, gus: Somebody, ann: Somebody, bob: Somebody
) -> None:
    step_aside(fran, ann)
    assert [event for event in circle.told if isinstance(event, Parted)] == [
        Parted(ann.id, fran.id, RoomId("aside"), circle.moment.now)
    ]
    for person, knows in ((ann, True), (fran, True), (bob, False), (gus, False)):
        assert (Aside(RoomId("aside")) in circle.seen_by(person.id)) == knows
    assert not ann.here
    assert not fran.here
    assert listed(circle) == {ann.id: True, fran.id: True, bob.id: False, gus.id: False}
    assert refusal(ann.says("Hello.")) is Code.NOT_HERE


def test_only_a_facilitator_asks_and_only_a_member_who_is_here(
    circle: Circle, fran: Somebody, gus: Somebody, ann: Somebody, bob: Somebody
) -> None:
    assert refusal(bob.asks_aside(ann)) is Code.NOT_ALLOWED
    assert refusal(fran.asks_aside(gus)) is Code.NO_SUCH_MEMBER
    ann.leaves()
    assert refusal(fran.asks_aside(ann)) is Code.NO_SUCH_MEMBER
    assert refusal(bob.goes_aside(fran)) is Code.NOT_ASKED
    fran.asks_aside(bob)
    fran.leaves()
    assert refusal(bob.goes_aside(fran)) is Code.NOT_ASKED
    assert snapshot(circle.room, bob.id, circle.moment.now).asked_by is None


def test_whoever_asked_takes_the_question_back(
    circle: Circle, fran: Somebody, gus: Somebody, ann: Somebody, bob: Somebody
) -> None:
    fran.asks_aside(ann)
    assert snapshot(circle.room, fran.id, circle.moment.now).asking == (ann.id,)
    assert snapshot(circle.room, gus.id, circle.moment.now).asking == ()
    assert refusal(gus.takes_the_question_back(ann)) is Code.NOT_ASKED
    assert told(fran.takes_the_question_back(ann))
    for person in (ann, fran, gus):
        assert Unasked(ann.id) in circle.seen_by(person.id)
    assert circle.seen_by(bob.id) == []
    assert refusal(ann.goes_aside(fran)) is Code.NOT_ASKED
    assert snapshot(circle.room, fran.id, circle.moment.now).asking == ()


@pytest.mark.parametrize("how", ["leaves", "goes aside with Bob", "is lost, and comes after an hour"])
def test_a_question_ends_with_the_sitting_of_whoever_asked_it(
    circle: Circle, fran: Somebody, gus: Somebody, ann: Somebody, bob: Somebody, how: str
) -> None:
    fran.asks_aside(ann)
    match how:
        case "leaves":
            fran.leaves()
        case "goes aside with Bob":
            step_aside(fran, bob)
        case _:
            fran.is_lost()
            circle.seconds_pass(3600)
            fran.arrives()
    assert Unasked(ann.id) in circle.seen_by(ann.id)
    fran.arrives()
    assert snapshot(circle.room, ann.id, circle.moment.now).asked_by is None


def test_a_question_outlives_a_connection_that_is_back_in_a_moment(
    circle: Circle, fran: Somebody, gus: Somebody, ann: Somebody
) -> None:
    fran.asks_aside(ann)
    fran.is_lost()
    circle.seconds_pass(5)
    fran.arrives()
    assert snapshot(circle.room, ann.id, circle.moment.now).asked_by == fran.id
    assert told(ann.goes_aside(fran))


@pytest.mark.parametrize("why", ["alone", "the other rests", "the other is aside"])
def test_the_group_is_never_left_unheld_for_it(
    circle: Circle, fran: Somebody, gus: Somebody, ann: Somebody, bob: Somebody, why: str
) -> None:
    match why:
        case "alone":
            gus.leaves()
        case "the other rests":
            gus.rests()
        case _:
            step_aside(gus, bob)
    assert refusal(fran.asks_aside(ann)) is Code.UNHELD_MEANWHILE


def test_whoever_held_the_group_with_them_leads_on(
    circle: Circle, fran: Somebody, gus: Somebody, ann: Somebody
) -> None:
    assert circle.room.condition.lead == fran.id
    step_aside(fran, ann)
    assert Leads(gus.id) in circle.told
    assert circle.room.condition.paused is None


def test_a_facilitator_aside_does_not_hold_the_group(
    circle: Circle, fran: Somebody, gus: Somebody, ann: Somebody
) -> None:
    step_aside(fran, ann)
    gus.is_lost()
    assert circle.room.condition.unheld_until is not None
    circle.seconds_pass(20)
    assert circle.room.condition.paused is PausedBy.ITSELF
    circle.seconds_pass(15 * 60)
    assert not [event for event in circle.told if isinstance(event, Closed)], "Fran can be back in a moment"
    circle.asks(NOBODY, Tick(gone=frozenset({fran.id, ann.id})))
    assert Paused(PausedBy.ITSELF, circle.moment.now) in circle.told, "from now on nobody is near"
    circle.seconds_pass(15 * 60)
    assert any(isinstance(event, Closed) for event in circle.told)


def test_coming_back_begins_a_new_sitting_with_what_held_before(
    circle: Circle, fran: Somebody, gus: Somebody, ann: Somebody, bob: Somebody
) -> None:
    gus.mutes(ann, minutes=30)
    ann.listens()
    step_aside(fran, ann)
    bob.says("Meanwhile.")
    ann.arrives()
    assert ann.place is not None
    assert ann.place.since == Number(1), "nothing of it is told again"
    assert ann.place.listens
    assert ann.place.muted_until is not None
    assert not ann.is_aside
    assert fran.is_aside


@pytest.mark.parametrize("whose", ["ann's turn", "ann comes later"])
def test_a_round_keeps_the_place_of_whoever_is_aside(
    circle: Circle, fran: Somebody, gus: Somebody, ann: Somebody, bob: Somebody, whose: str
) -> None:
    circle.lot = 0 if whose == "ann's turn" else 1
    gus.sets_the_floor(FloorKind.ROUND)
    assert circle.floor.turn == (ann.id if whose == "ann's turn" else bob.id)
    step_aside(fran, ann)
    assert circle.floor.turn == bob.id
    bob.is_done()
    assert circle.floor.turn is None
    assert circle.floor.order == (ann.id,), "it waits, and a facilitator can go on"
    ann.arrives()
    assert circle.floor.turn == ann.id


def test_there_is_no_door_between_a_room_and_its_side_room(
    circle: Circle, fran: Somebody, gus: Somebody, ann: Somebody
) -> None:
    step_aside(fran, ann)
    assert told(gus.asks(SetDoor(REF, open=False)))
    ann.arrives()
    assert ann.here


def test_an_act_on_somebody_aside_is_for_whoever_is_with_them(
    circle: Circle, fran: Somebody, gus: Somebody, ann: Somebody
) -> None:
    step_aside(fran, ann)
    for refused in (gus.mutes(ann), gus.removes(ann), gus.bars(ann)):
        assert refusal(refused) is Code.ASIDE


def test_whoever_strays_from_aside_has_left_and_is_missed_if_they_were_worried_about(
    circle: Circle, fran: Somebody, gus: Somebody, ann: Somebody
) -> None:
    ann.says("I do not know how to go on.")
    fran.flags(1)
    step_aside(fran, ann)
    circle.asks(NOBODY, Tick(gone=frozenset({ann.id})))
    assert [event.member for event in circle.told if isinstance(event, Left)] == [ann.id]
    assert [event for event in circle.seen_by(gus.id) if isinstance(event, WentSuddenly)]
    assert not ann.is_aside
    circle.asks(NOBODY, Tick(gone=frozenset({ann.id})))
    assert fran.is_aside


def test_whoever_is_removed_aside_is_removed_here(circle: Circle, fran: Somebody, gus: Somebody, ann: Somebody) -> None:
    step_aside(fran, ann)
    circle.asks(NOBODY, Tick(removed=frozenset({ann.id})))
    assert Removed(ann.id) in circle.told
    assert refusal(ann.arrives()) is Code.REMOVED


class SideRoom(Circle):
    """A room beside another, for Ann and Fran."""

    def __init__(self) -> None:
        super().__init__()
        self.asks(NOBODY, Open(Epoch(8), {}, condition=Condition(beside=RoomId("tuesday"))))

    @property
    def over(self) -> bool:
        """It has just ended."""
        return any(isinstance(event, Closed) for event in self.told)


@pytest.fixture
def side() -> SideRoom:
    return SideRoom()


@pytest.fixture
def pair(side: SideRoom) -> tuple[Somebody, Somebody]:
    """Fran and Ann, aside."""
    fran, ann = Somebody(side, "Fran", Role.FACILITATOR), Somebody(side, "Ann", Role.MEMBER)
    fran.arrives("north")
    ann.arrives("south")
    return fran, ann


def test_a_side_room_is_held_or_paused_as_any_room(side: SideRoom, pair: tuple[Somebody, Somebody]) -> None:
    fran, ann = pair
    assert snapshot(side.room, ann.id, side.moment.now).beside
    fran.is_lost()
    side.seconds_pass(20)
    assert side.room.condition.paused is PausedBy.ITSELF
    assert refusal(ann.says("Are you there?")) is Code.ROOM_PAUSED
    fran.arrives()
    fran.resumes()
    assert told(ann.says("There you are."))
    fran.leaves()
    assert side.room.condition.paused is PausedBy.ITSELF
    assert not side.over


@pytest.mark.parametrize("how", ["leaves", "is back with the group", "is lost", "is removed"])
def test_a_side_room_ends_with_the_one_it_is_for(side: SideRoom, pair: tuple[Somebody, Somebody], how: str) -> None:
    fran, ann = pair
    match how:
        case "leaves":
            ann.leaves()
        case "is back with the group":
            side.asks(NOBODY, Tick(back=True))
        case "is lost":
            ann.is_lost()
            side.seconds_pass(60)
            assert not side.over
            side.seconds_pass(0.001)
        case _:
            fran.removes(ann)
            assert not side.over
            side.seconds_pass(0)
    assert side.over


def test_back_within_a_minute_goes_on(side: SideRoom, pair: tuple[Somebody, Somebody]) -> None:
    _, ann = pair
    ann.is_lost()
    side.seconds_pass(30)
    ann.arrives()
    side.seconds_pass(600)
    assert not side.over


def test_nobody_steps_aside_from_a_side_room(side: SideRoom, pair: tuple[Somebody, Somebody]) -> None:
    fran, ann = pair
    gus = Somebody(side, "Gus", Role.FACILITATOR)
    gus.arrives()
    assert refusal(fran.asks_aside(ann)) is Code.NO_SUCH_MEMBER


def test_deciding_about_it_is_fenced(circle: Circle, fran: Somebody, gus: Somebody, ann: Somebody) -> None:
    fran.asks_aside(ann)
    for decision in (ann.goes_aside(fran), ann.arrives(), circle.asks(NOBODY, Tick(gone=frozenset({fran.id})))):
        assert isinstance(decision, Publish)
        assert decision.raises


def test_a_facilitator_aside_is_told_when_nobody_else_holds_the_group(
    side: SideRoom, pair: tuple[Somebody, Somebody]
) -> None:
    fran, ann = pair
    assert refusal(side.asks(NOBODY, Tick(unheld=False))) is Code.ALREADY_SO
    side.asks(NOBODY, Tick(unheld=True))
    assert Needed(True) in side.seen_by(fran.id)
    assert Needed(True) not in side.seen_by(ann.id), "it is not hers to worry about"
    assert refusal(side.asks(NOBODY, Tick(unheld=True))) is Code.ALREADY_SO
    assert snapshot(side.room, fran.id, side.moment.now).needed
    assert not snapshot(side.room, ann.id, side.moment.now).needed
    side.asks(NOBODY, Tick(unheld=False))
    assert Needed(False) in side.seen_by(fran.id)
