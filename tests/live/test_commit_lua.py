"""commit.lua keeps its contract: what is decided happens wholly or not at all, and each answer says why not."""

import asyncio
import time
from collections.abc import AsyncIterator, Set
from contextlib import asynccontextmanager
from typing import Any

import pytest
from msgspec.structs import replace
from redis.asyncio import Redis

from chat.core.ids import DraftId, Epoch, MemberId, Millis, Number, Ref, RoomId
from chat.core.room import Authors
from chat.live.bus import Bus, Commit, Creation, Kept, Mended, Outcome, Pending, Status
from chat.live.bus.committing import arguments, notice_of
from chat.live.bus.keys import Keys
from tests.faults.link import Link

ANN, BOB, CEM = MemberId("ann"), MemberId("bob"), MemberId("cem")
EPOCH = Epoch(7)
SOME_DAY = Millis(2**45)
"""So far off that no process which knows nothing of these rooms comes to look, and sweeps them away."""


class Ear:
    """Hears what is published."""

    def __init__(self) -> None:
        self.notices: list[bytes] = []

    def heard(self, room: RoomId, notice: bytes) -> None:
        self.notices.append(notice)

    def committed(self, commit: Commit, outcome: Outcome) -> None:
        self.heard(commit.room, notice_of(commit, outcome))

    async def has_heard(self, count: int) -> None:
        """Pending for as many notices; they come on another connection than the answers."""
        async with asyncio.timeout(3):
            while len(self.notices) < count:
                await asyncio.sleep(0.005)

    def controlled(self, message: bytes) -> None: ...

    def broke(self, partitions: Set[int]) -> None: ...

    def mended(self, partitions: Set[int]) -> None: ...


class Script:
    """A room in Redis, and the script that changes it."""

    def __init__(self, bus: Bus, ear: Ear) -> None:
        self.bus = bus
        self.ear = ear
        self.room = RoomId(f"r{time.monotonic_ns()}")
        self.words = 0

    async def runs(self, **others: Any) -> Outcome:
        """Commits on the room as it was created, with `others` changed."""
        usual = Commit(
            self.room, EPOCH, revision=1, told=1, now=Millis(int(time.time() * 1000)), raises=False, notice=b"sealed"
        )
        return await self.bus.commit(replace(usual, **others))

    async def creates(self, **others: Any) -> Outcome:
        return await self.runs(
            **{"revision": 0, "told": 0, "raises": True, "creation": Creation(), "condition": b"c"} | others
        )

    async def says(self, **others: Any) -> Outcome:
        self.words += 1
        return await self.runs(**{"author": ANN, "word": f"w{self.words}"} | others)


@pytest.fixture
async def script(redis_url: str) -> AsyncIterator[Script]:
    """A room that has just been created."""
    async with created(redis_url) as script:
        yield script


@asynccontextmanager
async def created(redis_url: str) -> AsyncIterator[Script]:
    """A room in a Redis, and the script on it."""
    ear = Ear()
    async with Bus.open(redis_url, ear) as bus:
        script = Script(bus, ear)
        await bus.join(script.room)
        created = await script.creates()
        assert (created.status, created.revision, created.sequence, created.number) == (Status.TOLD, 1, 1, 0)
        await ear.has_heard(1)
        ear.notices.clear()
        yield script
        await bus.forget_ring(script.room)
        await bus.forget(script.room)


async def unchanged(script: Script, outcome: Outcome, status: Status) -> None:
    """Nothing happened and nobody was told, because of `status`."""
    before = await script.bus.load(script.room)
    assert outcome.status is status
    assert before is not None
    assert (before.revision, before.sequence, before.number) == (1, 1, 0)
    assert await script.bus.ring(script.room, Number(0)) == []
    await script.bus.ping()
    assert script.ear.notices == []


async def test_told_counts_a_notice_and_publishes_it(script: Script) -> None:
    outcome = await script.runs()
    assert (outcome.status, outcome.revision, outcome.sequence, outcome.number) == (Status.TOLD, 1, 2, 0)
    await script.ear.has_heard(1)
    assert script.ear.notices[0].split(b" ")[:4] == [b"7", b"1", b"2", b"0"]
    assert script.ear.notices[0].endswith(b"\nsealed")


async def test_told_reaches_every_process_that_hears_the_room_and_is_not_published_for_the_asking_one_alone(
    link: Link,
) -> None:
    url = f"redis://127.0.0.1:{link.target[1]}"  # nobody else publishes there
    async with Redis.from_url(url) as redis, created(url) as script:

        async def published() -> int:
            return int((await redis.info("commandstats")).get("cmdstat_spublish", {}).get("calls", 0))

        before = await published()
        await script.says()
        assert len(script.ear.notices) == 1  # by its own answer
        assert await published() == before
        other = Ear()
        async with Bus.open(url, other) as there:
            await there.join(script.room)
            await script.says()
            await other.has_heard(1)
            await there.leave(script.room)
            await there.ping()
        await script.ear.has_heard(2)
        assert script.ear.notices[1] == other.notices[0]
        assert await published() == before + 1


async def test_told_is_published_when_who_asks_does_not_hear_the_room(script: Script, redis_url: str) -> None:
    async with Bus.open(redis_url, Ear()) as there:
        script.bus, here = there, script.bus
        await script.says()
        script.bus = here
    await script.ear.has_heard(1)


async def test_told_raises_the_revision_of_what_can_change_a_verdict_alone(script: Script) -> None:
    assert (await script.runs(raises=True)).revision == 2


async def test_told_numbers_a_message_remembers_its_author_and_keeps_it_for_a_minute(script: Script) -> None:
    assert (await script.says()).number == 1
    stored = await script.bus.load(script.room)
    assert stored is not None
    assert stored.authors.told() == {1: ANN}
    assert [notice.split(b"\n")[1] for notice in await script.bus.ring(script.room, Number(0))] == [b"sealed"]


async def test_gone_if_there_is_no_such_room(script: Script) -> None:
    outcome = await script.runs(room=RoomId("never"))
    assert outcome.status is Status.GONE
    assert await script.bus.load(RoomId("never")) is None


async def test_behind_if_the_room_knows_less_than_whoever_asks(script: Script) -> None:
    await unchanged(script, await script.runs(told=2), Status.BEHIND)


@pytest.mark.parametrize("other", [{"revision": 0}, {"revision": 2}, {"epoch": Epoch(8)}])
async def test_moved_if_it_was_decided_on_another_room(script: Script, other: dict[str, int]) -> None:
    await unchanged(script, await script.says(**other), Status.MOVED)


async def test_moved_if_the_place_it_changes_has_changed(script: Script) -> None:
    await script.runs(places={ANN: b"here"}, sits=(ANN,))
    assert (await script.runs(places={ANN: b"there"}, before={ANN: 0}, told=2)).status is Status.MOVED


async def test_late_if_redis_clock_is_past_the_deadline(script: Script) -> None:
    long_ago = Millis(int(time.time() * 1000) - 10_000)
    await unchanged(script, await script.says(now=long_ago), Status.LATE)


async def test_repeat_gives_the_first_answer_whatever_the_room_has_become(script: Script) -> None:
    asked = (ANN, Ref("page-1"))
    assert (await script.says(asked=asked)).number == 1
    await script.runs(raises=True, told=2)
    again = await script.says(asked=asked)
    assert (again.status, again.number) == (Status.REPEAT, 1)
    other = await script.runs(asked=(BOB, Ref("page-1")), revision=2)
    assert other.status is Status.TOLD


async def test_repeat_remembers_the_last_64_of_each_person(script: Script) -> None:
    for count in range(1, 66):
        assert (await script.runs(asked=(ANN, Ref(f"page-{count}")))).status is Status.TOLD
    assert (await script.runs(asked=(ANN, Ref("page-2")))).status is Status.REPEAT
    assert (await script.runs(asked=(ANN, Ref("page-65")))).status is Status.REPEAT
    assert (await script.runs(asked=(ANN, Ref("page-1")))).status is Status.TOLD


async def test_repeat_remembers_somebodys_last_three_pages(script: Script) -> None:
    for page in ("phone", "desk", "tablet", "desk"):
        await script.says(asked=(ANN, Ref(f"{page}-1")))
    for page, n in (("phone", 1), ("desk", 2), ("tablet", 3)):
        assert await script.bus.answered(script.room, ANN, Ref(f"{page}-1")) == n
        again = await script.runs(asked=(ANN, Ref(f"{page}-1")))
        assert (again.status, again.number) == (Status.REPEAT, n)
    await script.says(asked=(ANN, Ref("desk-65")))
    await script.says(asked=(ANN, Ref("fourth-1")))
    known = [await script.bus.answered(script.room, ANN, Ref(ref)) for ref in ("phone-1", "desk-1", "desk-65")]
    assert known == [None, None, 4]
    assert (await script.runs(asked=(ANN, Ref("page-1")))).status is Status.TOLD


async def test_full_if_no_seat_is_free_and_not_for_who_sits_already(script: Script) -> None:
    sits = {"cap": 2}
    for who in (ANN, BOB):
        assert (await script.runs(places={who: b"p"}, sits=(who,), **sits)).status is Status.TOLD
    assert (await script.runs(places={CEM: b"p"}, sits=(CEM,), **sits)).status is Status.FULL
    stored = await script.bus.load(script.room)
    assert stored is not None
    assert set(stored.places) == {ANN, BOB}


async def test_several_who_sit_down_at_once_all_find_a_seat_or_none_does(script: Script) -> None:
    def sitting(*who: MemberId) -> dict[str, Any]:
        return {"cap": 2, "places": dict.fromkeys(who, b"p"), "sits": who}

    assert (await script.runs(**sitting(ANN, BOB, CEM))).status is Status.FULL
    assert (await script.runs(**sitting(ANN))).status is Status.TOLD
    assert (await script.runs(**sitting(BOB, CEM))).status is Status.FULL
    assert (await script.runs(**sitting(ANN, BOB), before={ANN: 2})).status is Status.TOLD


async def test_fast_after_a_burst_says_how_long_to_wait(script: Script) -> None:
    pace = (1_000, 3)
    for _ in range(3):
        assert (await script.says(pace=pace)).status is Status.TOLD
    outcome = await script.says(pace=pace)
    assert outcome.status is Status.FAST
    assert 0 < outcome.number <= 1_000
    assert (await script.says(pace=pace, author=BOB)).status is Status.TOLD


def waiting(draft: int, by: MemberId = ANN, lasts: int = 600_000) -> dict[str, Any]:
    """A message that is to wait."""
    return {"pending": Pending(DraftId(draft), by, Millis(1_000), lasts, b"held"), "asked": (by, Ref(f"page-{draft}"))}


async def drafts_of(script: Script) -> dict[int, MemberId]:
    stored = await script.bus.load(script.room)
    assert stored is not None
    return {draft: one.by for draft, one in stored.drafts.items()}


async def test_held_waits_in_a_key_of_its_own_that_dies_by_itself(script: Script) -> None:
    outcome = await script.runs(**waiting(5, lasts=1_000))
    assert (outcome.status, outcome.number) == (Status.TOLD, 0)
    assert await drafts_of(script) == {5: ANN}
    assert await script.bus.waiting(script.room, [DraftId(5)]) == {5: b"held"}
    await asyncio.sleep(1.1)
    assert await script.bus.waiting(script.room, [DraftId(5)]) == {}


async def test_held_is_the_answer_to_whoever_asks_again(script: Script) -> None:
    await script.runs(**waiting(5))
    again = await script.runs(**waiting(6) | {"asked": (ANN, Ref("page-5"))})
    assert (again.status, again.number) == (Status.HELD, 5)
    assert await script.bus.answered(script.room, ANN, Ref("page-5")) == -5
    assert await drafts_of(script) == {5: ANN}


async def test_decided_is_the_answer_once_it_waits_no_more(script: Script) -> None:
    await script.runs(**waiting(5))
    await script.runs(settles=(DraftId(5),))
    again = await script.runs(**waiting(6) | {"asked": (ANN, Ref("page-5"))})
    assert (again.status, again.number) == (Status.DECIDED, 5)
    assert await drafts_of(script) == {}


async def test_repeat_is_the_answer_once_the_room_has_heard_what_waited(script: Script) -> None:
    for draft in (5, 69):  # of two pages, in one slot
        await script.runs(**waiting(draft) | {"asked": (ANN, Ref(f"page{draft}-5"))})
    await script.says(settles=(DraftId(5),))
    for ref, status, number in (("page5-5", Status.REPEAT, 1), ("page69-5", Status.HELD, 69)):
        again = await script.runs(asked=(ANN, Ref(ref)))
        assert (again.status, again.number) == (status, number)


async def test_crowded_at_three_of_one_person_and_twenty_in_the_room(script: Script) -> None:
    for draft in range(1, 4):
        assert (await script.runs(**waiting(draft))).status is Status.TOLD
    assert (await script.runs(**waiting(4))).status is Status.CROWDED
    for draft in range(5, 22):
        assert (await script.runs(**waiting(draft, MemberId(f"m{draft}")))).status is Status.TOLD
    assert (await script.runs(**waiting(22, BOB))).status is Status.CROWDED
    assert (await script.runs(settles=(DraftId(5),), raises=True)).status is Status.TOLD
    assert (await script.runs(**waiting(22, BOB), revision=2)).status is Status.TOLD


async def test_what_waits_no_more_is_gone_at_once(script: Script) -> None:
    await script.runs(**waiting(5))
    await script.runs(settles=(DraftId(5),))
    assert await drafts_of(script) == {}
    assert await script.bus.waiting(script.room, [DraftId(5)]) == {}


@pytest.mark.parametrize("how", ["ends", "is mended"])
async def test_nothing_waits_any_more_in_a_room_that(script: Script, how: str) -> None:
    await script.runs(**waiting(5))
    if how == "ends":
        await script.runs(ends=True)
    else:
        await script.creates(epoch=Epoch(9), revision=4, told=20)
        assert await drafts_of(script) == {}
    assert await script.bus.waiting(script.room, [DraftId(5)]) == {}


async def test_slow_says_how_long_to_wait_and_what_was_told_aside_counts_not(script: Script) -> None:
    asked = {"asked": (ANN, Ref("page-1"))}
    assert (await script.says(slow=30_000, **asked)).status is Status.TOLD
    outcome = await script.says(slow=30_000)
    assert outcome.status is Status.SLOW
    assert 29_000 < outcome.number <= 30_000
    assert (await script.says(slow=30_000, author=BOB)).status is Status.TOLD
    assert (await script.runs(pace=(50, 20), asked=(ANN, Ref("page-2")))).status is Status.TOLD
    await asyncio.sleep(0.002)
    assert (await script.says(slow=1)).status is Status.TOLD


async def test_exists_if_the_room_is_there_already(script: Script) -> None:
    await unchanged(script, await script.creates(), Status.EXISTS)


async def test_who_knows_more_writes_the_room_anew_and_nothing_of_before_is_left(script: Script) -> None:
    await script.says(places={ANN: b"old"}, sits=(ANN,), begins=(ANN,))
    places, heard = {BOB: b"new"}, Creation(Number(5), Authors([(Number(5), CEM)]).packed())
    made = await script.creates(epoch=Epoch(9), revision=4, told=20, places=places, sits=(BOB,), creation=heard)
    assert (made.status, made.revision, made.sequence, made.number) == (Status.TOLD, 5, 21, 5)
    stored = await script.bus.load(script.room)
    assert stored is not None
    assert (stored.epoch, stored.places, stored.since, stored.authors.told()) == (9, places, {}, {5: CEM})
    assert await script.bus.ring(script.room, Number(0)) == []


async def test_who_puts_a_room_together_again_says_by_which_refs_its_messages_may_be_asked_for(script: Script) -> None:
    await script.says(asked=(ANN, Ref("desk-1")))
    heard = Creation(Number(5), Authors([(Number(5), ANN)]).packed(), ((ANN, Ref("phone-1"), Number(5)),), (EPOCH, 20))
    await script.creates(epoch=Epoch(9), revision=4, told=20, creation=heard)
    stored = await script.bus.load(script.room)
    assert stored is not None
    assert stored.mended == Mended(EPOCH, 20, 21)
    for ref, number in ("phone-1", 5), ("desk-1", 1):
        again = await script.says(epoch=Epoch(9), revision=5, told=21, asked=(ANN, Ref(ref)))
        assert (again.status, again.number) == (Status.REPEAT, number)


async def test_a_forgotten_message_leaves_ring_and_authors_at_once(script: Script) -> None:
    await script.says()
    await script.says()
    await script.runs(forgets=Number(1))
    stored = await script.bus.load(script.room)
    assert stored is not None
    assert stored.authors.told() == {2: ANN}
    assert len(await script.bus.ring(script.room, Number(0))) == 1


async def test_what_was_said_before_a_room_was_put_together_again_can_be_taken_back_like_what_was_said_since(
    script: Script,
) -> None:
    heard = Creation(Number(5), Authors([(Number(4), ANN), (Number(5), BOB)]).packed())
    at = await script.creates(epoch=Epoch(9), told=20, creation=heard)
    for forgets in None, Number(4), Number(6):
        same = {"epoch": Epoch(9), "revision": at.revision, "told": at.sequence}
        at = await (script.runs(forgets=forgets, **same) if forgets else script.says(author=CEM, **same))
    stored = await script.bus.load(script.room)
    assert stored is not None
    assert stored.authors.told() == {5: BOB}


async def test_an_evicted_message_makes_room_and_its_author_is_remembered(script: Script) -> None:
    for _ in range(3):
        await script.says()
    await script.says(evict=Number(2))
    stored = await script.bus.load(script.room)
    assert stored is not None
    assert set(stored.authors.told()) == {1, 2, 3, 4}
    assert len(await script.bus.ring(script.room, Number(0))) == 2


async def test_a_room_is_due_when_it_was_said_to_be(script: Script) -> None:
    await script.runs(wakes=SOME_DAY)
    assert script.room in (await script.bus.due(SOME_DAY)).rooms
    assert script.room not in (await script.bus.due(Millis(SOME_DAY - 1))).rooms
    await script.runs(wakes=None, told=2)
    assert script.room not in (await script.bus.due(Millis(2**50))).rooms


@pytest.mark.parametrize("raises", [False, True])
async def test_a_room_is_not_put_off_by_who_has_not_heard_all_of_it(script: Script, raises: bool) -> None:
    await script.runs(wakes=SOME_DAY)
    for later in (None, Millis(SOME_DAY + 1)):
        assert (await script.runs(wakes=later)).status is Status.TOLD
    assert (await script.runs(wakes=later, raises=raises)).status is Status.TOLD
    assert script.room in (await script.bus.due(SOME_DAY)).rooms
    await script.runs(wakes=Millis(SOME_DAY - 1), revision=1 + raises)
    assert script.room in (await script.bus.due(Millis(SOME_DAY - 1))).rooms


async def test_a_room_is_due_at_once_when_it_begins_again(script: Script) -> None:
    await script.runs(wakes=SOME_DAY)
    await script.creates(epoch=Epoch(9), revision=4, told=20, wakes=Millis(SOME_DAY + 2))
    assert script.room not in (await script.bus.due(Millis(SOME_DAY + 1))).rooms
    assert script.room in (await script.bus.due(Millis(SOME_DAY + 2))).rooms


async def test_an_ended_room_leaves_nothing(script: Script) -> None:
    await script.says(places={ANN: b"p"}, sits=(ANN,), asked=(ANN, Ref("page-1")))
    assert (await script.runs(ends=True)).status is Status.TOLD
    assert await script.bus.load(script.room) is None
    assert script.room not in (await script.bus.rooms()).rooms
    assert (await script.runs()).status is Status.GONE


def test_every_key_of_a_room_lives_in_one_slot() -> None:
    keys = Keys(RoomId("r"))
    tags = {getattr(keys, name).split("}")[0] for name in Keys.__slots__}
    assert len(tags) == 1


def test_every_status_of_the_contract_has_a_test() -> None:
    names = [name for name in globals() if name.startswith("test_")]
    for status in Status:
        if status is not Status.EXISTS:
            assert any(name.startswith(f"test_{status.value}") for name in names), status


def kept(name: str, size: int = 10, **others: Any) -> Kept:
    """A message of `size` bytes that is kept for an hour."""
    return Kept(3_600_000, b"x" * size, name, **others)


def test_where_nothing_is_kept_the_script_is_given_not_one_key_more() -> None:
    off = Commit(RoomId("r"), EPOCH, 1, 1, Millis(0), raises=False, notice=b"sealed", author=ANN)
    assert arguments(off, Keys(RoomId("r")), hears=True)[0] == 10
    assert arguments(replace(off, kept=kept("k")), Keys(RoomId("r")), hears=True)[0] == 12


async def test_of_what_is_kept_the_oldest_makes_room_for_the_newest(script: Script) -> None:
    for count in range(1002):
        assert (await script.says(kept=kept(f"k{count}"))).status is Status.TOLD
    lines = await script.bus.history(script.room)
    assert [line.name for line in lines] == [f"k{count}" for count in range(2, 1002)]
    assert await script.bus.kept(script.room, lines[:1]) == [b"x" * 10]
    for count in range(80):
        await script.says(kept=kept(f"large{count}", 16_384))
    lines = await script.bus.history(script.room)
    found = await script.bus.kept(script.room, lines)
    assert sum(map(len, filter(None, found))) <= 1024 * 1024 + 16_384
    assert lines[-1].name == "large79"
    await script.bus.cut_history(script.room, 0)
    assert await script.bus.history(script.room) == []


async def test_what_moved_meanwhile_is_not_kept_and_what_is_repeated_is_kept_once(script: Script) -> None:
    assert (await script.says(revision=0, kept=kept("stale"))).status is Status.MOVED
    assert await script.bus.history(script.room) == []
    asked = (ANN, Ref("p-1"))
    for name in ("first", "again"):
        await script.says(asked=asked, kept=kept(name))
    assert [line.name for line in await script.bus.history(script.room)] == ["first"]


async def test_what_is_kept_outlives_its_room_and_not_its_own_time(script: Script) -> None:
    await script.says(kept=Kept(150, b"x", "short"))
    await script.says(kept=kept("long"))
    await script.runs(ends=True, raises=True)
    await asyncio.sleep(0.3)
    lines = await script.bus.history(script.room)
    assert dict(zip([line.name for line in lines], await script.bus.kept(script.room, lines), strict=True)) == {
        "short": None, "long": b"x" * 10,
    }  # fmt: skip
    await script.bus.cut_history(script.room, 0)
