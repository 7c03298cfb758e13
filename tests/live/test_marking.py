"""Marks between processes: none is lost or doubled, and a mute by them is recorded and outlives Redis."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import select

from chat.core.wire import UNTIL_LOOKED, Role
from chat.records.tables import acts, mutes
from tests.cast import Person
from tests.installation import Installation


async def _rows(circle: Installation) -> tuple[list[tuple[object, ...]], list[object]]:
    """The acts on somebody in this room, and the mutes that stand."""
    async with circle.store.reading() as c:
        done = await c.execute(
            select(acts.c.act, acts.c.by_id, acts.c.to_id, acts.c.reason, acts.c.outcome)
            .where(acts.c.room_id == circle.room, acts.c.to_id.is_not(None))
            .order_by(acts.c.at)
        )
        standing = await c.scalars(select(mutes.c.until).where(mutes.c.room_id == circle.room))
        return [tuple(row) for row in done], list(standing)


async def test_marks_from_two_processes_at_once_mute_and_it_is_an_act_of_nobodys(
    circle: Installation, fran: Person, ann: Person, bob: Person
) -> None:
    cem = await (await circle.person("Cem", Role.MEMBER, 0)).enters()
    dee = await (await circle.person("Dee", Role.MEMBER, 1)).enters()
    n = await bob.says("Nobody asked you.")
    await dee.hears("said", n=n)
    await fran.does("pause")
    await fran.does("rest")
    await asyncio.gather(*(one.does("mark", n=n) for one in (ann, cem, dee)))
    card = await bob.hears("acted-on")
    assert (card["act"], card["reason"], "until" in card) == ("mute", "flagged", False)
    for person in (ann, fran):
        assert (await person.hears("muted"))["until"] == UNTIL_LOOKED
    assert sorted(frame["count"] for frame in fran.history if frame["type"] == "marked") == [1, 2, 3]
    assert not any(frame["type"] == "marked" for frame in ann.history + bob.history)
    assert not any(one.member in str(fran.history[-4:]) for one in (ann, cem, dee))
    await fran.does("return")
    await fran.does("resume")
    assert (await bob.is_refused("say", text="But"))["code"] == "muted"
    await _settled(circle, [("mute", None, bob.member, "flagged", "done")], [UNTIL_LOOKED])

    await circle.redis.flushall()  # the room is put together again, and the mute with it
    await fran.answer_to("pause")
    await fran.hears("room")
    await fran.answer_to("resume")
    assert (await bob.is_refused("say", text="But"))["code"] == "muted"
    await fran.does("look", member=bob.member)
    await bob.says("Sorry.")
    ended = ("unmute", fran.member, bob.member, None, "done")
    await _settled(circle, [("mute", None, bob.member, "flagged", "done"), ended], [])


async def test_one_person_alone_does_not_use_up_the_marks_of_all(
    circle: Installation, fran: Person, ann: Person, bob: Person
) -> None:
    cem, dee = [await (await circle.person(name, Role.MEMBER, 1)).enters() for name in ("Cem", "Dee")]
    said = [await slowly(bob.says, f"Nobody asked you, {turn}.") for turn in range(100)]
    await fran.does("pause")
    await fran.does("rest")
    for n in said:
        await slowly(dee.does, "mark", n=n)
    assert not bob.heard("muted")
    for person in (ann, cem):
        await person.does("mark", n=said[-1])
    await ann.hears("muted", member=bob.member)


async def slowly(does: Callable[..., Awaitable[Any]], *what: Any, **how: Any) -> Any:
    """So that it is not too fast."""
    await asyncio.sleep(0.06)
    return await does(*what, **how)


async def _settled(circle: Installation, done: list[tuple[object, ...]], standing: list[object]) -> None:
    async with asyncio.timeout(5):
        while await _rows(circle) != (done, standing):
            await asyncio.sleep(0.05)


async def test_a_mark_too_many_that_is_judged_again_is_answered_though_there_is_nothing_to_tell(
    circle: Installation, fran: Person, bob: Person
) -> None:
    ns = [await bob.says(f"word {turn}", before=fran) for turn in range(20)]
    several = [await (await circle.person(f"Dee {i}", Role.MEMBER, 0)).enters() for i in range(5)]
    late = await (await circle.person("Eli", Role.MEMBER, 1)).enters()
    for one in several:
        for n in ns[: 19 if one is several[-1] else 20]:
            await one.does("mark", n=n)
    await fran.has_heard(lambda frame: frame["type"] == "marked" and frame["count"] >= 5)
    stale, hub = circle.table(1), circle.lives[1].rooms.hub
    async with asyncio.timeout(5):
        while stale.room.sequence < circle.table(0).room.sequence:
            await asyncio.sleep(0.02)
    stale.waiting = []
    await several[-1].does("mark", n=ns[-1])
    ref = await late.asks("mark", n=ns[0])
    await asyncio.sleep(0.5)
    stale.waiting = None
    hub.reload_soon(stale)
    await late.hears("accepted", ref=ref)
