"""Acts that the records could not take wait in Redis, and are written when the records are back."""

import asyncio
from contextlib import suppress

import msgspec
from msgspec import Struct

from chat.live.bus import Bus, BusGone
from chat.live.keeping import Entry, Records, RecordsGone

EVERY = 1.0
"""Seconds between two looks at what waits."""


class Waiting(Struct, frozen=True):
    """An act not recorded, or recorded (`opened`) and not closed with its outcome."""

    entry: Entry
    opened: bool
    done: bool


_decoder = msgspec.json.Decoder(Waiting)


class Unrecorded:
    """Owns the list of acts that wait for the records."""

    def __init__(self, bus: Bus, records: Records) -> None:
        self._bus = bus
        self._records = records

    async def keep(self, entry: Entry) -> None:
        """An act that happened while the records were gone."""
        await self._defer(Waiting(entry, opened=False, done=True))

    async def finish(self, entry: Entry, *, done: bool) -> None:
        """Closes a recorded act with its outcome, now or as soon as the records are back."""
        try:
            await self._records.after(entry, done)
        except RecordsGone:
            await self._defer(Waiting(entry, opened=True, done=done))

    async def run(self) -> None:
        """For ever, once a second; apart from whatever else is done each second, for records that hang take long."""
        while True:
            with suppress(BusGone):
                await self.write()
            await asyncio.sleep(EVERY)

    async def write(self) -> None:
        """Writes what waits, until the records cannot take something. Raises BusGone."""
        for data in await self._bus.deferred():
            try:
                waiting = _decoder.decode(data)
            except msgspec.MsgspecError:
                continue  # it waits for a newer process, which knows what it is
            if await self._bus.recorded(data):  # taken off first: two processes must not both write it
                if not await self._write(waiting):
                    return  # each would wait in vain

    async def _write(self, waiting: Waiting) -> bool:
        try:
            if not waiting.opened:
                await self._records.before(waiting.entry)
            await self._records.after(waiting.entry, waiting.done)
        except RecordsGone:
            await self._defer(waiting)
            return False
        return True

    async def _defer(self, waiting: Waiting) -> None:
        try:
            await self._bus.defer(msgspec.json.encode(waiting))
        except BusGone:
            return  # both stores gone at once: the act held while the room lasted, and its row is missing
