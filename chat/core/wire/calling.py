"""Telling somebody outside the room that it needs them: whoever is on call, and how far that has come."""

from enum import StrEnum

from msgspec import Struct

from chat.core.ids import Millis
from chat.core.wire.frame import Asked, Frame


class CallReason(StrEnum):
    """Why whoever is on call is told; all that they are told beside the group's neutral label and the time."""

    UNHELD = "unheld"
    """The room is paused and no facilitator is in it."""
    ASKED = "asked"
    """A facilitator asked for somebody."""
    FLAGGED = "flagged"
    """Flags have muted somebody while no facilitator watched."""


class OnCall(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One call and how it stands. `at` names it, too: a room has one at a time."""

    reason: CallReason
    at: Millis
    tries: int = 0
    next_at: Millis | None = None
    """When it is tried, or tried again; None: it is settled."""
    told_at: Millis | None = None
    acknowledged_at: Millis | None = None


class Call(Asked, frozen=True):
    """A facilitator asks that whoever is on call is told."""


class Called(Frame, frozen=True):
    """To the facilitators: how the call to whoever is on call stands."""

    call: OnCall
