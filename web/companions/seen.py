"""The room as one companion sees it: put together from the frames of its own connection, as a browser does."""

from msgspec import Struct
from msgspec.structs import replace

from chat.core.ids import Epoch, MemberId
from chat.core.wire import (
    Answer,
    Arrived,
    Event,
    Floor,
    FloorKind,
    Interrupted,
    Left,
    Lowered,
    Muted,
    Paused,
    PausedBy,
    Person,
    Raised,
    Removed,
    Resumed,
    Role,
    Snapshot,
    Turned,
    Unmuted,
)


class Seen(Struct, frozen=True):
    """What can be known at one seat."""

    you: MemberId
    epoch: Epoch
    people: dict[MemberId, Person]
    paused: PausedBy | None = None
    muted: bool = False
    interrupted: bool = False
    floor: Floor = Floor()

    @property
    def may_speak(self) -> bool:
        """Whether words from here would be taken."""
        if self.paused is not None or self.muted or self.interrupted:
            return False
        match self.floor.kind:
            case FloorKind.OPEN:
                return True
            case FloorKind.FACILITATORS:
                return self.you in self.people and self.people[self.you].role is Role.FACILITATOR
            case _:
                return self.floor.turn == self.you

    @property
    def has_the_turn(self) -> bool:
        """It is this one's turn, and now."""
        return self.floor.turn == self.you and self.may_speak

    @property
    def hand_up(self) -> bool:
        """This one's hand is up."""
        return self.you in self.people and self.people[self.you].hand_at is not None


def look(before: Seen | None, frame: Event | Answer) -> Seen | None:
    """What is seen after this frame; None as long as the room has not been shown."""
    if isinstance(frame, Snapshot):
        people = {person.id: person for person in frame.people}
        return Seen(frame.you, frame.epoch, people, frame.paused, frame.muted_until is not None, floor=frame.floor)
    return before and _change(before, frame)


def _change(seen: Seen, frame: Event | Answer) -> Seen:
    match frame:
        case Arrived(person=person):
            return replace(seen, people={**seen.people, person.id: person})
        case Left(member=who) | Removed(member=who):
            return replace(seen, people={one: seen.people[one] for one in seen.people if one != who})
        case Raised(member=who, at=at) if who in seen.people:
            return replace(seen, people={**seen.people, who: replace(seen.people[who], hand_at=at)})
        case Lowered(member=who) if who in seen.people:
            return replace(seen, people={**seen.people, who: replace(seen.people[who], hand_at=None)})
        case Paused(by=by):
            return replace(seen, paused=by)
        case Resumed():
            return replace(seen, paused=None)
        case Muted(member=who) if who == seen.you:
            return replace(seen, muted=True)
        case Unmuted(member=who) if who == seen.you:
            return replace(seen, muted=False)
        case Turned(floor=floor):
            return replace(seen, floor=floor)
        case Interrupted():
            return replace(seen, interrupted=True)
        case _:
            return seen
