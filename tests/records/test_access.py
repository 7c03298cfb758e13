"""What is not somebody's own is, to them, not there."""

from collections.abc import Awaitable

import pytest

from chat.core.ids import AccountId, GroupId, Millis, RoomId
from chat.core.wire.frame import Reason, Role
from chat.records import access, accounts, agreements, bars, groups, meetings, visits
from chat.records.access import BarredFrom, NotConsented, NotYours
from chat.records.store import Store
from tests.records.conftest import NOON, Circle, joins, signs_up


async def refused(asking: Awaitable[object]) -> bool:
    with pytest.raises(NotYours):
        await asking
    return True


@pytest.fixture
async def admin(store: Store) -> AccountId:
    """Ada makes groups and is in none."""
    async with store.writing() as c:
        return (await accounts.create(c, "ada", "a hash", administrator=True)).id


async def test_a_group_is_there_for_its_members_alone(store: Store, circle: Circle, admin: AccountId) -> None:
    stranger, group = await signs_up(store), circle.group.id
    async with store.reading() as c:
        assert await access.group_for(c, circle.ann.account, group) == (circle.group, circle.ann)
        assert await refused(access.group_for(c, stranger, group))
        assert await refused(access.group_for(c, admin, group))
        assert await refused(access.group_for(c, circle.ann.account, GroupId("no such group")))


async def test_a_facilitator_of_one_group_has_no_power_in_another(store: Store, circle: Circle) -> None:
    async with store.writing() as c:
        other = await groups.create(c, "Thursday")
    await joins(store, other.id, "Gus", Role.FACILITATOR)
    await joins(store, other.id, "Fran", account=circle.fran.account)
    async with store.reading() as c:
        assert await access.group_for(c, circle.fran.account, circle.group.id, Role.FACILITATOR)
        assert await refused(access.group_for(c, circle.fran.account, other.id, Role.FACILITATOR))
        assert await refused(access.group_for(c, circle.ann.account, circle.group.id, Role.FACILITATOR))


async def test_a_meeting_is_there_for_its_group_alone(store: Store, circle: Circle) -> None:
    stranger = await signs_up(store)
    async with store.writing() as c:
        meeting = await meetings.open(c, circle.group.id, circle.fran.id, NOON)
        assert await access.meeting_for(c, circle.ann.account, meeting.id) == (meeting, circle.ann)
        assert await refused(access.meeting_for(c, stranger, meeting.id))
        assert await refused(access.meeting_for(c, circle.ann.account, RoomId("no such room")))
        assert await refused(access.meeting_for(c, circle.ann.account, meeting.id, Role.FACILITATOR))


async def test_whoever_is_barred_or_has_not_consented_does_not_sit_down(store: Store, circle: Circle) -> None:
    async with store.writing() as c:
        meeting = await meetings.open(c, circle.group.id, circle.fran.id, NOON)
        assert await access.entering(c, circle.ann.account, meeting.id, NOON) == (meeting, circle.ann)
        await agreements.edit(c, circle.group.id, "Be kind.", circle.fran.id)
        with pytest.raises(NotConsented):
            await access.entering(c, circle.ann.account, meeting.id, NOON)
        await bars.set_(c, circle.group.id, circle.ann.id, None, meeting.id, Reason.SAFETY, circle.fran.id)
        with pytest.raises(BarredFrom) as barred:
            await access.entering(c, circle.ann.account, meeting.id, NOON)
    assert barred.value.bar.reason is Reason.SAFETY


async def test_many_are_let_in_by_one_look_and_each_only_where_they_may_be(store: Store, circle: Circle) -> None:
    async with store.writing() as c:
        here = (await meetings.open(c, circle.group.id, circle.fran.id, NOON)).id
        other = await groups.create(c, "Thursday")
    gus = await joins(store, other.id, "Gus", Role.FACILITATOR)
    await joins(store, other.id, "Ann elsewhere", account=circle.ann.account)
    async with store.writing() as c:
        there = (await meetings.open(c, other.id, gus.id, NOON)).id
        ann, bob, fran = [
            await visits.start(c, member.account, NOON, "") for member in (circle.ann, circle.bob, circle.fran)
        ]
    asked = [(who, room) for who in (ann, bob, fran, "nobody's") for room in (here, there)]
    found = await access.welcome(store, asked, NOON)
    assert {one: welcome.member.name for one, welcome in found.items()} == {
        (ann, here): "Ann",
        (ann, there): "Ann elsewhere",
        (bob, here): "Bob",
        (fran, here): "Fran",
    }
    assert found[ann, here].visit.account_id == circle.ann.account
    assert found[fran, here].member == circle.fran
    assert await access.welcome(store, [(ann, here), (bob, there)], NOON) == {(ann, here): found[ann, here]}
    assert await access.welcome(store, [], NOON) == {}


async def test_whoever_may_not_sit_down_is_not_let_in_by_the_look_for_many(store: Store, circle: Circle) -> None:
    async with store.writing() as c:
        room = (await meetings.open(c, circle.group.id, circle.fran.id, NOON)).id
        tokens = {
            member.name: await visits.start(c, member.account, NOON, "")
            for member in (circle.ann, circle.bob, circle.fran)
        }

    async def let_in(at: Millis = NOON) -> set[str]:
        found = await access.welcome(store, [(token, room) for token in tokens.values()], at)
        return {welcome.member.name for welcome in found.values()}

    assert await let_in() == {"Ann", "Bob", "Fran"}
    assert await let_in(Millis(NOON + visits.IDLE)) == set()
    async with store.writing() as c:
        await bars.set_(c, circle.group.id, circle.ann.id, None, room, Reason.SAFETY, circle.fran.id)
        await bars.set_(c, circle.group.id, circle.bob.id, Millis(NOON + 5), None, Reason.SAFETY, circle.fran.id)
    assert await let_in() == {"Fran"}
    assert await let_in(Millis(NOON + 5)) == {"Bob", "Fran"}
    async with store.writing() as c:
        version = await agreements.edit(c, circle.group.id, "Be kind.", circle.fran.id)
    assert await let_in() == set()
    async with store.writing() as c:
        await agreements.consent(c, circle.fran.id, version)
    assert await let_in() == {"Fran"}
    async with store.erasing() as c:
        await meetings.close(c, room, NOON)
    assert await let_in() == set()


async def test_another_groups_newer_agreement_keeps_nobody_from_being_let_in_by_the_look_for_many(
    store: Store, circle: Circle
) -> None:
    async with store.writing() as c:
        room = (await meetings.open(c, circle.group.id, circle.fran.id, NOON)).id
        token = await visits.start(c, circle.ann.account, NOON, "")
        other = await groups.create(c, "Thursday")
    gus = await joins(store, other.id, "Gus", Role.FACILITATOR)
    async with store.writing() as c:
        for words in ("Be kind.", "Be kinder."):
            await agreements.edit(c, other.id, words, gus.id)
    assert list(await access.welcome(store, [(token, room)], NOON)) == [(token, room)]


async def test_facilitators_invite_members_and_administrators_facilitators(
    store: Store, circle: Circle, admin: AccountId
) -> None:
    group = circle.group.id
    async with store.reading() as c:
        assert await access.inviting(c, circle.fran.account, group, Role.MEMBER) == circle.group
        assert await access.inviting(c, admin, group, Role.FACILITATOR) == circle.group
        assert await refused(access.inviting(c, admin, group, Role.MEMBER))
        assert await refused(access.inviting(c, circle.fran.account, group, Role.FACILITATOR))
        for role in Role:
            assert await refused(access.inviting(c, circle.ann.account, group, role))
        assert await refused(access.inviting(c, admin, GroupId("no such group"), Role.FACILITATOR))


async def test_only_administrators_are_administrators(store: Store, circle: Circle, admin: AccountId) -> None:
    async with store.reading() as c:
        assert (await access.administrator(c, admin)).id == admin
        assert await refused(access.administrator(c, circle.fran.account))
        assert await refused(access.administrator(c, AccountId("nobody")))


async def test_a_supervisor_is_invited_by_a_facilitator_or_an_administrator(store: Store, circle: Circle) -> None:
    async with store.writing() as c:
        admin = (await accounts.create(c, "ada", "a hash", administrator=True)).id
        group = circle.group.id
        for who in (admin, circle.fran.account):
            assert await access.inviting(c, who, group, Role.SUPERVISOR) == circle.group
        assert await refused(access.inviting(c, circle.ann.account, group, Role.SUPERVISOR))
