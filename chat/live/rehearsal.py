"""The rooms of a rehearsal: opened by the thousand, and waiting long enough for who is to hold them."""

import asyncio
from collections.abc import Iterable, Set

from msgspec import Struct
from msgspec.structs import replace

from chat.core.commands.attending import open_
from chat.core.customs import DROP_IN
from chat.core.decision import House, Moment, Open
from chat.core.ids import Epoch, Millis, RoomId
from chat.core.room import Condition, Room
from chat.live.bus import Bus, BusGone, Commit, Outcome, Status
from chat.live.envelope import Envelope, Salts
from chat.live.posting import creation_of, fresh_epoch

AT_A_TIME = 250
WAITS = 3_600_000
"""Milliseconds a room waits for its facilitator before it pauses: all of them cannot come in the first 20 s."""
ROOMY = {"cap": 10_000, "pace_burst": 1_000, "pace_every": 10, "opens_within": WAITS}
"""What a rehearsing house allows; each is still counted, message by message and person by person."""


class Made(Struct, frozen=True):
    """A room to be opened."""

    room: RoomId
    salts: Salts


async def rehearsing(redis_url: str) -> bool:
    """Whether a server that rehearses is running there."""
    async with Bus.open(redis_url, _Deaf()) as bus:
        try:
            return await bus.rehearsed() is not None
        except BusGone:  # caught in here: the task group of the bus would wrap it
            return False


async def open_rooms(redis_url: str, secret: bytes, rooms: Iterable[Made]) -> bool:
    """Opens them all; False if Redis did not let it, or no server rehearses there any more."""
    rooms = list(rooms)
    async with Bus.open(redis_url, _Deaf()) as bus:
        try:
            return all([await _open(bus, secret, rooms[at : at + AT_A_TIME]) for at in range(0, len(rooms), AT_A_TIME)])
        except BusGone:
            return False


async def _open(bus: Bus, secret: bytes, rooms: list[Made]) -> bool:
    now = await bus.rehearsed()
    if now is None:
        return False
    outcomes = await asyncio.gather(*[bus.commit(_creation(one, secret, now)) for one in rooms])
    return all(outcome.status is Status.TOLD for outcome in outcomes)


def _creation(one: Made, secret: bytes, now: Millis) -> Commit:
    command = Open(fresh_epoch(), {}, condition=Condition(customs=DROP_IN))
    opened = open_(command, Moment(now, House(grace=WAITS)))
    made = creation_of(Envelope(one.room, secret, one.salts), Room(one.room, Epoch(0)), command, opened, now)
    return replace(made, wakes=Millis(now + WAITS))  # looked at now, thousands of rooms would be read for nothing


class _Deaf:
    """Hears nothing: whoever opens rooms sits in none."""

    def heard(self, room: RoomId, notice: bytes) -> None: ...
    def committed(self, commit: Commit, outcome: Outcome) -> None: ...
    def controlled(self, message: bytes) -> None: ...
    def broke(self, partitions: Set[int]) -> None: ...
    def mended(self, partitions: Set[int]) -> None: ...
