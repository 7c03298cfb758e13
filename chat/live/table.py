"""A room as this process knows it: its state, who sits here, and what they have been told."""

import asyncio
from collections import deque
from collections.abc import Iterable

from chat.core import wire
from chat.core.ids import MemberId, Millis, Number, ProcessId, Ref, RoomId, SeatId
from chat.core.room import (
    Audience,
    Everyone,
    Facilitators,
    Member,
    One,
    Room,
    Seated,
    Team,
    Tell,
    Waits,
    apply,
    is_spoken,
    people,
    shown,
    snapshot,
    waiting_room,
)
from chat.core.wire import Role
from chat.live.bus import Stored, Trace
from chat.live.closing import Closing
from chat.live.envelope import Envelope, Head
from chat.live.frames import Frames, frame, frames
from chat.live.porch import Porch
from chat.live.seat import Seat
from chat.live.tempo import Tempo

RING_MESSAGES = 512
RING_BYTES = 256 * 1024
RING_LIFE = 60_000
"""Milliseconds a message waits, sealed, for somebody whose connection dropped."""
RING_GONE = 32
"""Messages whose time is over, which are gone by themselves, before they are struck off the list: each time costs Redis
three commands, a sixth of what a message does (measured)."""

LATELY, LATELY_FOR = 256, 60_000
"""Notices, and ms: more than a room is told in the two seconds after which an answer is missed."""


NOTHING = Trace(0, b"")
"""Nothing has been told yet."""


class NoSuchRoom(Exception):
    """Not open: closed, lost and not opened again, or never there."""


class RoomLost(NoSuchRoom):
    """The meeting goes on, and Redis has forgotten its room; a facilitator who comes begins it again."""


class Table:
    """Owns one room's state in this process. Changed by notices alone, in their order, without waiting."""

    def __init__(self, room: Room, envelope: Envelope, met: set[ProcessId] | None = None) -> None:
        self.id: RoomId = room.id
        self.met: set[ProcessId] = set() if met is None else met
        """Gathers the processes that people sit with; all tables of a hub share it."""
        self.envelope = envelope
        self.trace, self.spoken = NOTHING, (0, "")
        """Of the newest notice told here that was no message; and of the newest message, as the ring names it."""
        self.known(room)
        self.seats: dict[MemberId, Seat] = {}
        self.outside: dict[MemberId, Seat] = {}
        """Whoever waits to be let in; nothing that is told to everyone is offered to them."""
        self.arriving: dict[SeatId, Seat] = {}
        self.tempos: dict[MemberId, Tempo] = {}
        """Of everybody who has come by this process: coming again makes nobody faster."""
        self.porch = Porch()
        self.lost: set[SeatId] = set()
        """Of connections that broke; the room is to be told."""
        self.parting = asyncio.Lock()
        """Held by whoever tells."""
        self.parted = 0.0
        """When that was done last."""
        self.waiting: list[Head] | None = None
        """Notices that came while the room was being loaded; None when it is not."""
        self.doubted = False
        """Heard again after a break: something may have been missed until now."""
        self.promised: tuple[int, Number] = (0, Number(0))
        """Sequence and number of the newest notice a commit of this process was answered with, heard or not."""
        self.closed = False
        self._lately: deque[tuple[int, Number, Millis, MemberId | None, str]] = deque(maxlen=LATELY)
        """Of the newest notices told here, by what they can be known again, their number, and when; of a message also
        whose it is and its ref."""
        self._ring: deque[tuple[Number, int, Millis]] = deque()
        self._ring_bytes = 0
        self._reached: list[tuple[int, asyncio.Future[None]]] = []

    def known(self, room: Room, stored: Stored | None = None) -> None:
        """This is how the room is, as it was read."""
        self.room = room
        if stored:
            self.trace = max(stored.traces.values(), default=NOTHING)
            self.spoken = max(stored.spoken.items(), default=(0, ""))
        self.met.update(member.process for member in room.connected())
        self.envelope.keeper.follows(room.condition.history)

    def follows(self, notice: Head) -> bool:
        """This notice is the very next."""
        return notice.epoch == self.room.epoch and notice.told.sequence == self.room.sequence + 1

    def knows(self, notice: Head) -> bool:
        """This notice has been told here before."""
        return notice.epoch == self.room.epoch and notice.told.sequence <= self.room.sequence

    @property
    def told(self) -> tuple[int, Number]:
        """The highest sequence and number this process knows of: what it was told, or promised to somebody."""
        return max(self.room.sequence, self.promised[0]), max(self.room.number, self.promised[1])

    def promises(self, sequence: int, number: Number) -> None:
        """A commit of this process is told: whoever asked knows it, even if its notice never comes."""
        self.promised = max(self.promised, (sequence, number))

    @property
    def behind(self) -> bool:
        """Something that somebody was promised has not been told here yet, as while the room is looked at afresh."""
        return self.room.sequence < self.promised[0]

    def deliver(self, notice: Head) -> None:
        """Applies the next notice, tells everybody seated here, and ends the seats it takes away.

        Raises Unsealable with nothing changed. After any other exception the room is to be looked at afresh: what was
        said in this notice is then told by that.
        """
        sealed = self.envelope.opened(notice)
        tells = self.envelope.signed(notice, sealed)
        self.recalls(notice, sealed)
        room = self.room
        known = room.revision, room.sequence, room.number
        room.revision, room.sequence, room.number = notice.told.revision, notice.told.sequence, notice.told.number
        try:
            match tells:
                case [Tell(event=wire.Said() as said, to=Everyone())]:
                    self._told_said(said, notice)
                case _:
                    self._told_all(tells, notice)
        except Exception:
            room.revision, room.sequence, room.number = known
            raise
        self.reached()

    def _told_said(self, said: wire.Said, notice: Head) -> None:
        """A message and nothing else, as almost everything is: nobody comes or goes by it."""
        apply(self.room, said, notice.told)
        self._remembers(notice)
        self._offer_said(frame(said), said.by)

    def _told_all(self, tells: list[Tell], notice: Head) -> None:
        room = self.room
        visible: list[tuple[wire.Event, Audience]] = []
        for tell in tells:
            apply(room, tell.event, notice.told)
            frame = shown(room, tell.event)
            if frame is not None:
                visible.append((frame, tell.to))
            if is_spoken(tell.event):
                self._remembers(notice)
        if not any(is_spoken(tell.event) for tell in tells):
            self.trace = Trace(notice.told.sequence, notice.sealed[:8])
        self.envelope.keeper.follows(room.condition.history)
        self._tell(visible)
        self._reseat(tells, notice.at)
        if self.outside and any(map(_seen_outside, tells)):
            self.tell_outside(notice.at)

    def _remembers(self, notice: Head) -> None:
        """One message more is in the ring."""
        self.spoken = notice.told.number, notice.sealed[:8].hex()
        self._ring.append((notice.told.number, len(notice.sealed), notice.at))
        self._ring_bytes += len(notice.sealed)

    def recalls(self, notice: Head, tells: tuple[Tell, ...]) -> None:
        """It was told here, as it came or by a look at the room."""
        lately, said = self._lately, tells[0].event if tells else None
        by, ref = (said.by, said.receipt) if isinstance(said, wire.Said | wire.Announced) else (None, "")
        lately.append((hash(notice.sealed), notice.told.number, notice.at, by, ref))
        while lately[0][2] < notice.at - LATELY_FOR:
            lately.popleft()

    def heard(self, notice: bytes) -> Number | None:
        """The number at which this very notice was told here, lately; None if it was not."""
        return next((number for known, number, *_ in reversed(self._lately) if known == hash(notice)), None)

    def refs(self) -> tuple[tuple[MemberId, Ref, Number], ...]:
        """By what the messages told here lately may be asked for again, and their numbers; the newest last."""
        authors = self.room.authors
        return tuple(
            (by, Ref(ref), n) for _, n, _, by, ref in self._lately if by and ref and authors.get(n) in (by, None)
        )

    def evict(self, now: Millis) -> Number:
        """The number up to which ring messages make room for a new one, or are struck off the list together."""
        upto = Number(0)
        ring = self._ring
        if len(ring) < RING_MESSAGES and self._ring_bytes <= RING_BYTES:
            if len(ring) <= RING_GONE or now - ring[RING_GONE][2] <= RING_LIFE:
                return upto
        while ring and (len(ring) >= RING_MESSAGES or self._ring_bytes > RING_BYTES or now - ring[0][2] > RING_LIFE):
            upto, size, _ = ring.popleft()
            self._ring_bytes -= size
        return upto

    async def reach(self, sequence: int, patience: float) -> bool:
        """Waits until this table has been told `sequence`; False after `patience` seconds."""
        if self.room.sequence >= sequence:
            return True
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._reached.append((sequence, future))
        try:
            async with asyncio.timeout(patience):
                await future
        except TimeoutError:
            return False
        return True

    def reached(self) -> None:
        """Wakes whoever waits for what has now been told."""
        if not self._reached:
            return
        still = []
        for sequence, future in self._reached:
            if sequence > self.room.sequence and not self.closed:
                still.append((sequence, future))
            elif not future.done():
                future.set_result(None)
        self._reached = still

    def everybody(self) -> list[Seat]:
        """Every connection here: seated, waiting outside, or just opened."""
        return [*self.seats.values(), *self.outside.values(), *self.arriving.values()]

    def tell_outside(self, now: Millis) -> None:
        """Shows those who wait how it is now."""
        for who, seat in self.outside.items():
            seat.shows(waiting_room(self.room, who, now))

    def offer_all(self, told: Frames) -> None:
        """The same to everybody seated here."""
        for seat in self.seats.values():
            seat.offer(told)

    def _offer_said(self, told: Frames, by: MemberId) -> None:
        """The same to everybody, and to whoever said it together with the answer."""
        author = self.seats.get(by)
        for seat in self.seats.values():
            if seat is not author:
                seat.offer(told)
        if author:
            author.owe(told)

    def deserted(self, seat: SeatId) -> bool:
        """Nobody waits for this seat any more: a page that is gone must not take it from the one that came after."""
        arriving = self.arriving.get(seat)
        return arriving is not None and not arriving.wanted

    def unseat(self, seat: Seat) -> None:
        """The connection is gone; whether the room is told is decided elsewhere."""
        self.arriving.pop(seat.id, None)
        for place in (self.seats, self.outside):
            if place.get(seat.member) is seat:
                del place[seat.member]

    def _tell(self, visible: list[tuple[wire.Event, Audience]]) -> None:
        if all(isinstance(to, Everyone) for _, to in visible):
            told = frames(event for event, _ in visible)
            if visible:
                self.offer_all(told)
            return
        made: dict[tuple[int, ...], Frames] = {}
        for seat in self.seats.values():
            seen = tuple(i for i, (_, to) in enumerate(visible) if self._sees(seat, to))
            if seen:
                if seen not in made:
                    made[seen] = frames(visible[i][0] for i in seen)
                seat.offer(made[seen])
        for who, seat in self.outside.items():
            if own := [event for event, to in visible if isinstance(to, One) and to.member == who]:
                seat.offer(frames(own))

    def _sees(self, seat: Seat, to: Audience) -> bool:
        match to:
            case Everyone():
                return True
            case Facilitators():
                return seat.admission.role is Role.FACILITATOR
            case Team():
                return seat.admission.role is not Role.MEMBER
            case One(member=member):
                return seat.member == member

    def _reseat(self, tells: Iterable[Tell], now: Millis) -> None:
        here: tuple[wire.Person, ...] | None = None
        for tell in tells:
            match tell.event:
                case Seated(member=member):
                    self.met.add(member.process)
                    let_in = self._coming(member)
                    self._end(member.id, Closing.REPLACED)
                    if let_in:
                        here = here or wire.encoded(people(self.room))  # once for all who come by this notice
                        self.seats[member.id] = let_in
                        let_in.shows(snapshot(self.room, member.id, now, here))
                case Waits(outside=outside):
                    self.met.add(outside.member.process)
                    waits = self._coming(outside.member)
                    self._end(outside.member.id, Closing.REPLACED)
                    if waits:
                        self.outside[outside.member.id] = waits
                        waits.shows(waiting_room(self.room, outside.member.id, now))
                case wire.Left(member=who, how=how):
                    self._end(who, Closing.LEFT if how is wire.How.LEFT else Closing.LOST)
                case wire.Went(member=who, lost=lost):
                    self._end(who, Closing.LOST if lost else Closing.LEFT)
                case wire.Declined(member=who):
                    self._end(who, Closing.DECLINED)
                case wire.Removed(member=who):
                    self._end(who, Closing.REMOVED)
                case wire.Aside(room=side) if isinstance(tell.to, One):
                    self._end(tell.to.member, Closing.ASIDE, side)
                case wire.Closed():
                    self.close()
                case _:
                    pass

    def close(self) -> None:
        """The meeting has ended: everybody's connection does."""
        self.closed = True
        for seat in self.everybody():
            seat.end(Closing.CLOSED)
        for some in (self.seats, self.outside, self.arriving):
            some.clear()

    def _end(self, who: MemberId, closing: Closing, reason: str = "") -> None:
        for place in (self.seats, self.outside):
            if seat := place.pop(who, None):
                seat.end(closing, reason)

    def _coming(self, member: Member) -> Seat | None:
        """The connection, if it is one of this process': just opened, or waiting outside until now."""
        outside = self.outside.get(member.id)
        if outside and outside.id == member.seat:
            return self.outside.pop(member.id)
        return self.arriving.pop(member.seat, None)


def _seen_outside(tell: Tell) -> bool:
    """It may change what somebody who waits is shown; never what was said."""
    return not is_spoken(tell.event) and isinstance(tell.to, Everyone)
