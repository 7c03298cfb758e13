"""“Nothing is lost silently: every message accepted reaches everybody present or they are told that something is
missing. Nothing appears twice; all see the same order.”

With subscriptions, memory and pulse of Redis taken away: tests/live/test_hub.py. With processes killed: tests/faults.
"""

import asyncio

from msgspec.structs import replace

from chat.core.ids import Epoch, Number
from chat.live.catching_up import spoken_since
from tests.cast import Person
from tests.installation import Installation


def messages(person: Person) -> list[int]:
    """The numbers of what somebody was told, in the order they were told it."""
    return [frame["n"] for frame in person.history if frame["type"] in ("said", "announced")]


async def test_everybody_hears_everything_once_and_in_the_same_order(ann: Person, bob: Person, fran: Person) -> None:
    people = (ann, bob, fran)
    for turn in range(15):
        for person in people:
            await person.asks("say", text=f"{person.name} {turn}")
    for person in people:
        await person.is_answered()
    accepted = sorted(f["n"] for p in people for f in p.history if f["type"] == "accepted")
    assert accepted == list(range(1, len(accepted) + 1))
    await asyncio.sleep(0.2)
    for person in people:
        assert messages(person) == accepted
    assert len({tuple(f["text"] for f in p.history if f["type"] == "said") for p in people}) == 1


async def test_ones_own_words_keep_their_order(ann: Person, bob: Person) -> None:
    for turn in range(15):
        await ann.asks("say", text=str(turn))
    await bob.hears("said", text="14")
    assert [frame["text"] for frame in bob.history if frame["type"] == "said"] == [str(turn) for turn in range(15)]


async def test_a_message_sent_again_appears_once(ann: Person, bob: Person) -> None:
    refs = [await ann.asks("say", text=f"word {turn}") for turn in range(5)]
    await ann.is_answered()
    ann.vanishes()
    await bob.hears("left", member=ann.member)
    await ann.enters(resume=True)
    for turn, ref in enumerate(refs):
        await ann.asks("say", ref=ref, text=f"word {turn}")
    await ann.says("and on")
    await bob.hears("said", text="and on")
    assert messages(bob) == [1, 2, 3, 4, 5, 6]
    assert messages(ann) == [1, 2, 3, 4, 5, 6]


async def test_a_message_sent_again_by_a_page_whose_person_was_at_another_device_meanwhile_appears_once(
    circle: Installation, ann: Person, bob: Person
) -> None:
    """Her phone lost its connection before it had its answer; at her desk she came as far as it had."""
    ref = await ann.asks("say", ref="phone-7", text="once")
    await bob.hears("said", text="once")
    ann.vanishes()
    await bob.hears("left", member=ann.member)
    desk = await circle.browser("Ann", ann.member, 1, ann.cookie).enters()
    await desk.says("from my desk", ref="desk-7")
    await desk.goes()
    await bob.hears("left", member=ann.member)
    ann.frames.clear()
    await ann.enters(resume=True)
    assert (await ann.answer_to("say", ref=ref, text="once"))["n"] == 1
    await ann.says("and on")
    await bob.hears("said", text="and on")
    assert [frame["text"] for frame in bob.history if frame["type"] == "said"] == ["once", "from my desk", "and on"]


async def test_what_was_said_while_somebody_was_away_is_there_when_they_are_back(ann: Person, bob: Person) -> None:
    for turn in range(4):
        bob.vanishes()
        await ann.hears("left", member=bob.member)
        await ann.says(f"word {turn}")
        await bob.enters(resume=True)
        await ann.hears("arrived")
    await ann.says("together")
    await bob.hears("said", text="together")
    assert messages(bob) == [1, 2, 3, 4, 5]
    assert not bob.missed


async def test_what_is_said_while_somebody_comes_back_is_neither_lost_nor_doubled(ann: Person, bob: Person) -> None:
    for turn in range(16):
        await ann.asks("say", text=f"word {turn}")
        if turn in (5, 12):
            bob.vanishes()
        if turn in (8, 15):
            await bob.connects(claims=f"?epoch={bob.room['epoch']}&after={bob.last}")
    await ann.is_answered()
    await ann.says("last")
    await bob.hears("said", text="last")
    heard = messages(bob)
    assert heard == sorted(set(heard))
    assert len(heard) == 17
    assert not bob.missed


async def comes_back_to_two_of_three(circle: Installation, ann: Person, bob: Person) -> None:
    """Ann says three words while Bob is away, of which the first waits no longer."""
    bob.vanishes()
    await ann.hears("left", member=bob.member)
    for turn in range(3):
        await ann.says(f"word {turn}")
    first, *_ = await circle.ring()
    await circle.redis.delete(first)
    await bob.enters(resume=True)


async def test_what_waits_no_longer_is_said_to_be_missing_and_how_much(
    circle: Installation, ann: Person, bob: Person
) -> None:
    await comes_back_to_two_of_three(circle, ann, bob)
    assert bob.room["missed"] == 1
    await bob.hears("said", n=2)
    await bob.hears("said", n=3)


async def test_whose_line_breaks_amid_what_is_told_again_knows_already_that_something_is_missing(
    circle: Installation, ann: Person, bob: Person
) -> None:
    await comes_back_to_two_of_three(circle, ann, bob)
    await bob.hears("said", n=2)
    told = [frame["type"] for frame in bob.history]
    del bob.history[told.index("said") + 1 :]  # nothing behind this message reaches his page
    bob.vanishes()
    await ann.hears("left", member=bob.member)
    await bob.connects(claims=f"?epoch={bob.room['epoch']}&after=2")
    await bob.hears("said", n=3)
    await ann.says("and on", before=bob)
    assert bob.missed == [1]


async def test_a_page_that_remembers_another_epoch_is_told_that_something_may_be_missing(
    ann: Person, bob: Person
) -> None:
    await ann.says("word")
    await bob.hears("said")
    bob.vanishes()
    await ann.hears("left", member=bob.member)
    await bob.connects(claims="?epoch=1&after=7")
    room = await bob.hears("room")
    assert "replay" not in room
    assert room["missed"] is None


async def test_another_epochs_messages_under_the_same_numbers_are_not_taken_for_those_that_were_missed(
    circle: Installation, ann: Person, bob: Person
) -> None:
    """A room may be mended by another process between looking at it and reading what waits."""
    await ann.says("one")
    await bob.hears("said")
    table, bus = circle.table(0), circle.lives[0].rooms.bus
    assert len(await spoken_since(bus, table.envelope, table.room, Number(0))) == 1
    before = replace(table.room, epoch=Epoch(table.room.epoch + 1))
    assert await spoken_since(bus, table.envelope, before, Number(0)) == []
