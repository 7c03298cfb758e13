"""Of what a group keeps a salt a meeting is in the records, and it goes when nothing it opens is left."""

from sqlalchemy import update

from chat.core.ids import Millis, RoomId
from chat.records import histories, meetings, members
from chat.records.expiry import expire
from chat.records.keys import HOUR
from chat.records.store import Store
from chat.records.tables import groups
from tests.records.conftest import LEDGER, NOON, Circle


async def keeps(store: Store, circle: Circle, hours: int) -> meetings.Meeting:
    """Everybody has agreed; a meeting is open and something has been said in it."""
    async with store.writing() as c:
        await histories.settle(c, circle.group.id, hours, 1, NOON)
        meeting = await meetings.open(c, circle.group.id, circle.fran.id, NOON)
        assert await histories.salt(c, meeting.id) == await histories.salt(c, meeting.id), "made once"
    return meeting


async def kept(store: Store, circle: Circle) -> int:
    async with store.reading() as c:
        return len(await histories.meetings_of(c, circle.group.id))


async def expires(store: Store, hours: float) -> None:
    async with store.erasing() as c:
        await expire(c, Millis(NOON + int(hours * HOUR)), LEDGER)


async def test_the_salt_goes_when_the_last_message_of_its_meeting_has_gone(store: Store, circle: Circle) -> None:
    meeting = await keeps(store, circle, 6)
    await expires(store, 48)
    assert await kept(store, circle) == 1, "as long as they meet there may be something"
    async with store.erasing() as c:
        await meetings.close(c, meeting.id, NOON)
    await expires(store, 5.9)
    assert await kept(store, circle) == 1
    await expires(store, 6)
    assert await kept(store, circle) == 0


async def test_a_closed_meeting_gets_no_new_salt_and_no_side_room_has_one(store: Store, circle: Circle) -> None:
    async with store.writing() as c:
        meeting = await meetings.open(c, circle.group.id, circle.fran.id, NOON)
        side = RoomId("side")
        await meetings.open_beside(c, side, meeting.id, circle.fran.id, circle.ann.id, NOON)
        assert await histories.salt(c, side) is None
        await meetings.close(c, meeting.id, NOON)
        assert await histories.salt(c, meeting.id) is None


async def test_a_shorter_time_lets_the_salts_of_former_meetings_go_sooner(store: Store, circle: Circle) -> None:
    meeting = await keeps(store, circle, 24)
    async with store.erasing() as c:
        await meetings.close(c, meeting.id, NOON)
        later = Millis(NOON + 2 * HOUR)
        changed = await histories.settle(c, circle.group.id, 1, 1, later)
        assert changed
        assert (changed.hours, changed.rooms) == (1, (meeting.id,))
    assert await kept(store, circle) == 0


async def test_from_when_on_somebody_reads_is_kept_only_while_something_is(store: Store, circle: Circle) -> None:
    async with store.writing() as c:
        await c.execute(update(groups).where(groups.c.id == circle.group.id).values(history_hours=24))
        account = (await members.by_id(c, circle.group.id, circle.ann.id) or circle.ann).account
        await members.leave(c, circle.ann.id)
        again = await members.join(c, circle.group.id, account, "Ann again", circle.ann.role, 1, NOON)
        assert await histories.since(c, again.id) == NOON
        await histories.settle(c, circle.group.id, 0, 1, NOON)
        assert await histories.since(c, again.id) == 0
