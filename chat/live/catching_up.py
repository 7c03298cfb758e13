"""What somebody present missed is shown to them if it can be, and said to be missing if it cannot."""

from collections.abc import Callable

from msgspec.structs import replace

from chat.core import wire
from chat.core.ids import Millis, Number
from chat.core.room import Place, Room, Tell, for_a_page_of_before, people, snapshot, waiting_room
from chat.live.bus import Bus, Stored, Trace
from chat.live.clock import Clock
from chat.live.closing import Closing
from chat.live.counts import counts
from chat.live.drafts import drafts_of, shown_to
from chat.live.envelope import Envelope, Head, head
from chat.live.frames import Frames, frame, frames
from chat.live.mending import Mending
from chat.live.sealing import Unsealable
from chat.live.seat import Seat
from chat.live.table import NoSuchRoom, Table

Spoken = wire.Said | wire.Announced
Retold = Spoken | wire.Cared
"""A message; or, after it, for its writer alone, that help is to stand beside it."""
Tells = tuple[Tell, ...]


async def spoken_since(
    bus: Bus, envelope: Envelope, room: Room, after: Number, told: Callable[[Head, Tells], None] = lambda *_: None
) -> list[Retold]:
    """The messages after `after` that `room` knows of, still wait in the ring and were not retracted.

    `told` hears of each notice, for who must know a commit of its own again by it.

    Raises BusGone.
    """
    found: list[Retold] = []
    if after >= room.number:
        return found  # nothing to ask for
    for notice in map(head, await bus.ring(room.id, after)):
        if notice.epoch != room.epoch:  # mended between two questions: its numbers may be other messages
            continue
        try:
            tells = envelope.opened(notice)
        except Unsealable:  # not from any process of ours
            continue
        told(notice, tells)
        events = [tell.event for tell in envelope.signed(notice, tells)]
        found += [event for event in events if isinstance(event, Retold)]
    return [event for event in found if event.n in room.authors and event.n <= room.number]


def first_frames(room: Room, first: wire.Snapshot, told: list[Retold], after: Number | None) -> Frames:
    """The room as it was at `first`, with how much of what came after `after` is missing, and what is told again.

    `after` None: this page had seen nothing, so nothing is missing.
    """
    spoken = [event for event in told if isinstance(event, Spoken)]
    missed = 0 if after is None else _missing(room, after, first.n, {event.n for event in spoken})
    counts.gaps += missed > 0
    heard = (event for event in told if isinstance(event, Spoken) or room.authors.get(event.n) == first.you)
    return frames([replace(first, replay=len(spoken), missed=missed), *heard])


def unknown_gap(first: wire.Snapshot) -> Frames:
    """The room, for somebody whose numbers belong to another epoch: how much they missed is not known."""
    counts.gaps += 1
    return frame(replace(first, missed=None))


async def look(table: Table, bus: Bus, mending: Mending, clock: Clock) -> bool:
    """Looks at a room afresh and shows it again to everybody seated here.

    False if it had to be mended, and so must be looked at again. Raises NoSuchRoom, BusGone, RecordsGone.
    """
    before = table.room
    stored = await bus.load(table.id, table.spoken[0])
    if stored is None or lacks(stored, table):  # also if a process that knew less was first to mend it
        await mending.mend(table, stored)
        return False
    try:
        room = table.envelope.room(stored)
    except Unsealable:
        raise NoSuchRoom from None
    told = (
        await spoken_since(bus, table.envelope, room, before.number, table.recalls)
        if room.epoch == before.epoch
        else None
    )
    drafts = await drafts_of(bus, table.envelope, room)
    table.known(room, stored)
    seats = {**table.seats, **table.outside}
    table.seats = {who: seat for who, seat in seats.items() if _sits(room, seat)}
    table.outside = {who: seat for who, seat in seats.items() if _waits(room, seat)}
    for who, seat in seats.items():
        if who not in table.seats and who not in table.outside:
            seat.end(_why(room, seat, mended=room.epoch != before.epoch))
    here = wire.encoded(people(room))
    for seat in table.seats.values():
        first = for_a_page_of_before(room, snapshot(room, seat.member, clock.now(), here))
        seen = max(before.number, room.places[seat.member].since)  # of whoever was let in meanwhile, only since then
        mine = None if told is None else [event for event in told if event.n > seen]
        seat.offer(unknown_gap(first) if mine is None else first_frames(room, first, mine, seen))
        if first.drafts:
            seat.offer(shown_to(room, seat.member, drafts))
    table.tell_outside(clock.now())
    _let_in(table, clock.now(), here)
    table.reached()
    return True


def _let_in(table: Table, now: Millis, here: tuple[wire.Person, ...]) -> None:
    """Whoever came while the room was looked at: a notice that was read with the room is not told again."""
    room = table.room
    for seat in list(table.arriving.values()):
        if _sits(room, seat):
            table.seats[seat.member] = table.arriving.pop(seat.id)
            seat.shows(snapshot(room, seat.member, now, here))
        elif _waits(room, seat):
            table.outside[seat.member] = table.arriving.pop(seat.id)
            seat.shows(waiting_room(room, seat.member, now))


def lacks(stored: Stored, table: Table) -> bool:
    """Whether something that was told here is not in this room: Redis has lost its last writes, as a replica may that
    takes over. Another process may have written since, and so counters alone do not show it.
    """
    sequence, number = table.told
    if stored.sequence < sequence:
        return True
    if stored.epoch != table.room.epoch:
        return _put_together_by_less(stored, table)
    if stored.number < number or stored.revision < table.room.revision:
        return True
    n, name = table.spoken
    return stored.spoken.get(n, name) != name or _gone(stored, table.trace)  # a message may be forgotten


def _put_together_by_less(stored: Stored, table: Table) -> bool:
    """Whether who was first to mend this room had heard less of it than is known here; and nothing has happened since,
    which would be undone.
    """
    was = stored.mended
    if was is None or was.epoch != table.room.epoch:
        return False
    return was.told < table.told[0] and was.sequence == stored.sequence


def _gone(stored: Stored, trace: Trace) -> bool:
    """Only a newer notice takes a trace's place."""
    found = stored.trace(trace.at)
    return trace.at > 0 and (found is None or (found.at <= trace.at and found != trace))


def _sits(room: Room, seat: Seat) -> bool:
    """Whether the room still knows this seat."""
    member = room.member(seat.member)
    return member is not None and member.seat == seat.id


def _waits(room: Room, seat: Seat) -> bool:
    """Whether the room knows that somebody waits on this connection."""
    outside = room.outside(seat.member)
    return outside is not None and outside.member.seat == seat.id


def _why(room: Room, seat: Seat, *, mended: bool) -> Closing:
    """Why the room does not know a seat any more. In one that was mended, perhaps by a process that had heard less, the
    other seat may be an older one: whoever is told that they sit elsewhere does not come back, and is nowhere.
    """
    place = room.places.get(seat.member, Place())
    if place.removed:
        return Closing.REMOVED
    if place.outside and place.outside.declined:
        return Closing.DECLINED
    return Closing.REPLACED if (place.member or place.outside) and not mended else Closing.LOST


def _missing(room: Room, after: Number, upto: Number, have: set[Number]) -> int:
    numbers = map(Number, range(after + 1, upto + 1))
    return sum(1 for n in numbers if n in room.authors and n not in have)
