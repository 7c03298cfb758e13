"""What is past its time is erased, whether or not anybody asks."""

from sqlalchemy import func, select, update

from chat.core.ids import Millis
from chat.core.wire.facilitating import Act
from chat.core.wire.frame import Reason, Role
from chat.records import (
    accounts,
    acts,
    bars,
    helplines,
    histories,
    invitations,
    meetings,
    members,
    mutes,
    starts,
    tables,
    visits,
)
from chat.records.expiry import expire
from chat.records.keys import DAY
from chat.records.store import Store
from chat.records.throttle import Throttle
from tests.records.conftest import LEDGER, NOON, Circle

PASSING = ("visits", "invitations", "starts", "throttle", "bars", "mutes", "acts", "meetings", "help_lines")


async def counts(store: Store) -> dict[str, int]:
    async with store.reading() as c:
        return {
            name: await c.scalar(select(func.count()).select_from(tables.metadata.tables[name])) or 0
            for name in PASSING
        }


async def expires(store: Store, days: float) -> int:
    async with store.erasing() as c:
        return await expire(c, Millis(NOON + int(days * DAY)), LEDGER)


async def fills(store: Store, circle: Circle) -> None:
    soon = Millis(NOON + DAY)
    async with store.writing() as c:
        await visits.start(c, circle.ann.account, NOON, "")
        await invitations.create(c, circle.group.id, Role.MEMBER, circle.fran.account, NOON, 7, 5)
        await starts.demo(c, circle.ann.account, NOON)
        await Throttle(b"s" * 32).allowed(c, "heron4821", "192.0.2.1", NOON)
        meeting = await meetings.open(c, circle.group.id, circle.fran.id, NOON)
        await bars.set_(c, circle.group.id, circle.ann.id, soon, None, Reason.OTHER, None)
        await bars.set_(c, circle.group.id, circle.bob.id, None, None, Reason.OTHER, None)
        await mutes.set_(c, meeting.id, circle.ann.id, soon, Reason.OTHER, None)
        await acts.open(c, LEDGER, acts.Deed(meeting.id, Act.MUTE, circle.fran.id, circle.ann.id, Reason.OTHER, NOON))
        await helplines.confirm(c, b"d" * 32, NOON, "Ada")


async def test_nothing_goes_before_its_time(store: Store, circle: Circle) -> None:
    await fills(store, circle)
    before = await counts(store)
    assert await expires(store, 0) == 0
    assert await counts(store) == before


async def test_after_two_weeks_only_what_lasts_is_left(store: Store, circle: Circle) -> None:
    await fills(store, circle)
    await expires(store, 14)
    assert await counts(store) == {**dict.fromkeys(PASSING, 0), "bars": 1, "acts": 1, "meetings": 1, "help_lines": 1}


async def test_a_used_up_invitation_by_which_nobody_is_here_goes_at_once(store: Store, circle: Circle) -> None:
    async with store.writing() as c:
        made, _ = await invitations.create(c, circle.group.id, Role.MEMBER, circle.fran.account, NOON)
        await invitations.use(c, made, NOON)
    assert await expires(store, 0) == 1


async def test_receipts_can_be_verified_for_three_days_after_closing(store: Store, circle: Circle) -> None:
    async with store.erasing() as c:
        meeting = await meetings.open(c, circle.group.id, circle.fran.id, NOON)
        await meetings.close(c, meeting.id, NOON)
    await expires(store, 2.9)
    async with store.reading() as c:
        assert await meetings.receipt_salt(c, meeting.id, Millis(NOON + 3 * DAY - 1))
        assert await meetings.receipt_salt(c, meeting.id, Millis(NOON + 3 * DAY)) is None  # though it is still there
    assert await expires(store, 3) == 1
    async with store.reading() as c:
        assert await meetings.receipt_salt(c, meeting.id, NOON) is None


async def test_a_closed_meeting_and_its_acts_are_forgotten_after_ninety_days(store: Store, circle: Circle) -> None:
    await fills(store, circle)
    async with store.erasing() as c:
        meeting = await meetings.current(c, circle.group.id)
        assert meeting is not None
        await meetings.close(c, meeting.id, NOON)
    await expires(store, 90)
    assert (await counts(store))["acts"] == 1
    await expires(store, 91)
    left = await counts(store)
    assert (left["acts"], left["meetings"]) == (0, 0)


async def test_an_open_meeting_is_not_forgotten_however_old(store: Store, circle: Circle) -> None:
    async with store.writing() as c:
        await meetings.open(c, circle.group.id, circle.fran.id, NOON)
    await expires(store, 400)
    async with store.reading() as c:
        assert await meetings.current(c, circle.group.id)


async def test_a_guest_who_is_gone_is_left_to_the_server_while_something_they_said_may_be_kept(
    store: Store, circle: Circle
) -> None:
    async with store.writing() as c:
        guest = await accounts.guest(c, Millis(NOON + 1))
        await members.join(c, circle.group.id, guest, "Lou", Role.MEMBER, 1)
        meeting = await meetings.open(c, circle.group.id, circle.fran.id, NOON)
        await histories.salt(c, meeting.id)
    await expires(store, 1)
    async with store.erasing() as c:
        assert await accounts.guests_gone(c, Millis(NOON + DAY)) == [guest]
        await c.execute(update(tables.meetings).values(history_salt=None))
    await expires(store, 1)
    async with store.reading() as c:
        assert await accounts.guests_gone(c, Millis(NOON + DAY)) == []
