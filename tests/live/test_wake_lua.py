"""wake.lua keeps its contract: a room is put off by whoever knows all of it, and by nobody else."""

import pytest

from chat.core.ids import Epoch, Millis, RoomId
from tests.live.test_commit_lua import EPOCH, SOME_DAY, Script, script

__all__ = ["script"]
SOONER, NEVER = Millis(SOME_DAY - 1), Millis(2**50)


async def is_due(script: Script, by: Millis) -> bool:
    return script.room in (await script.bus.due(by)).rooms


async def test_a_room_is_put_off_and_brought_nearer_by_who_knows_all_of_it(script: Script) -> None:
    await script.runs(wakes=SOME_DAY)
    await script.bus.wake(script.room, None, EPOCH, 2)
    assert not await is_due(script, NEVER)
    await script.bus.wake(script.room, SOONER, EPOCH, 2)
    assert await is_due(script, SOONER)


@pytest.mark.parametrize("known", [(EPOCH, 1), (EPOCH, 3), (Epoch(8), 2)])
async def test_a_room_that_was_told_something_else_is_due_when_that_said(
    script: Script, known: tuple[Epoch, int]
) -> None:
    await script.runs(wakes=SOME_DAY)
    await script.bus.wake(script.room, None, *known)
    assert await is_due(script, SOME_DAY)


async def test_a_room_that_is_gone_is_not_due_again(script: Script) -> None:
    await script.runs(ends=True)
    for room in (script.room, RoomId("never")):
        await script.bus.wake(room, SOME_DAY, EPOCH, 2)
        assert room not in (await script.bus.rooms()).rooms
