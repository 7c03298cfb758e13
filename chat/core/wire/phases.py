"""A meeting's parts, which a facilitator moves through, and who of the facilitators leads."""

from typing import Annotated

from msgspec import Meta, Struct

from chat.core.ids import MemberId, Millis
from chat.core.wire.frame import Asked, Frame, hidden
from chat.core.wire.turns import FloorKind

PHASE_NAME_MAX = 60
PROMPT_MAX = 300
"""Characters."""


class Phase(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One part of a meeting, as a group's plan has it. `minutes`: a wish; 0 if it has none."""

    name: str
    minutes: Annotated[int, Meta(ge=0, le=240)] = 0
    prompt: str = ""
    """What everybody is asked in it."""
    floor: FloorKind = FloorKind.OPEN
    agreement: bool = False
    """What the group has agreed on is read in it: every page shows it."""

    def __repr__(self) -> str:
        return hidden(self, self.name, self.prompt)


class Begin(Asked, frozen=True):
    """A facilitator moves the meeting on to a phase; its floor holds from then on."""

    phase: Phase
    starts: bool = False
    """The gathering is over: from now on the time of the door runs."""


class Lead(Asked, frozen=True):
    """A facilitator hands over to `member`, or takes the lead by naming themselves."""

    member: MemberId


class Begun(Frame, frozen=True):
    """A phase has begun; `until` is when it might come to its end."""

    phase: Phase
    at: Millis
    until: Millis | None = None


class Leads(Frame, frozen=True):
    """This facilitator leads now."""

    member: MemberId
