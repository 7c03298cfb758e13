"""The fenced write-and-publish: what was decided happens in Redis wholly or not at all."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from enum import StrEnum
from importlib.resources import files
from time import monotonic

from msgspec import Struct
from redis.asyncio import ConnectionPool
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
    as_int,
    as_list,
    as_text,
)
from chat.live.bus.keys import Keys
from chat.live.bus.pipe import Pipe, packed, pipe
from chat.live.counts import counts

SCRIPT = files(__package__).joinpath("commit.lua").read_text()
DEADLINE = 1_800
"""Milliseconds a commit is worth waiting for; after it the script does nothing."""
PATIENCE = 2.0
"""Seconds without any answer until all who wait are told no. Longer than the deadline: a no must stay a no when a
frozen Redis thaws. Counted as the listener counts: whoever breaks off because of its own slowness only gets more to do.
"""
LOOK_EVERY = 0.2
"""Seconds between two looks whether Redis still answers."""


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

    @property
    def changes_state(self) -> bool:
        """It changes more of the room than its counters; an ordinary message does not."""
        seats = self.places or self.sits or self.rises or self.begins
        return bool(seats) or self.condition is not None or self.creation is not None


def arguments(commit: Commit) -> tuple[Arg, ...]:
    """KEYS and ARGV of commit.lua, with their number before them."""
    keys = Keys(commit.room)
    member, ref = commit.asked or ("", "")
    every, burst = commit.pace or (0, 0)
    return (
        9, keys.state, keys.places, keys.seated, keys.authors, keys.refs, keys.ring, keys.due, keys.channel,
        keys.words + commit.word,
        commit.epoch, int(commit.creation is not None), commit.revision, commit.told, commit.now + DEADLINE,
        int(commit.raises), commit.author or "", slot(member, ref), ref, every, burst, commit.cap,
        commit.forgets or 0, commit.evict, "" if commit.wakes is None else commit.wakes, int(commit.ends), commit.lives,
        commit.room, commit.notice, *(_state(commit) if commit.changes_state else ()),
    )  # fmt: skip


def _state(commit: Commit) -> list[Arg]:
    creation = commit.creation or Creation()
    return [
        creation.number,
        *_counted([(who, commit.before.get(who, 0), place) for who, place in commit.places.items() if place]),
        *_counted([(who, commit.before.get(who, 0)) for who, place in commit.places.items() if not place]),
        *_counted([(who,) for who in commit.sits]),
        *_counted([(who,) for who in commit.rises]),
        *_counted([(who,) for who in commit.begins]),
        *_counted([(commit.condition,)] if commit.condition is not None else []),
        *_counted(list(creation.authors.items())),
    ]


def _counted(rows: Sequence[tuple[Arg, ...]]) -> list[Arg]:
    return [len(rows), *(value for row in rows for value in row)]


def slot(member: str, ref: str) -> str:
    """Where a ref is remembered: the last 64 a member, by the counter a browser ends its refs with."""
    if not ref:
        return ""
    digits = ref[len(ref.rstrip("0123456789")) :]
    return f"{member}:{int(digits or '0') % 64}"


Answered = Callable[["Outcome | BusGone"], None]
"""Told what became of a commit, at some later moment. Nothing in it may wait or fail."""


class Committer:
    """Owns the one connection commits go through, so that nobody's words can overtake each other.

    What is handed over leaves at the end of the turn, and its answer comes back to a callback: no task and no future
    stands between a message and Redis. Answers come in the order of the questions.
    """

    def __init__(self, connections: ConnectionPool) -> None:
        self._connections = connections
        self._pipe: Pipe | None = None
        self._evalsha: tuple[Arg, ...] = ()
        self._unsent: list[tuple[float, Commit, Answered]] = []
        """Handed over while there was no connection; each with the moment of that."""
        self._asked: deque[tuple[float, Answered]] = deque()
        """Sent and not answered."""
        self._silent = 0.0
        """Seconds waited for an answer since there was one."""
        self._outgoing: list[bytes] = []
        """The commits of this turn of the loop: they share one write here, and in Redis one read and one answer."""
        self.ending = False
        """As the listener's."""

    def submit(self, commit: Commit, answered: Answered) -> None:
        """Sends a commit. `answered` gets its outcome, or what `commit` raises."""
        self._send(monotonic(), commit, answered)

    def _send(self, since: float, commit: Commit, answered: Answered) -> None:
        if self._pipe is None:
            self._unsent.append((since, commit, answered))
            return
        if not self._outgoing:
            asyncio.get_running_loop().call_soon(self._flush, self._pipe)
        self._outgoing.append(packed((*self._evalsha, *arguments(commit))))
        self._asked.append((since, answered))

    def _flush(self, opened: Pipe) -> None:
        data = b"".join(self._outgoing)
        self._outgoing.clear()
        if self._pipe is opened:  # else everybody has been answered
            opened.write(data)

    async def commit(self, commit: Commit) -> Outcome:
        """Raises BusGone if it has not happened and will not; Unsettled if it was sent and no answer came in time.

        DEADLINE after `commit.now` an unsettled commit has happened or never will.
        """
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

        def answered(outcome: Outcome | BusGone) -> None:
            if future.done():
                return
            if isinstance(outcome, Outcome):
                future.set_result(outcome)
            else:
                future.set_exception(outcome)

        self.submit(commit, answered)
        return await future

    async def run(self) -> None:
        """Carries commits to Redis for ever; connects anew after every break."""
        try:
            while not self.ending:
                try:
                    await self._carry()
                except BROKEN:
                    self._fail()
                    await asyncio.sleep(0.05)
        finally:
            self._fail()

    async def _carry(self) -> None:
        digest: asyncio.Future[Reply | RedisError] = asyncio.get_running_loop().create_future()
        async with asyncio.timeout(PATIENCE) as patience, pipe(self._connections, digest.set_result) as opened:
            opened.write(packed(("SCRIPT", "LOAD", SCRIPT)))
            self._evalsha = ("EVALSHA", _sound(await digest))
            patience.reschedule(None)
            opened.heard, self._pipe = self._heard, opened
            try:
                self._silent = 0.0
                self._send_waiting()
                while self._silent < PATIENCE:
                    self._silent = self._silent + LOOK_EVERY if self._asked else 0.0
                    await opened.lasts(LOOK_EVERY)
                raise TimeoutError
            finally:
                self._pipe = None

    def _send_waiting(self) -> None:
        waiting, self._unsent = self._unsent, []
        for since, commit, answered in waiting:
            self._send(since, commit, answered)

    def _heard(self, reply: Reply | RedisError) -> None:
        if isinstance(reply, RedisError) and not isinstance(reply, NOT_HERE):
            raise reply  # connected anew, the script is loaded again
        since, answered = self._asked.popleft()
        self._silent = 0.0
        counts.round_trips.add(monotonic() - since)
        # A room's slot may have moved, and the others' have not.
        answered(Elsewhere() if isinstance(reply, RedisError) else _outcome(reply))

    def _fail(self) -> None:
        """Everybody who waits is told no, or that nobody knows."""
        asked, unsent = [*self._asked], [*self._unsent]
        self._asked.clear()
        self._unsent.clear()
        for _, answered in asked:
            answered(Unsettled())
        for *_, answered in unsent:
            answered(BusGone())


def _sound(reply: Reply | RedisError) -> str:
    if isinstance(reply, RedisError):
        raise reply
    return as_text(reply)


def _outcome(reply: Reply) -> Outcome:
    status, revision, sequence, number, now = as_list(reply)
    return Outcome(
        Status(as_text(status)), as_int(revision), as_int(sequence), Number(as_int(number)), Millis(as_int(now))
    )
