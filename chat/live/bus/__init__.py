"""Redis, and the only place that knows there is one: commits, what is heard, what is loaded."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

from msgspec import Struct

from chat.core.ids import Epoch, MemberId, Millis, Number, ProcessId, Ref, RoomId
from chat.live.address import Cluster, One, Sentinels, address
from chat.live.bus import keys as key
from chat.live.bus.asking import PATIENCE
from chat.live.bus.clustered import ClusterFinder
from chat.live.bus.committing import DEADLINE, Answered, Commit, Creation, Outcome, Status, slot
from chat.live.bus.connection import (
    Arg,
    BusGone,
    Elsewhere,
    Reply,
    Unsettled,
    as_bytes,
    as_int,
    as_list,
    as_map,
    as_text,
)
from chat.live.bus.finding import Finder, OneServer
from chat.live.bus.following import Following
from chat.live.bus.keys import HOME
from chat.live.bus.keys import number as partition_of
from chat.live.bus.listening import SILENCE, Ear
from chat.live.bus.node import Node
from chat.live.bus.sentinel import SentinelFinder

__all__ = [
    "DEADLINE",
    "HOME",
    "Bus",
    "BusGone",
    "Commit",
    "Creation",
    "Ear",
    "Elsewhere",
    "Found",
    "Outcome",
    "Status",
    "Stored",
    "Unsettled",
    "partition_of",
]

T = TypeVar("T")
AGAIN = 0.05
"""Seconds between two tries of what a server said it is not the one, or not the moment, for."""
REHEARSED_FOR = 10_000
"""Milliseconds a rehearsing server is taken for one without saying so again."""
VOUCHED_FOR = 10_000
"""Milliseconds the proof of a process' secret stands without being shown again."""
FOUND_WITHIN = 1.5
"""Seconds a start waits to learn where partitions are."""


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


class Found(Struct, frozen=True):
    """Rooms; `whole`: every server has been asked."""

    rooms: list[RoomId]
    whole: bool


class Bus:
    """What a process asks of Redis, wherever in Redis it is."""

    def __init__(self, following: Following) -> None:
        self._following = following

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, ear: Ear) -> AsyncIterator["Bus"]:
        """Connected as soon as Redis lets it; whatever is asked raises BusGone until then."""
        async with asyncio.TaskGroup() as tasks:
            following = Following(_finder(url), ear, tasks)
            running = tasks.create_task(following.run())
            try:
                with suppress(TimeoutError):
                    async with asyncio.timeout(FOUND_WITHIN):
                        await following.found.wait()
                yield cls(following)
            finally:
                running.cancel()

    def submit(self, commit: Commit, answered: Answered) -> None:
        """As `commit`, for who does not wait: `answered` gets the outcome, or BusGone. Raises Elsewhere."""
        self._following.node(key.number(commit.room)).submit(commit, answered)

    async def commit(self, commit: Commit) -> Outcome:
        """Raises BusGone when Redis did not answer in time; what was asked has then not happened, or will not."""
        partition = key.number(commit.room)
        try:
            return await self._following.node(partition).commit(commit)
        except Elsewhere:
            return await self._steadily(partition, lambda node: node.commit(commit))

    async def join(self, room: RoomId) -> None:
        """Subscribed and confirmed when this returns. Raises BusGone."""
        name = key.channel(room)
        future, first = self._following.wanted.add(name)
        if first:
            with suppress(BusGone):  # whichever server gets the partition subscribes to everything wanted in it
                await self._following.node(key.number(room)).listener.join(name)
        try:
            async with asyncio.timeout(SILENCE):
                await asyncio.shield(future)
        except TimeoutError:
            self._following.wanted.unconfirmed(name, future)
            raise BusGone from None

    async def leave(self, room: RoomId) -> None:
        """Nothing more of this room is heard."""
        name = key.channel(room)
        self._following.wanted.remove(name)
        with suppress(BusGone):
            await self._following.node(key.number(room)).listener.leave(name)

    async def load(self, room: RoomId) -> Stored | None:
        """The room, or None if there is none. Raises BusGone."""
        keys = key.Keys(room)
        *_, replies = await self._ask(
            key.number(room),
            ("MULTI",),
            ("HGETALL", keys.state),
            ("HGETALL", keys.places),
            ("HGETALL", keys.authors),
            ("EXEC",),
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
        found = await self._ask(key.number(room), ("ZRANGEBYSCORE", key.Keys(room).ring, f"({after}", "+inf"))
        names = [as_text(name) for name in as_list(found[0])]
        if not names:
            return []
        notices = await self._ask(key.number(room), ("MGET", *names))
        return [as_bytes(notice) for notice in as_list(notices[0]) if notice is not None]

    async def answered(self, room: RoomId, who: MemberId, ref: Ref) -> Number | None:
        """The number that was the answer to this ref (0: it was no message); None if it was not answered yet.

        Raises BusGone.
        """
        found = (await self._ask(key.number(room), ("HGET", key.Keys(room).refs, slot(who, ref))))[0]
        before, _, number = as_text(found).rpartition("=") if found is not None else ("", "", "")
        return Number(int(number)) if before == ref else None

    async def due(self, now: Millis) -> Found:
        """Rooms that need a tick by now, on every server that can be asked."""
        return await self._rooms(now)

    async def rooms(self) -> Found:
        """Every room there is, on every server that can be asked."""
        return await self._rooms("+inf")

    async def _rooms(self, until: Millis | str) -> Found:
        heard = [node for node in self._following.nodes() if self._following.hears(node)]  # others would hold us up
        known = sum(len(key.with_rooms(node.listener.partitions)) for node in heard)
        asked = await asyncio.gather(*(self._rooms_on(node, until) for node in heard))
        return Found([room for rooms in asked for room in rooms or ()], known == key.PARTITIONS and None not in asked)

    async def _rooms_on(self, node: Node, until: Millis | str) -> list[RoomId] | None:
        """None if it cannot be asked."""
        partitions = key.with_rooms(node.listener.partitions)
        try:
            replies = await node.ask(*[("ZRANGEBYSCORE", key.due(number), "-inf", until) for number in partitions])
        except BusGone:
            return None
        return [RoomId(as_text(room)) for rooms in replies for room in as_list(rooms)]

    async def wake(self, room: RoomId, at: Millis | None) -> None:
        """When a room next needs a tick; None: not until something happens. Raises BusGone."""
        await self._ask(key.number(room), ("ZADD", key.Keys(room).due, "XX", "+inf" if at is None else at, room))

    async def forget(self, room: RoomId) -> None:
        """Erases a room that nobody can open any more. Raises BusGone."""
        keys = key.Keys(room)
        names = (keys.state, keys.places, keys.seated, keys.authors, keys.refs, keys.ring)
        await self._ask(key.number(room), ("DEL", *names), ("ZREM", keys.due, room))

    async def forget_ring(self, room: RoomId) -> None:
        """Erases the messages that still wait in a room's ring. Raises BusGone."""
        ring, partition = key.Keys(room).ring, key.number(room)
        found = await self._ask(partition, ("ZRANGE", ring, 0, -1))
        await self._ask(partition, ("DEL", ring, *map(as_text, as_list(found[0]))))

    async def beat(self, process: ProcessId, proof: bytes) -> tuple[Millis, dict[ProcessId, int]]:
        """Counts this process' liveness up; gives Redis' time and every process' counter. Raises BusGone.

        `proof`: of the secret that it and all others share.
        """
        _, _, counters, time = await self._ask(
            key.HOME,
            ("SET", key.SECRET, proof, "PX", VOUCHED_FOR),
            ("HINCRBY", key.PROCESSES, process, 1),
            ("HGETALL", key.PROCESSES),
            ("TIME",),
        )
        return _millis(time), {ProcessId(name): as_int(count) for name, count in as_map(counters).items()}

    def at_home(self, room: RoomId) -> bool:
        """Whether a room is on the server that counts processes, and is forgotten together with them."""
        try:
            return self._following.node(key.number(room)) is self._following.node(key.HOME)
        except Elsewhere:
            return True

    async def vouches(self, proof: bytes) -> bool:
        """Whether no running process has shown another proof of its secret. Raises BusGone."""
        known = (await self._ask(key.HOME, ("GET", key.SECRET)))[0]
        return known is None or as_bytes(known) == proof

    async def withdraws(self) -> None:
        """The proof shown last stands no more; whoever else runs shows it again in a second. Raises BusGone."""
        await self._ask(key.HOME, ("DEL", key.SECRET))

    async def compare(self, now: Callable[[], Millis]) -> None:
        """Hears how far other servers' clocks are from `now`, which is HOME's.

        What waits on one whose clock was set is erased: it would live longer than it may, or is dead.
        """
        with suppress(BusGone):
            home = self._following.node(key.HOME)
            home.ahead = 0
            for node in self._following.nodes() - {home}:
                if self._following.hears(node) and node.compare(now(), _millis((await node.ask(("TIME",)))[0])):
                    for room in await self._rooms_on(node, "+inf") or ():
                        await self.forget_ring(room)

    async def count(self, processes: set[ProcessId]) -> None:
        """Watches processes whose counters are missing. Raises BusGone."""
        await self._ask(key.HOME, *[("HSETNX", key.PROCESSES, process, 0) for process in processes])

    async def bury(self, process: ProcessId) -> None:
        """A dead process is counted no more. Raises BusGone."""
        await self._ask(key.HOME, ("HDEL", key.PROCESSES, process))

    async def control(self, message: bytes) -> None:
        """Tells every process of the installation. Raises BusGone."""
        await self._ask(key.HOME, ("SPUBLISH", key.CONTROL, message))

    async def defer(self, act: bytes) -> None:
        """Keeps an act until the records can take it. Raises BusGone."""
        await self._ask(key.HOME, ("RPUSH", key.UNRECORDED, act))

    async def deferred(self) -> list[bytes]:
        """Acts not yet recorded. Raises BusGone."""
        return [as_bytes(act) for act in as_list((await self._ask(key.HOME, ("LRANGE", key.UNRECORDED, 0, -1)))[0])]

    async def recorded(self, act: bytes) -> bool:
        """Takes a deferred act off the list; False if another process has. Raises BusGone."""
        return as_int((await self._ask(key.HOME, ("LREM", key.UNRECORDED, 1, act)))[0]) > 0

    async def rehearse(self) -> None:
        """Lets be known for a while that a server which rehearses is running. Raises BusGone."""
        await self._ask(key.HOME, ("SET", key.REHEARSAL, 1, "PX", REHEARSED_FOR))

    async def rehearsed(self) -> Millis | None:
        """Redis' time, if a server that rehearses is running. Raises BusGone."""
        said, time = await self._ask(key.HOME, ("EXISTS", key.REHEARSAL), ("TIME",))
        return _millis(time) if said else None

    async def ping(self) -> None:
        """Raises BusGone if no server can be reached at all."""
        pings = (node.ask(("PING",)) for node in self._following.nodes())
        pongs = await asyncio.gather(*pings, return_exceptions=True)
        if all(isinstance(pong, BaseException) for pong in pongs):
            raise BusGone

    async def _ask(self, partition: int, *commands: tuple[Arg, ...]) -> list[Reply]:
        return await self._steadily(partition, lambda node: node.ask(*commands))

    async def _steadily(self, partition: int, attempt: Callable[[Node], Awaitable[T]]) -> T:
        """Tries where the partition is; again where it is then, for as long as servers say that nothing has happened.

        A connection that broke is not tried again here: what was asked may have happened.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENCE
        while True:
            try:
                return await attempt(self._following.node(partition))
            except Elsewhere:
                self._following.doubt()
                if loop.time() > until:
                    raise
                await asyncio.sleep(AGAIN)


def _finder(url: str) -> Finder:
    match address(url):
        case One(url=only):
            return OneServer(only)
        case Cluster() as cluster:
            return ClusterFinder(cluster)
        case Sentinels() as sentinels:
            return SentinelFinder(sentinels)


def _millis(time: Reply) -> Millis:
    """What TIME answers."""
    seconds, micros = map(as_int, as_list(time))
    return Millis(seconds * 1000 + micros // 1000)
