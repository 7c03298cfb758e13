"""Processes of two versions share one installation: what an older one does not know costs it one room at most."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from copy import copy
from typing import Any

import msgspec
import pytest
import structlog

from chat.core.ids import Number, RoomId
from chat.core.room import Facilitators, Room, Tell
from chat.core.wire import Act, Marked, Said
from chat.live.bus import Commit, Status, Stored
from chat.live.bus.keys import UNRECORDED, Keys
from chat.live.closing import Closing
from chat.live.envelope import Envelope, Unreadable
from tests.cast import Person
from tests.installation import Installation
from tests.live.test_lease import sweep_of
from tests.live.test_unrecorded import written

WORDS = "My number is on the wall."


@pytest.fixture
async def circle(circle: Installation) -> AsyncIterator[Installation]:
    """In which nothing is left of a room that nobody can read."""
    yield circle
    await circle.lives[0].rooms.bus.forget(circle.room)


async def is_told(circle: Installation, *tells: Any, **others: Any) -> None:
    """A newer process tells the room something; each of `tells` is a `Tell`, or an event as it looks in a notice."""
    rooms = circle.lives[0].rooms
    table = await rooms.hub.read(circle.room)
    room, now = table.room, rooms.desk.now()
    raw = [tell if isinstance(tell, Tell) else {"event": tell, "to": {"type": "everyone"}} for tell in tells]
    sealed = table.envelope._seal.seal(msgspec.msgpack.encode(raw), room.epoch, "notice")
    if condition := others.pop("condition", None):
        others["condition"] = table.envelope._seal.seal(msgspec.msgpack.encode(condition), room.epoch, "condition")
    others["word"] = sealed[:8].hex()
    commit = Commit(room.id, room.epoch, room.revision, room.sequence, now, True, sealed, **others)
    assert (await rooms.bus.commit(commit)).status is Status.TOLD


async def test_what_a_newer_process_tells_ends_no_older_one_and_a_message_it_cannot_read_is_said_to_be_missing(
    circle: Installation, ann: Person, bob: Person, fran: Person
) -> None:
    await is_told(circle, {"type": "novelty"})
    await ann.says("And on.", before=bob)
    said = {"type": "said", "by": ann.member, "text": 7, "at": 0}
    await is_told(circle, said, author=ann.member)
    for person in (ann, bob):
        await person.has_heard(lambda frame: frame.get("missed") == 1)
    await ann.says("And on again.", before=bob)


async def test_a_notice_that_breaks_here_is_told_by_looking_and_its_words_are_not_logged(
    circle: Installation, ann: Person, bob: Person, fran: Person
) -> None:
    out = io.StringIO()
    structlog.configure(
        processors=[structlog.processors.JSONRenderer()], logger_factory=structlog.WriteLoggerFactory(out)
    )
    try:
        said = Tell(Said(ann.member, WORDS, circle.lives[0].rooms.desk.now()))
        await is_told(circle, said, Tell(Marked(Number(1), ann.member, 1), Facilitators()), author=ann.member)
        for person in (ann, bob):
            assert (await person.hears("said"))["text"] == WORDS
        await ann.says("And on.", before=bob)
    finally:
        structlog.reset_defaults()
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert lines == [{"event": "A notice could not be told.", "error": "AssertionError"}] * 2  # once a process
    for person in (ann, bob):
        assert not person.missed


async def test_a_room_that_only_a_newer_process_can_read_is_left_to_it_and_people_may_come_back(
    circle: Installation, ann: Person, bob: Person, fran: Person
) -> None:
    await is_told(circle, {"type": "novelty"}, condition={"paused": "by a newer one"})
    for person in (ann, bob, fran):
        assert await person.is_closed() == Closing.LOST
    async with asyncio.timeout(5):
        while any(live.rooms.hub.table(circle.room) for live in circle.lives):
            await asyncio.sleep(0.02)
    assert not await sweep_of(circle, 0)._tick(circle.room)
    assert await circle.lives[0].rooms.bus.load(circle.room) is not None
    assert await (await circle.browser("Ann", ann.member, 1, ann.cookie).connects()).is_closed() == Closing.LOST


class Older(Envelope):
    """Of a program that knows less."""

    def room(self, stored: Stored) -> Room:
        raise Unreadable


async def test_who_sat_with_a_process_that_can_read_the_room_no_more_is_gone_and_does_not_hold_it(
    circle: Installation, ann: Person, bob: Person, fran: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub, table = circle.lives[0].rooms.hub, circle.table(0)
    older = copy(table.envelope)
    older.__class__ = Older

    async def envelope(room: RoomId) -> Envelope:
        return older

    monkeypatch.setattr(hub, "envelope", envelope)
    table.envelope = older
    hub.reload_soon(table)
    for person in (bob, fran):
        assert await person.is_closed() == Closing.LOST
    await ann.has_heard(lambda frame: frame["type"] == "left" and frame["member"] == bob.member)
    await ann.has_heard(lambda frame: frame["type"] == "left" and frame["member"] == fran.member)
    assert ann.heard("unheld")


async def test_what_a_newer_process_has_done_to_somebody_is_not_undone_by_one_that_does_not_know_it(
    circle: Installation, ann: Person, bob: Person, fran: Person
) -> None:
    table = await circle.lives[0].rooms.hub.read(circle.room)
    place, name = table.room.places[ann.member], f"place {ann.member}"
    known = msgspec.to_builtins(place) | {"novelty": True}
    sealed = table.envelope._seal.seal(msgspec.msgpack.encode(known), table.room.epoch, name)
    before = {ann.member: place.changed}
    await is_told(circle, {"type": "novelty"}, places={ann.member: sealed}, before=before)
    await fran.asks("slow", member=ann.member, seconds=10)
    for person in (ann, bob, fran):
        assert await person.is_closed() == Closing.LOST
    stored = await circle.lives[0].rooms.bus.load(circle.room)
    assert stored is not None
    assert table.envelope._seal.open(stored.places[ann.member], table.room.epoch, name) == msgspec.msgpack.encode(known)


async def test_an_act_that_a_newer_process_could_not_record_is_left_to_it_and_others_are_written(
    circle: Installation, ann: Person, fran: Person
) -> None:
    novelty = json.dumps({"entry": {"act": "novelty"}, "opened": False, "done": True})
    await circle.redis.rpush(UNRECORDED, novelty)
    circle.records_are_gone()
    await fran.does("pause")
    circle.records_are_back()
    assert [act.act for act in await written(circle, 1)] == [Act.PAUSE]
    assert await circle.redis.lpop(UNRECORDED) == novelty.encode()


async def test_what_is_new_about_a_room_that_is_put_together_again_does_not_show_in_one_that_never_was(
    circle: Installation, ann: Person, bob: Person
) -> None:
    """An older process reads such a room, and leaves the other, whose condition says it, to us."""
    n = await bob.says("one", before=ann)
    await bob.says("two", before=ann)
    await bob.does("retract", n=n)
    assert await circle.redis.hgetall(Keys(circle.room).authors) == {b"%d" % (n + 1): bob.member.encode()}
    assert not circle.table(0).room.condition.before
