"""The fenced write-and-publish: what was decided happens in Redis wholly or not at all."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from enum import StrEnum
from importlib.resources import files

from msgspec import Struct
from redis.asyncio import ConnectionPool
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import RedisError

from chat.core.ids import Epoch, MemberId, Millis, Number, Ref, RoomId
from chat.live.bus.connection import (
    BROKEN,
    NOT_HERE,
    Arg,
    BusGone,
    Elsewhere,
    Reply,
    Unsettled,
    answers,
    as_int,
    as_list,
    as_text,
    ask,
)
from chat.live.bus.connection import connection as connection_of
from chat.live.bus.keys import Keys
from chat.live.counts import counts

SCRIPT = files(__package__).joinpath("commit.lua").read_text()
DEADLINE = 1_800
"""Milliseconds a commit is worth waiting for; after it the script does nothing."""
PATIENCE = 2.0
"""Seconds until the sender is told no. Longer than the deadline: a no must stay a no when a frozen Redis thaws."""


class Status(StrEnum):
    """What became of a commit; see commit.lua."""

    TOLD = "told"
    REPEAT = "repeat"
    GONE = "gone"
    BEHIND = "behind"
    MOVED = "moved"
    LATE = "late"
    FULL = "full"
    FAST = "fast"
    EXISTS = "exists"


class Outcome(Struct, frozen=True):
    """`number`: the room's newest message; of a repeated ref its own; with FAST the wait in ms. `now`: Redis' time."""

    status: Status
    revision: int
    sequence: int
    number: Number
    now: Millis


class Creation(Struct, frozen=True):
    """A room that begins, or is mended: the message number to go on from and who said what until now."""

    number: Number = Number(0)
    authors: dict[Number, MemberId] = {}


class Commit(Struct, frozen=True):
    """One decision as Redis needs it. Whatever could name or quote somebody is sealed."""

    room: RoomId
    epoch: Epoch
    revision: int
    told: int
    now: Millis
    raises: bool
    notice: bytes
    creation: Creation | None = None
    author: MemberId | None = None
    asked: tuple[MemberId, Ref] | None = None
    pace: tuple[int, int] | None = None
    """Milliseconds a message, and the burst."""
    cap: int = 0
    places: dict[MemberId, bytes | None] = {}
    before: dict[MemberId, int] = {}
    """The notice that last changed each of these places, as the decision knew it."""
    sits: tuple[MemberId, ...] = ()
    rises: tuple[MemberId, ...] = ()
    begins: tuple[MemberId, ...] = ()
    condition: bytes | None = None
    forgets: Number | None = None
    evict: Number = Number(0)
    wakes: Millis | None = None
    ends: bool = False
    word: str = "none"
    """The random name under which this message's sealed notice waits in the ring."""
    lives: int = 24 * 3_600_000
    """Milliseconds the room is remembered after its last change."""


def arguments(commit: Commit) -> tuple[Arg, ...]:
    """KEYS and ARGV of commit.lua, with their number before them."""
    keys = Keys(commit.room)
    member, ref = commit.asked or ("", "")
    every, burst = commit.pace or (0, 0)
    creation = commit.creation or Creation()
    return (
        9, keys.state, keys.places, keys.seated, keys.authors, keys.refs, keys.ring, keys.due, keys.channel,
        keys.words + commit.word,
        commit.epoch, int(commit.creation is not None), commit.revision, commit.told, commit.now + DEADLINE,
        int(commit.raises), commit.author or "", slot(member, ref), ref, every, burst, commit.cap,
        commit.forgets or 0, commit.evict, "" if commit.wakes is None else commit.wakes, int(commit.ends), commit.lives,
        commit.room, commit.notice, creation.number,
        *_counted([(who, commit.before.get(who, 0), place) for who, place in commit.places.items() if place]),
        *_counted([(who, commit.before.get(who, 0)) for who, place in commit.places.items() if not place]),
        *_counted([(who,) for who in commit.sits]),
        *_counted([(who,) for who in commit.rises]),
        *_counted([(who,) for who in commit.begins]),
        *_counted([(commit.condition,)] if commit.condition is not None else []),
        *_counted(list(creation.authors.items())),
    )  # fmt: skip


def _counted(rows: Sequence[tuple[Arg, ...]]) -> list[Arg]:
    return [len(rows), *(value for row in rows for value in row)]


def slot(member: str, ref: str) -> str:
    """Where a ref is remembered: the last 64 a member, by the counter a browser ends its refs with."""
    if not ref:
        return ""
    digits = ref[len(ref.rstrip("0123456789")) :]
    return f"{member}:{int(digits or '0') % 64}"


class Committer:
    """Owns the one connection commits go through, so that nobody's words can overtake each other.

    The commits of one turn of the event loop share one write and one read.
    """

    def __init__(self, connections: ConnectionPool) -> None:
        self._connections = connections
        self._waiting: list[tuple[Commit, asyncio.Future[Outcome]]] = []
        self._wake = asyncio.Event()
        self.ending = False
        """As the listener's."""

    async def commit(self, commit: Commit) -> Outcome:
        """Raises BusGone if it has not happened and will not; Unsettled if it was sent and no answer came in time.

        DEADLINE after `commit.now` an unsettled commit has happened or never will.
        """
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append((commit, future))
        self._wake.set()
        try:
            async with asyncio.timeout(PATIENCE):
                return await future
        except TimeoutError:
            unsent = any(waiting is future for _, waiting in self._waiting)
            raise (BusGone if unsent else Unsettled) from None

    async def run(self) -> None:
        """Carries commits to Redis for ever; connects anew after every break."""
        try:
            while not self.ending:
                try:
                    async with self._connected() as connection:
                        async with asyncio.timeout(PATIENCE):
                            digest = as_text((await ask(connection, [("SCRIPT", "LOAD", SCRIPT)]))[0])
                        while True:
                            await self._wake.wait()
                            await self._carry(connection, digest)
                except BROKEN:
                    self._fail()
                    await asyncio.sleep(0.05)
        finally:
            self._fail()

    async def _carry(self, connection: AbstractConnection, digest: str) -> None:
        self._wake.clear()
        batch, self._waiting = self._waiting, []
        batch = [(commit, future) for commit, future in batch if not future.done()]
        asked = time.perf_counter()
        try:
            async with asyncio.timeout(PATIENCE):
                replies = await answers(connection, [("EVALSHA", digest, *arguments(commit)) for commit, _ in batch])
        except BaseException:
            _refuse(batch, Unsettled)
            raise
        counts.round_trips.add(time.perf_counter() - asked)
        for (_, future), reply in zip(batch, replies, strict=True):
            if isinstance(reply, NOT_HERE):  # one room's slot may have moved, and the others' have not
                _fails(future, Elsewhere())
            elif isinstance(reply, RedisError):
                _refuse(batch, Unsettled)
                raise reply  # connected anew, the script is loaded again
            elif not future.done():
                future.set_result(_outcome(reply))

    def _fail(self) -> None:
        batch, self._waiting = self._waiting, []
        self._wake.clear()
        _refuse(batch, BusGone)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[AbstractConnection]:
        connection = connection_of(self._connections)
        try:
            async with asyncio.timeout(PATIENCE):
                await connection.connect()
            yield connection
        finally:
            await connection.disconnect(nowait=True)


def _refuse(batch: list[tuple[Commit, asyncio.Future[Outcome]]], error: type[BusGone]) -> None:
    for _, future in batch:
        _fails(future, error())


def _fails(future: asyncio.Future[Outcome], error: BusGone) -> None:
    if not future.done():
        future.set_exception(error)


def _outcome(reply: Reply) -> Outcome:
    status, revision, sequence, number, now = as_list(reply)
    return Outcome(
        Status(as_text(status)), as_int(revision), as_int(sequence), Number(as_int(number)), Millis(as_int(now))
    )
