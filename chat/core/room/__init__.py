"""A room, what happens to it, and how that looks: pure."""

from chat.core.room.apply import apply
from chat.core.room.authors import Authors
from chat.core.room.changes import Changes, changes
from chat.core.room.events import (
    Audience,
    Everyone,
    Facilitators,
    HasRead,
    Keeps,
    MarkedBy,
    One,
    Opened,
    Parted,
    Proposed,
    Readmitted,
    Renewed,
    RoomEvent,
    Seated,
    Team,
    Tell,
    Told,
    ToldAside,
    Waits,
    is_spoken,
)
from chat.core.room.shown import (
    asks,
    drafts_for,
    for_a_page_of_before,
    numbered,
    people,
    shown,
    snapshot,
    waiting_room,
)
from chat.core.room.state import Apart, Condition, History, Member, Outside, Place, Room

__all__ = [
    "Apart", "Audience", "Authors", "Changes", "Condition", "Everyone", "Facilitators", "HasRead", "History",
    "Keeps", "MarkedBy", "Member", "One", "Opened", "Outside", "Parted", "Place", "Proposed", "Readmitted",
    "Renewed", "Room", "RoomEvent", "Seated", "Team", "Tell", "Told", "ToldAside", "Waits", "apply", "asks",
    "changes", "drafts_for", "for_a_page_of_before", "is_spoken", "numbered", "people", "shown", "snapshot",
    "waiting_room",
]  # fmt: skip
