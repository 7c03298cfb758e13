"""The only way a room changes: what it was told, applied, by every process in the same order."""

from typing import assert_never

from msgspec.structs import replace

from chat.core import wire
from chat.core.ids import MemberId
from chat.core.room.events import Opened, RoomEvent, Seated, Told
from chat.core.room.state import Condition, Place, Room
from chat.core.wire import How, Role


def apply(room: Room, event: RoomEvent, told: Told) -> None:
    """Changes `room` in place by one event of the notice committed as `told`."""
    match event:
        case Opened():
            room.epoch, room.condition = event.epoch, event.condition
            room.places = {who: replace(place, changed=told.sequence) for who, place in event.places.items()}
        case Seated():
            _seat(room, event, told)
        case wire.Arrived():
            raise AssertionError("Arrived is how Seated is shown; it is never committed")
        case wire.Left(member=who, how=how, at=at):
            _change(room, who, told, member=None, lost_at=at if how is How.LOST else None)
        case wire.Removed(member=who):
            _change(room, who, told, member=None, lost_at=None, removed=True)
        case wire.Raised(member=who, at=at):
            _raise_hand(room, who, at, told)
        case wire.Lowered(member=who):
            _raise_hand(room, who, None, told)
        case wire.Muted(member=who, until=until):
            _change(room, who, told, muted_until=until)
        case wire.Unmuted(member=who):
            _change(room, who, told, muted_until=None)
        case wire.Unheld(until=until):
            room.condition = replace(room.condition, unheld_until=until)
        case wire.Paused(by=by, at=at):
            room.condition = Condition(paused=by, paused_at=at)
        case wire.Resumed():
            room.condition = Condition()
        case wire.Said(n=n, by=who) | wire.Announced(n=n, by=who):
            room.authors[n] = who
        case wire.Retracted(n=n):
            room.authors.pop(n, None)
        case wire.ActedOn() | wire.Closed():
            pass
        case _:
            assert_never(event)


def _seat(room: Room, event: Seated, told: Told) -> None:
    member = event.member
    before = room.places.get(member.id, Place())
    since = before.since if event.again or event.returning else told.number
    holds = member.role is Role.FACILITATOR
    room.places[member.id] = replace(
        before, member=member, lost_at=None, holds=holds, since=since, changed=told.sequence
    )
    if holds:
        room.condition = replace(room.condition, unheld_until=None)


def _raise_hand(room: Room, who: MemberId, at: int | None, told: Told) -> None:
    member = room.member(who)
    if member:
        _change(room, who, told, member=replace(member, hand_at=at))


def _change(room: Room, who: MemberId, told: Told, **fields: object) -> None:
    place = replace(room.places.get(who, Place()), changed=told.sequence, **fields)
    if place.empty:
        room.places.pop(who, None)
    else:
        room.places[who] = place
