"""What the server holds of a room right now, for everybody in it to see: counts and times, and nothing else.

Redis is asked when somebody looks, and however many look, once in two seconds a room; nothing is counted for it on a
message's way.
"""

import asyncio

from msgspec import Struct

from chat.core.ids import MemberId, Millis, RoomId
from chat.live.bus import Bus, Inside
from chat.live.bus.keys import MAP
from chat.live.clock import Clock
from chat.live.earlier import Reading, Remembered
from chat.live.hub import Hub
from chat.live.table import RING_LIFE

EVERY = 2.0
"""Seconds for which an answer is good."""


class Kept(Struct, frozen=True, omit_defaults=True):
    """One kind of key. `dies_in`: s until the last of them is gone; None: not by itself, or there is none."""

    name: str
    why: str
    until: str
    keys: int
    dies_in: int | None = None


class Past(Struct, frozen=True, omit_defaults=True):
    """How many messages of the group are kept, for `hours`; `oldest`: s since the first of them was said."""

    hours: int
    messages: int
    oldest: int | None = None


class Holds(Struct, frozen=True, omit_defaults=True):
    """`oldest`, `waits`: s since the oldest message was said, and since the longest-waiting draft was sent."""

    present: int
    messages: int
    drafts: int
    kept: tuple[Kept, ...]
    oldest: int | None = None
    waits: int | None = None
    history: Past | None = None
    """Where everybody of the group has agreed that what is said is kept."""


class Looking:
    """Owns what was asked lately, by room."""

    def __init__(self, hub: Hub, bus: Bus, clock: Clock, remembered: Remembered) -> None:
        self._remembered = remembered
        self._hub = hub
        self._bus = bus
        self._clock = clock
        self._asked: dict[RoomId, tuple[float, asyncio.Task[Inside]]] = {}

    async def holds(self, room: RoomId, who: MemberId, reading: Reading) -> Holds | None:
        """`reading`: all that the group keeps. None to somebody who is not in the room.

        Raises NoSuchRoom, BusGone, RecordsGone.
        """
        table = self._hub.table(room) or await self._hub.read(room)
        if table.room.member(who) is None:
            return None
        inside = await asyncio.shield(self._ask(room))
        now, by_name = self._clock.now(), {kind.name: kind for kind in inside.kinds}
        words, drafts = by_name["words"], by_name["drafts"]
        past = await self._past(reading, room) if reading.hours else None
        return Holds(
            history=past,
            present=len(table.room.seated()),
            messages=words.keys,
            drafts=drafts.keys,
            kept=tuple(
                Kept(kind.name, MAP[kind.name].why, MAP[kind.name].until, kind.keys, _seconds(kind.last))
                for kind in inside.kinds
            ),
            oldest=None if words.first is None else _seconds(max(0, RING_LIFE - words.first)),
            waits=None if inside.waits_since is None else _seconds(Millis(max(0, now - inside.waits_since))),
        )

    async def _past(self, reading: Reading, room: RoomId) -> Past:
        count, first = await self._remembered.count(reading, room)
        return Past(reading.hours, count, None if first is None else _seconds(max(0, self._clock.now() - first)))

    def _ask(self, room: RoomId) -> asyncio.Task[Inside]:
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._asked = {one: asked for one, asked in self._asked.items() if now - asked[0] < EVERY}
        if room not in self._asked:
            self._asked[room] = now, loop.create_task(self._bus.inside(room))
        return self._asked[room][1]


def _seconds(ms: int | None) -> int | None:
    return None if ms is None else -(-ms // 1000)
