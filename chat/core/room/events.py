"""What a commit tells: the frames people see, and what only processes see."""

from msgspec import Struct

from chat.core import wire
from chat.core.ids import Epoch, MemberId, Millis, Number, RoomId
from chat.core.room.state import Condition, History, Member, Outside, Place


class Internal(Struct, frozen=True, forbid_unknown_fields=True):
    """What only processes see. One that does not know all of it looks at the room instead of taking it for less."""


class Opened(Internal, frozen=True, tag="opened"):
    """The room exists, under this epoch, with what is already known of people."""

    epoch: Epoch
    condition: Condition
    places: dict[MemberId, Place]


class Seated(Internal, frozen=True, tag="seated"):
    """`member` sits on a new connection. `again`: they were seated already, on another one.

    `returning`: their connection was lost a moment ago, and their sitting goes on.
    """

    member: Member
    again: bool = False
    returning: bool = False


class Waits(Internal, frozen=True, tag="waits"):
    """Somebody waits outside on this connection; told again when how they wait changes."""

    outside: Outside


class Readmitted(Internal, frozen=True, tag="readmitted"):
    """`member` was asked to leave this meeting and may come in again; only they need know."""

    member: MemberId


class MarkedBy(Internal, frozen=True, tag="marked-by"):
    """`by` has marked message `n` of `member`; facilitators are shown how many have. `unwatched`: nobody watched."""

    n: Number
    member: MemberId
    by: MemberId
    unwatched: bool = False


class Parted(Internal, frozen=True, tag="parted"):
    """`member` and `by` have stepped aside into `room`: they sit here no more, and stay on the list."""

    member: MemberId
    by: MemberId
    room: RoomId
    at: Millis


class Renewed(Internal, frozen=True, tag="renewed"):
    """What people agree to has changed; each of them is asked by an `asked-again` of their own."""

    terms: wire.Terms


class Proposed(Internal, frozen=True, tag="proposed"):
    """`member` has proposed a rule, with the message told beside this; so that nobody does so all evening."""

    member: MemberId


class HasRead(Internal, frozen=True, tag="has-read"):
    """`member` has read what was done to them at `at`; nobody need be told."""

    member: MemberId
    at: Millis


class ToldAside(Internal, frozen=True, tag="told-aside"):
    """The private word of `by`, told beside this, is one more that `to` have been told; so that none is lost unsaid."""

    by: MemberId
    to: tuple[MemberId, ...]


class Keeps(Internal, frozen=True, tag="keeps"):
    """From here on what is said is kept so; people are told for how long."""

    history: History


RoomEvent = (
    Keeps
    | HasRead
    | ToldAside
    | Proposed
    | Renewed
    | MarkedBy
    | Opened
    | Seated
    | Waits
    | Readmitted
    | Parted
    | wire.Event
)


class Everyone(Internal, frozen=True, tag="all"):
    """Everybody seated."""


class Facilitators(Internal, frozen=True, tag="facilitators"):
    """The facilitators seated."""


class One(Internal, frozen=True, tag="one"):
    """One person alone."""

    member: MemberId


class Team(Internal, frozen=True, tag="team"):
    """The facilitators seated, and the supervisor who stands by them."""


Audience = Everyone | Facilitators | Team | One


class Tell(Internal, frozen=True):
    """One event and who is to see it."""

    event: RoomEvent
    to: Audience = Everyone()


class Told(Struct, frozen=True):
    """How the room's counters stood when a notice was committed."""

    revision: int
    sequence: int
    number: Number


_SPOKEN = wire.Said | wire.Announced


def is_spoken(event: RoomEvent) -> bool:
    """It is a message: it has a number and stands in the ring."""
    return isinstance(event, _SPOKEN)
