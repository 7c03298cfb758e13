"""A room, what happens to it, and how that looks: pure."""

from chat.core.room.apply import apply
from chat.core.room.changes import Changes, changes
from chat.core.room.events import (
    Audience,
    Everyone,
    Facilitators,
    One,
    Opened,
    RoomEvent,
    Seated,
    Tell,
    Told,
    is_spoken,
)
from chat.core.room.shown import numbered, people, shown, snapshot
from chat.core.room.state import Condition, Member, Place, Room

__all__ = [
    "Audience", "Changes", "Condition", "Everyone", "Facilitators", "Member", "One", "Opened", "Place", "Room",
    "RoomEvent", "Seated", "Tell", "Told", "apply", "changes", "is_spoken", "numbered", "people", "shown", "snapshot",
]  # fmt: skip
