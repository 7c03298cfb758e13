"""Coming in: who waits hears nothing of the room and is let in by a facilitator; the door closes behind the group."""

import pytest

from chat.core.authority import OUTSIDE
from chat.core.commands.attending import due
from chat.core.customs import DROP_IN, Customs
from chat.core.decision import Publish
from chat.core.errors import Code
from chat.core.ids import MemberId, Millis
from chat.core.room import One, Seated, Waits, shown, snapshot, waiting_room
from chat.core.wire import (
    Act,
    ActedOn,
    Caller,
    Confided,
    Declined,
    Door,
    DoorSet,
    Left,
    LeftWaiting,
    Listening,
    PausedBy,
    Phase,
    Role,
    Said,
    Waiting,
    Went,
)
from tests.core.circle import Circle, Somebody, refusal, told
from tests.core.test_authority import ASKED, outcome

CLOSED = Customs()
"""The usual way: people wait, and the door closes five minutes after the gathering."""
OPENING = Phase("Opening", 5)


@pytest.fixture
def circle() -> Circle:
    """A room of a group in which people wait."""
    return Circle(customs=CLOSED)


def sees(circle: Circle, who: Somebody) -> list[str]:
    """The names of those whom somebody sees waiting."""
    return [caller.name for caller in snapshot(circle.room, who.id, circle.moment.now).waiting]


def test_whoever_comes_waits_and_only_facilitators_are_told(circle: Circle, fran: Somebody, ann: Somebody) -> None:
    fran.admits(ann)
    dora = Somebody(circle, "Dora", Role.MEMBER)
    dora.arrives()
    assert (dora.waits, dora.here) == (True, False)
    assert isinstance(circle.seen_by(fran.id)[0], Waits)
    assert circle.seen_by(ann.id) == circle.seen_by(dora.id) == []
    assert (sees(circle, fran), sees(circle, ann)) == (["Dora"], [])
    assert [person.name for person in snapshot(circle.room, ann.id, circle.moment.now).people] == ["Fran", "Ann"]


def test_whoever_waits_is_told_nothing_that_is_said(circle: Circle, fran: Somebody, ann: Somebody) -> None:
    fran.says("Good evening.")
    assert isinstance(circle.told[0], Said)
    assert circle.seen_by(ann.id) == []
    assert fran.admits(ann)
    since = circle.room.places[ann.id].since
    assert since == circle.room.number, "what was said before is never told again"


def test_letting_in_is_told_to_all(circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody) -> None:
    assert told(fran.admits(ann))
    assert (ann.here, bob.here) == (True, False)
    fran.admits()
    assert (bob.here, sees(circle, fran)) == (True, [])
    assert isinstance(circle.seen_by(ann.id)[0], Seated)
    assert refusal(fran.admits()) is Code.ALREADY_SO
    assert refusal(fran.admits(ann)) is Code.NO_SUCH_MEMBER


def test_a_facilitator_never_waits(circle: Circle, gus: Somebody) -> None:
    gus.arrives()
    assert gus.here


@pytest.mark.parametrize("asked", sorted(ASKED))
def test_whoever_waits_can_ask_for_little(circle: Circle, fran: Somebody, ann: Somebody, asked: str) -> None:
    may = {
        "confide": "Confided", "listen": "Waits", "leave": "Went", "here": "nothing", "take part": "already-so",
        "let bob speak": "already-so", "knock": "already-so", "confide to bob": "not-allowed",
    }  # fmt: skip
    assert (type(ASKED[asked]) in OUTSIDE) == (asked in may)
    assert outcome(ann.asks(ASKED[asked])) == may.get(asked, "waiting")


def test_words_go_between_whoever_waits_and_the_facilitators(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    fran.admits(bob)
    ann.confides("Am I right here?")
    assert [type(event) for event in circle.seen_by(fran.id)] == [Confided]
    assert circle.seen_by(bob.id) == []
    fran.confides("You are. One moment.", ann)
    assert circle.seen_by(ann.id) == [Confided(ann.id, fran.id, "You are. One moment.", circle.moment.now)]
    assert circle.seen_by(bob.id) == []


def test_a_no_is_told_with_its_reason_and_holds_for_this_meeting(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    fran.admits(bob)
    fran.declines(ann, "There is room next week.")
    why = [event for event in circle.seen_by(ann.id) if isinstance(event, ActedOn)]
    assert [(event.act, event.words) for event in why] == [(Act.DECLINE, "There is room next week.")]
    assert circle.told == [*why, Declined(ann.id)]
    assert circle.seen_by(bob.id) == []
    assert not ann.waits
    assert refusal(ann.arrives()) is Code.DECLINED
    assert circle.told[-1] == Declined(ann.id), "and nobody was told that they came again"
    assert refusal(fran.declines(ann)) is Code.NO_SUCH_MEMBER


def test_a_no_can_be_taken_back(circle: Circle, fran: Somebody, ann: Somebody) -> None:
    fran.declines(ann)
    (caller,) = snapshot(circle.room, fran.id, circle.moment.now).waiting
    assert caller.declined
    assert told(fran.admits(ann))
    assert circle.told == [Went(ann.id)]
    ann.arrives()
    assert ann.waits


def test_words_with_a_no_have_an_end(circle: Circle, fran: Somebody, ann: Somebody) -> None:
    assert refusal(fran.declines(ann, "x" * 301)) is Code.TOO_LONG


def test_whoever_was_let_in_comes_back_without_waiting(circle: Circle, fran: Somebody, ann: Somebody) -> None:
    fran.admits(ann)
    ann.is_lost()
    circle.seconds_pass(300)
    ann.arrives()
    assert ann.here
    ann.leaves()
    ann.arrives()
    assert ann.here


def test_whoever_was_asked_to_leave_does_not_even_wait(circle: Circle, fran: Somebody, ann: Somebody) -> None:
    fran.admits(ann)
    fran.removes(ann)
    assert refusal(ann.arrives()) is Code.REMOVED
    assert not ann.waits


@pytest.mark.parametrize("how", ["leaves", "lost", "process"])
def test_whoever_goes_waits_no_more(circle: Circle, fran: Somebody, bob: Somebody, how: str) -> None:
    match how:
        case "leaves":
            bob.leaves()
        case "lost":
            bob.is_lost()
        case "process":
            circle.dies("south")
    assert circle.told == [Went(bob.id, lost=how != "leaves")]
    assert bob.place is None


def test_a_second_page_goes_on_waiting_where_the_first_did(circle: Circle, fran: Somebody, ann: Somebody) -> None:
    ann.listens()
    before = circle.room.outside(ann.id)
    circle.now += 5_000
    ann.arrives("south")
    after = circle.room.outside(ann.id)
    assert before
    assert after
    assert (after.since, after.member.listens) == (before.since, True)
    assert after.member.seat != before.member.seat
    assert refusal(circle.loses(before.member.seat)) is Code.NOT_HERE


def test_people_go_on_waiting_in_a_pause_and_see_it(circle: Circle, fran: Somebody, ann: Somebody) -> None:
    now = circle.moment.now
    shown = waiting_room(circle.room, ann.id, now)
    assert ([one.name for one in shown.held_by], shown.paused) == (["Fran"], None)
    fran.leaves()
    shown = waiting_room(circle.room, ann.id, now)
    assert (shown.held_by, shown.paused) == ((), PausedBy.ITSELF)
    assert ann.waits
    fran.arrives()
    fran.admits()
    assert ann.here


def test_letting_in_stops_where_the_room_is_full(circle: Circle, fran: Somebody) -> None:
    fran.adopts(Customs(cap=3))
    people = [Somebody(circle, f"P{n}", Role.MEMBER) for n in range(4)]
    for one in people:
        one.arrives()
    fran.admits()
    assert [one.here for one in people] == [True, True, False, False]
    assert LeftWaiting((people[2].id, people[3].id), 3) in circle.seen_by(fran.id)
    assert not any(isinstance(event, LeftWaiting) for event in circle.seen_by(people[0].id))
    assert refusal(fran.admits(people[2])) is Code.ROOM_FULL


def test_somebody_may_come_just_to_listen(circle: Circle, fran: Somebody, ann: Somebody) -> None:
    ann.listens()
    assert [type(event) for event in circle.told] == [Waits]
    assert refusal(ann.listens()) is Code.ALREADY_SO
    fran.admits()
    assert circle.room.places[ann.id].listens
    assert refusal(ann.says("Hello.")) is Code.LISTENING
    ann.takes_part()
    assert told(ann.says("Hello."))


def test_a_group_that_stops_waiting_lets_in_who_waits(circle: Circle, fran: Somebody, ann: Somebody) -> None:
    fran.adopts(DROP_IN)
    assert ann.here


def test_a_full_group_that_stops_waiting_says_who_is_still_outside(circle: Circle, fran: Somebody) -> None:
    people = [Somebody(circle, f"P{n}", Role.MEMBER) for n in range(3)]
    for one in people:
        one.arrives()
    fran.adopts(Customs(cap=3, waiting=False, door=0))
    assert [one.here for one in people] == [True, True, False]
    assert LeftWaiting((people[2].id,), 3) in circle.seen_by(fran.id)


# The door.


def test_the_door_closes_by_itself_some_minutes_after_the_gathering(circle: Circle, fran: Somebody) -> None:
    fran.begins(Phase("Gathering"))
    assert circle.room.condition.door == Door()
    fran.begins(OPENING, starts=True)
    at = circle.now + 5 * 60_000
    assert circle.told[-1] == DoorSet(Door(closes_at=Millis(at)))
    fran.begins(Phase("Check-in"), starts=True)
    assert circle.room.condition.door.closes_at == at == due(circle.room, circle.moment)
    circle.seconds_pass(299)
    assert not circle.room.condition.door.closed
    circle.seconds_pass(1)
    assert circle.told == [DoorSet(Door(closed=True))]


def test_a_pause_takes_nothing_from_the_time_of_the_door(circle: Circle, fran: Somebody) -> None:
    fran.begins(OPENING, starts=True)
    circle.seconds_pass(100)
    fran.pauses()
    circle.seconds_pass(600)
    assert not circle.room.condition.door.closed
    fran.resumes()
    circle.seconds_pass(199)
    assert not circle.room.condition.door.closed
    circle.seconds_pass(1)
    assert circle.room.condition.door.closed


def test_a_group_may_leave_its_door_open(fran: Somebody) -> None:
    fran.adopts(DROP_IN)
    fran.begins(OPENING, starts=True)
    assert fran.circle.room.condition.door == Door()


def test_behind_a_closed_door_whoever_was_here_comes_back_and_others_knock(circle: Circle, fran: Somebody) -> None:
    fran.adopts(Customs(waiting=False))
    ann, dora = Somebody(circle, "Ann", Role.MEMBER), Somebody(circle, "Dora", Role.MEMBER)
    ann.arrives()
    ann.leaves()
    fran.sets_the_door(open=False)
    ann.arrives()
    assert ann.here
    dora.arrives()
    assert waiting_room(circle.room, dora.id, circle.moment.now).you.late
    assert told(dora.knocks())
    assert isinstance(circle.seen_by(fran.id)[0], Waits)
    assert circle.seen_by(ann.id) == []
    assert refusal(dora.knocks()) is Code.ALREADY_SO
    fran.admits(dora)
    assert dora.here


def test_opening_the_door_again_lets_in_who_need_not_wait_otherwise(circle: Circle, fran: Somebody) -> None:
    fran.adopts(Customs(waiting=False))
    fran.sets_the_door(open=False)
    dora = Somebody(circle, "Dora", Role.MEMBER)
    dora.arrives()
    fran.sets_the_door(open=True)
    assert dora.here
    fran.begins(OPENING, starts=True)
    assert circle.room.condition.door == Door(kept=True), "a facilitator has moved it; it stays"


def test_a_facilitator_comes_in_by_a_closed_door_and_into_a_full_room(circle: Circle, gus: Somebody) -> None:
    fran = Somebody(circle, "Fran", Role.FACILITATOR)
    fran.arrives()
    fran.sets_the_door(open=False)
    gus.arrives()
    assert gus.here


# Invited to listen, and standing by.


def test_whoever_was_invited_to_listen_speaks_when_a_facilitator_lets_them(
    circle: Circle, fran: Somebody, bob: Somebody
) -> None:
    fran.admits(bob)
    dora = Somebody(circle, "Dora", Role.MEMBER)
    dora.invited_to_listen = True
    dora.arrives()
    assert refusal(dora.takes_part()) is Code.INVITED_TO_LISTEN
    fran.admits()
    person = snapshot(circle.room, bob.id, circle.moment.now).people[-1]
    assert (person.listens, person.invited_to_listen) == (True, True)
    assert refusal(dora.takes_part()) is Code.INVITED_TO_LISTEN
    assert refusal(bob.lets_take_part(dora)) is Code.NOT_ALLOWED
    assert told(fran.lets_take_part(dora))
    assert told(dora.says("Thank you."))
    assert told(dora.listens())
    assert told(dora.takes_part()), "what was allowed stays allowed"
    dora.is_lost()
    dora.arrives()
    assert told(dora.says("Still here."))
    dora.leaves()
    dora.arrives()
    assert refusal(dora.says("Again?")) is Code.LISTENING, "a new sitting"


def test_nobody_who_chose_to_listen_is_made_to_take_part(circle: Circle, fran: Somebody, ann: Somebody) -> None:
    ann.listens()
    fran.admits()
    assert refusal(fran.lets_take_part(ann)) is Code.NOT_ALLOWED
    assert refusal(fran.lets_take_part(Somebody(circle, "Nobody", Role.MEMBER))) is Code.NO_SUCH_MEMBER


def test_a_supervisor_stands_by_and_speaks_to_the_facilitators(circle: Circle, fran: Somebody, ann: Somebody) -> None:
    fran.admits()
    sue = Somebody(circle, "Sue", Role.SUPERVISOR)
    sue.arrives()
    assert sue.here, "they do not wait, and everybody is told that they are here"
    assert isinstance(circle.seen_by(ann.id)[0], Seated)
    assert refusal(sue.says("Hello.")) is Code.LISTENING
    sue.confers("You are doing well.")
    assert [len(circle.seen_by(who.id)) for who in (fran, sue, ann)] == [1, 1, 0]
    fran.confers("Thank you.")
    assert [len(circle.seen_by(who.id)) for who in (fran, sue, ann)] == [1, 1, 0]
    ann.confides("I am not well.")
    assert [len(circle.seen_by(who.id)) for who in (fran, sue, ann)] == [1, 0, 1]
    sue.takes_part()
    assert len(circle.seen_by(ann.id)) == 1, "visibly"
    assert told(sue.says("Good evening, I look after the facilitators."))


def test_a_supervisor_holds_nothing(circle: Circle, fran: Somebody) -> None:
    sue = Somebody(circle, "Sue", Role.SUPERVISOR)
    sue.arrives()
    for asked in ("pause", "close", "admit all", "close the door", "announce", "mute bob"):
        assert refusal(sue.asks(ASKED[asked])) is Code.NOT_ALLOWED
    fran.leaves()
    assert circle.room.condition.paused is PausedBy.ITSELF


def test_what_facilitators_see_of_whoever_waits_names_no_connection(circle: Circle, fran: Somebody) -> None:
    dora = Somebody(circle, "Dora", Role.MEMBER)
    decision = dora.arrives()
    assert isinstance(decision, Publish)
    seen = shown(circle.room, decision.tells[0].event)
    assert seen == Waiting(Caller(MemberId("dora"), "Dora", circle.moment.now))


def test_nothing_of_the_waiting_room_is_told_to_members(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    fran.admits(ann)
    for deed in (bob.listens, bob.leaves, bob.arrives, lambda: fran.declines(bob)):
        deed()
        assert [event for event, to in zip(circle.told, circle.to, strict=True) if to != One(bob.id)]
        assert circle.seen_by(ann.id) == []
    assert not {Left, Listening} & set(map(type, circle.told))
