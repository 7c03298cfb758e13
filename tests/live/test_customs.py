"""The customs of a group hold in its room, on every process, also when the room's memory is lost."""

import pytest
from msgspec.structs import replace

from chat.core.customs import DROP_IN
from chat.core.wire import Role
from chat.live.closing import Closing
from tests.cast import Person
from tests.installation import Installation

THREE = replace(DROP_IN, cap=3)
DROP = {"waiting": False, "door": 0}


@pytest.fixture
async def small(circle: Installation) -> list[Person]:
    """A group of three in its room, which is full."""
    await circle.begins(THREE)
    fran = await (await circle.person("Fran", Role.FACILITATOR, 0)).enters()
    return [fran, *[await (await circle.person(name, Role.MEMBER, 1)).enters() for name in ("Ann", "Bob")]]


async def knocks(circle: Installation, name: str) -> Person:
    """Somebody more comes to the door."""
    return await (await circle.person(name, Role.MEMBER, 1)).connects()


async def test_a_room_has_as_many_places_as_its_group_has_chosen(circle: Installation, small: list[Person]) -> None:
    fran, ann, _ = small
    assert ann.room["customs"] == {**DROP, "cap": 3}
    assert (await (await knocks(circle, "Cem")).is_closed()) == Closing.FULL
    await fran.does("adopt", customs={**DROP, "cap": 4})
    await ann.hears("adopted", customs={**DROP, "cap": 4})
    assert await (await knocks(circle, "Dot")).hears("room")


async def test_a_room_whose_memory_was_lost_keeps_what_was_changed_in_it(
    circle: Installation, small: list[Person]
) -> None:
    fran, ann, _ = small
    await fran.does("adopt", customs={**DROP, "cap": 4})
    await ann.hears("adopted")
    await circle.redis.flushdb()
    await circle.breaks_subscriptions()
    assert (await ann.hears("room"))["customs"] == {**DROP, "cap": 4}


async def test_a_room_that_nobody_remembers_begins_again_as_its_group_has_it(
    circle: Installation, small: list[Person]
) -> None:
    for one in small:
        await one.goes()
    await circle.redis.flushdb()
    fran = small[0]
    assert (await (await circle.browser("Fran", fran.member, 0, fran.cookie).connects()).hears("room"))["customs"] == {
        **DROP,
        "cap": 3,
    }
