"""How a group does things: put into its room at the start, changed there for one meeting, and seen by everybody."""

import msgspec
import pytest
from msgspec.structs import replace

from chat.core.customs import DROP_IN, Customs
from chat.core.decision import Open
from chat.core.errors import Code
from chat.core.ids import Epoch, MemberId
from chat.core.room import Condition, snapshot
from chat.core.wire import Adopted, PausedBy
from tests.core.circle import NOBODY, Circle, Somebody, refusal, told

FEW = replace(DROP_IN, cap=5)


def test_a_room_opens_with_its_groups_customs(circle: Circle) -> None:
    circle.asks(NOBODY, Open(Epoch(8), {}, PausedBy.MENDING, Condition(customs=FEW)))
    assert circle.room.condition.customs == FEW


def test_a_facilitator_changes_them_for_everybody(circle: Circle, fran: Somebody, ann: Somebody) -> None:
    revision = circle.room.revision
    assert told(fran.adopts(FEW))
    assert circle.seen_by(ann.id) == [Adopted(FEW)]
    assert circle.room.revision == revision + 1, "what somebody asked for under other customs is judged again"
    assert snapshot(circle.room, MemberId("ann"), circle.moment.now).customs == FEW
    assert refusal(fran.adopts(FEW)) is Code.ALREADY_SO


def test_a_member_does_not(circle: Circle, fran: Somebody, ann: Somebody) -> None:
    assert refusal(ann.adopts(FEW)) is Code.NOT_ALLOWED


def test_a_pause_changes_nothing_about_them(circle: Circle, fran: Somebody) -> None:
    fran.adopts(FEW)
    fran.pauses()
    fran.resumes()
    assert circle.room.condition.customs == FEW


@pytest.mark.parametrize("cap", [2, 1001, "many"])
def test_a_room_for_two_or_for_a_town_is_no_room(cap: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"cap": cap}, Customs)
