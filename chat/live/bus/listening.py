"""Hearing what the rooms of one server are told, and knowing which of them can be heard."""

import itertools
from collections import Counter
from collections.abc import Iterable, Set
from functools import partial
from typing import Protocol

from redis.exceptions import MovedError, RedisError

from chat.core.ids import RoomId
from chat.live.bus.committing import Commit, Outcome
from chat.live.bus.connection import Reply, as_bytes, as_text, takes_no_writes
from chat.live.bus.keys import CONTROL, in_slot, number_of, room_of
from chat.live.bus.pipe import Pipe, packed
from chat.live.bus.wanting import Wanted


class Ear(Protocol):
    """Who listens. Nothing here may wait."""

    def heard(self, room: RoomId, notice: bytes) -> None:
        """A room was told something, as it comes from Redis."""

    def committed(self, commit: Commit, outcome: Outcome) -> None:
        """A room was told what this process itself has just committed; Redis may say so, too, before or after."""

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
    """Owns what this process is subscribed to on one server."""

    def __init__(self, wanted: Wanted, ear: Ear, follower: Follower) -> None:
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
        self._subscribed: set[str] = set()
        """Confirmed on this connection, and not given up since."""
        self._pipe: Pipe | None = None

    def hears(self, name: str) -> bool:
        """Whether whatever is published there from now on comes through this connection."""
        return name in self._subscribed

    async def take(self, partitions: Set[int]) -> None:
        """Listens to these too; whether they are heard is told."""
        self.partitions |= partitions
        self._subscribe_to(partitions)

    async def drop(self, partitions: Set[int]) -> None:
        """Listens to these no more."""
        self._forget(partitions)
        names = self._wanted.names(partitions)
        self._unsubscribe(*names)

    async def join(self, name: str) -> None:
        """Subscribes to one channel; its confirmation is told to Wanted."""
        self._subscribe([name])

    async def leave(self, name: str) -> None:
        """Nothing more is heard of this channel."""
        self._unsubscribe(name)

    def opened(self, opened: Pipe) -> None:
        """Listens through this connection from now on; when it hears everything is told."""
        self._asked.clear()
        self._leaving.clear()
        self._pipe = opened
        self._subscribe_to(self.partitions)

    def closed(self) -> None:
        """Nothing is heard."""
        self._pipe = None
        self._subscribed.clear()

    def broke(self) -> None:
        """Says so."""
        self._follower.broke(frozenset(self.partitions))

    def _subscribe_to(self, partitions: Set[int]) -> None:
        """With a ping behind them: once that is answered, every room is subscribed to and can be looked at afresh."""
        if self._pipe:  # else the next connection subscribes to everything wanted
            payload = next(self._payloads)
            self._asked[payload] = set(partitions)
            self._subscribe(self._wanted.names(partitions))
            self._pipe.ask(packed(("PING", payload)), partial(self._ponged, payload))

    def _subscribe(self, names: Iterable[str]) -> None:
        if self._pipe:
            for name in names:
                self._pipe.ask(packed(("SSUBSCRIBE", name)), self._answered)

    def _unsubscribe(self, *names: str) -> None:
        """Its confirmations come unasked, as those of a slot that went away do; that it has gone is no news."""
        if self._pipe:
            for name in names:
                self._leaving[name] += 1
                self._subscribed.discard(name)
                self._pipe.send(packed(("CLIENT", "REPLY", "SKIP")) + packed(("SUNSUBSCRIBE", name)))

    def pushed(self, reply: Reply | RedisError) -> None:
        """Takes what nobody asked for."""
        match reply:
            case [b"smessage", name, payload]:
                self._published(as_text(name), as_bytes(payload))
            case [b"sunsubscribe", bytes(name), _]:
                self._unsubscribed(name.decode())
            case _:
                pass

    def _published(self, name: str, message: bytes) -> None:
        if name == CONTROL:
            self._ear.controlled(message)
        else:
            self._ear.heard(room_of(name), message)

    def _ponged(self, payload: bytes, reply: Reply | RedisError) -> None:
        if isinstance(reply, RedisError) and not takes_no_writes(reply):
            raise reply
        if partitions := self._asked.pop(payload, None):
            self._follower.mended(partitions)  # something may have been missed

    def _answered(self, reply: Reply | RedisError) -> None:
        match reply:
            case [b"ssubscribe", bytes(name), _]:
                self._subscribed.add(name.decode())
                self._wanted.confirmed(name.decode())
            case MovedError():
                self._moved(reply.slot_id)
            case RedisError():
                raise reply
            case _:
                pass

    def _unsubscribed(self, name: str) -> None:
        self._subscribed.discard(name)
        if self._leaving[name]:
            self._leaving[name] -= 1
            if not self._leaving[name]:
                del self._leaving[name]  # rooms come and go
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
