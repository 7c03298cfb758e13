"""The fenced write-and-publish: what was decided happens in Redis wholly or not at all."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from enum import StrEnum
from importlib.resources import files
from struct import Struct as Layout
from time import monotonic

from msgspec import Struct
from redis.exceptions import RedisError

from chat.core.ids import DraftId, Epoch, MemberId, Millis, Number, Ref, RoomId
from chat.core.room import Tell
from chat.live.bus.connection import (
    NOT_HERE,
    Arg,
    BusGone,
    Elsewhere,
    Reply,
    Unsettled,
    as_bytes,
    as_int,
    as_list,
    as_text,
    takes_no_writes,
)
from chat.live.bus.keys import Keys
from chat.live.bus.keys import of as keys_of
from chat.live.bus.pipe import Pipe, packed
from chat.live.counts import counts

SCRIPT = files(__package__).joinpath("commit.lua").read_text()
DEADLINE = 1_800
"""Milliseconds a commit is worth waiting for; after it the script does nothing."""


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
    HELD = "held"
    DECIDED = "decided"
    CROWDED = "crowded"
    SLOW = "slow"


_STATUS = {status.encode(): status for status in Status}


class Outcome(Struct, frozen=True):
    """`number`: the room's newest message; of a repeated ref its own; with HELD or DECIDED the draft; with FAST or SLOW
    how long to wait in ms. `now`: Redis' time."""

    status: Status
    revision: int
    sequence: int
    number: Number
    now: Millis


class Pending(Struct, frozen=True):
    """A message that is to wait for a facilitator, sealed."""

    draft: DraftId
    by: MemberId
    at: Millis
    lasts: int
    """Milliseconds."""
    sealed: bytes

    def __repr__(self) -> str:
        return f"<Pending {self.draft}>"


class Creation(Struct, frozen=True):
    """A room that begins, or is mended: the message number to go on from and who said what until now."""

    number: Number = Number(0)
    authors: bytes = b""
    """`Authors.packed`: with a million of them, one by one, rooms were not back two minutes later (measured)."""
    refs: tuple[tuple[MemberId, Ref, Number], ...] = ()
    """By which of them may be asked for again; the newest last."""
    knew: tuple[Epoch, int] | None = None
    """Mended: its epoch until now, and the highest sequence of that which is in it, or was in what it is put over."""


class Kept(Struct, frozen=True):
    """What this changes of what is kept of the talk, in a room where everybody has agreed that it is."""

    lives: int
    """Milliseconds; with 0 nothing is kept any more."""
    sealed: bytes = b""
    """The message, if this is one."""
    name: str = "none"
    """Random; under it the message is kept."""
    folds: Number = Number(0)
    gone: tuple[MemberId, ...] = ()
    """Whose messages go."""
    cuts: bool = False
    """What is there is kept so long at most, too."""

    def __repr__(self) -> str:
        return f"<Kept {self.lives}>"


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
    slow: int = 0
    """Milliseconds between two messages of this person, in slow mode."""
    pending: Pending | None = None
    settles: tuple[DraftId, ...] = ()
    """Messages that wait no more."""
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
    kept: Kept | None = None
    lives: int = 24 * 3_600_000
    """Milliseconds the room is remembered after its last change."""
    tells: tuple[Tell, ...] | None = None
    """What the notice says, for this process alone: it need not open what it has just sealed."""

    def __repr__(self) -> str:
        return f"<Commit in {self.room}>"

    @property
    def changes_state(self) -> bool:
        """It changes more of the room than its counters; an ordinary message does not."""
        seats = self.places or self.sits or self.rises or self.begins
        drafts = self.pending is not None or bool(self.settles)
        return bool(seats) or drafts or self.condition is not None or self.creation is not None


def arguments(commit: Commit, keys: Keys, *, hears: bool) -> tuple[Arg, ...]:
    """KEYS and ARGV of commit.lua, with their number before them."""
    member, ref = commit.asked or ("", "")
    every, burst = commit.pace or (0, 0)
    kept = commit.kept
    numbers = _numbers(
        commit.epoch, commit.creation is not None, commit.revision, commit.told, commit.now + DEADLINE, commit.raises,
        every, burst, commit.slow, commit.cap, commit.forgets or 0, commit.evict,
        -1 if commit.wakes is None else commit.wakes, commit.ends, commit.lives, hears,
    )  # fmt: skip
    return (
        12 if kept else 10,
        keys.state, keys.places, keys.seated, keys.authors, keys.refs, keys.ring, keys.due, keys.channel,
        keys.draft(commit.pending.draft) if commit.pending else keys.words + commit.word, keys.drafts,
        *((keys.history, keys.kept(kept.name)) if kept else ()),
        numbers, commit.author or "", slot(member, ref), ref, commit.room, commit.notice,
        *(_state(commit) if commit.changes_state else ()),
        *((kept.sealed, kept.lives, kept.folds, " ".join(kept.gone), int(kept.cuts)) if kept else ()),
    )  # fmt: skip


_numbers = Layout("<16d").pack


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
        *_counted([(creation.authors,)] if creation.authors else []),
        *_counted([(slot(who, ref), ref, n) for who, ref, n in creation.refs]),
        *_counted([creation.knew] if creation.knew else []),
        *_counted([(w.draft, w.by, w.at, w.lasts, w.sealed)] if (w := commit.pending) else []),
        *_counted([(draft,) for draft in commit.settles]),
    ]


def _counted(rows: Sequence[tuple[Arg, ...]]) -> list[Arg]:
    return [len(rows), *(value for row in rows for value in row)]


def slot(member: str, ref: str) -> str:
    """Where a ref is remembered: the last 64 of a page, by the counter a browser ends its refs with."""
    if not ref:
        return ""
    digits = ref[len(ref.rstrip("0123456789")) :]
    return f"{member}:{int(digits or '0') % 64}"


def notice_of(commit: Commit, outcome: Outcome) -> bytes:
    """What commit.lua publishes of a commit that is told."""
    counters = outcome.revision, outcome.sequence, outcome.number, outcome.now
    return b"%d %d %d %d %d\n" % (commit.epoch, *counters) + commit.notice


Answered = Callable[["Outcome | BusGone"], None]
"""Told what became of a commit, at some later moment. Nothing in it may wait or fail."""


class Committer:
    """Owns what has been asked of one server's script and is not answered: nobody's words can overtake each other.

    What is handed over leaves at the end of the turn, and its answer comes back to a callback: no task and no future
    stands between a message and Redis. Answers come in the order of the questions.
    """

    def __init__(self, hears: Callable[[str], bool], told: Callable[[Commit, Outcome], None]) -> None:
        self._hears = hears
        """Whether a channel is subscribed to on the very connection that commits go through."""
        self._told = told
        self._pipe: Pipe | None = None
        self._evalsha: tuple[Arg, ...] = ()
        self._unsent: list[tuple[float, Commit, Answered]] = []
        """Handed over while there was no connection; each with the moment of that."""
        self._asked: deque[tuple[float, Commit, str | None, Answered]] = deque()
        """Sent and not answered; each with its room's channel, if it was said to be heard here."""

    def submit(self, commit: Commit, answered: Answered) -> None:
        """Sends a commit. `answered` gets its outcome, or what `commit` raises."""
        self._send(monotonic(), commit, answered)

    def _send(self, since: float, commit: Commit, answered: Answered) -> None:
        if self._pipe is None:
            self._unsent.append((since, commit, answered))
            return
        keys = keys_of(commit.room)
        hears = self._hears(keys.channel)
        self._asked.append((since, commit, keys.channel if hears else None, answered))
        self._pipe.ask(packed((*self._evalsha, *arguments(commit, keys, hears=hears))), self._heard)

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

    async def opened(self, opened: Pipe) -> None:
        """Commits go through this connection from now on."""
        digest: asyncio.Future[Reply | RedisError] = asyncio.get_running_loop().create_future()
        opened.ask(packed(("SCRIPT", "LOAD", SCRIPT)), digest.set_result)
        self._evalsha = ("EVALSHA", _sound(await digest))
        self._pipe = opened
        waiting, self._unsent = self._unsent, []
        for since, commit, answered in waiting:
            self._send(since, commit, answered)

    def closed(self) -> None:
        """Nothing can be sent. What was is still to be failed."""
        self._pipe = None

    def _heard(self, reply: Reply | RedisError) -> None:
        if isinstance(reply, RedisError) and not (isinstance(reply, NOT_HERE) or takes_no_writes(reply)):
            raise reply  # connected anew, the script is loaded again
        since, commit, channel, answered = self._asked.popleft()
        counts.round_trips.add(monotonic() - since)
        if isinstance(reply, RedisError):  # nothing has happened; its slot may have moved, and the others' have not
            answered(Elsewhere() if isinstance(reply, NOT_HERE) else BusGone())
            return
        outcome = _outcome(reply)
        if outcome.status is Status.TOLD:
            self._tell(commit, channel, outcome)
        answered(outcome)

    def _tell(self, commit: Commit, channel: str | None, outcome: Outcome) -> None:
        """What this process has committed it tells itself, in the same breath as the answer: it is the notice that
        comes from Redis right before or after, or, if nobody else hears this room, not at all.
        """
        if channel and self._pipe and not self._hears(channel):  # its slot was away for a moment: others heard in vain
            self._pipe.ask(packed(("SPUBLISH", channel, notice_of(commit, outcome))), _whoever_hears)
        self._told(commit, outcome)

    def fail(self) -> None:
        """Everybody who waits is told no, or that nobody knows."""
        asked, unsent = [*self._asked], [*self._unsent]
        self._asked.clear()
        self._unsent.clear()
        for *_, answered in asked:
            answered(Unsettled())
        for *_, answered in unsent:
            answered(BusGone())


def _whoever_hears(_: Reply | RedisError) -> None:
    """How many heard it, or that the slot is away again: then all who want it look at it afresh."""


def _sound(reply: Reply | RedisError) -> str:
    if isinstance(reply, RedisError):
        raise reply
    return as_text(reply)


def _outcome(reply: Reply) -> Outcome:
    status, revision, sequence, number, now = as_list(reply)  # in a pattern, each `int(...)` would cost a microsecond
    return Outcome(
        _STATUS[as_bytes(status)], as_int(revision), as_int(sequence), Number(as_int(number)), Millis(as_int(now))
    )
