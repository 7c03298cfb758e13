"""That a meeting was is known for a while; what sealed it ends with it; what was done in it can be looked at again."""

import asyncio
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.ids import GroupId, MemberId, Millis, RoomId
from chat.core.wire.facilitating import Act
from chat.core.wire.frame import Reason, Role
from chat.core.wire.marking import UNTIL_LOOKED
from chat.records import acts, bars, meetings, members, mutes
from chat.records.acts import ActId
from chat.records.meetings import Meeting
from chat.records.store import Store
from tests.records.conftest import LEDGER, NOON, Circle

LATER = Millis(NOON + 600_000)


async def writes(c: AsyncConnection, *what: Any, **more: Any) -> ActId:
    """An act, written down before it is done."""
    return await acts.open(c, LEDGER, acts.Deed(*what, **more))


async def opens(store: Store, circle: Circle) -> Meeting:
    async with store.writing() as c:
        return await meetings.open(c, circle.group.id, circle.fran.id, NOON)


async def test_of_two_who_open_at_once_both_are_in_the_same_meeting(store: Store, other: Store, circle: Circle) -> None:
    first, second = await asyncio.gather(opens(store, circle), opens(other, circle))
    assert first == second
    async with store.reading() as c:
        assert await meetings.current(c, circle.group.id) == first
        assert await meetings.open_of(c, {first.id, RoomId("another")}) == {first.id}


async def test_a_closed_meeting_has_no_salt_and_the_next_has_its_own(store: Store, circle: Circle) -> None:
    meeting = await opens(store, circle)
    async with store.erasing() as c:
        salt, receipt_salt = await meetings.salt(c, meeting.id), await meetings.receipt_salt(c, meeting.id, LATER)
        assert salt
        assert receipt_salt
        assert len(salt) == len(receipt_salt) == 32
        assert salt != receipt_salt
        assert await meetings.close(c, meeting.id, LATER)
        assert not await meetings.close(c, meeting.id, LATER)
        assert await meetings.salt(c, meeting.id) is None
        assert await meetings.receipt_salt(c, meeting.id, LATER) == receipt_salt
        assert await meetings.current(c, circle.group.id) is None
    following = await opens(store, circle)
    assert following.id != meeting.id
    async with store.reading() as c:
        assert await meetings.salt(c, following.id) != salt
        closed = await meetings.find(c, meeting.id)
    assert closed is not None
    assert closed.closed_on is not None
    assert closed.opened_by is None


async def test_a_removal_is_from_one_meeting(store: Store, circle: Circle) -> None:
    meeting, ann, group = await opens(store, circle), circle.ann.id, circle.group.id
    async with store.writing() as c:
        await bars.set_(c, group, ann, None, meeting.id, Reason.HURTFUL, circle.fran.id)
        bar = await bars.standing(c, group, ann, meeting.id, NOON)
        assert bar is not None
        assert (bar.member, bar.room, bar.reason, bar.by) == (ann, meeting.id, Reason.HURTFUL, circle.fran.id)
        assert await bars.standing(c, group, ann, None, NOON) is None
        assert await bars.standing(c, group, ann, RoomId("another"), NOON) is None
        assert await bars.standing(c, group, circle.bob.id, meeting.id, NOON) is None
        assert await bars.out_of_any(c, {group, GroupId("another")}, NOON) == {(meeting.id, ann)}
        assert await bars.of(c, group, NOON) == []
        await meetings.close(c, meeting.id, LATER)
        assert await bars.standing(c, group, ann, meeting.id, NOON) is None


async def test_nobody_is_put_out_by_a_removal_that_may_yet_be_refused(store: Store, circle: Circle) -> None:
    meeting, ann, group = await opens(store, circle), circle.ann.id, circle.group.id
    async with store.writing() as c:
        act = await writes(c, meeting.id, Act.REMOVAL, circle.fran.id, ann, Reason.HURTFUL, NOON)
        bar = await bars.set_(c, group, ann, None, meeting.id, Reason.HURTFUL, circle.fran.id, bar_id=act)
        assert bar == act
        assert await bars.undecided(c, bar, NOON)
        assert await bars.out_of_any(c, {group}, NOON) == set()
        assert await bars.standing(c, group, ann, meeting.id, NOON), "who would come in now does not"
        died = Millis(NOON + bars.DECIDED_WITHIN)
        assert not await bars.undecided(c, bar, died)
        assert await bars.out_of_any(c, {group}, died) == {(meeting.id, ann)}
        await acts.close(c, LEDGER, act, "done")
        assert not await bars.undecided(c, bar, NOON)
        assert await bars.out_of_any(c, {group}, NOON) == {(meeting.id, ann)}


async def test_a_bar_holds_until_it_is_over_or_lifted(store: Store, circle: Circle) -> None:
    meeting, ann, group = await opens(store, circle), circle.ann.id, circle.group.id
    async with store.writing() as c:
        await bars.set_(c, group, ann, LATER, None, Reason.CONTACT, circle.fran.id)
        assert await bars.standing(c, group, ann, meeting.id, NOON)
        assert await bars.out_of(c, group, meeting.id, NOON) == {ann}
        assert await bars.out_of_any(c, {group}, NOON) == {(group, ann)}
        assert await bars.out_of_any(c, {GroupId("another")}, NOON) == set()
        assert await bars.standing(c, group, ann, meeting.id, LATER) is None
        assert await bars.out_of_any(c, {group}, LATER) == set()
        lasting = await bars.set_(c, group, ann, None, None, Reason.CONTACT, circle.fran.id)
        assert lasting
        standing = await bars.standing(c, group, ann, meeting.id, NOON)
        assert standing is not None
        assert standing.id == lasting, "of two, the longer is the one to tell"
        assert not await bars.lift(c, GroupId("another"), lasting)
        assert await bars.lift(c, group, lasting)
        assert await bars.standing(c, group, ann, meeting.id, LATER) is None


async def test_a_bar_written_again_is_one_bar(store: Store, circle: Circle) -> None:
    async with store.writing() as c:
        for _ in range(2):
            await bars.set_(c, circle.group.id, circle.ann.id, None, None, Reason.OTHER, None, bar_id="b")
        assert len(await bars.of(c, circle.group.id, NOON)) == 1


async def test_nobody_is_barred_or_muted_from_a_group_they_are_not_in(store: Store, circle: Circle) -> None:
    meeting, nobody = await opens(store, circle), MemberId("nobody")
    async with store.writing() as c:
        assert await bars.set_(c, circle.group.id, nobody, None, None, Reason.OTHER, None) is None
        assert await bars.set_(c, GroupId("another"), circle.ann.id, None, None, Reason.OTHER, None) is None
        assert not await mutes.set_(c, meeting.id, nobody, LATER, Reason.OTHER, None)
        await mutes.settle(c, meeting.id, nobody, NOON)


async def test_a_mute_holds_until_it_is_over_or_the_meeting_closes(store: Store, circle: Circle) -> None:
    meeting, ann, bob = await opens(store, circle), circle.ann.id, circle.bob.id
    async with store.writing() as c:
        for until in (Millis(NOON + 1), LATER):
            assert await mutes.set_(c, meeting.id, ann, until, Reason.TOO_MUCH, circle.fran.id)
        assert await mutes.set_(c, meeting.id, bob, UNTIL_LOOKED, Reason.FLAGGED, None)
        assert await mutes.standing(c, meeting.id, NOON) == {ann: LATER, bob: UNTIL_LOOKED}
        assert await mutes.standing(c, meeting.id, LATER) == {bob: UNTIL_LOOKED}
        await meetings.close(c, meeting.id, LATER)
        assert await mutes.standing(c, meeting.id, NOON) == {}


MUTE, UNMUTE = Act.MUTE, Act.UNMUTE
LONG, SHORT = Millis(NOON + 2_000), Millis(NOON + 1_000)


@pytest.mark.parametrize(
    ("done", "muted"),
    [
        ([(MUTE, LONG, "done")], LONG),
        ([(MUTE, LONG, "refused")], None),
        ([(MUTE, LONG, None)], LONG),
        ([(MUTE, LONG, "done"), (MUTE, SHORT, "done")], SHORT),
        ([(MUTE, SHORT, "done"), (MUTE, LONG, "refused")], SHORT),
        ([(MUTE, LONG, "done"), (UNMUTE, None, "done")], None),
        ([(MUTE, LONG, "done"), (UNMUTE, None, "refused")], LONG),
        ([(MUTE, LONG, "done"), (UNMUTE, None, None)], LONG),
        ([(MUTE, LONG, "done"), (UNMUTE, None, "done"), (MUTE, SHORT, "refused")], None),
        ([(MUTE, NOON, "done"), (MUTE, LONG, "refused")], None),
    ],
)
async def test_the_newest_act_that_was_not_refused_decides_whether_somebody_is_muted(
    store: Store, circle: Circle, done: list[tuple[Act, Millis | None, acts.Outcome | None]], muted: Millis | None
) -> None:
    meeting, ann = await opens(store, circle), circle.ann.id
    async with store.writing() as c:
        for turn, (act, until, outcome) in enumerate(done):
            at = Millis(NOON - 10 + turn)
            made = await writes(c, meeting.id, act, circle.fran.id, ann, Reason.TOO_MUCH, at, until=until)
            if until:
                await mutes.set_(c, meeting.id, ann, until, Reason.TOO_MUCH, circle.fran.id)
            if outcome:
                await acts.close(c, LEDGER, made, outcome)
                await mutes.settle(c, meeting.id, ann, NOON)
        assert await mutes.standing(c, meeting.id, Millis(NOON - 100)) == ({ann: muted} if muted else {})


async def test_two_facilitators_mute_somebody_at_once_and_both_are_told_it_is_done(
    store: Store, other: Store, circle: Circle
) -> None:
    meeting, ann, first_has = await opens(store, circle), circle.ann.id, asyncio.Event()

    async def first() -> None:
        async with store.writing() as c:
            await mutes.set_(c, meeting.id, ann, LONG, Reason.TOO_MUCH, circle.fran.id)
            first_has.set()
            await asyncio.wait({second}, timeout=0.5)

    async def late() -> None:
        await first_has.wait()
        async with other.writing() as c:
            await mutes.set_(c, meeting.id, ann, SHORT, Reason.TOO_MUCH, circle.fran.id)

    second = asyncio.create_task(late())
    await first()
    await second
    async with store.reading() as c:
        assert await mutes.standing(c, meeting.id, NOON) == {ann: SHORT}


async def test_leaving_the_group_and_coming_back_ends_neither_mute_nor_removal(store: Store, circle: Circle) -> None:
    meeting, group = await opens(store, circle), circle.group.id
    async with store.writing() as c:
        await mutes.set_(c, meeting.id, circle.ann.id, LATER, Reason.TOO_MUCH, circle.fran.id)
        await bars.set_(c, group, circle.ann.id, None, meeting.id, Reason.TOO_MUCH, circle.fran.id)
        await members.leave(c, circle.ann.id)
        again = await members.join(c, group, circle.ann.account, "Somebody else", Role.MEMBER, 1)
        assert await mutes.standing(c, meeting.id, NOON) == {again.id: LATER}
        assert await bars.out_of(c, group, meeting.id, NOON) == {again.id}


async def test_an_act_is_written_before_it_is_done_and_closed_with_its_outcome(store: Store, circle: Circle) -> None:
    meeting, fran, ann = await opens(store, circle), circle.fran.id, circle.ann.id
    async with store.writing() as c:
        act = await writes(c, meeting.id, Act.MUTE, fran, ann, Reason.ADVICE, NOON, until=LATER)
        assert (await acts.of(c, circle.group.id))[0].outcome is None
        await acts.close(c, LEDGER, act, "done")
        await writes(c, meeting.id, Act.PAUSE, None, None, None, LATER)
        newest, earlier = await acts.of(c, circle.group.id)
    assert (newest.act, newest.by, newest.to, newest.reason) == (Act.PAUSE, None, None, None)
    assert (earlier.id, earlier.act, earlier.by, earlier.to) == (act, Act.MUTE, fran, ann)
    assert (earlier.reason, earlier.at, earlier.until, earlier.outcome) == (Reason.ADVICE, NOON, LATER, "done")


async def test_an_act_written_late_and_twice_is_one_act(store: Store, circle: Circle) -> None:
    meeting = await opens(store, circle)
    async with store.writing() as c:
        for _ in range(2):
            await writes(c, meeting.id, Act.CLOSE, circle.fran.id, None, None, NOON, id=ActId("a"))
        assert len(await acts.of(c, circle.group.id)) == 1


async def test_acts_do_not_remember_who_has_left(store: Store, circle: Circle) -> None:
    meeting = await opens(store, circle)
    async with store.erasing() as c:
        for member in (circle.ann.id, circle.bob.id):
            await writes(c, meeting.id, Act.REMOVAL, circle.fran.id, member, Reason.OTHER, NOON)
        await members.leave(c, circle.ann.id)
        await writes(c, meeting.id, Act.REMOVAL, circle.fran.id, circle.ann.id, Reason.OTHER, NOON)
        assert {act.to for act in await acts.of(c, circle.group.id)} == {circle.bob.id, None}
        await members.leave(c, circle.fran.id)
        assert {act.by for act in await acts.of(c, circle.group.id)} == {None}
