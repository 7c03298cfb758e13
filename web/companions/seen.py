"""The room as one companion sees it: put together from the frames of its own connection, as a browser does."""

from msgspec import Struct
from msgspec.structs import replace

from chat.core.ids import Epoch, MemberId
from chat.core.wire import (
    Answer,
    Arrived,
    Event,
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
    Snapshot,
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

    @property
    def may_speak(self) -> bool:
        """Whether words from here would be taken."""
        return self.paused is None and not self.muted and not self.interrupted


def look(before: Seen | None, frame: Event | Answer) -> Seen | None:
    """What is seen after this frame; None as long as the room has not been shown."""
    if isinstance(frame, Snapshot):
        people = {person.id: person for person in frame.people}
        return Seen(frame.you, frame.epoch, people, frame.paused, frame.muted_until is not None)
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
        case Interrupted():
            return replace(seen, interrupted=True)
        case _:
            return seen
