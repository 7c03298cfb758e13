"""One connection from its first frame to its last."""

import asyncio
import time
from collections import deque
from contextlib import suppress
from functools import partial
from typing import Protocol

from msgspec import Struct

from chat.core import wire
from chat.core.decision import Actor, Reject
from chat.core.errors import BadFrame, Code, sentence
from chat.core.ids import Epoch, Number, ProcessId, Ref
from chat.core.room import Member, for_a_page_of_before
from chat.core.wire import Command, GoAside, Leave, Say
from chat.live.answers import Answer, Done, Later
from chat.live.bus import BusGone
from chat.live.catching_up import first_frames, unknown_gap
from chat.live.closing import Closing
from chat.live.counts import counts
from chat.live.drafts import drafts_of, shown_to
from chat.live.frames import Frames, frame, frames, joined
from chat.live.rooms import Rooms
from chat.live.seat import Seat
from chat.live.table import Table
from chat.live.tempo import is_counted

INBOX = 32
"""Commands waiting behind the one in flight; no person is that fast."""
ARRIVES_WITHIN = 5.0
"""Seconds from the commit of an arrival to its notice."""


class Gone(Exception):
    """The browser's connection has ended."""


class Ears(Protocol):
    """Where a session hears its browser."""

    async def receive(self) -> str | bytes:
        """The next frame. Raises Gone."""


class Resume(Struct, frozen=True):
    """What a returning browser says it has seen; believed only as far as the room remembers it too.

    `after` None: it is back from a side room, and knows that what was said meanwhile is not told to it.
    """

    epoch: Epoch
    after: Number | None


class Session:
    """Owns one seat: takes it, serves it, gives it back."""

    def __init__(self, rooms: Rooms, table: Table, seat: Seat) -> None:
        self._rooms = rooms
        self._table = table
        self._seat = seat
        self._actor = Actor(seat.member, seat.id)
        self._tempo = table.tempos.get(seat.member) or rooms.desk.tempo()
        table.tempos[seat.member] = self._tempo
        self._inbox: deque[Command] = deque()
        self._asking: Command | None = None
        """The command in flight."""
        self._tasks: asyncio.TaskGroup
        self._serving = False
        self._finished: asyncio.Future[None] | None = None
        """Waits for the last of what was sent before the connection ended."""
        self._fault: Exception | None = None

    async def sit(self, process: ProcessId, resume: Resume | None) -> Closing | None:
        """Takes the seat and shows the room; or says why not. Raises BusGone."""
        who = self._seat.admission
        self._table.arriving[self._seat.id] = self._seat
        member = Member(
            who.member, who.name, who.role, self._seat.id, process, None, who.listens, who.invited_to_listen,
            who.new, who.link, self._rooms.faces.of(who.group, who.member), who.agreed, who.guest,
            who.opened_at,
        )  # fmt: skip
        outcome = await self._rooms.arrivals.sit(self._table, member)
        if isinstance(outcome, Reject):
            return _closing(outcome.code)
        if self._seat.ended is not None:
            return self._seat.ended
        try:
            first = self._seat.first  # the notice mostly comes with the answer
            if first is None:
                async with asyncio.timeout(ARRIVES_WITHIN):
                    first = await self._seat.is_shown()
            self._seat.begin(await self._first(first, resume))
        except (TimeoutError, asyncio.CancelledError, BusGone):
            return self._seat.ended or Closing.LOST
        return None

    async def _first(self, first: wire.Snapshot | wire.WaitingRoom, resume: Resume | None) -> Frames:
        if isinstance(first, wire.WaitingRoom):
            return frames([first])
        shown = await self._told_again(first, resume)
        if not first.drafts:
            return shown
        room = self._table.room
        drafts = await drafts_of(self._rooms.bus, self._table.envelope, room)
        return joined((shown, shown_to(room, self._seat.member, drafts)))

    async def _told_again(self, first: wire.Snapshot, resume: Resume | None) -> Frames:
        room = self._table.room
        if room.epoch != first.epoch:
            return unknown_gap(first)
        if resume and resume.epoch != first.epoch:
            goes_on = resume.epoch in first.before
            return unknown_gap(for_a_page_of_before(room, first) if goes_on else first)
        if resume:
            first = for_a_page_of_before(room, first)
        since = room.places[self._seat.member].since
        seen = resume.after if resume else None
        told = await self._rooms.retelling.since(self._table, max(since, seen or Number(0)))
        if self._table.room.epoch != first.epoch:  # meanwhile: those may be other messages; the new room is shown next
            told = []
        return first_frames(room, first, [event for event in told if event.n <= first.n], seen)

    async def serve(self, ears: Ears) -> None:
        """Hears commands until the connection ends: from the line as they come, or, under any ASGI server, by asking.

        Receiving does nothing else: who receives late loses pongs.
        """
        async with asyncio.TaskGroup() as self._tasks:
            self._serving = True
            try:
                await self._hear(ears)
                if self._asking:  # what was sent just before the page went is still said
                    self._finished = asyncio.get_running_loop().create_future()
                    await self._finished
            finally:
                self._serving = False
        if self._fault:
            raise self._fault

    async def _hear(self, ears: Ears) -> None:
        with suppress(Gone):
            while self._seat.ended is None:
                self._seat.hears(self.heard)
                self.heard(await ears.receive())

    def heard(self, frame: str | bytes) -> None:
        """Takes a frame. Nothing here waits: an ordinary message is on its way to Redis when this returns."""
        if self._seat.ended is not None:
            return
        try:
            self._inbox.append(wire.decode(_text(frame)))
        except BadFrame as bad:
            self._seat.end(Closing.BAD_FRAME, bad.code.value)
            return
        if len(self._inbox) > INBOX:
            self._seat.end(Closing.TOO_MANY)
        self._next()

    def _next(self) -> None:
        """One command in flight at a time, so that a person's words cannot swap."""
        if self._asking or not self._serving:
            return
        if not self._inbox or self._seat.ended is not None:
            if self._finished and not self._finished.done():
                self._finished.set_result(None)
            return
        command = self._asking = self._inbox.popleft()
        if is_counted(command, self._seat.admission.role) and (wait := self._tempo.wait(time.monotonic())):
            no = Reject(Code.TOO_FAST, wait)
            self._told(partial(self._rooms.desk.refused, self._table, self._actor, command, no))
            return
        if isinstance(command, GoAside):
            self._told(partial(self._rooms.sides.go, self._table, self._actor, command.ref))
            return
        if not isinstance(command, Say):
            # Whoever asks again to leave, on another line, has come in again before that: it is another leaving.
            ref = Ref(f"{self._seat.id}-leaves") if isinstance(command, Leave) else command.ref
            self._told(partial(self._rooms.desk.submit, self._table, self._actor, command, ref))
            return
        self._seat.asking = True
        try:
            self._rooms.desk.say(self._table, self._actor, command, self._told)
        except Exception as fault:  # this may run in a turn of the loop that belongs to others: it ends this seat alone
            self._fault, self._asking = fault, None
            self._seat.end(Closing.LOST)
            self._next()

    def _told(self, outcome: Answer | Later) -> None:
        if isinstance(outcome, Answer):
            self._answer(outcome)
            return
        self._seat.answered(None)
        if self._serving:
            self._tasks.create_task(self._learn(outcome))

    async def _learn(self, later: Later) -> None:
        self._answer(await later())

    def _answer(self, outcome: Answer) -> None:
        command, self._asking = self._asking, None
        if isinstance(outcome, Reject):
            counts.refused[outcome.code] += 1
        if command:
            self._seat.answered(frame(_answer(command, outcome)))
        self._next()

    async def rise(self) -> None:
        """Gives the seat back. A seat taken away by the room itself has nothing left to give back.

        When this process ends nobody is said to have gone: they are back in a second with another one, and whoever is
        not is told of as if it had been killed. A thousand goodbyes to a thousand people kept them waiting for seconds.
        """
        self._table.unseat(self._seat)
        if self._seat.restarting:
            return
        self._rooms.departures.gone(self._table.id, self._seat.id)
        if self._seat.ended in TAKEN_AWAY:
            return
        if self._seat.ended in CHOSEN:
            await self._rooms.departures.chose(self._table, self._actor)
        else:
            await self._rooms.departures.lost(self._table, self._seat.id)


TAKEN_AWAY = {Closing.ASIDE, Closing.REMOVED, Closing.REPLACED, Closing.CLOSED, Closing.LEFT, Closing.DECLINED}
CHOSEN = {Closing.ELSEWHERE, Closing.SIGNED_OUT, Closing.AGREEMENT, Closing.BARRED, Closing.NO_SUCH_ROOM}


def _text(frame: str | bytes) -> str:
    if isinstance(frame, bytes):
        raise BadFrame(Code.BINARY)
    return frame


def _answer(command: Command, outcome: Answer) -> wire.Answer:
    if isinstance(outcome, Done):
        if outcome.draft is not None:
            return wire.Held(command.ref, outcome.draft)
        return wire.Accepted(command.ref, outcome.n)
    return wire.Refused(command.ref, outcome.code, sentence(outcome.code), outcome.wait, outcome.help)


def _closing(code: Code) -> Closing:
    match code:
        case Code.REMOVED:
            return Closing.REMOVED
        case Code.DECLINED:
            return Closing.DECLINED
        case Code.ROOM_FULL:
            return Closing.FULL
        case Code.ROOM_CLOSED:
            return Closing.CLOSED
        case _:
            return Closing.LOST
