"""Acts hang together: whoever changes one, takes one out, or writes one in between is found out."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.ids import MemberId, Millis, RoomId
from chat.core.wire.facilitating import Act
from chat.core.wire.frame import Reason
from chat.records import acts, meetings, members
from chat.records.acts import ActId, Deed
from chat.records.chaining import Report
from chat.records.keys import DAY
from chat.records.ledger import Ledger
from chat.records.store import Store
from chat.records.tables import acts as rows
from chat.records.tables import chains
from tests.records.conftest import LEDGER, NOON, Circle, joins


async def does(c: AsyncConnection, room: RoomId, by: MemberId | None, to: MemberId | None, at: int = 0) -> ActId:
    """A mute, done."""
    act = await acts.open(c, LEDGER, Deed(room, Act.MUTE, by, to, Reason.OTHER, Millis(NOON + at)))
    await acts.close(c, LEDGER, act, "done")
    return act


async def an_evening(store: Store, circle: Circle, number: int = 4) -> RoomId:
    """Fran mutes Ann a few times."""
    async with store.writing() as c:
        room = (await meetings.open(c, circle.group.id, circle.fran.id, NOON)).id
        for at in range(number):
            await does(c, room, circle.fran.id, circle.ann.id, at)
    return room


async def proved(store: Store, ledger: Ledger = LEDGER) -> Report:
    async with store.reading() as c:
        (report,) = await ledger.verify(c)
    return report


async def test_an_ordinary_evening_is_proved(store: Store, circle: Circle) -> None:
    await an_evening(store, circle)
    report = await proved(store)
    assert (report.acts, report.loose, report.faults) == (4, 0, ())


Tampering = Callable[[AsyncConnection], Awaitable[Any]]
TAMPERING: dict[str, Tampering] = {
    "another act": lambda c: c.execute(update(rows).where(rows.c.seq == 2).values(act="unmute")),
    "another reason": lambda c: c.execute(update(rows).where(rows.c.seq == 2).values(reason="safety")),
    "another time": lambda c: c.execute(update(rows).where(rows.c.seq == 2).values(at=NOON)),
    "another end": lambda c: c.execute(update(rows).where(rows.c.seq == 2).values(until=NOON)),
    "another role": lambda c: c.execute(update(rows).where(rows.c.seq == 2).values(role="administrator")),
    "another outcome": lambda c: c.execute(update(rows).where(rows.c.seq == 2).values(outcome="refused")),
    "no outcome": lambda c: c.execute(update(rows).where(rows.c.seq == 2).values(outcome=None, outcome_tag=None)),
    "somebody else did it": lambda c: c.execute(update(rows).where(rows.c.seq == 2).values(by_id=rows.c.to_id)),
    "nobody did it": lambda c: c.execute(update(rows).where(rows.c.seq == 2).values(by_id=None)),
    "done to nobody": lambda c: c.execute(update(rows).where(rows.c.seq == 2).values(to_id=None)),
    "one from the middle is gone": lambda c: c.execute(delete(rows).where(rows.c.seq == 2)),
    "the first is gone": lambda c: c.execute(delete(rows).where(rows.c.seq == 1)),
    "the last is gone": lambda c: c.execute(delete(rows).where(rows.c.seq == 4)),
    "all are gone": lambda c: c.execute(delete(rows)),
    "the first is gone, and the beginning moved": lambda c: c.execute(delete(rows).where(rows.c.seq == 1)),
    "taken out of the chain": lambda c: c.execute(update(rows).where(rows.c.seq == 4).values(seq=None)),
}


@pytest.mark.parametrize("how", TAMPERING)
async def test_what_was_changed_behind_its_back_is_found(store: Store, circle: Circle, how: str) -> None:
    await an_evening(store, circle)
    async with store.writing() as c:
        await TAMPERING[how](c)
        if "beginning moved" in how:
            await c.execute(update(chains).values(first=2, closed=3))
    assert (await proved(store)).faults


async def test_two_acts_in_each_others_place_are_found(store: Store, circle: Circle) -> None:
    await an_evening(store, circle)
    async with store.writing() as c:
        for was, becomes in ((2, 99), (3, 2), (99, 3)):
            await c.execute(update(rows).where(rows.c.seq == was).values(seq=becomes))
    assert (await proved(store)).faults


async def test_an_act_that_was_written_in_without_the_secret_is_found(store: Store, circle: Circle) -> None:
    room = await an_evening(store, circle)
    async with store.writing() as c:
        forger = Ledger(b"not the secret, but as long as it")
        await acts.open(c, forger, Deed(room, Act.BAR, circle.fran.id, circle.bob.id, Reason.OTHER, NOON))
    assert (await proved(store)).faults
    async with store.writing() as c:
        await c.execute(insert(rows).values(id="loose", room_id=room, group_id=circle.group.id, act="bar", at=1))
    assert "1 acts are not in the chain" in (await proved(store)).faults


async def test_another_secret_proves_nothing(store: Store, circle: Circle) -> None:
    await an_evening(store, circle)
    assert (await proved(store, Ledger(b"another secret, also of 32 bytes!"))).faults


async def test_who_leaves_is_forgotten_and_the_proof_holds(store: Store, circle: Circle) -> None:
    await an_evening(store, circle)
    async with store.erasing() as c:
        await members.leave(c, circle.ann.id)
        await members.leave(c, circle.fran.id)
    assert (await proved(store)).faults == ()
    async with store.reading() as c:
        assert {(act.by, act.to) for act in await acts.of(c, circle.group.id)} == {(None, None)}
        whole = str((await c.execute(select(rows))).all())
    assert circle.ann.id not in whole
    assert circle.fran.id not in whole


async def test_an_act_whose_outcome_is_not_known_is_in_the_chain_and_what_is_said_first_stays(
    store: Store, circle: Circle
) -> None:
    room = await an_evening(store, circle, 1)
    async with store.writing() as c:
        act = await acts.open(c, LEDGER, Deed(room, Act.PAUSE, circle.fran.id, None, None, NOON))
    assert (await proved(store)).faults == ()
    async with store.writing() as c:
        await acts.close(c, LEDGER, act, "refused")
        await acts.close(c, LEDGER, act, "done")
    assert (await proved(store)).faults == ()
    async with store.reading() as c:
        assert {one.outcome for one in await acts.of(c, circle.group.id) if one.id == act} == {"refused"}


async def test_an_act_written_late_and_twice_takes_one_place(store: Store, circle: Circle) -> None:
    room = await an_evening(store, circle)
    late = Deed(room, Act.REMOVAL, circle.fran.id, circle.bob.id, Reason.OTHER, Millis(NOON - 60_000), id=ActId("late"))
    async with store.writing() as c:
        for _ in range(2):
            await acts.open(c, LEDGER, late)
            await acts.close(c, LEDGER, ActId("late"), "done")
    report = await proved(store)
    assert (report.acts, report.faults) == (5, ())


async def test_two_processes_at_once_write_one_chain(store: Store, other: Store, circle: Circle) -> None:
    room = await an_evening(store, circle, 0)

    async def acts_on(through: Store, number: int) -> None:
        for _ in range(number):
            async with through.writing() as c:
                await does(c, room, circle.fran.id, circle.bob.id)

    await asyncio.gather(acts_on(store, 10), acts_on(other, 10), acts_on(store, 10))
    report = await proved(store)
    assert (report.acts, report.faults) == (30, ())


async def test_what_was_there_before_the_chain_joins_it_with_the_next_act(store: Store, circle: Circle) -> None:
    async with store.writing() as c:
        room = (await meetings.open(c, circle.group.id, circle.fran.id, NOON)).id
        for number in range(3):
            old = {"id": f"old{number}", "room_id": room, "group_id": circle.group.id, "act": "mute", "at": number}
            await c.execute(insert(rows).values(**old, by_id=circle.fran.id, outcome="done"))
    report = await proved(store)
    assert (report.acts, report.loose, report.faults) == (0, 3, ())
    async with store.writing() as c:
        await does(c, room, circle.fran.id, circle.ann.id)
    report = await proved(store)
    assert (report.acts, report.loose, report.faults) == (4, 0, ())


async def closes(store: Store, room: RoomId, at: int) -> None:
    async with store.erasing() as c:
        await meetings.close(c, room, Millis(NOON + at))


async def test_what_is_past_its_time_goes_from_the_beginning_and_the_proof_holds(store: Store, circle: Circle) -> None:
    first = await an_evening(store, circle)
    await closes(store, first, 0)
    second = await an_evening(store, circle, 2)
    async with store.writing() as c:  # written down late, when the records were back
        await acts.open(c, LEDGER, Deed(first, Act.REMOVAL, circle.fran.id, circle.bob.id, Reason.OTHER, NOON))
        await does(c, second, circle.fran.id, circle.ann.id)
    await closes(store, second, 10 * DAY)
    async with store.erasing() as c:
        assert await LEDGER.expire(c, Millis(NOON + 91 * DAY)) == 4
    report = await proved(store)
    assert (report.acts, report.faults) == (4, ())
    async with store.erasing() as c:
        assert await LEDGER.expire(c, Millis(NOON + 101 * DAY)) == 4
    report = await proved(store)
    assert (report.acts, report.faults) == (0, ())
    third = await an_evening(store, circle, 1)
    assert third
    assert (await proved(store)).faults == ()


async def test_what_is_found_says_which_act_and_what_is_wrong_with_it(store: Store, circle: Circle) -> None:
    await an_evening(store, circle)
    gus = await joins(store, circle.group.id, "Gus")
    async with store.writing() as c:
        await c.execute(update(rows).where(rows.c.seq == 3).values(to_id=gus.id))
    assert (await proved(store)).faults == ("act 3: it names somebody else (to)",)
