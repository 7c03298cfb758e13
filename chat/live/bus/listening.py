"""Hearing what the rooms of one server are told, and noticing within two seconds when nothing can be heard."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Set
from typing import Protocol

from redis.asyncio import ConnectionPool
from redis.exceptions import MovedError, RedisError

from chat.core.ids import RoomId
from chat.live.bus.connection import BROKEN, Reply
from chat.live.bus.keys import CONTROL, in_slot, number_of, room_of
from chat.live.bus.pipe import Pipe, packed, pipe
from chat.live.bus.wanting import Wanted

PING_EVERY = 0.7
SILENCE = 2.0
"""Seconds. A hung Redis raises nothing for a subscriber (measured: 20 s): a ping unanswered this long is a break.

Counted by what was waited for: if it is this process that stood still, or has more to do than it can, what Redis
answered meanwhile is still unread, and Redis did not keep silent.
"""


class Ear(Protocol):
    """Who listens. Nothing here may wait."""

    def heard(self, room: RoomId, notice: bytes) -> None:
        """A room was told something."""

    def controlled(self, message: bytes) -> None:
        """Something concerns the whole installation."""

    def broke(self, partitions: Set[int]) -> None:
        """From now on nothing is heard of the rooms in these partitions."""

    def mended(self, partitions: Set[int]) -> None:
        """Heard again; whatever was told in between is missing."""


class Follower(Protocol):
    """Who keeps account of which partitions can be heard. Nothing here may wait."""

    def broke(self, partitions: Set[int]) -> None:
        """As the ear's."""

    def mended(self, partitions: Set[int]) -> None:
        """As the ear's."""

    def moved(self, partitions: Set[int]) -> None:
        """The server says that these are not, or no longer, with it."""


class Listener:
    """Owns the one pub/sub connection of a process to a server."""

    def __init__(self, connections: ConnectionPool, wanted: Wanted, ear: Ear, follower: Follower) -> None:
        self._connections = connections
        self._wanted = wanted
        self._ear = ear
        self._follower = follower
        self.partitions: set[int] = set()
        """What is listened to here."""
        self._asked: dict[bytes, set[int]] = {}
        """By the payload of a ping sent behind their subscriptions: partitions heard once it is answered."""
        self._payloads = (b"%d" % count for count in itertools.count(1))
        self._leaving: Counter[str] = Counter()
        """Unsubscriptions to be confirmed. One that nobody asked for says that the slot has gone to another server."""
        self._pipe: Pipe | None = None
        self._silent = 0.0
        """Seconds waited since anything was heard."""
        self.ending = False
        """Said before the task is cancelled."""

    async def take(self, partitions: Set[int]) -> None:
        """Listens to these too; whether they are heard is told."""
        self.partitions |= partitions
        if self._pipe:
            self._send(*self._subscriptions(partitions))

    async def drop(self, partitions: Set[int]) -> None:
        """Listens to these no more."""
        self._forget(partitions)
        names = self._wanted.names(partitions)
        self._leaving.update(names)
        self._send(*(("SUNSUBSCRIBE", name) for name in names))

    async def join(self, name: str) -> None:
        """Subscribes to one channel; its confirmation is told to Wanted."""
        self._send(("SSUBSCRIBE", name))

    async def leave(self, name: str) -> None:
        """Nothing more is heard of this channel."""
        if self._pipe:
            self._leaving[name] += 1
            self._send(("SUNSUBSCRIBE", name))

    async def run(self) -> None:
        """Listens for ever; subscribes again after every break and says so."""
        while not self.ending:
            try:
                await self._listen()
            except BROKEN:
                self._follower.broke(frozenset(self.partitions))
                await asyncio.sleep(0.1)

    async def _listen(self) -> None:
        async with asyncio.timeout(SILENCE) as patience, pipe(self._connections, self._hear) as opened:
            patience.reschedule(None)
            self._asked.clear()
            self._leaving.clear()
            self._silent = 0.0
            self._pipe = opened  # a channel joined from here on is subscribed to by whoever joins it
            try:
                self._send(*self._subscriptions(frozenset(self.partitions)))
                while self._silent < SILENCE:
                    wait = min(PING_EVERY, SILENCE - self._silent)
                    self._silent += wait
                    await opened.lasts(wait)
                    self._send(("PING",))
                raise TimeoutError
            finally:
                self._pipe = None

    def _subscriptions(self, partitions: Set[int]) -> list[tuple[str | bytes, ...]]:
        """With a ping behind them: once that is answered, every room is subscribed to and can be looked at afresh."""
        payload = next(self._payloads)
        self._asked[payload] = set(partitions)
        return [*(("SSUBSCRIBE", name) for name in self._wanted.names(partitions)), ("PING", payload)]

    def _hear(self, reply: Reply | RedisError) -> None:
        self._silent = 0.0
        match reply:
            case [b"smessage", bytes(name), bytes(payload)]:
                if name == CONTROL.encode():
                    self._ear.controlled(payload)
                else:
                    self._ear.heard(room_of(name.decode()), payload)
            case [b"ssubscribe", bytes(name), _]:
                self._wanted.confirmed(name.decode())
            case [b"sunsubscribe", bytes(name), _]:
                self._unsubscribed(name.decode())
            case [b"pong", bytes(payload)] | bytes(payload):  # the latter from a server nothing is subscribed to on
                if partitions := self._asked.pop(payload, None):
                    self._follower.mended(partitions)  # something may have been missed
            case MovedError():
                self._moved(reply.slot_id)
            case RedisError():
                raise reply
            case _:
                pass

    def _unsubscribed(self, name: str) -> None:
        if self._leaving[name]:
            self._leaving[name] -= 1
        elif self._wanted.has(name) and number_of(name) in self.partitions:
            self._forget({number_of(name)})
            self._follower.moved({number_of(name)})

    def _moved(self, slot: int) -> None:
        partition = in_slot(slot)
        if partition in self.partitions:
            self._forget({partition})
            self._follower.moved({partition})

    def _forget(self, partitions: Set[int]) -> None:
        self.partitions -= partitions
        for waiting in self._asked.values():
            waiting -= partitions
        for name in [name for name in self._leaving if number_of(name) in partitions]:
            del self._leaving[name]

    def _send(self, *commands: tuple[str | bytes, ...]) -> None:
        if self._pipe:  # else the next connection subscribes to everything wanted
            self._pipe.write(b"".join(map(packed, commands)))
