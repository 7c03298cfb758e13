"""Words of danger that were refused: facilitators hear of them all the same, if not now then a little later."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from chat.core.decision import Reject, Worry
from chat.core.ids import MemberId, RoomId
from chat.core.room.apply import ALARMED_FOR
from chat.live.answers import NOT_YET, Answer
from chat.live.table import Table

EVERY = 0.3
"""Seconds between two tries to tell."""


class Worries:
    """Owns what is still to be told; `tell` says what became of one try."""

    def __init__(self, tell: Callable[[Table, Worry], Awaitable[Answer]]) -> None:
        self._tell = tell
        self._waiting: dict[tuple[RoomId, MemberId], asyncio.Task[None]] = {}

    async def about(self, table: Table, who: MemberId) -> None:
        """Told when this returns, or as soon as the room can be told anything, while an alarm would last."""
        which = table.id, who
        if which in self._waiting or await self._told(table, who):
            return
        if which not in self._waiting:  # else they have written twice at once
            self._waiting[which] = asyncio.get_running_loop().create_task(self._try_on(table, who))

    async def _told(self, table: Table, who: MemberId) -> bool:
        """Whether it has been told, or need not be."""
        outcome = await self._tell(table, Worry(who))
        return not isinstance(outcome, Reject) or outcome.code not in NOT_YET

    async def _try_on(self, table: Table, who: MemberId) -> None:
        give_up = time.monotonic() + ALARMED_FOR / 1000
        while time.monotonic() < give_up:
            await asyncio.sleep(EVERY)
            if await self._told(table, who):
                break
        del self._waiting[table.id, who]
