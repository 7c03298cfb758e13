"""A meeting has parts, and somebody leads it."""

import pytest

from chat.core.errors import Code
from chat.core.ids import Millis
from chat.core.wire import PHASE_NAME_MAX, PROMPT_MAX, Begun, FloorKind, Leads, Phase
from tests.core.circle import HOUSE, Circle, Somebody, refusal, told

CHECK_IN = Phase("Check-in", 15, "How are you here tonight?", FloorKind.ROUND)


def test_a_phase_brings_its_prompt_its_time_and_its_floor(circle: Circle, fran: Somebody, ann: Somebody) -> None:
    assert told(fran.begins(CHECK_IN))
    assert circle.room.condition.begun == Begun(CHECK_IN, circle.moment.now, Millis(circle.now + 15 * 60_000))
    assert circle.floor.kind is FloorKind.ROUND
    assert circle.floor.turn == ann.id


def test_a_phase_without_minutes_has_no_end(circle: Circle, fran: Somebody) -> None:
    fran.begins(Phase("Goodbye"))
    begun = circle.room.condition.begun
    assert begun is not None
    assert begun.until is None


def test_a_pause_takes_no_time_from_a_phase(circle: Circle, fran: Somebody, ann: Somebody) -> None:
    fran.begins(CHECK_IN)
    before = circle.room.condition.begun
    fran.pauses()
    circle.seconds_pass(60)
    assert circle.room.condition.begun == before
    fran.resumes()
    after = circle.room.condition.begun
    assert before is not None and before.until is not None  # noqa: PT018
    assert after is not None
    assert after.until == before.until + 60_000


@pytest.mark.parametrize(
    ("phase", "code"),
    [
        (Phase("  "), Code.EMPTY),
        (Phase("x" * (PHASE_NAME_MAX + 1)), Code.TOO_LONG),
        (Phase("Sharing", prompt="x" * (PROMPT_MAX + 1)), Code.TOO_LONG),
    ],
    ids=["no name", "a long name", "a long prompt"],
)
def test_an_unfit_phase_is_refused(fran: Somebody, phase: Phase, code: Code) -> None:
    assert refusal(fran.begins(phase)) is code


def test_what_a_phase_says_never_shows_itself() -> None:
    assert "tonight" not in repr(CHECK_IN)
    assert "Check" not in repr(CHECK_IN)


def test_the_first_facilitator_to_come_leads_and_can_hand_over(circle: Circle, fran: Somebody, gus: Somebody) -> None:
    assert circle.room.condition.lead == fran.id
    gus.arrives()
    assert circle.room.condition.lead == fran.id
    assert told(fran.hands_over_to(gus))
    assert circle.told == [Leads(gus.id)]
    assert refusal(gus.hands_over_to(gus)) is Code.ALREADY_SO
    assert told(fran.hands_over_to(fran)), "and takes it back by one press"


def test_a_member_leads_nothing(fran: Somebody, ann: Somebody) -> None:
    assert refusal(ann.hands_over_to(ann)) is Code.NOT_ALLOWED
    assert refusal(fran.hands_over_to(ann)) is Code.NO_SUCH_MEMBER


def test_when_the_leader_is_lost_a_facilitator_who_is_here_leads_on(
    circle: Circle, fran: Somebody, gus: Somebody
) -> None:
    gus.arrives()
    fran.is_lost()
    assert circle.room.condition.lead == gus.id
    circle.seconds_pass(HOUSE.grace / 1000)
    assert circle.room.condition.paused is None


def test_who_comes_back_to_a_room_nobody_else_held_leads_still(circle: Circle, fran: Somebody, ann: Somebody) -> None:
    fran.is_lost()
    circle.seconds_pass(HOUSE.grace / 1000)
    fran.arrives()
    assert circle.room.condition.lead == fran.id
    assert Leads(fran.id) not in circle.told
