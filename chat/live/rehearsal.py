"""The rooms of a rehearsal: opened by the thousand, and waiting long enough for who is to hold them."""

import asyncio
from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from chat.core.commands.attending import open_
from chat.core.decision import House, Moment, Open
from chat.core.ids import Epoch, Millis, RoomId
from chat.core.room import Room
from chat.live.bus import Bus, BusGone, Commit, Status
from chat.live.envelope import Envelope, Salts
from chat.live.posting import creation_of, fresh_epoch

AT_A_TIME = 250
WAITS = 3_600_000
"""Milliseconds a room waits for its facilitator before it pauses: all of them cannot come in the first 20 s."""
ROOMY = {"cap": 10_000, "pace_burst": 1_000, "pace_every": 10}
"""What a rehearsing house allows; each is still counted, message by message and person by person."""


class NotRehearsing(Exception):
    """No server that rehearses answers here."""


class Made(Struct, frozen=True):
    """A room to be opened."""

    room: RoomId
    salts: Salts


async def expected(redis_url: str) -> None:
    """Makes sure that a rehearsing server is running. Raises NotRehearsing."""
    async with Bus.open(redis_url, _Deaf()) as bus:
        await _rehearsed(bus)


async def open_rooms(redis_url: str, secret: bytes, rooms: Iterable[Made]) -> None:
    """Opens them all. Raises NotRehearsing, BusGone."""
    rooms = list(rooms)
    async with Bus.open(redis_url, _Deaf()) as bus:
        for first in range(0, len(rooms), AT_A_TIME):
            now = await _rehearsed(bus)
            some = rooms[first : first + AT_A_TIME]
            outcomes = await asyncio.gather(*[bus.commit(_creation(one, secret, now)) for one in some])
            if any(outcome.status is not Status.TOLD for outcome in outcomes):
                raise BusGone


async def _rehearsed(bus: Bus) -> Millis:
    try:
        now = await bus.rehearsed()
    except BusGone:
        raise NotRehearsing from None
    if now is None:
        raise NotRehearsing
    return now


def _creation(one: Made, secret: bytes, now: Millis) -> Commit:
    command = Open(fresh_epoch(), {})
    opened = open_(command, Moment(now, House(grace=WAITS)))
    made = creation_of(Envelope(one.room, secret, one.salts), Room(one.room, Epoch(0)), command, opened, now)
    return replace(made, wakes=Millis(now + WAITS))  # looked at now, thousands of rooms would be read for nothing


class _Deaf:
    """Hears nothing: whoever opens rooms sits in none."""

    def heard(self, room: RoomId, notice: bytes) -> None: ...
    def controlled(self, message: bytes) -> None: ...
    def broke(self) -> None: ...
    def mended(self) -> None: ...
