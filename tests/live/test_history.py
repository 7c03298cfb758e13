"""Where everybody has agreed, what is said is kept in Redis for a while: sealed, by the same commit, and no longer."""

import asyncio
import gc
from contextlib import suppress

import pytest

from chat.core.ids import Millis, Number
from chat.core.wire import Role
from chat.live.bus import Line
from chat.live.bus.keys import Keys
from chat.live.earlier import Mark, Sheet
from chat.live.history import HOUR, opened
from chat.live.sealing import Seal, Unsealable
from chat.records import access, agreements, histories, members
from chat.records.keys import now
from chat.records.meetings import find
from chat.records.tables import meetings
from tests.cast import Person
from tests.installation import Installation
from web import history

WITHIN = 30.0
"""Seconds, at most; it takes a tenth of one where nothing else runs."""
DAY = 24 * HOUR


async def wants(circle: Installation, hours: int) -> int:
    """A facilitator has chosen so on its page: what holds at once is done as that page does it."""
    async with circle.store.erasing() as c:
        text = (await agreements.current(c, circle.group)).text
        version = await agreements.edit(c, circle.group, text, None, f'{{"history_hours": {hours}}}')
        changed = await history.settle(c, circle.group, now())
    if changed:
        await circle.lives[0].cut_history(changed.rooms, changed.hours)
    await circle.lives[0].agreement_changed(circle.group)
    return version


async def agree(version: int, *people: Person) -> None:
    for person in people:
        await person.hears_within(WITHIN, "asked-again")
        await person.does("agree", version=version)


async def keeps(circle: Installation, hours: int, *people: Person) -> None:
    """The group keeps what is said for so long: everybody has agreed."""
    await agree(await wants(circle, hours), *people)
    for person in people:
        await person.hears_within(WITHIN, "history-set", hours=hours)


async def in_redis(circle: Installation) -> list[str]:
    """The keys of what is kept of this room."""
    return [key for key in await circle.redis_keys() if ":history" in key]


async def reads(circle: Installation, who: Person, process: int = 1, before: Mark | None = None) -> Sheet:
    """What somebody is shown who asks for what was said earlier."""
    async with circle.store.reading() as c:
        meeting = await find(c, circle.room)
        assert meeting
        reading = await history.reading(c, meeting, who.member, now())
    sheet = await circle.lives[process].earlier(circle.room, who.member, reading, before)
    assert sheet is not None
    return sheet


def texts(sheet: Sheet) -> list[str]:
    return [one.text for one in sheet.messages]


async def test_it_begins_when_the_last_has_agreed_and_nothing_said_before_is_ever_in_it(
    circle: Installation, ann: Person, bob: Person, fran: Person
) -> None:
    version = await wants(circle, 24)
    await agree(version, fran, ann)
    await ann.says("before Bob has answered")
    assert not ann.heard("history-set")
    assert await in_redis(circle) == []
    assert texts(await reads(circle, ann)) == []
    await agree(version, bob)
    for person in (ann, bob, fran):
        await person.hears_within(WITHIN, "history-set", hours=24)
    await ann.says("after everybody has agreed")
    await fran.does("announce", text="tea at nine")
    assert texts(await reads(circle, bob)) == ["after everybody has agreed", "tea at nine"]
    keys = await in_redis(circle)
    assert len(keys) == 3, "the list, and a key a message"
    for key in keys:
        assert DAY - 60_000 < await circle.redis.pttl(key) <= DAY
    earlier = (await reads(circle, bob)).messages[0]
    assert (earlier.by, earlier.name, earlier.here) == (ann.member, "Ann", True)


async def test_what_is_off_asks_redis_for_nothing_more_and_leaves_nothing(
    circle: Installation, ann: Person, fran: Person
) -> None:
    await ann.says("hello")
    assert await in_redis(circle) == []
    before = await _calls(circle)
    await ann.says("hello again")
    assert await _calls(circle) == before, "no script calls what keeps a history"


async def _calls(circle: Installation) -> int:
    """What only the keeping of a history calls, in the script."""
    stats = await circle.redis.info("commandstats")
    return sum(int(stats.get(f"cmdstat_{name}", {}).get("calls", 0)) for name in ("zrange", "zcard", "pttl"))


async def test_what_is_taken_back_or_hidden_or_said_by_somebody_removed_is_so_in_the_history_at_once(
    circle: Installation, ann: Person, bob: Person, fran: Person
) -> None:
    await keeps(circle, 24, fran, ann, bob)
    mine, his = await ann.says("I take this back"), await bob.says("Bob's words")
    shown, noted = await ann.says("this stays", before=fran), await ann.says("with a note", note="grief")
    await ann.does("retract", n=mine)
    await fran.does("fold", n=shown, note="loss")
    sheet = await reads(circle, ann)
    assert [(one.n, one.folded, one.note) for one in sheet.messages] == [
        (his, False, None), (shown, True, None), (noted, False, "grief"),
    ]  # fmt: skip
    assert len(await in_redis(circle)) == 4
    await fran.does("remove", member=bob.member, reason="hurtful")
    assert texts(await reads(circle, ann)) == ["this stays", "with a note"]
    assert len(await in_redis(circle)) == 3


async def test_what_waits_for_a_facilitator_is_not_in_it_nor_is_a_word_aside(
    circle: Installation, ann: Person, bob: Person, fran: Person
) -> None:
    await keeps(circle, 24, fran, ann, bob)
    draft = await ann.waits_with("call me on 07700 900123")
    await ann.does("confide", text="only for Fran")
    assert texts(await reads(circle, bob)) == []
    assert await in_redis(circle) == []
    await fran.does("release", draft=draft)
    await bob.hears_within(WITHIN, "said")
    assert texts(await reads(circle, bob)) == ["call me on 07700 900123"], "as the room has seen it"


async def test_switched_off_it_is_gone_at_once_and_everybody_is_told(
    circle: Installation, ann: Person, bob: Person, fran: Person
) -> None:
    await keeps(circle, 24, fran, ann, bob)
    await ann.says("kept")
    assert len(await in_redis(circle)) == 2
    version = await wants(circle, 0)
    for person in (ann, bob, fran):
        await person.hears_within(WITHIN, "history-set", hours=0)
    assert await in_redis(circle) == []
    async with circle.store.reading() as c:
        assert await histories.meetings_of(c, circle.group) == [], "nothing opens what a copy of Redis may hold"
    assert texts(await reads(circle, ann)) == []
    await ann.does("agree", version=version)
    await ann.says("not kept")
    assert await in_redis(circle) == []


async def test_when_it_is_switched_off_nothing_in_any_process_opens_a_copy_of_redis_from_before(
    circle: Installation, ann: Person, bob: Person, fran: Person
) -> None:
    await keeps(circle, 24, fran, ann, bob)
    for person in (ann, bob, fran):  # on both processes
        await person.says("kept")
    bus = circle.lives[0].rooms.bus
    lines = await bus.history(circle.room)
    copy = list(zip(lines, await bus.kept(circle.room, lines), strict=True))
    assert texts(await reads(circle, ann, 0)) == texts(await reads(circle, ann, 1)) == ["kept"] * 3
    assert _opened(copy) > 0
    await wants(circle, 0)
    for process in (0, 1):
        async with asyncio.timeout(WITHIN):
            while circle.table(process).room.condition.history.hours:
                await asyncio.sleep(0.02)
    assert _opened(copy) == 0


def _opened(copy: list[tuple[Line, bytes | None]]) -> int:
    """How often a seal that is anywhere in this program's memory opens one of these."""
    count = 0
    gc.collect()
    for seal in [one for one in gc.get_objects() if isinstance(one, Seal)]:
        for line, kept in copy:
            with suppress(Unsealable):
                opened(seal, kept or b"", line.name, line.by)
                count += 1
    return count


async def test_a_shorter_time_holds_at_once_for_what_is_there_and_a_longer_one_only_for_what_is_said_then(
    circle: Installation, ann: Person, bob: Person, fran: Person
) -> None:
    await keeps(circle, 24, fran, ann, bob)
    await ann.says("kept")
    await agree(await wants(circle, 6), ann, bob, fran)
    await ann.hears_within(WITHIN, "history-set", hours=6)
    assert max([await circle.redis.pttl(key) for key in await in_redis(circle)]) <= 6 * HOUR
    await keeps(circle, 168, ann, bob, fran)
    await ann.says("kept for longer")
    (first,), second = await _lives(circle, "kept"), await _lives(circle, "kept for longer")
    assert first <= 6 * HOUR < second[0]


async def _lives(circle: Installation, text: str) -> list[int]:
    """How long the message with these words still lives, in ms."""
    sheet = await circle.lives[0].rooms.bus.history(circle.room)
    shown = texts(await reads(circle, circle._people[0]))
    lines = [line for line, known in zip(sheet, shown, strict=True) if known == text]
    return [await circle.redis.pttl(Keys(circle.room).kept(line.name)) for line in lines]


async def test_whoever_joins_later_reads_only_what_was_said_since_then(
    circle: Installation, ann: Person, bob: Person, fran: Person
) -> None:
    await keeps(circle, 24, fran, ann, bob)
    await ann.says("before Cem was one of us")
    await asyncio.sleep(0.01)  # another millisecond
    cem = await (await circle.person("Cem", Role.MEMBER, 1)).enters()
    assert cem.room["kept"] == 24
    await asyncio.sleep(0.01)
    await ann.says("welcome")
    assert texts(await reads(circle, cem)) == ["welcome"]
    assert texts(await reads(circle, bob)) == ["before Cem was one of us", "welcome"]


async def test_the_next_meeting_reads_on_and_only_who_sits_in_it_does(
    circle: Installation, ann: Person, bob: Person, fran: Person
) -> None:
    await keeps(circle, 24, fran, ann, bob)
    await ann.says("last week's words")
    await fran.asks("close")
    await ann.is_closed()
    await circle.meets()
    again = await circle.browser("Ann", ann.member, 1, ann.cookie).enters()
    (earlier,) = (await reads(circle, again)).messages
    assert (earlier.text, earlier.here) == ("last week's words", False)
    await again.says("this week's")
    sheet = await reads(circle, again)
    assert texts(sheet) == ["last week's words", "this week's"]
    assert texts(await reads(circle, again, before=Mark(sheet.messages[1].n))) == ["last week's words"]
    at, _, n = sheet.messages[0].mark.partition(".")
    assert texts(await reads(circle, again, before=Mark(Number(int(n)), Millis(int(at) + 1)))) == ["last week's words"]
    assert texts(await reads(circle, again, before=Mark(Number(int(n)), Millis(int(at))))) == []
    async with circle.store.reading() as c:
        meeting = await find(c, circle.room)
        assert meeting
        reading = await history.reading(c, meeting, bob.member, now())
    assert await circle.lives[1].earlier(circle.room, bob.member, reading, None) is None


async def test_what_somebody_said_goes_when_they_leave_the_group_also_from_former_meetings(
    circle: Installation, ann: Person, bob: Person, fran: Person
) -> None:
    await keeps(circle, 24, fran, ann, bob)
    await bob.says("Bob was here")
    await ann.says("Ann was here")
    former = circle.room
    async with circle.store.erasing() as c:
        said = await history.said_by(c, {bob.member})
        await members.leave(c, bob.member)
    assert texts(await reads(circle, ann)) == ["Ann was here"], "also as long as Redis cannot be reached"
    for who, rooms in said.values():
        await circle.lives[0].cut_history(rooms, 168, who)
    lines = await circle.lives[0].rooms.bus.history(former)
    assert [line.by for line in lines] == [ann.member]
    assert len(await in_redis(circle)) == 2


async def test_if_the_last_who_was_asked_leaves_it_begins(
    circle: Installation, ann: Person, bob: Person, fran: Person
) -> None:
    await agree(await wants(circle, 24), ann, fran)
    async with circle.store.erasing() as c:
        await members.leave(c, bob.member)
    await circle.lives[0].agreement_changed(circle.group)
    await ann.hears_within(WITHIN, "history-set", hours=24)


async def test_a_supervisor_cannot_read_it(circle: Installation, ann: Person, bob: Person, fran: Person) -> None:
    await keeps(circle, 24, fran, ann, bob)
    await ann.says("among us")
    sue = await (await circle.person("Sue", Role.SUPERVISOR, 0)).enters()
    with pytest.raises(AssertionError):
        await reads(circle, sue, 0)


async def test_it_is_read_page_by_page(
    circle: Installation, ann: Person, bob: Person, fran: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keeps(circle, 24, fran, ann, bob)
    monkeypatch.setattr("chat.live.earlier.PAGE", 2)
    for word in ("one", "two", "three"):
        await ann.says(word)
    newest = await reads(circle, bob)
    assert (texts(newest), newest.more) == (["two", "three"], True)
    before = await reads(circle, bob, before=Mark(newest.messages[0].n))
    assert (texts(before), before.more) == (["one"], False)
    assert newest.messages[0].mark == f"here.{newest.messages[0].n}"


async def test_what_is_kept_opens_in_no_other_meeting_and_not_without_its_salt(
    circle: Installation, ann: Person, bob: Person, fran: Person
) -> None:
    await keeps(circle, 24, fran, ann, bob)
    await ann.says("sealed")
    async with circle.store.writing() as c:
        await c.execute(meetings.update().values(history_salt=b"x" * 32))
    assert texts(await reads(circle, ann)) == []


async def test_somebody_who_is_asked_to_stay_away_holds_nothing_up_and_is_not_read(
    circle: Installation, ann: Person, bob: Person, fran: Person
) -> None:
    version = await wants(circle, 24)
    await fran.does("bar", member=bob.member, reason="safety", days=2)
    await agree(version, ann, fran)
    await ann.hears_within(WITHIN, "history-set", hours=24)
    async with circle.store.reading() as c:
        barred = await members.any_by_id(c, bob.member)
        assert barred
        with pytest.raises(access.BarredFrom):
            await access.entering(c, barred.account, circle.room, now())


async def test_what_was_kept_before_the_room_began_again_is_not_taken_for_what_is_said_after(
    circle: Installation, ann: Person, fran: Person
) -> None:
    """As in a meeting that its server was away from for more than a day: of the room itself nothing is left by then."""
    await keeps(circle, 24, fran, ann)
    for words in ("kept", "kept, too"):
        await ann.says(words)
    for person in (ann, fran):
        await person.goes()
    async with asyncio.timeout(5):
        while any(live.rooms.hub.table(circle.room) for live in circle.lives):
            await asyncio.sleep(0.02)
    left = await in_redis(circle)
    await circle.redis.delete(*(key for key in await circle.redis_keys() if key not in left))
    await fran.enters()
    await ann.enters()
    await fran.does("resume")
    regretted = await ann.says("said after", before=fran)
    assert texts(await reads(circle, ann)) == ["kept", "kept, too", "said after"]
    assert texts(await reads(circle, ann, before=Mark(Number(regretted)))) == ["kept", "kept, too"]
    await fran.does("fold", n=regretted, note="loss")
    assert [one.folded for one in (await reads(circle, ann)).messages] == [False, False, True]
    await ann.does("retract", n=regretted)
    assert texts(await reads(circle, ann)) == ["kept", "kept, too"]
