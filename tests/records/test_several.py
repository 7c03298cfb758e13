"""However many are asked about, and whoever they are, the records keep few statements for it."""

import gc
import sys

import pytest
from sqlalchemy import event

from chat.core.ids import MemberId, VisitId
from chat.records import agreements, members, visits
from chat.records.keys import now
from chat.records.several import MOST, parts
from chat.records.store import Store
from tests import databases


@pytest.mark.parametrize("count", [0, 1, 2, 3, 360, MOST, MOST + 1, 5 * MOST - 1])
def test_everybody_is_asked_about(count: int) -> None:
    some = [str(turn) for turn in range(count)]
    assert {one for part in parts(some) for one in part} == set(some)


def test_there_are_ten_lengths_at_most() -> None:
    lengths = {len(part) for count in range(3 * MOST) for part in parts([str(turn) for turn in range(count)])}
    assert lengths == {1 << power for power in range(10)}


async def test_looking_after_a_few_more_seats_than_a_moment_ago_is_no_new_statement(store: Store) -> None:
    statements: set[str] = set()

    def noted(_: object, __: object, statement: str, *___: object) -> None:
        statements.add(statement)

    event.listen(store._engine.sync_engine, "before_cursor_execute", noted)
    try:
        async with store.reading() as c:
            for count in range(300, 340):
                assert not await visits.running(c, {VisitId(str(turn)) for turn in range(count)}, now())
                assert not await agreements.consented_of(c, {MemberId(str(turn)) for turn in range(count)})
    finally:
        event.remove(store._engine.sync_engine, "before_cursor_execute", noted)
    assert len([statement for statement in statements if " IN " in statement]) == 2


async def test_whoever_was_asked_about_is_not_kept_until_garbage_is_looked_for(store: Store) -> None:
    who = MemberId("".join(["nobody", "knows", "them"]))
    gc.disable()
    try:
        before = sys.getrefcount(who)
        for _ in range(8):
            async with store.reading() as c:
                assert not await members.known(c, {who})
        assert sys.getrefcount(who) < before + 8
    finally:
        gc.enable()


@pytest.mark.skipif(bool(databases.POSTGRESQL), reason="there a connection is another process' memory")
async def test_the_connection_used_last_is_used_next_and_not_each_in_turn(store: Store) -> None:
    async with store.reading() as one, store.reading():
        used_last = (await one.get_raw_connection()).driver_connection
    for _ in range(3):
        async with store.reading() as c:
            assert (await c.get_raw_connection()).driver_connection is used_last
