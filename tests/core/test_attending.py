"""People come, go, lose their connection and return; and a room is only as open as it is held."""

import pytest
from msgspec.structs import replace

from chat.core.commands.attending import SET, due
from chat.core.customs import DROP_IN
from chat.core.decision import Arrive, Decision, Open, Publish
from chat.core.errors import Code
from chat.core.ids import Epoch, MemberId, Millis, Number, SeatId
from chat.core.room import Condition, Everyone, Opened, Place, Seated, snapshot
from chat.core.wire import (
    Closed,
    How,
    Leads,
    Left,
    Lowered,
    Paused,
    PausedBy,
    Raised,
    Role,
    Unheld,
    Unmuted,
)
from tests.core.circle import HOUSE, NOBODY, Circle, Somebody, refusal, told

GRACE = HOUSE.grace / 1000
ENDS_AFTER = HOUSE.ends_after / 1000
RETURNS_WITHIN = HOUSE.returns_within / 1000
MOMENT = 0.001
"""The least there is, in seconds: one millisecond."""


def raises(decision: object) -> bool:
    """It was told, and can change what somebody else is answered."""
    assert isinstance(decision, Publish)
    return decision.raises


# A room begins, and ends.


def test_a_room_begins_unheld_and_pauses_if_no_facilitator_sits_down(circle: Circle) -> None:
    assert circle.told == [
        Opened(Epoch(7), Condition(unheld_until=Millis(circle.now + HOUSE.grace), customs=DROP_IN), {})
    ]
    assert refusal(circle.seconds_pass(GRACE - MOMENT)) is Code.ALREADY_SO
    assert told(circle.seconds_pass(MOMENT))
    assert circle.told == [Paused(PausedBy.ITSELF, Millis(circle.now))]


def test_a_room_begins_with_the_mutes_and_removals_that_still_run(ann: Somebody, bob: Somebody) -> None:
    until = Millis(ann.circle.now + 60_000)
    again = Circle(places={ann.id: Place(muted_until=until), bob.id: Place(removed=True)})
    ann.circle = bob.circle = again
    assert told(ann.arrives())
    assert refusal(ann.says("Hello.")) is Code.MUTED
    assert refusal(bob.arrives()) is Code.REMOVED


def test_a_room_put_together_again_while_fran_sits_in_it_does_not_say_that_nobody_holds_it(fran: Somebody) -> None:
    mended = Circle(PausedBy.MENDING, {fran.id: Place(fran.seated())})
    assert mended.room.held()
    assert snapshot(mended.room, fran.id, Millis(mended.now)).unheld_until is None


def test_a_room_put_together_again_without_a_facilitator_ends_gently_from_then_on() -> None:
    mended = Circle(PausedBy.MENDING)
    assert due(mended.room, mended.moment) == mended.now + HOUSE.ends_after
    assert refusal(mended.seconds_pass(ENDS_AFTER - MOMENT)) is Code.ALREADY_SO
    assert told(mended.seconds_pass(MOMENT))
    assert mended.told == [Closed(Millis(mended.now))]


# Coming.


def test_whoever_arrives_is_seated_and_told_to_everyone(circle: Circle, ann: Somebody) -> None:
    assert circle.told == [Seated(ann.seated())]
    assert circle.to == [Everyone()]
    assert circle.room.seated() == [ann.seated()]


def test_a_members_coming_changes_nobodys_verdict_and_a_facilitators_can(ann: Somebody, gus: Somebody) -> None:
    assert not raises(ann.arrives())
    assert raises(gus.arrives())
    assert raises(gus.arrives())


def test_a_second_connection_takes_the_seat_of_the_first(circle: Circle, ann: Somebody, fran: Somebody) -> None:
    first = ann.actor
    ann.hand(up=True)
    ann.arrives("south")
    assert isinstance(circle.told[0], Seated)
    assert (circle.told[0].again, circle.told[0].returning) == (True, False)
    assert [member.seat for member in circle.room.seated() if member.id == ann.id] == [ann.actor.seat]
    assert circle.room.member(ann.id) == replace(ann.seated("south"), hand_at=Millis(circle.now))
    assert refusal(circle.loses(first.seat)) is Code.NOT_HERE
    assert ann.here


def test_the_end_of_a_connection_nobody_sits_on_is_no_news(circle: Circle, ann: Somebody) -> None:
    ann.leaves()
    assert refusal(ann.is_lost()) is Code.NOT_HERE
    assert refusal(circle.loses(SeatId(""))) is Code.NOT_HERE


def test_connections_that_break_in_the_same_moment_are_told_of_together(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody, gus: Somebody
) -> None:
    gus.arrives()
    old = ann.actor.seat
    ann.arrives("south")
    decision = circle.loses(old, bob.actor.seat, fran.actor.seat)
    left = [event.member for event in circle.told if isinstance(event, Left) and event.how is How.LOST]
    assert left == [bob.id, fran.id]
    assert raises(decision)
    assert circle.room.condition.unheld_until is None
    circle.loses(ann.actor.seat, gus.actor.seat)
    assert [type(event) for event in circle.told] == [Left, Left, Unheld]


def test_whoever_comes_anew_begins_at_the_newest_message(ann: Somebody, bob: Somebody, fran: Somebody) -> None:
    fran.says("Welcome.")
    bob.leaves()
    fran.says("Let us begin.")
    bob.arrives()
    assert bob.place is not None
    assert bob.place.since == Number(2)


def test_whoever_is_back_within_a_minute_goes_on_with_the_same_sitting(
    circle: Circle, bob: Somebody, fran: Somebody
) -> None:
    bob.is_lost()
    fran.says("Welcome.")
    circle.now += HOUSE.returns_within
    bob.arrives()
    assert isinstance(circle.told[0], Seated)
    assert (circle.told[0].again, circle.told[0].returning) == (False, True)
    assert bob.place is not None
    assert (bob.place.since, bob.place.lost_at) == (Number(0), None)


def test_a_minute_and_a_moment_later_it_is_a_new_sitting(circle: Circle, bob: Somebody, fran: Somebody) -> None:
    bob.is_lost()
    fran.says("Welcome.")
    circle.now += HOUSE.returns_within + 1
    bob.arrives()
    assert isinstance(circle.told[0], Seated)
    assert not circle.told[0].returning
    assert bob.place is not None
    assert bob.place.since == Number(1)


def test_leaving_by_choice_ends_the_sitting_however_soon_one_is_back(bob: Somebody, fran: Somebody) -> None:
    bob.leaves()
    fran.says("Between ourselves.")
    bob.arrives()
    assert bob.place is not None
    assert bob.place.since == Number(1)


def test_leaving_by_choice_after_a_loss_leaves_nothing_to_return_to(circle: Circle, bob: Somebody) -> None:
    bob.is_lost()
    bob.arrives()
    bob.leaves()
    assert bob.place is None


def test_somebody_removed_does_not_sit_down_again(bob: Somebody, fran: Somebody) -> None:
    fran.removes(bob)
    assert refusal(bob.arrives()) is Code.REMOVED
    assert not bob.here


def test_somebody_muted_is_muted_still_when_they_are_back(circle: Circle, bob: Somebody, fran: Somebody) -> None:
    fran.mutes(bob)
    bob.leaves()
    bob.arrives()
    assert refusal(bob.says("Hello.")) is Code.MUTED
    assert snapshot(circle.room, bob.id, Millis(circle.now)).muted_until == Millis(circle.now + 300_000)


# Going.


def test_a_members_going_is_told_and_holds_nothing_up(circle: Circle, ann: Somebody, fran: Somebody) -> None:
    assert not raises(ann.leaves())
    assert circle.told == [Left(ann.id, How.LEFT, Millis(circle.now))]
    assert not ann.here


def test_the_last_facilitators_chosen_leaving_pauses_the_room_at_once(circle: Circle, fran: Somebody) -> None:
    assert raises(fran.leaves())
    now = Millis(circle.now)
    assert circle.told == [Left(fran.id, How.LEFT, now), Paused(PausedBy.ITSELF, now)]


def test_the_last_facilitators_loss_pauses_the_room_after_a_grace(
    circle: Circle, ann: Somebody, fran: Somebody
) -> None:
    assert raises(fran.is_lost())
    now = Millis(circle.now)
    assert circle.told == [Left(fran.id, How.LOST, now), Unheld(Millis(now + HOUSE.grace))]
    assert told(ann.says("Is Fran gone?"))
    assert refusal(circle.seconds_pass(GRACE - MOMENT)) is Code.ALREADY_SO
    assert told(ann.says("She will be back."))
    assert raises(circle.seconds_pass(MOMENT))
    assert circle.told == [Paused(PausedBy.ITSELF, Millis(circle.now))]
    assert refusal(ann.says("Oh.")) is Code.ROOM_PAUSED


def test_a_room_that_nobody_holds_pauses_when_the_clock_is_set_back_and_not_by_a_clock_a_little_behind(
    circle: Circle, fran: Somebody
) -> None:
    fran.is_lost()
    until = circle.now + HOUSE.grace
    assert refusal(circle.seconds_pass(-SET / 1000)) is Code.ALREADY_SO
    assert due(circle.room, circle.moment) == until
    circle.now -= 1
    assert due(circle.room, circle.moment) == circle.now
    assert raises(circle.seconds_pass(0))
    assert circle.told == [Paused(PausedBy.ITSELF, Millis(circle.now))]


@pytest.mark.parametrize("who", ["fran", "gus"])
def test_any_facilitator_who_is_there_in_time_keeps_the_room_open(
    circle: Circle, fran: Somebody, gus: Somebody, who: str
) -> None:
    fran.is_lost()
    circle.seconds_pass(GRACE - MOMENT)
    (fran if who == "fran" else gus).arrives("south")
    assert circle.room.condition == Condition(customs=DROP_IN, lead=MemberId(who))
    assert refusal(circle.seconds_pass(3600)) is Code.ALREADY_SO


def test_a_member_who_arrives_does_not_hold_the_room(circle: Circle, fran: Somebody, bob: Somebody) -> None:
    fran.is_lost()
    bob.arrives()
    circle.seconds_pass(GRACE)
    assert circle.room.condition.paused is PausedBy.ITSELF


def test_one_of_two_facilitators_may_go_and_the_room_stays_open(circle: Circle, fran: Somebody, gus: Somebody) -> None:
    gus.arrives()
    assert raises(fran.leaves())
    assert circle.told == [Left(fran.id, How.LEFT, Millis(circle.now)), Leads(gus.id)]
    gus.is_lost()
    assert isinstance(circle.told[1], Unheld)


def test_a_room_that_paused_by_itself_waits_for_a_press_though_a_facilitator_is_back(
    circle: Circle, fran: Somebody, bob: Somebody
) -> None:
    fran.leaves()
    fran.arrives()
    assert refusal(bob.says("Hello.")) is Code.ROOM_PAUSED
    fran.resumes()
    assert told(bob.says("Hello."))


def test_somebody_who_facilitates_no_more_holds_no_room(circle: Circle, fran: Somebody, bob: Somebody) -> None:
    fran.role = Role.MEMBER
    assert raises(fran.arrives())
    assert circle.told[1:] == [Unheld(Millis(circle.now + HOUSE.grace))]
    circle.seconds_pass(GRACE)
    assert refusal(bob.says("Hello.")) is Code.ROOM_PAUSED


def test_with_another_facilitator_there_nobody_notices_that_fran_facilitates_no_more(
    circle: Circle, fran: Somebody, gus: Somebody
) -> None:
    gus.arrives()
    fran.role = Role.MEMBER
    assert raises(fran.arrives())
    assert circle.told == [Seated(fran.seated(), again=True), Leads(gus.id)]


# A gentle close.


@pytest.mark.parametrize("how", ["leaves", "is_lost"])
def test_a_paused_room_that_nobody_holds_ends_gently(circle: Circle, fran: Somebody, bob: Somebody, how: str) -> None:
    getattr(fran, how)()
    if how == "is_lost":
        circle.seconds_pass(GRACE)
    assert refusal(circle.seconds_pass(ENDS_AFTER - MOMENT)) is Code.ALREADY_SO
    assert raises(circle.seconds_pass(MOMENT))
    assert circle.told == [Closed(Millis(circle.now))]


def test_a_paused_room_that_somebody_holds_does_not_end(circle: Circle, fran: Somebody) -> None:
    fran.pauses()
    assert refusal(circle.seconds_pass(3600)) is Code.ALREADY_SO


@pytest.mark.parametrize("how", ["leaves", "is_lost"])
@pytest.mark.parametrize("by", list(PausedBy))
def test_after_a_long_pause_the_last_facilitators_going_still_leaves_a_quarter_of_an_hour(
    by: PausedBy, how: str
) -> None:
    circle = Circle(paused=by)
    fran = Somebody(circle, "Fran", Role.FACILITATOR)
    fran.arrives()
    circle.seconds_pass(3600)
    getattr(fran, how)()
    assert circle.room.condition.paused is by
    assert refusal(circle.seconds_pass(ENDS_AFTER - MOMENT)) is Code.ALREADY_SO
    assert told(circle.seconds_pass(MOMENT))
    assert circle.told == [Closed(Millis(circle.now))]


# Hands.


def test_a_hand_goes_up_and_down_and_everyone_sees_since_when(circle: Circle, ann: Somebody) -> None:
    assert not raises(ann.hand(up=True))
    assert circle.told == [Raised(ann.id, Millis(circle.now))]
    assert snapshot(circle.room, ann.id, Millis(circle.now)).people[0].hand_at == circle.now
    assert refusal(ann.hand(up=True)) is Code.ALREADY_SO
    assert not raises(ann.hand(up=False))
    assert circle.told == [Lowered(ann.id)]
    assert refusal(ann.hand(up=False)) is Code.ALREADY_SO


def test_a_hand_is_down_after_one_has_been_away(circle: Circle, ann: Somebody) -> None:
    ann.hand(up=True)
    ann.is_lost()
    ann.arrives()
    assert told(ann.hand(up=True))


# What falls due.


def test_when_a_process_dies_everybody_on_it_is_lost_and_nobody_else(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody
) -> None:
    assert raises(circle.dies("south"))
    assert circle.told == [Left(bob.id, How.LOST, Millis(circle.now))]
    assert [member.id for member in circle.room.seated()] == [ann.id, fran.id]


def test_when_the_last_facilitators_process_dies_the_grace_begins(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody
) -> None:
    circle.dies("north")
    now = Millis(circle.now)
    lost = [Left(ann.id, How.LOST, now), Left(fran.id, How.LOST, now)]
    assert circle.told == [*lost, Unheld(Millis(now + HOUSE.grace))]
    circle.seconds_pass(GRACE)
    assert circle.room.condition.paused is PausedBy.ITSELF


def test_when_a_process_dies_and_another_facilitator_sits_elsewhere_the_room_goes_on(
    circle: Circle, fran: Somebody, gus: Somebody
) -> None:
    gus.arrives("south")
    circle.dies("north")
    assert circle.told == [Left(fran.id, How.LOST, Millis(circle.now)), Leads(gus.id)]


def test_a_process_that_nobody_sat_on_may_die_unnoticed(circle: Circle, fran: Somebody) -> None:
    assert refusal(circle.dies("west")) is Code.ALREADY_SO


def test_whoever_moved_to_another_process_in_time_outlives_the_first(circle: Circle, fran: Somebody) -> None:
    fran.arrives("south")
    assert refusal(circle.dies("north")) is Code.ALREADY_SO


def test_when_a_mute_is_over_it_is_told_also_of_somebody_away(circle: Circle, bob: Somebody, fran: Somebody) -> None:
    fran.mutes(bob, minutes=1)
    bob.leaves()
    assert refusal(circle.seconds_pass(60 - MOMENT)) is Code.ALREADY_SO
    assert raises(circle.seconds_pass(MOMENT))
    assert circle.told == [Unmuted(bob.id)]
    assert bob.place
    assert bob.place.muted_until is None


def test_several_things_due_at_once_are_told_in_one_notice(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody
) -> None:
    fran.mutes(ann, minutes=1)
    fran.mutes(bob, minutes=1)
    fran.is_lost()
    circle.seconds_pass(60)
    assert circle.told == [Paused(PausedBy.ITSELF, Millis(circle.now)), Unmuted(ann.id), Unmuted(bob.id)]


def test_a_room_in_which_nothing_is_coming_needs_no_tick(circle: Circle, fran: Somebody) -> None:
    assert due(circle.room, circle.moment) is None
    fran.pauses()
    assert due(circle.room, circle.moment) is None


def test_the_next_tick_is_for_whatever_comes_first(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody
) -> None:
    began = circle.now
    fran.mutes(ann, minutes=2)
    fran.mutes(bob, minutes=1)
    assert due(circle.room, circle.moment) == began + 60_000
    fran.is_lost()
    assert due(circle.room, circle.moment) == began + HOUSE.grace
    circle.seconds_pass(GRACE)
    assert due(circle.room, circle.moment) == began + 60_000
    circle.seconds_pass(100)
    assert due(circle.room, circle.moment) == began + HOUSE.grace + HOUSE.ends_after


def test_opening_a_room_can_change_any_verdict_in_it(ann: Somebody) -> None:
    assert raises(ann.circle.asks(NOBODY, Open(Epoch(8), {})))
    assert ann.circle.room.seated() == []


def test_somebody_seated_by_the_server_has_the_seat_they_came_with(circle: Circle, ann: Somebody) -> None:
    circle.asks(ann.actor, Arrive((ann.seated("west"),)))
    assert circle.room.seated() == [ann.seated("west")]


def together(circle: Circle, *several: Somebody) -> Decision:
    """They sit down in the same moment, each on a new connection."""
    for one in several:
        one.seats += 1
    return circle.asks(NOBODY, Arrive(tuple(one.seated() for one in several)))


def test_whoever_comes_in_the_same_moment_is_told_in_one_notice(circle: Circle, ann: Somebody, bob: Somebody) -> None:
    ann.is_lost()
    bob.leaves()
    before = circle.room.sequence
    assert told(together(circle, ann, bob))
    assert circle.room.sequence == before + 1
    assert (ann.here, bob.here) == (True, True)


def test_somebody_removed_is_left_out_of_those_who_come(
    circle: Circle, ann: Somebody, bob: Somebody, fran: Somebody
) -> None:
    fran.removes(bob)
    ann.leaves()
    assert told(together(circle, ann, bob))
    assert (ann.here, bob.here) == (True, False)
    assert refusal(together(circle, bob)) == Code.REMOVED


def test_facilitators_who_come_back_together_as_members_hold_the_room_no_more(
    circle: Circle, fran: Somebody, gus: Somebody, ann: Somebody
) -> None:
    gus.arrives()
    fran.role = gus.role = Role.MEMBER
    decision = together(circle, ann, fran)
    assert raises(decision)
    assert circle.room.condition.unheld_until is None
    fran.role = Role.FACILITATOR
    together(circle, fran)
    fran.role = Role.MEMBER
    assert raises(together(circle, ann, fran, gus))
    assert circle.room.condition.unheld_until == circle.now + HOUSE.grace


def test_one_who_comes_to_hold_it_is_enough_when_the_others_do_not_any_more(
    circle: Circle, fran: Somebody, gus: Somebody
) -> None:
    gus.leaves()
    fran.role = Role.MEMBER
    together(circle, fran, gus)
    assert circle.room.condition.unheld_until is None
