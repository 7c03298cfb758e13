"""Redis, and the only place that knows there is one: commits, what is heard, what is loaded."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from msgspec import Struct
from redis.asyncio import ConnectionPool

from chat.core.ids import Epoch, MemberId, Millis, Number, ProcessId, Ref, RoomId
from chat.live.bus import keys as key
from chat.live.bus.committing import Commit, Committer, Creation, Outcome, Status, slot
from chat.live.bus.connection import (
    BROKEN,
    Arg,
    BusGone,
    Reply,
    as_bytes,
    as_int,
    as_list,
    as_map,
    as_text,
    ask,
    pool,
)
from chat.live.bus.listening import CONTROL, Ear, Listener

__all__ = ["Bus", "BusGone", "Commit", "Creation", "Ear", "Outcome", "Status", "Stored"]

PATIENCE = 2.0
"""Seconds for anything asked outside commits."""
PROCESSES = "{control}:processes"
UNRECORDED = "{control}:unrecorded"
REHEARSAL = "{control}:rehearsal"
REHEARSED_FOR = 10_000
"""Milliseconds a rehearsing server is taken for one without saying so again."""


class Stored(Struct, frozen=True):
    """A room as Redis has it; places and condition are still sealed."""

    epoch: Epoch
    revision: int
    sequence: int
    number: Number
    condition: bytes
    places: dict[MemberId, bytes]
    since: dict[MemberId, Number]
    changed: dict[MemberId, int]
    authors: dict[Number, MemberId]


class Bus:
    """Owns every connection of a process to Redis."""

    def __init__(self, connections: ConnectionPool, ear: Ear) -> None:
        self._connections = connections
        self._committer = Committer(connections)
        self._listener = Listener(connections, ear)
        self.commit = self._committer.commit
        self.join = self._listener.join
        self.leave = self._listener.leave

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, ear: Ear) -> AsyncIterator["Bus"]:
        """Connected as soon as Redis lets it; whatever is asked raises BusGone until then."""
        connections = pool(url)
        async with asyncio.TaskGroup() as tasks:
            bus = cls(connections, ear)
            running = [tasks.create_task(bus._committer.run()), tasks.create_task(bus._listener.run())]
            try:
                yield bus
            finally:
                bus._committer.ending = bus._listener.ending = True
                for task in running:
                    task.cancel()
                await connections.disconnect()

    async def load(self, room: RoomId) -> Stored | None:
        """The room, or None if there is none. Raises BusGone."""
        keys = key.Keys(room)
        *_, replies = await self._ask(
            ("MULTI",), ("HGETALL", keys.state), ("HGETALL", keys.places), ("HGETALL", keys.authors), ("EXEC",)
        )
        state, places, authors = map(as_map, as_list(replies))
        if "epoch" not in state:
            return None
        return Stored(
            epoch=Epoch(as_int(state["epoch"])),
            revision=as_int(state["revision"]),
            sequence=as_int(state["sequence"]),
            number=Number(as_int(state["number"])),
            condition=as_bytes(state["condition"]),
            places={MemberId(who): as_bytes(place) for who, place in places.items()},
            since={MemberId(f[6:]): Number(as_int(n)) for f, n in state.items() if f.startswith("since:")},
            changed={MemberId(f[8:]): as_int(n) for f, n in state.items() if f.startswith("changed:")},
            authors={Number(int(n)): MemberId(as_text(who)) for n, who in authors.items()},
        )

    async def ring(self, room: RoomId, after: Number) -> list[bytes]:
        """The sealed notices of messages after `after` that are less than 60 s old, in order. Raises BusGone."""
        found = await self._ask(("ZRANGEBYSCORE", key.Keys(room).ring, f"({after}", "+inf"))
        names = [as_text(name) for name in as_list(found[0])]
        if not names:
            return []
        notices = await self._ask(("MGET", *names))
        return [as_bytes(notice) for notice in as_list(notices[0]) if notice is not None]

    async def answered(self, room: RoomId, who: MemberId, ref: Ref) -> Number | None:
        """The number that was the answer to this ref (0: it was no message); None if it was not answered yet.

        Raises BusGone.
        """
        found = (await self._ask(("HGET", key.Keys(room).refs, slot(who, ref))))[0]
        before, _, number = as_text(found).rpartition("=") if found is not None else ("", "", "")
        return Number(int(number)) if before == ref else None

    async def due(self, now: Millis) -> list[RoomId]:
        """Rooms that need a tick by now. Raises BusGone."""
        return await self._rooms(now)

    async def rooms(self) -> list[RoomId]:
        """Every room there is. Raises BusGone."""
        return await self._rooms("+inf")

    async def _rooms(self, until: Millis | str) -> list[RoomId]:
        found = await self._ask(*[("ZRANGEBYSCORE", key.due(tag), "-inf", until) for tag in key.tags()])
        return [RoomId(as_text(room)) for rooms in found for room in as_list(rooms)]

    async def wake(self, room: RoomId, at: Millis | None) -> None:
        """When a room next needs a tick; None: not until something happens. Raises BusGone."""
        await self._ask(("ZADD", key.Keys(room).due, "XX", "+inf" if at is None else at, room))

    async def forget(self, room: RoomId) -> None:
        """Erases a room that nobody can open any more. Raises BusGone."""
        keys = key.Keys(room)
        names = (keys.state, keys.places, keys.seated, keys.authors, keys.refs, keys.ring)
        await self._ask(("DEL", *names), ("ZREM", keys.due, room))

    async def forget_ring(self, room: RoomId) -> None:
        """Erases the messages that still wait in a room's ring. Raises BusGone."""
        ring = key.Keys(room).ring
        found = await self._ask(("ZRANGE", ring, 0, -1))
        await self._ask(("DEL", ring, *map(as_text, as_list(found[0]))))

    async def beat(self, process: ProcessId) -> tuple[Millis, dict[ProcessId, int]]:
        """Counts this process' liveness up; gives Redis' time and every process' counter. Raises BusGone."""
        _, counters, time = await self._ask(("HINCRBY", PROCESSES, process, 1), ("HGETALL", PROCESSES), ("TIME",))
        return _millis(time), {ProcessId(name): as_int(count) for name, count in as_map(counters).items()}

    async def count(self, processes: set[ProcessId]) -> None:
        """Watches processes whose counters are missing. Raises BusGone."""
        await self._ask(*[("HSETNX", PROCESSES, process, 0) for process in processes])

    async def bury(self, process: ProcessId) -> None:
        """A dead process is counted no more. Raises BusGone."""
        await self._ask(("HDEL", PROCESSES, process))

    async def control(self, message: bytes) -> None:
        """Tells every process of the installation. Raises BusGone."""
        await self._ask(("SPUBLISH", CONTROL, message))

    async def defer(self, act: bytes) -> None:
        """Keeps an act until the records can take it. Raises BusGone."""
        await self._ask(("RPUSH", UNRECORDED, act))

    async def deferred(self) -> list[bytes]:
        """Acts not yet recorded. Raises BusGone."""
        return [as_bytes(act) for act in as_list((await self._ask(("LRANGE", UNRECORDED, 0, -1)))[0])]

    async def recorded(self, act: bytes) -> bool:
        """Takes a deferred act off the list; False if another process has. Raises BusGone."""
        return as_int((await self._ask(("LREM", UNRECORDED, 1, act)))[0]) > 0

    async def rehearse(self) -> None:
        """Lets be known for a while that a server which rehearses is running. Raises BusGone."""
        await self._ask(("SET", REHEARSAL, 1, "PX", REHEARSED_FOR))

    async def rehearsed(self) -> Millis | None:
        """Redis' time, if a server that rehearses is running. Raises BusGone."""
        said, time = await self._ask(("EXISTS", REHEARSAL), ("TIME",))
        return _millis(time) if said else None

    async def ping(self) -> None:
        """Raises BusGone."""
        await self._ask(("PING",))

    async def _ask(self, *commands: tuple[Arg, ...]) -> list[Reply]:
        try:
            async with asyncio.timeout(PATIENCE):
                connection = await self._connections.get_connection()
                try:
                    return await ask(connection, commands)
                except BaseException:
                    await connection.disconnect(nowait=True)  # replies of a broken-off question are still to come
                    raise
                finally:
                    await self._connections.release(connection)
        except BROKEN:
            raise BusGone from None


def _millis(time: Reply) -> Millis:
    """What TIME answers."""
    seconds, micros = map(as_int, as_list(time))
    return Millis(seconds * 1000 + micros // 1000)
