"""Stepping aside: a facilitator and one member talk in a side room, while another facilitator holds the group."""

from chat.core.ids import MemberId, Millis, RoomId
from chat.core.wire.frame import Asked, Frame


class StepAside(Asked, frozen=True):
    """A facilitator asks `member` whether they would talk aside."""

    member: MemberId


class Unask(Asked, frozen=True):
    """Whoever asked `member` takes the question back."""

    member: MemberId


class GoAside(Asked, frozen=True):
    """Whoever was asked goes along; both sit in a room of their own then."""


class NotNow(Asked, frozen=True):
    """Whoever was asked would rather stay; no reason is asked."""


class AskedAside(Frame, frozen=True):
    """To the person concerned and the facilitators: `by` would like to talk with `member` aside."""

    member: MemberId
    by: MemberId
    at: Millis


class DeclinedAside(Frame, frozen=True):
    """To the person concerned and the facilitators: not now."""

    member: MemberId


class Unasked(Frame, frozen=True):
    """To the person concerned and the facilitators: whoever asked them to talk aside has taken it back, or has gone."""

    member: MemberId


class Needed(Frame, frozen=True):
    """To a facilitator who is aside: whether nobody else holds the group any more."""

    needed: bool


class Aside(Frame, frozen=True):
    """To whoever steps aside: where their side room is, in which only the two may sit. Their seat here ends with it."""

    room: RoomId


class SteppedAside(Frame, frozen=True):
    """Two people have stepped aside. They stay on the list, and neither hear nor read what goes on here meanwhile."""

    member: MemberId
    by: MemberId
