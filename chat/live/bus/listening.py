"""Hearing what rooms are told, and noticing within two seconds when nothing can be heard."""

import asyncio
from typing import Protocol

from redis.asyncio import ConnectionPool
from redis.asyncio.connection import AbstractConnection

from chat.core.ids import RoomId
from chat.live.bus.connection import BROKEN, BusGone, Reply
from chat.live.bus.connection import connection as connection_of
from chat.live.bus.keys import channel, room_of

CONTROL = "{control}:hearth"
"""One channel for what concerns visits, accounts and settings."""
PING_EVERY = 0.7
SILENCE = 2.0
"""Seconds. A hung Redis raises nothing for a subscriber (measured: 20 s): a ping unanswered this long is a break."""


class Ear(Protocol):
    """Who listens. Nothing here may wait."""

    def heard(self, room: RoomId, notice: bytes) -> None:
        """A room was told something."""

    def controlled(self, message: bytes) -> None:
        """Something concerns the whole installation."""

    def broke(self) -> None:
        """From now on nothing is heard."""

    def mended(self) -> None:
        """Heard again; whatever was told in between is missing."""


class Listener:
    """Owns the one pub/sub connection of a process."""

    def __init__(self, connections: ConnectionPool, ear: Ear) -> None:
        self._connections = connections
        self._ear = ear
        self._wanted: set[RoomId] = set()
        self._confirming: dict[RoomId, asyncio.Future[None]] = {}
        self._connection: AbstractConnection | None = None
        self.ending = False
        """Said before the task is cancelled: a task group whose children fail at that moment raises their errors in the
        place of the cancellation (CPython 3.11), and that would be taken for one more break."""

    async def join(self, room: RoomId) -> None:
        """Subscribed and confirmed when this returns. Raises BusGone."""
        self._wanted.add(room)
        future = self._confirming.get(room)
        if future is None:
            future = self._confirming[room] = asyncio.get_running_loop().create_future()
            await self._send("SSUBSCRIBE", channel(room))
        try:
            async with asyncio.timeout(SILENCE):
                await asyncio.shield(future)
        except TimeoutError:
            if self._confirming.get(room) is future:
                del self._confirming[room]  # whoever comes next asks again
            raise BusGone from None

    async def leave(self, room: RoomId) -> None:
        """Nothing more of this room is heard."""
        self._wanted.discard(room)
        await self._send("SUNSUBSCRIBE", channel(room))

    async def run(self) -> None:
        """Listens for ever; subscribes again after every break and says so."""
        while not self.ending:
            try:
                await self._listen()
            except BROKEN:
                self._broke()
                await asyncio.sleep(0.1)

    async def _listen(self) -> None:
        connection = connection_of(self._connections)
        try:
            async with asyncio.timeout(SILENCE):
                await connection.connect()
                self._connection = connection  # a room joined from here on is subscribed to by whoever joins it
                # Control last: once it is confirmed, every room is subscribed to and can be looked at afresh.
                for name in (*map(channel, self._wanted), CONTROL):
                    await connection.send_command("SSUBSCRIBE", name, check_health=False)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._ping(connection))
                tasks.create_task(self._read(connection))
        except* BROKEN:
            raise ConnectionError from None
        finally:
            self._connection = None
            await connection.disconnect(nowait=True)

    async def _read(self, connection: AbstractConnection) -> None:
        while True:
            # hiredis answers from its buffer without a turn of the loop, so a burst is drained at once.
            reply: Reply = await connection.read_response(disable_decoding=True, timeout=SILENCE)
            if reply is None:  # redis-py says so when the time is up, and does not raise
                raise TimeoutError
            self._hear(reply)

    async def _ping(self, connection: AbstractConnection) -> None:
        while True:
            await asyncio.sleep(PING_EVERY)
            async with asyncio.timeout(SILENCE):
                await connection.send_command("PING", check_health=False)

    def _hear(self, reply: Reply) -> None:
        match reply:
            case [b"smessage", bytes(name), bytes(payload)]:
                if name == CONTROL.encode():
                    self._ear.controlled(payload)
                else:
                    self._ear.heard(room_of(name.decode()), payload)
            case [b"ssubscribe", bytes(name), _]:
                self._confirmed(name.decode())
            case _:
                pass  # a pong, or an unsubscription confirmed

    def _confirmed(self, name: str) -> None:
        if name != CONTROL:
            future = self._confirming.pop(room_of(name), None)
            if future and not future.done():
                future.set_result(None)
        else:
            self._ear.mended()  # something may have been missed; at the first start there is nobody to miss it

    def _broke(self) -> None:
        self._ear.broke()
        confirming, self._confirming = self._confirming, {}
        for future in confirming.values():
            if not future.done():
                future.set_exception(BusGone())
                future.exception()  # whoever waits for it has it; nobody must

    async def _send(self, *command: str) -> None:
        if self._connection is None:
            return  # the next connection subscribes to everything wanted
        try:
            await self._connection.send_command(*command, check_health=False)
        except BROKEN:
            pass  # the reader notices too, and connects anew
