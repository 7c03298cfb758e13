"""The records are gone: a facilitator can still protect the room, and what was done is written when they are back."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing

import pytest

from chat.core.errors import Code, sentence
from chat.core.wire import Act, Role
from chat.live import lease
from chat.live.closing import Closing
from chat.records import acts, mutes
from chat.records.acts import Recorded
from chat.records.keys import now
from tests.cast import Person
from tests.installation import Installation


@pytest.fixture
async def gone(circle: Installation) -> AsyncIterator[Installation]:
    """An installation whose records can be taken away; they are back in any case when the test is over."""
    yield circle
    circle.records_are_back()


async def written(circle: Installation, count: int) -> list[Recorded]:
    """What has been written down, as soon as there is so much of it."""
    async with asyncio.timeout(5):
        while True:
            async with circle.store.reading() as c:
                found = await acts.of(c, circle.group)
            if len(found) >= count and all(act.outcome for act in found):
                return found
            await asyncio.sleep(0.1)


async def test_pause_mute_retract_and_remove_work_and_are_written_later(
    gone: Installation, ann: Person, bob: Person, fran: Person
) -> None:
    n = await ann.says("something", before=fran)
    gone.records_are_gone()
    await fran.does("retract", n=n, reason="hurtful")
    await fran.does("mute", member=ann.member, minutes=5, reason="hurtful")
    assert (await ann.is_refused("say", text="but"))["code"] == "muted"
    await fran.does("remove", member=bob.member, reason="safety")
    assert await bob.is_closed() == Closing.REMOVED
    await fran.does("pause")
    await ann.hears("paused")
    gone.records_are_back()
    found = await written(gone, 4)
    assert {act.act for act in found} == {Act.RETRACTION, Act.MUTE, Act.REMOVAL, Act.PAUSE}
    assert {act.outcome for act in found} == {"done"}
    async with gone.store.reading() as c:
        assert ann.member in await mutes.standing(c, gone.room, now())
    await bob.connects()
    assert await bob.is_closed() == Closing.REMOVED


@pytest.fixture
async def locked(circle: Installation) -> AsyncIterator[sqlite3.Connection]:
    """Somebody else writes to the records, and does not end; when they let go, or the test is over, it is as before."""
    with closing(sqlite3.connect(circle.store._engine.url.database or "", isolation_level=None)) as holding:
        holding.execute("BEGIN IMMEDIATE")
        yield holding


@pytest.mark.sqlite("its file is locked")
async def test_records_that_hang_keep_no_room_from_being_protected(
    circle: Installation, ann: Person, fran: Person, gus: Person, locked: sqlite3.Connection
) -> None:
    await gus.asks("mute", member=ann.member, minutes=5, reason="hurtful")
    await fran.asks("pause")
    async with asyncio.timeout(4):
        for told in ("muted", "paused"):
            await ann.has_heard(lambda frame, told=told: frame["type"] == told)  # type: ignore[misc]
    assert (await fran.is_refused("pause"))["code"] == "already-so"
    locked.execute("ROLLBACK")
    found = await written(circle, 2)
    assert {(act.act, act.outcome) for act in found} == {(Act.MUTE, "done"), (Act.PAUSE, "done")}


async def test_a_bar_is_refused_in_words_for_it_could_not_last(gone: Installation, ann: Person, fran: Person) -> None:
    gone.records_are_gone()
    refused = await fran.is_refused("bar", member=ann.member, reason="safety")
    assert (refused["code"], refused["words"]) == ("not-recorded", sentence(Code.NOT_RECORDED))
    assert ann.closed is None


async def test_who_talks_goes_on_and_nobody_new_is_let_in(gone: Installation, ann: Person, fran: Person) -> None:
    late = await gone.person("Late", Role.MEMBER, 1)
    gone.records_are_gone()
    await ann.says("we go on")
    await fran.hears("said")
    await late.connects()
    assert await late.is_closed() == Closing.LOST


async def test_records_that_are_gone_for_long_pause_the_room(
    gone: Installation, ann: Person, fran: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "CHECK_EVERY", 0.1)
    monkeypatch.setattr(lease, "UNRECORDED_FOR", 0.5)
    gone.records_are_gone()
    await ann.hears("paused", by="itself")
    await fran.hears("paused", by="itself")


async def test_the_last_facilitator_lost_meanwhile_still_pauses_the_room(hasty: Installation) -> None:
    fran = await (await hasty.person("Fran", Role.FACILITATOR, 0)).enters()
    ann = await (await hasty.person("Ann", Role.MEMBER, 1)).enters()
    elsewhere = hasty.room
    await hasty.begins()  # a room that nobody sits in comes due at the same time, and cannot be read
    assert hasty.room != elsewhere
    hasty.records_are_gone()
    try:
        fran.vanishes()
        await ann.hears("paused", by="itself")
    finally:
        hasty.records_are_back()


async def test_a_meeting_closed_meanwhile_is_over_in_the_records_when_they_are_back(
    gone: Installation, ann: Person, fran: Person
) -> None:
    gone.records_are_gone()
    await fran.asks("close")
    assert await ann.is_closed() == Closing.CLOSED
    gone.records_are_back()
    async with asyncio.timeout(5):
        while await gone.keeping.salts(gone.room) is not None:
            await asyncio.sleep(0.1)
