"""Made-up people can do what a load test needs of them: they are signed in, members, and have agreed."""

import pytest

from chat.records import agreements, members, rehearsal, visits
from chat.records.meetings import find
from chat.records.store import Store
from tests.records.conftest import NOON, signs_up


async def test_everybody_of_a_rehearsal_may_come_in_at_once(store: Store) -> None:
    async with store.writing() as c:
        circles = await rehearsal.fill(c, 2, 3, NOON)
        assert [len(set(circle.tokens)) for circle in circles] == [3, 3]
        for circle in circles:
            meeting = await find(c, circle.room)
            assert meeting is not None
            for token in circle.tokens:
                visit = await visits.find(c, token, NOON)
                assert visit is not None
                member = await members.find(c, meeting.group, visit.account_id)
                assert member is not None
                assert await agreements.consented(c, member.id)


async def test_records_that_hold_somebody_real_stay_as_they_are(store: Store) -> None:
    await signs_up(store)
    async with store.writing() as c:
        with pytest.raises(rehearsal.SomebodyReal):
            await rehearsal.fill(c, 2, 3, NOON)
