"""Redis loses connections or its memory, or hangs: nothing is lost silently or doubled, nobody's mute is undone."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator

import pytest

from chat.core.wire import Role
from chat.live.bus.keys import Keys
from chat.live.closing import Closing
from chat.live.house import Live, Plan
from tests.cast import Person
from tests.installation import Installation


def numbers(person: Person) -> list[int]:
    """Of every message this person was told, in the order they were told them."""
    return [frame["n"] for frame in person.history if frame["type"] in ("said", "announced")]


def accepted(person: Person) -> list[int]:
    """Of every message of theirs that went through."""
    return [frame["n"] for frame in person.history if frame["type"] == "accepted" and "n" in frame]


async def test_messages_while_subscriptions_break_reach_everybody_once_and_in_order(
    circle: Installation, ann: Person, bob: Person, fran: Person
) -> None:
    people = (ann, bob, fran)
    for turn in range(30):
        for person in people:
            await person.asks("say", text=f"{person.name} {turn}")
        if turn % 6 == 3:
            await circle.breaks_subscriptions()
        await asyncio.sleep(0.06)
    for person in people:
        await person.is_answered()
    going_through = sorted(n for person in people for n in accepted(person))
    assert len(going_through) > 45
    await asyncio.sleep(0.3)
    for person in people:
        assert numbers(person) == going_through
        assert not person.missed


async def test_the_last_message_before_a_break_is_not_lost(circle: Installation, ann: Person, bob: Person) -> None:
    """The process that listens again takes nothing for granted before every room of its is subscribed to."""
    for turn in range(12):
        await circle.breaks_subscriptions()
        answer = await ann.answer_to("say", text=f"into the break {turn}")
        if answer["type"] == "accepted":
            await bob.hears("said", n=answer["n"])
        else:
            assert answer["code"] == "interrupted"
            await ann.hears("room")


async def test_a_room_is_said_to_be_interrupted_and_goes_on_by_itself(
    circle: Installation, ann: Person, bob: Person
) -> None:
    await circle.breaks_subscriptions()
    for person in (ann, bob):
        await person.hears("interrupted")
        assert "paused" not in await person.hears("room")
    await ann.says("and on")
    await bob.hears("said", text="and on")


async def test_a_gap_that_cannot_be_closed_is_said_and_counted(
    circle: Installation, ann: Person, bob: Person, fran: Person
) -> None:
    await bob.says("before")
    await ann.hears("said")
    table = circle.table(1)
    table.waiting = []  # the second process hears nothing
    for turn in range(3):
        await bob.says(f"lost {turn}")
    for word in await circle.ring():
        await circle.redis.delete(word)
    await bob.says("kept")
    table.waiting = None
    circle.lives[1].rooms.hub.reload_soon(table)
    room = await ann.hears("room")
    assert (room["replay"], room["missed"]) == (1, 3)
    assert (await ann.hears("said"))["text"] == "kept"


async def test_whoever_was_away_while_a_room_was_put_together_again_learns_what_was_taken_back_before(
    circle: Installation, ann: Person, bob: Person, fran: Person
) -> None:
    taken_back, covered = await bob.says("one", before=ann), await bob.says("two", before=ann)
    epoch = ann.room["epoch"]
    ann.vanishes()
    await fran.hears("left")
    await fran.does("retract", n=taken_back, reason="other")
    await fran.does("fold", n=covered, note="grief")
    await circle.redis.flushdb()
    await bob.answer_to("say", text="into nothing")
    await fran.hears("room", paused="mending")
    await ann.enters(resume=True)
    assert ann.room["before"] == [epoch]
    assert taken_back in ann.room["retracted"]
    assert ann.room["folded"] == [covered]


async def test_redis_that_lost_its_memory_is_told_again_and_nobody_escapes(
    circle: Installation, ann: Person, bob: Person, fran: Person, gus: Person
) -> None:
    dee = await (await circle.person("Dee", Role.MEMBER, 1)).enters()
    await fran.does("mute", member=ann.member, minutes=5, reason="other")
    await fran.does("remove", member=dee.member, reason="other")
    n = await bob.says("before")
    await circle.redis.flushdb()

    assert (await bob.answer_to("say", text="into nothing"))["type"] == "refused"

    for person in (ann, bob, fran, gus):
        room = await person.hears("room")
        assert (room["paused"], room["n"], room["missed"]) == ("mending", n, None)
        assert len(room["people"]) == 4
    await gus.does("resume")
    assert (await ann.is_refused("say", text="am I free?"))["code"] == "muted"
    assert await (await circle.browser("Dee", dee.member, 0, dee.cookie).connects()).is_closed() == Closing.REMOVED
    assert await bob.says("and on") == n + 1
    await ann.hears("said", text="and on")


async def test_of_two_processes_the_one_that_knows_more_has_the_last_word(
    circle: Installation, ann: Person, bob: Person, fran: Person
) -> None:
    behind = circle.table(1)
    behind.waiting = []  # the second process hears nothing of what is said now
    for turn in range(3):
        await bob.says(f"word {turn}")
    await circle.redis.flushdb()
    behind.waiting = None
    circle.lives[1].rooms.hub.reload_soon(behind)  # and is the first to see that Redis has lost its memory
    await ann.hears("room")
    await bob.answer_to("say", text="into nothing")
    await bob.hears("room")
    await fran.does("resume")
    assert await fran.says("and on") == 4
    await ann.hears("said", text="and on")


async def test_nobody_is_sent_away_for_good_by_a_process_that_remembers_their_last_seat(
    circle: Installation, ann: Person, fran: Person
) -> None:
    """Redis dies; the first to put the room together again has not heard that Fran sits on a newer connection."""
    behind, ahead = circle.table(1), circle.table(0)
    behind.waiting = []
    await fran.enters(resume=True)
    ahead.waiting = []
    await circle.redis.flushdb()
    behind.waiting = None
    circle.lives[1].rooms.hub.reload_soon(behind)
    await ann.hears("room")
    for up in (True, False, True):
        await ann.does("hand", up=up)
    ahead.waiting = None
    circle.lives[0].rooms.hub.reload_soon(ahead)
    assert await fran.is_closed() == Closing.LOST
    await fran.enters(resume=True)
    await fran.does("resume")


async def test_redis_that_fell_back_to_an_earlier_state_is_told_again(
    circle: Installation, ann: Person, bob: Person, fran: Person
) -> None:
    """As after a failover to a replica that lagged: somebody stands in it who has left since."""
    dee = await (await circle.person("Dee", Role.MEMBER, 1)).enters()
    await bob.says("before")
    earlier = {key: await circle.redis.dump(key) for key in await circle.redis_keys()}
    await dee.asks("leave")
    await bob.hears("left", member=dee.member)
    await fran.does("mute", member=ann.member, minutes=5, reason="other")
    n = await bob.says("after")
    for key in await circle.redis_keys():
        await circle.redis.delete(key)
    for key, value in earlier.items():
        await circle.redis.restore(key, 60_000, value or b"")

    assert (await bob.answer_to("say", text="into the past"))["type"] == "refused"

    for person in (ann, bob, fran):
        room = await person.hears("room")
        assert (room["paused"], room["n"], len(room["people"])) == ("mending", n, 3)
    await fran.does("resume")
    assert (await ann.is_refused("say", text="am I free?"))["code"] == "muted"
    await bob.says("and on")
    await circle.browser("Dee", dee.member, 0, dee.cookie).enters()


async def test_what_was_accepted_and_heard_by_nobody_is_said_to_be_missing_when_redis_falls_back(
    circle: Installation, ann: Person, bob: Person, fran: Person
) -> None:
    """As when a master dies with the answer on its way, and its replica had not heard of the message either."""
    await bob.says("before")
    await ann.hears("said")
    earlier = {key: await circle.redis.dump(key) for key in await circle.redis_keys()}
    for process in (0, 1):
        circle.table(process).waiting = []
    lost = await bob.says("accepted")
    for key, value in earlier.items():
        await circle.redis.restore(key, 60_000, value or b"", replace=True)
    for process in (0, 1):
        circle.table(process).waiting = None

    assert (await bob.answer_to("say", text="into the past"))["type"] == "refused"

    for person in (ann, bob):
        assert (await person.hears("room", paused="mending"))["missed"] is None
    await fran.does("resume")
    assert await bob.says("and on") == lost + 1


@pytest.fixture
async def frozen(circle: Installation) -> AsyncIterator[int]:
    """The process id of a Valkey that goes on in any case when the test is over."""
    pid: int = (await circle.redis.info("server"))["process_id"]
    yield pid
    os.kill(pid, signal.SIGCONT)


async def test_while_redis_hangs_everybody_is_told_and_a_no_stays_a_no(ann: Person, bob: Person, frozen: int) -> None:
    os.kill(frozen, signal.SIGSTOP)
    ref = await ann.asks("say", text="into the ice")
    for person in (ann, bob):
        await person.hears("interrupted")
    assert (await bob.is_refused("say", text="me too"))["code"] == "interrupted"
    assert not ann.heard("refused")  # it was on its way: nobody knows yet
    os.kill(frozen, signal.SIGCONT)
    await bob.hears("room")
    await ann.hears("refused", ref=ref, code="interrupted")
    await ann.says("once", ref=ref)
    await bob.hears("said", text="once")
    await asyncio.sleep(0.2)
    assert [frame["text"] for frame in bob.history if frame["type"] == "said"] == ["once"]


async def test_what_was_said_before_a_pause_and_sent_again_after_it_is_answered_and_not_denied(
    ann: Person, fran: Person
) -> None:
    n = await ann.says("just in time", ref="p-1")
    ann.vanishes()
    await fran.hears("left")
    await fran.does("pause")
    await fran.does("mute", member=ann.member, minutes=5, reason="other")
    await ann.enters(resume=True)
    ann.frames.clear()
    assert (await ann.answer_to("say", text="just in time", ref="p-1"))["n"] == n


async def test_a_process_that_stood_still_itself_does_not_take_that_for_the_silence_of_redis(
    ann: Person, bob: Person
) -> None:
    time.sleep(3)  # noqa: ASYNC251 - the whole process, as under a load it cannot carry
    for text in ("still", "here"):
        await ann.says(text)
        await bob.hears("said", text=text)
    assert not any(person.heard("interrupted") for person in (ann, bob))


async def test_an_act_sent_again_is_answered_and_not_denied(ann: Person, fran: Person) -> None:
    await fran.does("pause", ref="p-1")
    fran.vanishes()
    await ann.hears("left")
    await fran.enters(resume=True)
    fran.frames.clear()
    assert (await fran.answer_to("pause", ref="p-1"))["type"] == "accepted"


async def test_a_process_that_starts_before_its_redis_works_once_redis_is_there(
    circle: Installation, ann: Person, bob: Person, frozen: int
) -> None:
    plan = Plan(circle.redis_url, circle.secret)
    os.kill(frozen, signal.SIGSTOP)
    async with Live.open(plan, circle.keeping, circle.keeping.admit) as live:
        async with asyncio.timeout(5):
            while not live.rooms.hub.silent:
                await asyncio.sleep(0.02)
        os.kill(frozen, signal.SIGCONT)
        async with asyncio.timeout(3):
            while live.rooms.hub.silent:
                await asyncio.sleep(0.02)


async def test_a_room_that_could_not_be_listened_to_at_once_can_be_later(circle: Installation, frozen: int) -> None:
    os.kill(frozen, signal.SIGSTOP)
    early = await (await circle.person("Ann", Role.MEMBER, 1)).connects()
    assert await early.is_closed() == Closing.LOST
    os.kill(frozen, signal.SIGCONT)
    await circle.is_heard()
    await circle.browser("Ann", early.member, 1, early.cookie).enters()


async def test_what_somebody_else_publishes_in_a_rooms_channel_is_not_believed(
    circle: Installation, ann: Person, bob: Person
) -> None:
    room = circle.table(1).room
    last = f"{room.epoch} {room.revision} {room.sequence} {room.number} 0"
    following = f"{room.epoch} {room.revision} {room.sequence + 1} {room.number + 1} 0"
    for junk in ("", "x", "1 2 3 4 5", f"{last}\nx", f"{following}\n{'x' * 40}"):
        await circle.redis.spublish(Keys(circle.room).channel, junk)
    await ann.says("and on")
    for person in (ann, bob):
        await person.hears("said", text="and on")
    assert numbers(ann) == numbers(bob) == [1]


async def test_whoever_comes_while_the_room_is_looked_at_afresh_is_shown_it_once_and_soon(
    circle: Installation, ann: Person, fran: Person
) -> None:
    table, hub = circle.table(1), circle.lives[1].rooms.hub
    table.waiting = []  # their process looks at the room afresh just now
    bob = await (await circle.person("Bob", Role.MEMBER, 1)).connects()
    await fran.meets(bob)
    await fran.says("Hello, Bob.")
    hub._tasks.create_task(hub._reload(table))
    room = await bob.hears_within(1, "room")
    assert [one["name"] for one in room["people"]] == ["Fran", "Ann", "Bob"]
    await bob.hears("said", text="Hello, Bob.")
    await bob.says("Hello, all.", before=ann)
    shown = [frame["type"] for frame in bob.history]
    assert (shown.count("room"), shown.count("said")) == (1, 2)
    assert bob.member in {one["id"] for one in (await ann.hears("room"))["people"]}


async def test_whoever_paused_a_room_that_their_process_hears_late_is_not_told_that_it_is_not_paused(
    circle: Installation, fran: Person, ann: Person
) -> None:
    """By how the process knows the room there is nothing to resume, and the room would stay paused."""
    table, hub = circle.table(0), circle.lives[0].rooms.hub
    table.waiting = []  # it hears nothing
    await fran.does("pause")
    await ann.hears("paused")
    asked = await fran.asks("resume")
    await asyncio.sleep(0.5)
    table.waiting = None
    hub.reload_soon(table)
    await fran.hears("accepted", ref=asked)
    await ann.hears("resumed")


async def test_whoever_asks_a_process_that_does_not_hear_a_room_for_long_is_told_that_it_cannot_be_now(
    circle: Installation, fran: Person, ann: Person
) -> None:
    table = circle.table(0)
    table.waiting = []  # it hears nothing
    await fran.does("pause")
    await ann.hears("paused")
    assert (await fran.answer_to("resume"))["code"] == "busy"
