"""What an act wrote down before it was done is withdrawn if it is refused: that, and nothing of another act's."""

import secrets

from chat.core.ids import Millis
from chat.core.wire import Act, Reason
from chat.live.keeping import Entry
from chat.records.keys import now
from tests.cast import Person
from tests.installation import Installation


def entry(circle: Installation, act: Act, to: Person, at: int, lasts: int | None = None) -> Entry:
    """An act on somebody at `at`, which lasts so long (ms)."""
    until = None if lasts is None else Millis(at + lasts)
    return Entry(secrets.token_hex(16), circle.room, act, None, Millis(at), to.member, Reason.OTHER, until)


async def muted_until(circle: Installation, person: Person) -> int | None:
    """As whoever mends the room reads it."""
    place = (await circle.keeping.standing(circle.room)).get(person.member)
    return place.muted_until if place else None


async def test_a_second_mute_that_is_refused_leaves_the_first_as_it_was(circle: Installation, ann: Person) -> None:
    first = entry(circle, Act.MUTE, ann, now(), 600_000)
    second = entry(circle, Act.MUTE, ann, now() + 1, 60_000)
    await circle.keeping.before(first)
    await circle.keeping.after(first, True)
    await circle.keeping.before(second)
    await circle.keeping.after(second, False)
    assert await muted_until(circle, ann) == first.until


async def test_a_mute_that_is_refused_leaves_nothing(circle: Installation, ann: Person) -> None:
    only = entry(circle, Act.MUTE, ann, now(), 600_000)
    await circle.keeping.before(only)
    assert await muted_until(circle, ann) == only.until
    await circle.keeping.after(only, False)
    assert await muted_until(circle, ann) is None


async def test_an_unmute_written_down_late_does_not_end_a_mute_that_came_after_it(
    circle: Installation, ann: Person
) -> None:
    unmute = entry(circle, Act.UNMUTE, ann, now())
    mute = entry(circle, Act.MUTE, ann, now() + 1, 600_000)
    await circle.keeping.before(mute)
    await circle.keeping.after(mute, True)
    await circle.keeping.before(unmute)
    await circle.keeping.after(unmute, True)
    assert await muted_until(circle, ann) == mute.until
