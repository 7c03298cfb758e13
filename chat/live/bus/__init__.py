"""Redis, and the only place that knows there is one: commits, what is heard, what is loaded."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence, Set
from contextlib import asynccontextmanager, suppress
from importlib.resources import files
from typing import NamedTuple

from msgspec import Struct

from chat.core.ids import DraftId, Epoch, MemberId, Millis, Number, Ref, RoomId
from chat.core.room import Authors
from chat.core.wire import Unheard
from chat.live.address import Cluster, One, Sentinels, address
from chat.live.bus import keys as key
from chat.live.bus.clustered import ClusterFinder
from chat.live.bus.committing import DEADLINE, Answered, Commit, Creation, Kept, Outcome, Pending, Status, slot
from chat.live.bus.connection import (
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
from chat.live.bus.holding import Inside, inside
from chat.live.bus.home import Home, millis
from chat.live.bus.kept import Line, kept_line
from chat.live.bus.keys import HOME
from chat.live.bus.keys import number as partition_of
from chat.live.bus.lifeline import SILENCE
from chat.live.bus.listening import Ear
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
    "Inside",
    "Kept",
    "Line",
    "Mended",
    "Outcome",
    "Pending",
    "Status",
    "Stored",
    "Trace",
    "Unsettled",
    "partition_of",
]

BEFORE = "0"
"""The field of `authors`, and no message's number, where the authors of before stand; see commit.lua."""
SLOTS = 64
"""Traces a room keeps; see commit.lua."""
FOUND_WITHIN = 1.5
"""Seconds a start waits to learn where partitions are."""
WAKE = files(__package__).joinpath("wake.lua").read_text()


class Trace(NamedTuple):
    """By what a notice is known again: its sequence (of a message its number), and how it begins, which is random."""

    at: int
    begins: bytes


class Mended(Struct, frozen=True):
    """How a room was put together again: its epoch before, the highest sequence of that which is in it, and at which
    sequence that was done.
    """

    epoch: Epoch
    told: int
    sequence: int


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
    authors: Authors
    drafts: dict[DraftId, Unheard]
    traces: dict[int, Trace] = {}
    """Of the newest notices but messages, by their slot."""
    spoken: dict[int, str] = {}
    """Of the message that was asked for, and of the newest, if they still wait: how their notices begin, as digits."""
    mended: Mended | None = None

    def trace(self, sequence: int) -> Trace | None:
        """What is in the slot of that notice."""
        return self.traces.get(sequence % SLOTS)


class Found(Struct, frozen=True):
    """Rooms; `whole`: every server has been asked."""

    rooms: list[RoomId]
    whole: bool


class Bus(Home):
    """What a process asks of Redis, wherever in Redis it is."""

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

    async def load(self, room: RoomId, spoken: int = 0) -> Stored | None:
        """The room, or None if there is none. `spoken`: of which message the trace is wanted, too. Raises BusGone."""
        keys = key.Keys(room)
        *_, replies = await self._ask(
            key.number(room),
            ("MULTI",),
            ("HGETALL", keys.state),
            ("HGETALL", keys.places),
            ("HGETALL", keys.authors),
            ("HGETALL", keys.drafts),
            ("ZRANGEBYSCORE", keys.ring, spoken, spoken, "WITHSCORES"),
            ("ZRANGE", keys.ring, -1, -1, "WITHSCORES"),
            ("EXEC",),
        )
        *hashes, asked, newest = as_list(replies)
        state, places, authors, drafts = map(as_map, hashes)
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
            authors=_authors(authors),
            drafts={DraftId(int(draft)): _waiting(as_text(waiting)) for draft, waiting in drafts.items()},
            traces={int(f[6:]): _trace(as_bytes(trace)) for f, trace in state.items() if f.startswith("trace:")},
            spoken=_spoken(asked) | _spoken(newest),
            mended=_mended(as_text(state["mended"])) if "mended" in state else None,
        )

    async def ring(self, room: RoomId, after: Number) -> list[bytes]:
        """The sealed notices of messages after `after` that are less than 60 s old, in order. Raises BusGone."""
        found = await self._ask(key.number(room), ("ZRANGEBYSCORE", key.Keys(room).ring, f"({after}", "+inf"))
        names = [as_text(name) for name in as_list(found[0])]
        if not names:
            return []
        notices = await self._ask(key.number(room), ("MGET", *names))
        return [as_bytes(notice) for notice in as_list(notices[0]) if notice is not None]

    async def waiting(self, room: RoomId, drafts: Sequence[DraftId]) -> dict[DraftId, bytes]:
        """Of these messages, sealed, those that still wait for a facilitator. Raises BusGone."""
        if not drafts:
            return {}
        found = await self._ask(key.number(room), ("MGET", *map(key.Keys(room).draft, drafts)))
        return {draft: as_bytes(sealed) for draft, sealed in zip(drafts, as_list(found[0]), strict=True) if sealed}

    async def waits(self, room: RoomId, draft: DraftId) -> bool:
        """Whether this message is still to be decided on. Raises BusGone."""
        return (await self._ask(key.number(room), ("HEXISTS", key.Keys(room).drafts, draft)))[0] == 1

    async def history(self, room: RoomId) -> list[Line]:
        """What is kept of a meeting, in order and without its words. Raises BusGone."""
        found = await self._ask(key.number(room), ("ZRANGE", key.of(room).history, 0, -1, "WITHSCORES"))
        flat = as_list(found[0])
        return [kept_line(as_text(line), as_text(n)) for line, n in zip(flat[::2], flat[1::2], strict=True)]

    async def kept(self, room: RoomId, lines: Sequence[Line]) -> list[bytes | None]:
        """The words of these, sealed; None for one that is gone. Raises BusGone."""
        if not lines:
            return []
        found = await self._ask(key.number(room), ("MGET", *(key.of(room).kept(line.name) for line in lines)))
        return [None if sealed is None else as_bytes(sealed) for sealed in as_list(found[0])]

    async def cut_history(self, room: RoomId, lives: int, gone: Set[MemberId] = frozenset()) -> None:
        """What is kept of a meeting goes `lives` ms after it was said at the latest, and at once what these have said.

        Raises BusGone.
        """
        partition, keys = key.number(room), key.of(room)
        lines = await self.history(room)
        now = millis((await self._ask(partition, ("TIME",)))[0])
        over = [line for line in lines if line.at + lives <= now or line.by in gone]
        if over:
            await self._ask(partition, ("DEL", *(keys.kept(line.name) for line in over)),
                            ("ZREM", keys.history, *(line.written for line in over)))  # fmt: skip
        shorter = [("PEXPIREAT", keys.kept(line.name), line.at + lives, "LT") for line in lines if line not in over]
        if shorter:
            await self._ask(partition, *shorter, ("PEXPIRE", keys.history, lives, "LT"))

    async def answered(self, room: RoomId, who: MemberId, ref: Ref) -> int | None:
        """The number that was the answer to this ref (0: it was no message; below zero: the draft that waits for a
        facilitator); None if it was not answered yet. Raises BusGone.
        """
        found = (await self._ask(key.number(room), ("HGET", key.Keys(room).refs, slot(who, ref))))[0]
        before = dict(one.split("=") for one in as_text(found).split()) if found is not None else {}
        return int(before[ref]) if ref in before else None

    async def inside(self, room: RoomId) -> Inside:
        """Which keys there are of a room, and when they die. Raises BusGone."""
        return await inside(self._ask, room)

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

    async def wake(self, room: RoomId, at: Millis | None, epoch: Epoch, sequence: int) -> None:
        """When a room next needs a tick; None: not until something happens. Raises BusGone.

        Changes nothing if the room was told more than `sequence`: it may have been when it falls due.
        """
        keys, when = key.of(room), "+inf" if at is None else at
        await self._ask(key.number(room), ("EVAL", WAKE, 2, keys.state, keys.due, epoch, sequence, when, room))

    async def wake_all(self, now: Millis) -> bool:
        """Every room needs a tick; whether all could be told."""
        found = await self.rooms()
        partitions: dict[int, list[RoomId]] = {}
        for room in found.rooms:
            partitions.setdefault(key.number(room), []).append(room)
        try:
            for partition, rooms in partitions.items():
                due = [what for room in rooms for what in (now, room)]
                await self._ask(partition, ("ZADD", key.due(partition), "XX", *due))
        except BusGone:
            return False
        return found.whole

    async def forget(self, room: RoomId) -> None:
        """Erases a room that nobody can open any more. Raises BusGone."""
        keys = key.Keys(room)
        names = (keys.state, keys.places, keys.seated, keys.authors, keys.refs, keys.ring)
        await self.forget_drafts(room)
        await self._ask(key.number(room), ("DEL", *names), ("ZREM", keys.due, room))

    async def forget_drafts(self, room: RoomId) -> None:
        """Erases the messages that wait for a facilitator in a room. Raises BusGone."""
        keys, partition = key.Keys(room), key.number(room)
        found = [
            DraftId(int(as_text(draft))) for draft in as_list((await self._ask(partition, ("HKEYS", keys.drafts)))[0])
        ]
        await self._ask(partition, ("DEL", keys.drafts, *map(keys.draft, found)))

    async def forget_ring(self, room: RoomId) -> None:
        """Erases the messages that still wait in a room's ring. Raises BusGone."""
        ring, partition = key.Keys(room).ring, key.number(room)
        found = await self._ask(partition, ("ZRANGE", ring, 0, -1))
        await self._ask(partition, ("DEL", ring, *map(as_text, as_list(found[0]))))

    async def forget_times(self, room: RoomId) -> None:
        """Erases what Redis' clock measures in a room, as after it was set: what waits would die too late, or is dead,
        and whoever has spoken would be too fast for as long as it was set back. Raises BusGone.
        """
        await self.forget_ring(room)
        await self.forget_drafts(room)
        refs, partition = key.of(room).refs, key.number(room)
        fields = map(as_text, as_list((await self._ask(partition, ("HKEYS", refs)))[0]))
        if measured := [field for field in fields if field.startswith(("pace:", "slow:"))]:
            await self._ask(partition, ("HDEL", refs, *measured))

    def at_home(self, room: RoomId) -> bool:
        """Whether a room is on the server that counts processes, and is forgotten together with them."""
        try:
            return self._following.serves(self._following.node(key.number(room)), key.HOME)
        except Elsewhere:
            return False  # it is looked at afresh once it is found

    async def compare(self, now: Callable[[], Millis]) -> None:
        """Hears how far other servers' clocks are from `now`, which is HOME's.

        What one measures whose clock was set is erased.
        """
        for node in self._following.nodes():
            if self._following.serves(node, key.HOME):
                node.ahead = 0
            elif self._following.hears(node):
                with suppress(BusGone):
                    await self._compare(node, now)

    async def _compare(self, node: Node, now: Callable[[], Millis]) -> None:
        there = millis((await node.ask(("TIME",)))[0])
        if node.compare(now(), there):
            for room in await self._rooms_on(node, "+inf") or ():
                await self.forget_times(room)

    async def ping(self) -> None:
        """Raises BusGone if no server can be reached at all."""
        pings = (node.ask(("PING",)) for node in self._following.nodes())
        pongs = await asyncio.gather(*pings, return_exceptions=True)
        if all(isinstance(pong, BaseException) for pong in pongs):
            raise BusGone


def _waiting(stored: str) -> Unheard:
    at, _, who, *_ = stored.split(" ")
    return Unheard(MemberId(who), Millis(int(at)))


def _authors(stored: Mapping[str, Reply]) -> Authors:
    """As commit.lua writes them: field 0 is what the room was put together again from; '' was taken back since."""
    found = Authors.unpacked(as_bytes(stored.get(BEFORE, b"")))
    for field, who in stored.items():
        if field == BEFORE:
            continue
        if author := as_text(who):
            found[Number(int(field))] = MemberId(author)
        else:
            found.forget(Number(int(field)))
    return found


def _mended(written: str) -> Mended:
    """As commit.lua writes it."""
    epoch, told, sequence = map(int, written.split())
    return Mended(Epoch(epoch), told, sequence)


def _trace(written: bytes) -> Trace:
    sequence, _, begins = written.partition(b" ")
    return Trace(int(sequence), begins)


def _spoken(found: Reply) -> dict[int, str]:
    """Keys of the ring end with how the notice begins, in hexadecimal digits."""
    flat = as_list(found)
    return {int(as_text(n)): as_text(name).rpartition(":")[2] for name, n in zip(flat[::2], flat[1::2], strict=True)}


def _finder(url: str) -> Finder:
    match address(url):
        case One(url=only):
            return OneServer(only)
        case Cluster() as cluster:
            return ClusterFinder(cluster)
        case Sentinels() as sentinels:
            return SentinelFinder(sentinels)
