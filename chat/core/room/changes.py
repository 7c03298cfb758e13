"""What of a stored room a commit rewrites: only what its events touch, never the whole room."""

from typing import assert_never

from msgspec import Struct

from chat.core import wire
from chat.core.ids import MemberId, Number
from chat.core.room.apply import apply, settles_alarm
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
    Told,
    ToldAside,
    Waits,
    is_spoken,
)
from chat.core.room.state import Condition, Place, Room
from chat.core.wire import Role


class Changes(Struct, frozen=True):
    """`places`: None forgets that person. `before`: the notice that last changed each of these places, 0 if none has.

    `begins`: whose sitting begins with this very notice.
    """

    places: dict[MemberId, Place | None]
    before: dict[MemberId, int]
    condition: Condition | None
    begins: frozenset[MemberId]
    forgets: Number | None
    ends: bool


NOTHING = Changes(places={}, before={}, condition=None, begins=frozenset(), forgets=None, ends=False)
"""What a message changes, and most of what happens in a room is messages."""


def changes(room: Room, events: list[RoomEvent]) -> Changes:
    """What `events` will change in `room`, which stays untouched."""
    if all(map(is_spoken, events)):
        return NOTHING
    people = {who for event in events for who in _people(event)}
    before = {who: place for who in people if (place := room.places.get(who))}
    after = Room(room.id, room.epoch, condition=room.condition, places=before)
    now = Told(room.revision, room.sequence, room.number)
    for event in events:
        apply(after, event, now)
    return Changes(
        places={who: after.places.get(who) for who in people},
        before={who: room.places.get(who, Place()).changed for who in people},
        condition=after.condition if any(_touches_condition(room, event) for event in events) else None,
        begins=frozenset(who for event in events for who in _begins(event)),
        forgets=next((event.n for event in events if isinstance(event, wire.Retracted)), None),
        ends=any(isinstance(event, wire.Closed) for event in events),
    )


def _people(event: RoomEvent) -> list[MemberId]:
    match event:
        case Opened(places=places):
            return list(places)
        case Seated(member=member):
            return [member.id]
        case ToldAside(to=to):
            return list(to)
        case Waits(outside=outside):
            return [outside.member.id]
        case Parted(member=who, by=by):
            return [who, by]
        case wire.Arrived(person=person):
            return [person.id]
        case wire.Waiting(caller=caller):
            return [caller.id]
        case (
            Readmitted(member=who)
            | wire.Left(member=who) | wire.Removed(member=who) | wire.Raised(member=who) | wire.Lowered(member=who)
            | wire.Muted(member=who) | wire.Unmuted(member=who)
            | MarkedBy(member=who) | wire.Marked(member=who) | wire.Looked(member=who)
            | wire.Listening(member=who) | wire.TakingPart(member=who)
            | wire.Resting(member=who) | wire.Returned(member=who) | wire.Flagged(member=who)
            | wire.Went(member=who) | wire.Declined(member=who) | wire.Slowed(member=who)
            | wire.Agreed(member=who) | Proposed(member=who)
            | wire.AskedAside(member=who) | wire.DeclinedAside(member=who) | wire.Unasked(member=who)
            | wire.ContactOpened(member=who) | wire.NoteTaken(member=who)
            | wire.ActedOn(member=who) | HasRead(member=who)
        ):  # fmt: skip
            return [who]
        case (
            wire.Unheld() | wire.Paused() | wire.Resumed() | wire.Said() | wire.Announced() | wire.Retracted()
            | wire.Folded()
            | wire.Closed() | wire.Turned() | wire.Begun() | wire.Leads() | wire.Called()
            | wire.Adopted() | wire.DoorSet() | wire.Confided() | wire.Conferred() | wire.Gestured() | wire.Received()
            | wire.Withheld() | wire.Settled() | wire.Alarmed() | wire.Cared() | wire.Shielded() | wire.Heeded()
            | wire.LookedAfter()
            | wire.WentSuddenly() | wire.SentWord() | wire.Aside() | wire.SteppedAside()
            | wire.AskedAgain() | Renewed() | wire.HistorySet() | Keeps()
            | wire.Suggested() | wire.Needed() | wire.LeftWaiting() | wire.Reported()
        ):  # fmt: skip
            return []
        case _:
            assert_never(event)


def _touches_condition(room: Room, event: RoomEvent) -> bool:
    match event:
        case (
            Opened() | wire.Unheld() | wire.Paused() | wire.Resumed()
            | wire.Turned() | wire.Begun() | wire.Leads() | wire.Adopted() | wire.Called() | wire.DoorSet()
            | wire.Folded() | wire.Shielded() | wire.Heeded() | wire.Suggested() | wire.Needed()
            | Renewed() | Keeps() | wire.Alarmed() | wire.LookedAfter()
        ):  # fmt: skip
            return True
        case wire.Settled():
            return settles_alarm(room, event)
        case wire.Returned(member=who):
            return room.places.get(who, Place()).holds
        case Seated(member=member):
            return member.role is Role.FACILITATOR or room.apart(member.id) is not None
        case wire.Left(member=who) | wire.Removed(member=who):
            return room.apart(who) is not None
        case Parted():
            return True
        case _:
            return False


def _begins(event: RoomEvent) -> list[MemberId]:
    if isinstance(event, Seated) and not (event.again or event.returning):
        return [event.member.id]
    return []
