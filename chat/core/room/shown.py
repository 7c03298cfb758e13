"""How a room, and what happens in it, looks to the people who sit in it."""

from msgspec.structs import replace

from chat.core import wire
from chat.core.ids import MemberId, Millis, Number
from chat.core.room.events import Opened, RoomEvent, Seated
from chat.core.room.state import Place, Room


def people(room: Room) -> tuple[wire.Person, ...]:
    """Everybody here, as everybody sees them."""
    return tuple(room.person(member) for member in room.seated())


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
        floor=room.condition.floor,
        begun=room.condition.begun,
        lead=room.condition.lead,
        customs=room.condition.customs,
        call=room.condition.call if place.holds else None,
        unheld_until=room.condition.unheld_until,
        muted_until=place.muted_until,
        retracted=tuple(n for n in map(Number, range(place.since + 1, room.number + 1)) if n not in room.authors),
    )


def shown(room: Room, event: RoomEvent) -> wire.Event | None:
    """The frame for an event just applied to `room`; None if people need not be told."""
    match event:
        case Opened():
            return None
        case Seated(member=member, again=again):
            return None if again else wire.Arrived(room.person(member))
        case _:
            return event


def numbered(event: RoomEvent, n: Number, receipt: str) -> RoomEvent:
    """A spoken event with its number and receipt; any other as it is."""
    match event:
        case wire.Said() | wire.Announced():
            return replace(event, n=n, receipt=receipt)
        case _:
            return event
