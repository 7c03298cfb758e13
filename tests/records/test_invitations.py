"""A group grows by links that lapse, count, and can be taken back; and some links work once."""

import asyncio

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from chat.core.ids import GroupId, Millis
from chat.core.wire.frame import Role
from chat.records import accounts, invitations, members, starts
from chat.records.expiry import expire
from chat.records.invitations import InvitationSpent, UnfitInvitation
from chat.records.keys import DAY
from chat.records.starts import Purpose
from chat.records.store import Store
from chat.records.tables import invitations as rows
from tests.records.conftest import LEDGER, NOON, Circle, signs_up


async def test_a_link_brings_as_many_people_as_it_was_made_for(store: Store, circle: Circle) -> None:
    async with store.writing() as c:
        made, token = await invitations.create(c, circle.group.id, Role.MEMBER, circle.fran.account, NOON, 7, 2)
        assert await invitations.look(c, token, NOON) == made
        await invitations.use(c, made, NOON)
        await invitations.use(c, made, NOON)
        with pytest.raises(InvitationSpent):
            await invitations.use(c, made, NOON)
        assert await invitations.look(c, token, NOON) is None
        assert await invitations.of(c, circle.group.id, NOON) == []


async def test_of_two_who_come_by_the_last_use_at_once_one_comes_in(store: Store, other: Store, circle: Circle) -> None:
    async with store.writing() as c:
        made, _ = await invitations.create(c, circle.group.id, Role.MEMBER, circle.fran.account, NOON)

    async def comes(where: Store) -> None:
        async with where.writing() as c:
            await invitations.use(c, made, NOON)

    ends = await asyncio.gather(comes(store), comes(other), return_exceptions=True)
    assert sorted(type(end).__name__ for end in ends) == ["InvitationSpent", "NoneType"]


async def test_a_link_lapses(store: Store, circle: Circle) -> None:
    async with store.writing() as c:
        made, token = await invitations.create(c, circle.group.id, Role.MEMBER, circle.fran.account, NOON, 1, 9)
        later = Millis(NOON + DAY)
        assert await invitations.look(c, token, Millis(later - 1))
        assert await invitations.look(c, token, later) is None
        with pytest.raises(InvitationSpent):
            await invitations.use(c, made, later)


async def test_a_link_is_taken_back_by_its_own_group_alone(store: Store, circle: Circle) -> None:
    async with store.writing() as c:
        made, token = await invitations.create(c, circle.group.id, Role.MEMBER, circle.fran.account, NOON)
        assert not await invitations.revoke(c, GroupId("another"), made.id, NOON)
        assert await invitations.revoke(c, circle.group.id, made.id, NOON)
        assert await invitations.look(c, token, NOON) is None
        assert await invitations.of(c, circle.group.id, NOON) == []
        with pytest.raises(InvitationSpent):
            await invitations.use(c, made, NOON)


async def test_the_link_itself_is_not_kept(store: Store, circle: Circle) -> None:
    async with store.writing() as c:
        made, token = await invitations.create(c, circle.group.id, Role.MEMBER, circle.fran.account, NOON)
        assert token not in repr((await c.execute(select(rows))).all()) + repr(made)
        assert await invitations.look(c, token[:-1], NOON) is None


@pytest.mark.parametrize(("days", "uses"), [(0, 1), (61, 1), (7, 0), (7, 101)])
async def test_no_link_is_for_ever_or_for_everybody(store: Store, circle: Circle, days: int, uses: int) -> None:
    async with store.writing() as c:
        with pytest.raises(UnfitInvitation):
            await invitations.create(c, circle.group.id, Role.MEMBER, circle.fran.account, NOON, days, uses)


async def test_the_first_administrators_link_works_once(store: Store) -> None:
    async with store.writing() as c:
        token = await starts.begin(c, NOON)
        assert token
        assert await starts.look(c, token, Purpose.BEGIN, NOON)
        assert not await starts.look(c, token, Purpose.DEMO, NOON)
        assert await starts.take(c, token, Purpose.BEGIN, NOON)
        assert await starts.take(c, token, Purpose.BEGIN, NOON) is None


async def test_a_newer_link_ends_the_older_and_a_day_ends_both(store: Store) -> None:
    async with store.writing() as c:
        first, second = await starts.begin(c, NOON), await starts.begin(c, NOON)
        assert first
        assert second
        assert not await starts.look(c, first, Purpose.BEGIN, NOON)
        assert await starts.look(c, second, Purpose.BEGIN, Millis(NOON + DAY - 1))
        assert not await starts.look(c, second, Purpose.BEGIN, Millis(NOON + DAY))
        assert await starts.take(c, second, Purpose.BEGIN, Millis(NOON + DAY)) is None


async def test_with_an_administrator_there_is_no_such_link(store: Store) -> None:
    async with store.writing() as c:
        token = await starts.begin(c, NOON)
        assert token
        await accounts.create(c, "admin", "a hash", administrator=True)
        assert not await starts.look(c, token, Purpose.BEGIN, NOON)
        assert await starts.take(c, token, Purpose.BEGIN, NOON) is None
        assert await starts.begin(c, NOON) is None


async def test_a_demo_link_signs_its_person_in_as_long_as_it_lasts(store: Store, circle: Circle) -> None:
    async with store.writing() as c:
        token = await starts.demo(c, circle.ann.account, NOON)
        start = await starts.take(c, token, Purpose.DEMO, NOON)
        assert start is not None
        assert start.account == circle.ann.account
        assert await starts.take(c, token, Purpose.DEMO, Millis(NOON + starts.DEMO_LASTS - 1)) == start
        assert await starts.take(c, token, Purpose.DEMO, Millis(NOON + starts.DEMO_LASTS)) is None


async def test_who_came_by_a_link_is_known_for_thirty_days_after_it_has_lapsed(store: Store, circle: Circle) -> None:
    who = await signs_up(store)
    async with store.writing() as c:
        made, _ = await invitations.create(c, circle.group.id, Role.MEMBER, circle.fran.account, NOON, listens=True)
        dora = await members.join(c, circle.group.id, who, "Dora", Role.MEMBER, 1, NOON, by=made)
        assert (dora.invitation, dora.listens) == (made.id, True)
        assert await members.by_id(c, circle.group.id, dora.id) == dora
        await expire(c, NOON, LEDGER)
        assert await members.by_id(c, circle.group.id, dora.id) == dora
        await invitations.use(c, made, NOON)
        await expire(c, Millis(NOON + 37 * DAY - 1), LEDGER)
        assert await members.by_id(c, circle.group.id, dora.id) == dora
        assert await c.scalar(select(rows.c.token_hash).where(rows.c.id == made.id)) is None
        await expire(c, Millis(NOON + 37 * DAY), LEDGER)
        assert await members.by_id(c, circle.group.id, dora.id) == replace(dora, invitation=None)


async def test_an_ordinary_link_brings_people_who_take_part(store: Store, circle: Circle) -> None:
    who = await signs_up(store)
    async with store.writing() as c:
        made, token = await invitations.create(c, circle.group.id, Role.MEMBER, circle.fran.account, NOON)
        assert await invitations.look(c, token, NOON) == made
        assert not (await members.join(c, circle.group.id, who, "Dora", Role.MEMBER, 1, NOON, by=made)).listens
