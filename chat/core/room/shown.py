"""How a room, and what happens in it, looks to the people who sit in it."""

from msgspec.structs import replace

from chat.core import wire
from chat.core.ids import DraftId, MemberId, Millis, Number, ProcessId, SeatId
from chat.core.room.apply import ALARMED_FOR
from chat.core.room.events import (
    HasRead,
    Keeps,
    MarkedBy,
    Opened,
    Parted,
    Proposed,
    Readmitted,
    Renewed,
    RoomEvent,
    Seated,
    ToldAside,
    Waits,
)
from chat.core.room.state import Member, Outside, Place, Room

NOBODY = Outside(Member(MemberId(""), "", wire.Role.MEMBER, SeatId(""), ProcessId("")), Millis(0))


def people(room: Room) -> tuple[wire.Person, ...]:
    """Everybody here, as everybody sees them."""
    apart = (room.person_apart(one) for one in room.condition.apart)
    return (*(room.person(member) for member in room.seated()), *apart)


def snapshot(room: Room, you: MemberId, now: Millis, here: tuple[wire.Person, ...] | None = None) -> wire.Snapshot:
    """The room as `you` may see it. `here`: its people, if they have been looked up already."""
    place = room.places.get(you, Place())
    return wire.Snapshot(
        epoch=room.epoch,
        n=room.number,
        at=now,
        you=you,
        people=people(room) if here is None else here,
        paused=room.condition.paused,
        paused_at=room.condition.paused_at,
        floor=room.condition.floor,
        begun=room.condition.begun,
        lead=room.condition.lead,
        customs=room.condition.customs,
        call=room.condition.call if place.holds else None,
        door=room.condition.door,
        waiting=_callers(room, place),
        marked=_marked(room) if place.holds else (),
        alarms=_alarms(room, now) if place.holds else (),
        unheld_until=room.condition.unheld_until,
        before=room.condition.before,
        muted_until=place.muted_until,
        drafts=tuple(drafts_for(room, you)),
        shielded=room.condition.shielded,
        asked_by=place.asked_by if place.asked_by and room.member(place.asked_by) else None,
        asking=_asking(room, you),
        beside=room.condition.beside is not None,
        asked=asks(room.condition.terms, place.member) if place.member else None,
        needed=room.condition.needed and place.holds,
        own=room.condition.own if place.holds else None,
        retracted=room.authors.missing(place.since, room.number),
        folded=tuple(n for n in room.condition.folded if n > place.since),
        kept=room.condition.history.hours,
        opened_at=place.member.opened_at if place.member else None,
        acted=place.acted,
        asides=place.asides,
        asides_by=place.asides_by,
    )


def for_a_page_of_before(room: Room, first: wire.Snapshot) -> wire.Snapshot:
    """`first`, for a page that may still show what was said before this sitting: of that, too, what is gone by now."""
    return replace(first, retracted=room.authors.missing(Number(0), first.n), folded=room.condition.folded)


def asks(terms: wire.Terms, member: Member) -> wire.Question | None:
    """What somebody still has to answer; None if they have agreed to what holds."""
    if member.agreed >= terms.version:
        return None
    return wire.Question(terms.version, terms.since(member.agreed))


def _callers(room: Room, place: Place) -> tuple[wire.Caller, ...]:
    if place.member is None or place.member.role is not wire.Role.FACILITATOR:
        return ()
    callers = [room.caller(other.outside) for other in room.places.values() if other.outside]
    return tuple(sorted(callers, key=lambda one: (one.since, one.id)))


def _asking(room: Room, by: MemberId) -> tuple[MemberId, ...]:
    return tuple(who for who, place in room.places.items() if place.asked_by == by and place.member)


def _alarms(room: Room, now: Millis) -> tuple[wire.Alarmed, ...]:
    return tuple(one for one in room.condition.alarms if now - one.at < ALARMED_FOR)


def _marked(room: Room) -> tuple[wire.Marked, ...]:
    return tuple(
        wire.Marked(n, who, place.marked(n))
        for who, place in room.places.items()
        for n in sorted({number for number, _ in place.marks})
    )


def waiting_room(room: Room, you: MemberId, now: Millis) -> wire.WaitingRoom:
    """What `you` see, who wait outside."""
    outside = room.places[you].outside or NOBODY
    held_by = tuple(room.person(member) for member in room.seated() if member.role is wire.Role.FACILITATOR)
    return wire.WaitingRoom(
        epoch=room.epoch,
        at=now,
        you=room.caller(outside),
        paused=room.condition.paused,
        held_by=held_by,
        customs=room.condition.customs,
        kept=room.condition.history.hours,
    )


def drafts_for(room: Room, you: MemberId) -> list[DraftId]:
    """What waits for a facilitator, as far as `you` may know of it."""
    member = room.member(you)
    facilitates = member is not None and member.role is wire.Role.FACILITATOR
    return [draft for draft, one in room.drafts.items() if facilitates or one.by == you]


def shown(room: Room, event: RoomEvent) -> wire.Event | None:
    """The frame for an event just applied to `room`; None if people need not be told."""
    match event:
        case Opened() | Readmitted() | Renewed() | Proposed() | HasRead() | ToldAside():
            return None
        case Seated(member=member, again=again):
            return None if again else wire.Arrived(room.person(member))
        case Keeps(history=history):
            return wire.HistorySet(history.hours)
        case MarkedBy(n=n, member=who):
            return wire.Marked(n, who, room.places.get(who, Place()).marked(n))
        case Waits(outside=outside):
            return wire.Waiting(room.caller(outside))
        case Parted(member=member_id, by=by):
            return wire.SteppedAside(member_id, by)
        case _:
            return event


def numbered(event: RoomEvent, n: Number, receipt: str) -> RoomEvent:
    """A spoken event with its number and receipt, what points to it with its number; any other as it is."""
    match event:
        case wire.Said() | wire.Announced():
            return replace(event, n=n, receipt=receipt)
        case wire.Alarmed(draft=None) | wire.Cared(draft=None) if event.where is wire.Where.ROOM:
            return replace(event, n=n)  # they follow the message they speak of
        case _:
            return event
