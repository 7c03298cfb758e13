"""Telling whoever is on call that a room needs them: one process does, and if it dies another goes on."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from contextlib import suppress

from msgspec import Struct

from chat.core.commands import marking
from chat.core.decision import NOBODY, Acknowledge, LetWrite, Reject, Ring, Rung
from chat.core.ids import Millis, RoomId
from chat.core.wire import CallReason, OnCall
from chat.live.answers import Done
from chat.live.bus import BusGone
from chat.live.desk import Desk
from chat.live.hub import Hub
from chat.live.keeping import RecordsGone
from chat.live.sealing import derived
from chat.live.table import NoSuchRoom, Table

HEARD_WITHIN = 1.0
"""Seconds a notice of our own is given to arrive before the room is read afresh."""
TRY_WITHIN = 20.0
"""Seconds for one try, whatever it waits for: less than the room gives a process for it."""


class Errand(Struct, frozen=True):
    """What whoever is on call is to be told. `token`: acknowledges it, once."""

    room: RoomId
    token: str
    reason: CallReason
    at: Millis
    tries: int

    def __repr__(self) -> str:
        return "<Errand>"


class Standing(Struct, frozen=True):
    """A call, and what whoever is on call may know of its room: no names, and nothing that was said.

    `muted`: how many people flags have muted, `watched`: whether a facilitator is there to look.
    """

    call: OnCall
    muted: int
    watched: bool


Tell = Callable[[Errand], Awaitable[bool]]
"""Tells them; whether they were told."""


class Calls:
    """Owns the tries that are under way in this process."""

    def __init__(self, hub: Hub, desk: Desk, secret: bytes, tell: Tell | None) -> None:
        self._hub = hub
        self._desk = desk
        self._key = derived(secret, b"", b"on call")
        self._tell = tell
        self._wanted: asyncio.Queue[RoomId] = asyncio.Queue()
        self._under_way: set[RoomId] = set()

    def look(self, table: Table) -> None:
        """Sees to it that whoever is on call is told, if they are to be told now."""
        if self._tell and table.id not in self._under_way and self._desk.rings(table):
            self._under_way.add(table.id)
            self._wanted.put_nowait(table.id)

    async def run(self) -> None:
        """For ever."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                room = await self._wanted.get()
                tasks.create_task(self._try(room))

    async def standing(self, room: RoomId, token: str) -> Standing | None:
        """The call that this token acknowledges, or has acknowledged; None if it belongs to none, or to an earlier one.

        Raises NoSuchRoom, BusGone, RecordsGone.
        """
        found = await self._found(room, token)
        if found is None:
            return None
        table, call = found
        return Standing(call, len(marking.muted(table.room)), marking.watched(table.room))

    async def acknowledge(self, room: RoomId, token: str) -> bool:
        """Uses the link up; whether it was still good. Raises as `standing`."""
        found = await self._found(room, token)
        if found is None:
            return False
        table, call = found
        outcome = await self._desk.submit(table, NOBODY, Acknowledge(call.at))
        return isinstance(outcome, Done)

    async def let_write(self, room: RoomId, token: str) -> bool:
        """Whoever flags have muted may write again, each by an act of its own; whether there was anybody.

        Raises as `standing`.
        """
        found = await self._found(room, token)
        if found is None:
            return False
        table, call = found
        outcomes = [await self._desk.submit(table, NOBODY, LetWrite(call.at, who)) for who in marking.muted(table.room)]
        return any(isinstance(outcome, Done) for outcome in outcomes)

    async def _found(self, room: RoomId, token: str) -> tuple[Table, OnCall] | None:
        table = await self._as_told(room)
        call = table.room.condition.call
        if call is None or not hmac.compare_digest(token.encode(), self._token(room, call.at).encode()):
            return None
        return table, call

    async def _try(self, room: RoomId) -> None:
        try:
            with suppress(NoSuchRoom, BusGone, RecordsGone, TimeoutError):
                async with asyncio.timeout(TRY_WITHIN):
                    await self._once(room)
        finally:
            self._under_way.discard(room)

    async def _once(self, room: RoomId) -> None:
        """Whoever does not get to the end leaves the next try to whichever process sees first that it is due."""
        outcome = await self._desk.submit(await self._as_told(room), NOBODY, Ring())
        if isinstance(outcome, Reject) or self._tell is None:
            return  # another process has taken it
        table = await self._as_told(room, outcome.sequence)
        call = table.room.condition.call
        if call is None or call.next_at is None:
            return
        token = self._token(room, call.at)
        told = await self._tell(Errand(room, token, call.reason, call.at, call.tries))
        await self._desk.submit(await self._as_told(room), NOBODY, Rung(call.at, call.tries, told))

    async def _as_told(self, room: RoomId, sequence: int = 0) -> Table:
        table = self._hub.table(room)
        if table and await table.reach(sequence, HEARD_WITHIN):
            return table
        return await self._hub.read(room)

    def _token(self, room: RoomId, at: Millis) -> str:
        """The same from every process and with every try. Nothing of it is kept anywhere, not even as a hash."""
        return hmac.digest(self._key, f"{room} {at}".encode(), "sha256").hex()[:32]
