"""Whoever is in the room can read what was said before, as far as it is kept and they were in the group then."""

import asyncio
from collections.abc import AsyncIterator
from itertools import groupby

from msgspec import Struct

from chat.core.ids import MemberId, Millis, Number, RoomId
from chat.core.wire import Role
from chat.live.bus import Bus, Line
from chat.live.clock import Clock
from chat.live.history import HOUR, opened, seal_of
from chat.live.hub import Hub
from chat.live.sealing import Unsealable

PAGE = 40
"""Messages read at a press."""


class Mark(Struct, frozen=True):
    """Where a page ends: before the message `n`, of this meeting, or of a former one if it says when that was said."""

    n: Number
    at: Millis | None = None

    def __str__(self) -> str:
        return f"{self.at or 'here'}.{self.n}"


class Source(Struct, frozen=True):
    """A meeting of which something may be kept."""

    room: RoomId
    salt: bytes

    def __repr__(self) -> str:
        return f"<Source {self.room}>"


class Reading(Struct, frozen=True):
    """What somebody may read: of these meetings, nothing older than `hours` or `since`, and nothing of whoever is not
    among `people`, who are the group's members with their names.
    """

    hours: int
    since: Millis
    sources: tuple[Source, ...]
    people: dict[MemberId, str]

    def __repr__(self) -> str:
        return f"<Reading of {len(self.sources)} meetings>"


class Earlier(Struct, frozen=True, omit_defaults=True):
    """One message from before. `here`: it was said in the meeting that goes on."""

    n: Number
    by: MemberId
    name: str
    text: str
    at: Millis
    mark: str
    """What to ask with for what was said before it."""
    note: str | None = None
    here: bool = False
    announced: bool = False
    facilitates: bool = False
    folded: bool = False
    face: str = ""

    def __repr__(self) -> str:
        return f"<Earlier {self.n}>"


class Sheet(Struct, frozen=True):
    """A page of them, in order. `more`: there are some before these."""

    messages: tuple[Earlier, ...]
    more: bool
    hours: int


class Remembered:
    """Reads for pages."""

    def __init__(self, secret: bytes, hub: Hub, bus: Bus, clock: Clock) -> None:
        self._secret = secret
        self._hub = hub
        self._bus = bus
        self._clock = clock

    async def sheet(self, room: RoomId, who: MemberId, reading: Reading, before: Mark | None) -> Sheet | None:
        """The newest of them before `before`; None to whoever does not sit in the room, or is there as supervisor.

        Raises NoSuchRoom, BusGone, RecordsGone.
        """
        table = self._hub.table(room) or await self._hub.read(room)
        member = table.room.member(who)
        if member is None or member.role is Role.SUPERVISOR or table.room.condition.beside:
            return None
        found = [one for one in await self._lines(reading, room) if _is_before(*one, room, before)]
        pages = found[-PAGE:]
        some = [one async for one in self._opened(pages, reading, room)]
        return Sheet(tuple(some), len(found) > len(pages), reading.hours)

    async def count(self, reading: Reading, room: RoomId) -> tuple[int, Millis | None]:
        """How many messages of the group are kept, and when the oldest was said. Raises BusGone."""
        found = await self._lines(reading, room)
        return len(found), found[0][1].at if found else None

    async def _lines(self, reading: Reading, room: RoomId) -> list[tuple[Source, Line]]:
        lists = await asyncio.gather(*(self._bus.history(source.room) for source in reading.sources))
        oldest = max(reading.since, Millis(self._clock.now() - reading.hours * HOUR))
        found = [
            (source, line)
            for source, lines in zip(reading.sources, lists, strict=True)
            for line in lines
            if line.at >= oldest and line.by in reading.people
        ]
        return sorted(found, key=lambda one: (one[0].room == room, one[1].at, one[1].n))

    async def _opened(self, found: list[tuple[Source, Line]], reading: Reading, room: RoomId) -> AsyncIterator[Earlier]:
        for source, some in groupby(found, key=lambda one: one[0]):
            lines = [line for _, line in some]
            seal = seal_of(self._secret, source.salt, source.room)  # for this page alone
            for line, kept in zip(lines, await self._bus.kept(source.room, lines), strict=True):
                if kept is None:
                    continue  # it has just gone
                try:
                    words = opened(seal, kept, line.name, line.by)
                except Unsealable:
                    continue  # not from any process of ours
                here = source.room == room
                mark = str(Mark(line.n, None if here else line.at))
                yield Earlier(
                    line.n, words.by, words.name or reading.people[words.by], words.text, words.at, mark, words.note,
                    here, words.announced, words.facilitates, line.folded, words.face,
                )  # fmt: skip


def _is_before(source: Source, line: Line, room: RoomId, mark: Mark | None) -> bool:
    if mark is None:
        return True
    if mark.at is None:
        return source.room != room or line.n < mark.n
    return source.room != room and (line.at, line.n) < (mark.at, mark.n)
