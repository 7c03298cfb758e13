"""Somebody's pattern is theirs in one group, and says nothing in another."""

from chat.core.ids import GroupId, MemberId
from chat.live.faces import Faces

ANN, BOB, TUESDAY, FRIDAY = MemberId("ann"), MemberId("bob"), GroupId("tuesday"), GroupId("friday")
HERE = Faces(b"a secret of the tests, 32 bytes long")


def test_ann_has_the_same_pattern_at_every_meeting_of_her_group() -> None:
    assert HERE.of(TUESDAY, ANN) == Faces(b"a secret of the tests, 32 bytes long").of(TUESDAY, ANN)


def test_ann_and_bob_are_told_apart_and_nobody_is_known_in_another_group_or_on_another_server() -> None:
    there = Faces(b"the secret of some other server, too")
    assert len({HERE.of(TUESDAY, ANN), HERE.of(TUESDAY, BOB), HERE.of(FRIDAY, ANN), there.of(TUESDAY, ANN)}) == 4
