"""Who may speak: floors, rounds with the right to pass, and a queue of hands."""

import pytest

from chat.core.commands.attending import due
from chat.core.customs import Customs
from chat.core.decision import Tick
from chat.core.errors import Code
from chat.core.ids import MemberId
from chat.core.wire import FloorKind, Lowered, Phase, Role, Turned
from tests.core.circle import HOUSE, NOBODY, Circle, Somebody, refusal, told

ROUND, QUEUE, OPEN = FloorKind.ROUND, FloorKind.QUEUE, FloorKind.OPEN


@pytest.fixture
def cem(circle: Circle) -> Somebody:
    """Takes part, and is here."""
    somebody = Somebody(circle, "Cem", Role.MEMBER)
    somebody.arrives()
    return somebody


@pytest.fixture
def members(ann: Somebody, bob: Somebody, cem: Somebody) -> dict[MemberId, Somebody]:
    """Those who take part."""
    return {one.id: one for one in (ann, bob, cem)}


def speaker(circle: Circle, members: dict[MemberId, Somebody]) -> Somebody:
    """Whose turn it is."""
    assert circle.floor.turn is not None
    return members[circle.floor.turn]


def others(circle: Circle, members: dict[MemberId, Somebody]) -> list[Somebody]:
    """Everybody else who takes part."""
    return [one for who, one in members.items() if who != circle.floor.turn]


def test_in_a_round_one_person_speaks_and_the_others_wait(
    circle: Circle, fran: Somebody, members: dict[MemberId, Somebody]
) -> None:
    assert told(fran.sets_the_floor(ROUND))
    now = speaker(circle, members)
    assert told(now.says("One."))
    assert told(now.says("And another."))
    for other in others(circle, members):
        assert refusal(other.says("But...")) is Code.NOT_YOUR_TURN
    assert refusal(fran.says("Let me just...")) is Code.NOT_YOUR_TURN
    assert told(fran.announces("We have all the time."))


def test_everybody_gets_one_turn_and_then_the_facilitators_have_the_floor(
    circle: Circle, fran: Somebody, members: dict[MemberId, Somebody]
) -> None:
    fran.sets_the_floor(ROUND)
    heard = []
    while circle.floor.kind is ROUND:
        heard.append(circle.floor.turn)
        assert told(speaker(circle, members).is_done())
    assert sorted(map(str, heard)) == ["ann", "bob", "cem"]
    assert circle.floor.kind is FloorKind.FACILITATORS
    assert refusal(members[MemberId("ann")].says("One more thing.")) is Code.FACILITATORS_SPEAK
    assert told(fran.says("Thank you all."))


def test_the_order_is_drawn_by_lot(circle: Circle, fran: Somebody, members: dict[MemberId, Somebody]) -> None:
    orders = set()
    for lot in range(6):
        circle.lot = lot
        fran.sets_the_floor(ROUND)
        orders.add((circle.floor.turn, *circle.floor.order))
    assert len(orders) == 6, "three people can stand in six orders, each as likely as any other"


def test_passing_needs_no_reason_and_no_turn(circle: Circle, fran: Somebody, members: dict[MemberId, Somebody]) -> None:
    fran.sets_the_floor(ROUND)
    now, (one, last) = speaker(circle, members), others(circle, members)
    assert told(one.passes())
    assert one.id in circle.floor.passed
    assert one.id not in circle.floor.order
    assert told(now.passes())
    assert circle.floor.turn == last.id
    assert refusal(one.passes()) is Code.NO_ROUND
    assert refusal(one.says("I passed.")) is Code.NOT_YOUR_TURN


def test_later_puts_somebody_last_once(circle: Circle, fran: Somebody, members: dict[MemberId, Somebody]) -> None:
    fran.sets_the_floor(ROUND)
    now = speaker(circle, members)
    assert told(now.comes_later())
    assert circle.floor.order[-1] == now.id
    for _ in range(2):
        speaker(circle, members).is_done()
    assert circle.floor.turn == now.id
    assert refusal(now.comes_later()) is Code.ALREADY_SO
    assert told(now.passes())


def test_who_comes_late_to_a_round_comes_last_in_it(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    fran.sets_the_floor(ROUND)
    late = Somebody(circle, "Late", Role.MEMBER)
    late.arrives()
    assert circle.floor.order[-1] == late.id


def test_whoever_just_listens_is_never_called_on(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody, cem: Somebody
) -> None:
    assert told(cem.listens())
    assert refusal(cem.says("Hm.")) is Code.LISTENING
    fran.sets_the_floor(ROUND)
    assert cem.id not in (circle.floor.turn, *circle.floor.order)
    assert refusal(fran.gives_the_floor(cem)) is Code.NO_SUCH_MEMBER
    assert told(cem.takes_part())
    assert circle.floor.order[-1] == cem.id
    assert told(cem.listens())
    assert cem.id not in circle.floor.order


def test_the_turn_of_a_lost_connection_waits_and_is_then_offered_later(
    circle: Circle, fran: Somebody, members: dict[MemberId, Somebody]
) -> None:
    fran.sets_the_floor(ROUND)
    now = speaker(circle, members)
    now.is_lost()
    assert circle.floor.turn == now.id
    circle.seconds_pass(HOUSE.keeps_turn / 1000 - 1)
    assert circle.floor.turn == now.id
    circle.seconds_pass(1)
    assert circle.floor.turn != now.id
    assert circle.floor.order[-1] == now.id
    now.arrives()
    while circle.floor.turn != now.id:
        speaker(circle, members).is_done()
    assert told(now.says("Here I am again."))


def test_who_is_back_in_time_goes_on_with_their_turn(
    circle: Circle, fran: Somebody, members: dict[MemberId, Somebody]
) -> None:
    fran.sets_the_floor(ROUND)
    now = speaker(circle, members)
    now.is_lost()
    circle.seconds_pass(10)
    now.arrives()
    assert circle.floor.kept_until is None
    circle.seconds_pass(60)
    assert circle.floor.turn == now.id
    assert told(now.says("As I was saying."))


@pytest.mark.parametrize("how", ["leaves", "is removed", "is muted", "listens"])
def test_a_turn_is_never_with_somebody_who_cannot_take_it(
    circle: Circle, fran: Somebody, members: dict[MemberId, Somebody], how: str
) -> None:
    fran.sets_the_floor(ROUND)
    now = speaker(circle, members)
    match how:
        case "leaves":
            now.leaves()
        case "is removed":
            fran.removes(now)
        case "is muted":
            fran.mutes(now)
        case "listens":
            now.listens()
    assert circle.floor.turn in members
    assert circle.floor.turn != now.id
    assert now.id not in circle.floor.order


def test_the_turn_is_where_it_was_after_a_pause(
    circle: Circle, fran: Somebody, members: dict[MemberId, Somebody]
) -> None:
    fran.sets_the_floor(ROUND)
    now, until = circle.floor.turn, circle.floor.until
    fran.is_lost()
    circle.seconds_pass(HOUSE.grace / 1000)
    assert circle.room.condition.paused
    members[MemberId("ann")].is_lost()
    circle.seconds_pass(50)
    assert circle.floor.turn == now
    members[MemberId("ann")].arrives()
    fran.arrives()
    fran.resumes()
    assert circle.floor.turn == now
    assert (until, circle.floor.until) == (until, (until or 0) + 50_000), "a pause takes nothing from a turn"


@pytest.mark.parametrize("again", ["is lost", "leaves", "pauses too"])
def test_a_pause_within_a_pause_takes_nothing_from_a_turn_a_phase_or_the_door(
    circle: Circle, fran: Somebody, members: dict[MemberId, Somebody], again: str
) -> None:
    fran.adopts(Customs(door=5))
    fran.begins(Phase("Sharing", minutes=10, floor=ROUND), starts=True)
    before = circle.room.condition
    if again == "pauses too":
        circle.asks(NOBODY, Tick(unrecorded=True))
    else:
        fran.pauses()
    circle.seconds_pass(600)
    match again:
        case "is lost":
            fran.is_lost()
        case "leaves":
            fran.leaves()
        case _:
            fran.pauses()
    circle.seconds_pass(60)
    fran.arrives()
    fran.resumes()
    after = circle.room.condition
    assert before.floor.until
    assert before.begun
    assert before.begun.until
    assert before.door.closes_at
    assert after.floor.until == before.floor.until + 660_000
    assert after.begun
    assert after.begun.until == before.begun.until + 660_000
    assert after.door.closes_at == before.door.closes_at + 660_000


def test_in_a_queue_hands_are_served_in_order_and_go_down_by_themselves(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    fran.sets_the_floor(QUEUE)
    assert refusal(ann.says("May I?")) is Code.NOT_YOUR_TURN
    assert refusal(fran.gives_the_floor()) is Code.NOBODY_NEXT
    bob.hand(True)
    circle.seconds_pass(1)
    ann.hand(True)
    assert told(fran.gives_the_floor())
    assert circle.floor.turn == bob.id
    assert circle.told[0] == Lowered(bob.id)
    assert told(bob.says("Thank you."))
    assert told(bob.is_done())
    assert circle.floor.turn is None
    assert told(fran.gives_the_floor())
    assert circle.floor.turn == ann.id
    assert told(fran.gives_the_floor())
    assert circle.floor.turn is None


def test_a_facilitator_can_end_lengthen_and_reorder_turns(
    circle: Circle, fran: Somebody, members: dict[MemberId, Somebody]
) -> None:
    fran.sets_the_floor(ROUND)
    until, last = circle.floor.until or 0, circle.floor.order[-1]
    assert told(fran.extends(2))
    assert circle.floor.until == until + 120_000
    assert told(fran.moves(members[last], 0))
    assert told(fran.gives_the_floor())
    assert circle.floor.turn == last
    assert told(fran.moves(fran, 0)), "a facilitator takes a turn by bringing themselves in"
    assert circle.floor.order[0] == fran.id


def test_a_quiet_moment_is_quiet_for_all(circle: Circle, fran: Somebody, ann: Somebody) -> None:
    assert told(fran.sets_the_floor(FloorKind.QUIET))
    assert refusal(ann.says("...")) is Code.QUIET_NOW
    assert refusal(fran.says("...")) is Code.QUIET_NOW
    assert told(fran.sets_the_floor(OPEN))
    assert told(ann.says("That was good."))


def test_members_cannot_give_the_floor(fran: Somebody, ann: Somebody, bob: Somebody) -> None:
    assert refusal(ann.sets_the_floor(ROUND)) is Code.NOT_ALLOWED
    assert refusal(ann.gives_the_floor(bob)) is Code.NOT_ALLOWED
    assert refusal(ann.extends(5)) is Code.NOT_ALLOWED


def test_every_change_of_the_floor_is_told_to_everybody(circle: Circle, fran: Somebody, ann: Somebody) -> None:
    fran.sets_the_floor(ROUND)
    assert circle.told == [Turned(circle.floor)]
    assert circle.room.revision > 0


def test_a_turn_that_is_over_goes_on_until_the_speaker_is_done(
    circle: Circle, fran: Somebody, members: dict[MemberId, Somebody]
) -> None:
    fran.sets_the_floor(ROUND)
    before = circle.floor
    circle.seconds_pass(HOUSE.turn / 1000 + 60)
    assert circle.floor == before


def test_only_where_the_group_chose_it_a_turn_ends_by_itself(
    circle: Circle, fran: Somebody, members: dict[MemberId, Somebody]
) -> None:
    fran.adopts(Customs(turn=2, cuts_off=True))
    fran.sets_the_floor(ROUND)
    before = circle.floor
    assert before.until == circle.now + 120_000
    assert due(circle.room, circle.moment) == before.until
    circle.seconds_pass(119)
    assert circle.floor == before
    circle.seconds_pass(1)
    assert circle.floor.had == (before.turn,)
    assert circle.floor.turn == before.order[0]


def test_more_time_is_given_there_too_and_a_pause_takes_none(
    circle: Circle, fran: Somebody, members: dict[MemberId, Somebody]
) -> None:
    fran.adopts(Customs(turn=2, cuts_off=True))
    fran.sets_the_floor(ROUND)
    speaking = circle.floor.turn
    fran.extends(1)
    circle.seconds_pass(150)
    fran.pauses()
    circle.seconds_pass(600)
    assert circle.floor.turn == speaking
    fran.resumes()
    circle.seconds_pass(29)
    assert circle.floor.turn == speaking
    circle.seconds_pass(1)
    assert circle.floor.turn != speaking


def test_in_a_queue_a_turn_ends_by_itself_and_the_next_one_is_given(
    circle: Circle, fran: Somebody, members: dict[MemberId, Somebody]
) -> None:
    fran.adopts(Customs(turn=1, cuts_off=True))
    fran.sets_the_floor(QUEUE)
    fran.gives_the_floor(members[MemberId("ann")])
    circle.seconds_pass(60)
    assert circle.floor.turn is None
