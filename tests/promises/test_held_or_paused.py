"""“A room is only as open as it is held: when the last facilitator's connection is lost it pauses by itself,
everywhere, within 35 seconds, however it was lost.”

The real times, with real processes killed, are in tests/faults; here the grace is 0.4 s.
"""

import pytest

from chat.core.decision import House
from chat.core.wire import Role
from chat.live import lease, transport
from chat.live.closing import Closing
from tests.cast import Person
from tests.installation import Installation
from tests.live.test_aside import is_back, step_aside


@pytest.fixture
async def fran(hasty: Installation) -> Person:
    """Facilitates, on the first process."""
    return await (await hasty.person("Fran", Role.FACILITATOR, 0)).enters()


@pytest.fixture
async def bob(hasty: Installation, fran: Person) -> Person:
    """Takes part, on the first process."""
    return await (await hasty.person("Bob", Role.MEMBER, 0)).enters()


@pytest.fixture
async def ann(hasty: Installation, fran: Person) -> Person:
    """Takes part, on the second process."""
    return await (await hasty.person("Ann", Role.MEMBER, 1)).enters()


def test_the_usual_times_add_up_to_at_most_35_seconds() -> None:
    noticed = max(2 * transport.CLOSELY, lease.DEAD_AFTER + lease.EVERY)
    assert noticed + House().grace / 1000 + 2 * lease.EVERY <= 35


async def test_the_last_facilitator_lost_is_told_and_then_the_room_pauses_everywhere(
    ann: Person, bob: Person, fran: Person
) -> None:
    fran.vanishes()
    for person in (ann, bob):
        left = await person.hears("left", member=fran.member, how="lost")
        assert (await person.hears("unheld"))["until"] == left["at"] + 400
        await person.hears("paused", by="itself")
        assert (await person.is_refused("say", text="anybody?"))["code"] == "room-paused"


async def test_a_facilitator_whose_network_swallows_everything_is_lost_too(
    hasty: Installation, ann: Person, fran: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "CLOSELY", 0.2)
    gus = await (await hasty.person("Gus", Role.FACILITATOR, 1)).enters()
    await fran.meets(gus)
    await fran.asks("leave")
    await ann.hears("left", member=fran.member)
    assert not ann.heard("paused")
    gus.goes_silent()
    await ann.hears("left", member=gus.member, how="lost")
    await ann.hears("paused", by="itself")


async def test_a_facilitator_back_within_the_grace_goes_on_holding_the_room(ann: Person, fran: Person) -> None:
    fran.vanishes()
    await ann.hears("unheld")
    await fran.enters(resume=True)
    await ann.hears("arrived")
    assert "unheld_until" not in fran.room
    await ann.stays_without("paused", 1.8)
    await ann.says("good that you are back")


@pytest.mark.parametrize("going", ["leave", "sign out"])
async def test_a_facilitator_who_chooses_to_go_pauses_the_room_at_once(
    hasty: Installation, ann: Person, bob: Person, fran: Person, going: str
) -> None:
    if going == "leave":
        await fran.asks("leave")
    else:
        await hasty.signs_out(fran)
    for person in (ann, bob):
        await person.hears("left", member=fran.member, how="left")
        await person.hears("paused", by="itself")
        assert "unheld" not in [frame["type"] for frame in person.history]


async def test_a_room_that_another_facilitator_holds_goes_on(hasty: Installation, ann: Person, fran: Person) -> None:
    await fran.meets(await (await hasty.person("Gus", Role.FACILITATOR, 1)).enters())
    fran.vanishes()
    await ann.hears("left", member=fran.member)
    await ann.stays_without("unheld", 1.8)
    await ann.says("gus is here")


async def test_only_a_facilitators_press_opens_the_room_again(ann: Person, fran: Person) -> None:
    await fran.asks("leave")
    await ann.hears("paused")
    assert await fran.is_closed() == Closing.LEFT
    await fran.enters()
    assert fran.room["paused"] == "itself"
    assert (await ann.is_refused("say", text="may we?"))["code"] == "room-paused"
    assert (await ann.is_refused("resume"))["code"] == "not-allowed"
    await fran.does("resume")
    await ann.says("we may")


async def test_a_room_that_no_facilitator_ever_entered_is_not_open(hasty: Installation) -> None:
    await hasty.begins()
    ann = await (await hasty.person("Ann", Role.MEMBER, 1)).enters()
    assert "unheld_until" in ann.room
    await ann.hears("paused", by="itself")
    assert (await ann.is_refused("say", text="anybody?"))["code"] == "room-paused"


async def test_a_facilitator_replaced_by_another_page_of_theirs_is_not_lost(
    hasty: Installation, ann: Person, fran: Person
) -> None:
    await hasty.browser("Fran", fran.member, 1, fran.cookie).enters()
    assert await fran.is_closed() == Closing.REPLACED
    await ann.stays_without("unheld", 1.8)
    await ann.says("still held")


async def test_a_side_room_is_held_or_paused_too_and_its_member_can_go_back(
    hasty: Installation, ann: Person, bob: Person, fran: Person
) -> None:
    gus = await (await hasty.person("Gus", Role.FACILITATOR, 1)).enters()
    await fran.meets(gus)
    fran_aside, ann_aside, _ = await step_aside(hasty, fran, ann)
    fran_aside.vanishes()
    await ann_aside.hears("unheld")
    await ann_aside.hears("paused", by="itself")
    assert (await ann_aside.is_refused("say", text="are you there?"))["code"] == "room-paused"
    assert not bob.heard("paused"), "the group is held by Gus"
    await is_back(ann)
    await ann.says("back with you")
    await gus.hears("said", text="back with you")
