"""Who may speak now: floors, turns, and the right to pass."""

from enum import StrEnum

from msgspec import Struct

from chat.core.ids import MemberId, Millis
from chat.core.wire.frame import Asked, Frame, Minutes


class FloorKind(StrEnum):
    """How the right to speak goes round."""

    OPEN = "open"
    """Anybody speaks."""
    ROUND = "round"
    """One at a time, in an order that everybody sees."""
    QUEUE = "queue"
    """One at a time, as hands went up; a facilitator gives the floor."""
    FACILITATORS = "facilitators"
    QUIET = "quiet"
    """A breath together: nobody speaks."""


class Floor(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Who may speak now, and who after them."""

    kind: FloorKind = FloorKind.OPEN
    turn: MemberId | None = None
    since: Millis | None = None
    until: Millis | None = None
    """When this turn might come to its end: a suggestion, unless the group's customs say that turns end then."""
    kept_until: Millis | None = None
    """Their connection is lost, and their turn waits for them until then."""
    order: tuple[MemberId, ...] = ()
    """In a round, who is still to come."""
    had: tuple[MemberId, ...] = ()
    passed: tuple[MemberId, ...] = ()
    later: tuple[MemberId, ...] = ()
    """Who has asked to come later; each may once."""


class SetFloor(Asked, frozen=True):
    """A facilitator says how the right to speak goes round from now on; a round begins with an order drawn by lot."""

    kind: FloorKind


class Finish(Asked, frozen=True):
    """One is done: one's own turn ends."""


class Pass(Asked, frozen=True):
    """No turn in this round; no reason is asked, now or before it comes."""


class Later(Asked, frozen=True):
    """One's turn comes last in this round; once."""


class Next(Asked, frozen=True):
    """A facilitator ends the turn and gives the floor on: to `member`, else to who is next."""

    member: MemberId | None = None


class Extend(Asked, frozen=True):
    """A facilitator gives whoever speaks some more minutes."""

    minutes: Minutes


class Move(Asked, frozen=True):
    """A facilitator gives somebody another place in the round: 0 is next. Also brings in who was not in it."""

    member: MemberId
    place: int


class Listen(Asked, frozen=True):
    """Just to listen today: shown to all, and never called on."""


class TakePart(Asked, frozen=True):
    """Takes part after all; or a facilitator lets `member` take part, who was invited to listen."""

    member: MemberId | None = None


class Turned(Frame, frozen=True):
    """The floor has changed: this is how it is now."""

    floor: Floor


class Listening(Frame, frozen=True):
    """Somebody is here just to listen."""

    member: MemberId


class TakingPart(Frame, frozen=True):
    """Somebody who listened takes part."""

    member: MemberId
