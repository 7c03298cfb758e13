"""Everybody who comes in at the same moment is told to the room in one notice, and shown it the same way."""

import asyncio

from chat.core.commands.attending import turned_away
from chat.core.decision import NOBODY, Arrive, Reject
from chat.core.errors import Code
from chat.core.room import Member
from chat.live.answers import Doubtful
from chat.live.departing import Departures
from chat.live.desk import Desk
from chat.live.porch import Waiting
from chat.live.table import Table


class Arrivals:
    """Lets people in from the porches of this process' rooms."""

    def __init__(self, desk: Desk, departures: Departures) -> None:
        self._desk = desk
        self._departures = departures
        self._tasks: set[asyncio.Task[None]] = set()

    async def sit(self, table: Table, member: Member) -> Reject | None:
        """None once the room is told; the seat is given together with the notice. Else why not."""
        waiting = table.porch.joins(member)
        if not table.porch.opening:
            task = asyncio.get_running_loop().create_task(self._let_in(table))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            table.porch.opening = True
        return await waiting.answer

    async def _let_in(self, table: Table) -> None:
        loop = asyncio.get_running_loop()
        try:
            while table.porch:
                if (pause := table.porch.wait(len(table.seats), loop.time())) > 0:
                    await asyncio.sleep(pause)
                await self._seat(table, table.porch.next(loop.time()))
        finally:
            table.porch.opening = False

    async def _seat(self, table: Table, several: list[Waiting]) -> None:
        outcome = await self._desk.submit(table, NOBODY, Arrive(tuple(one.member for one in several)))
        if isinstance(outcome, Reject) and outcome.code is Code.ROOM_FULL and len(several) > 1:
            for one in several:  # there may be room for some
                await self._seat(table, [one])
            return
        if isinstance(outcome, Doubtful):
            self._departures.perhaps(table.id, frozenset(one.member.seat for one in several))
        for one in several:
            if one.answer.cancelled() and not isinstance(outcome, Reject):
                await self._departures.lost(table, one.member.seat)
            elif not isinstance(outcome, Reject) and (no := turned_away(table.room, one.member.id)):
                one.tell(Reject(no))
            else:
                one.tell(outcome if isinstance(outcome, Reject) else None)
