"""A process listens to the rooms that somebody sits in, and keeps nothing of those that were left."""

import asyncio

from chat.core.ids import RoomId
from chat.live.bus import Bus
from tests.live.test_commit_lua import Ear


async def test_of_rooms_that_were_left_nothing_is_kept(redis_url: str) -> None:
    async with Bus.open(f"{redis_url}?db=9", Ear()) as bus:
        for count in range(20):
            room = RoomId(f"{count:032x}")
            await bus.join(room)
            await bus.leave(room)
        (node,) = bus._following.nodes()
        async with asyncio.timeout(2):
            while any(node.listener._leaving.values()):
                await asyncio.sleep(0.01)
        assert not node.listener._leaving
