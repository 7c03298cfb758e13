"""“By default nothing is kept: a late joiner sees nothing earlier; when the meeting closes nothing is left anywhere.
The only text the server holds is sealed, in memory, for at most 60 s, so that a dropped connection of somebody who was
present catches up, and drafts held for a facilitator, sealed, at most 10 minutes. A group may opt in to keep messages
for a stated time; that is shown to all and needs everybody's fresh consent.”
"""

import asyncio

import pytest
from sqlalchemy import select

from chat.core.wire import Role
from chat.live.closing import Closing
from chat.live.table import RING_GONE
from chat.records.tables import meetings
from tests.cast import Person
from tests.faults.link import Link
from tests.installation import Installation

SINGLE_KEYS = ("state", "places", "seated", "authors", "refs", "ring")


async def test_a_late_joiner_sees_nothing_earlier(circle: Installation, ann: Person, fran: Person) -> None:
    await ann.says("before dee came")
    dee = await (await circle.person("Dee", Role.MEMBER, 0)).enters()
    await ann.says("now she is here")
    await dee.hears("said")
    assert "replay" not in dee.room
    assert [frame["text"] for frame in dee.history if "text" in frame] == ["now she is here"]


@pytest.mark.parametrize("after", ["0", "-1", "1", "99999999999999999999", "x"])
@pytest.mark.parametrize("epoch", ["right", "0"])
async def test_a_late_joiner_who_claims_to_have_been_here_sees_nothing_earlier(
    circle: Installation, ann: Person, fran: Person, epoch: str, after: str
) -> None:
    for word in ("one", "two", "three"):
        await ann.says(word)
    claim = fran.room["epoch"] if epoch == "right" else epoch
    dee = await circle.person("Dee", Role.MEMBER, 1)
    await dee.connects(claims=f"?epoch={claim}&after={after}")
    await dee.hears("room")
    await ann.says("four")
    await dee.hears("said", text="four")
    assert [frame["text"] for frame in dee.history if "text" in frame] == ["four"]


async def test_somebody_back_within_a_minute_sees_again_what_was_said_since_they_came_and_no_more(
    circle: Installation, ann: Person, fran: Person
) -> None:
    await ann.says("before bob")
    bob = await (await circle.person("Bob", Role.MEMBER, 0)).enters()
    await ann.says("while bob is here")
    bob.vanishes()
    await ann.hears("left", member=bob.member)
    await ann.says("while bob is away")
    again = circle.browser("Bob", bob.member, 1, bob.cookie)
    await again.connects(claims=f"?epoch={bob.room['epoch']}&after=0")
    assert (await again.hears("room"))["replay"] == 2
    await again.hears("said", text="while bob is here")
    await again.hears("said", text="while bob is away")
    assert "before bob" not in [frame.get("text") for frame in again.history]


async def test_somebody_back_sees_only_what_their_page_has_not_seen(ann: Person, bob: Person) -> None:
    await ann.says("seen")
    await bob.hears("said")
    bob.vanishes()
    await ann.hears("left", member=bob.member)
    await ann.says("missed")
    await bob.enters(resume=True)
    assert bob.room["replay"] == 1
    assert (await bob.hears("said"))["text"] == "missed"
    assert not bob.missed


@pytest.mark.parametrize("going", ["leave", "signing out"])
async def test_who_chose_to_go_and_comes_back_sees_nothing_of_before(
    circle: Installation, ann: Person, bob: Person, going: str
) -> None:
    await ann.says("while bob was here")
    await bob.hears("said")
    if going == "leave":
        await bob.asks("leave")
        again = circle.browser("Bob", bob.member, 1, bob.cookie)
    else:
        again = await circle.signs_out(bob)
    await bob.is_closed()
    await ann.says("while bob was out")
    await again.connects(claims=f"?epoch={bob.room['epoch']}&after=0")
    await again.hears("room")
    await ann.says("and now")
    await again.hears("said", text="and now")
    assert [frame["text"] for frame in again.history if "text" in frame] == ["and now"]


async def test_somebody_back_after_more_than_a_minute_sees_nothing_of_before(hasty: Installation) -> None:
    fran = await (await hasty.person("Fran", Role.FACILITATOR, 0)).enters()
    bob = await (await hasty.person("Bob", Role.MEMBER, 1)).enters()
    await fran.says("while bob was here")
    bob.vanishes()
    await fran.hears("left", member=bob.member)
    await asyncio.sleep(0.7)
    await bob.connects(claims=f"?epoch={bob.room['epoch']}&after=0")
    room = await bob.hears("room")
    assert "replay" not in room
    assert room["missed"] == 1


async def test_a_retracted_message_is_in_no_replay(ann: Person, bob: Person, fran: Person) -> None:
    n = await ann.says("taken back by ann")
    m = await ann.says("taken back by fran")
    await ann.says("stays")
    bob.vanishes()
    await ann.hears("left", member=bob.member)
    await ann.does("retract", n=n)
    await fran.does("retract", n=m, reason="hurtful")
    await bob.connects(claims=f"?epoch={bob.room['epoch']}&after=0")
    room = await bob.hears("room")
    assert (room["replay"], room["retracted"]) == (1, [n, m])
    assert (await bob.hears("said"))["text"] == "stays"
    assert not bob.missed


async def test_a_message_that_waits_is_sealed_for_ten_minutes_at_most_and_nothing_of_it_is_elsewhere(
    circle: Installation, ann: Person, fran: Person
) -> None:
    draft = await ann.waits_with("My number is 07700 900123.", note="a number")
    (key,) = [key for key in await circle.redis_keys() if key.endswith(f":{draft}")]
    assert 590_000 < await circle.redis.pttl(key) <= 600_000
    kept = [await circle.redis.dump(key) for key in await circle.redis_keys()]
    assert not [one for one in kept if one and (b"07700" in one or b"a number" in one)]
    await fran.does("hand-back", draft=draft, words="Without the number, please.")
    assert await circle.redis.exists(key) == 0


async def test_a_retracted_message_is_gone_from_redis_at_once(circle: Installation, ann: Person) -> None:
    n = await ann.says("taken back")
    (word,) = await circle.ring()
    await ann.does("retract", n=n)
    assert not await circle.redis.exists(word)
    assert await circle.ring() == []


async def test_a_message_waits_for_at_most_a_minute_however_much_others_talk(
    circle: Installation, ann: Person, bob: Person
) -> None:
    await ann.says("first")
    (first,) = await circle.ring()
    assert 59_000 < await circle.redis.pttl(first) <= 60_000
    for turn in range(5):
        await asyncio.sleep(0.05)
        await bob.says(f"on and on {turn}")
        await ann.does("hand", up=not turn % 2)
    assert await circle.redis.pttl(first) <= 60_000 - 250
    assert sorted(set(await circle.redis_keys()) - set(await circle.ring())) == sorted(
        f"{first.rsplit(':', 2)[0]}:{kind}" for kind in SINGLE_KEYS
    )


@pytest.mark.faults
async def test_a_message_said_61_s_ago_is_nowhere_while_others_keep_talking(
    circle: Installation, ann: Person, bob: Person
) -> None:
    await ann.says("first")
    (first,) = await circle.ring()
    for turn in range(61):
        await asyncio.sleep(1)
        await bob.says(f"on and on {turn}")
    assert not await circle.redis.exists(first)
    # Its name, which is nothing but chance, is struck off the list with those of some others.
    names = await circle.ring()
    assert len(names) - await circle.redis.exists(*names) <= RING_GONE + 1


async def test_what_waits_in_redis_is_sealed(circle: Installation, ann: Person, fran: Person) -> None:
    await ann.says("xylograph")
    await fran.does("mute", member=ann.member, minutes=1, reason="other", words="xylograph")
    for key in await circle.redis_keys():
        whole = await circle.redis.dump(key) or b""
        assert whole
        assert b"xylograph" not in whole
        assert b"Ann" not in whole


async def test_a_closed_meeting_leaves_nothing_in_redis_and_no_secret_in_the_records(
    circle: Installation, ann: Person, fran: Person
) -> None:
    await ann.says("something")
    assert len(await circle.redis_keys()) > 5
    await fran.asks("close")
    for person in (ann, fran):
        await person.hears("closed")
        await person.is_closed()
    assert await circle.redis_keys() == []
    assert await circle.redis.zscore(circle.due_key, circle.room) is None
    async with asyncio.timeout(3):
        while True:
            async with circle.store.reading() as c:
                row = (await c.execute(select(meetings).where(meetings.c.id == circle.room))).one()
            if row.closed_on:
                break
            await asyncio.sleep(0.02)
    assert row.salt is None


async def test_a_meeting_closed_while_redis_is_away_is_over_everywhere_and_leaves_nothing_as_soon_as_it_is_back(
    linked: Installation, link: Link
) -> None:
    """Its salt is erased at once; the other process, which reaches Redis, goes on until it is told."""
    gus = await (await linked.person("Gus", Role.FACILITATOR, 1)).enters()
    ann = await (await linked.person("Ann", Role.MEMBER, 0)).enters()
    await ann.says("something", before=gus)
    link.holding = True
    await gus.hears("interrupted")
    await gus.asks("close")
    assert await gus.is_closed() == Closing.CLOSED
    link.let_go()
    assert await ann.is_closed() == Closing.CLOSED
    async with asyncio.timeout(5):
        while await linked.redis_keys():
            await asyncio.sleep(0.05)
    assert await linked.redis.zscore(linked.due_key, linked.room) is None


async def test_nobody_holding_it_any_more_a_meeting_closes_gently_and_leaves_nothing(hasty: Installation) -> None:
    fran = await (await hasty.person("Fran", Role.FACILITATOR, 0)).enters()
    ann = await (await hasty.person("Ann", Role.MEMBER, 1)).enters()
    await ann.says("something")
    await fran.asks("leave")
    await ann.hears("closed")
    await ann.is_closed()
    assert await hasty.redis_keys() == []
