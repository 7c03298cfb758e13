"""Coming in: somebody waits outside, a facilitator lets them in or says that it cannot be today; the door closes."""

from msgspec import Struct

from chat.core.ids import MemberId, Millis
from chat.core.wire.frame import Asked, Frame, Reason, hidden


class Caller(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Somebody who waits outside, as facilitators see them. Nothing that is said in the room reaches them."""

    id: MemberId
    name: str
    since: Millis
    listens: bool = False
    """They come just to listen."""
    late: bool = False
    """They came when the door was closed."""
    knocked: bool = False
    """They came late, and have asked to be let in all the same."""
    guest: bool = False
    """They come without an account."""
    declined: bool = False
    """A facilitator has said that it cannot be today; they do not wait any more."""

    def __repr__(self) -> str:
        return f"<Caller {self.id}>"


class Door(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Whether somebody who has not been here in this meeting can still come."""

    closed: bool = False
    closes_at: Millis | None = None
    """When it closes by itself."""
    kept: bool = False
    """A facilitator has opened or closed it; it does not move by itself any more."""


class Knock(Asked, frozen=True):
    """Somebody who came when the door was closed asks to be let in."""


class Admit(Asked, frozen=True):
    """Lets `member` in, or everybody who waits. Whoever was told that it cannot be today may come again."""

    member: MemberId | None = None


class Decline(Asked, frozen=True):
    """`member`, who waits, cannot come in today. They are told why."""

    member: MemberId
    reason: Reason
    words: str | None = None

    def __repr__(self) -> str:
        return hidden(self, self.words)


class SetDoor(Asked, frozen=True):
    """Opens or closes the door for whoever has not been here in this meeting."""

    open: bool


class Waiting(Frame, frozen=True):
    """To facilitators: somebody waits, and this is how. Told again when that changes."""

    caller: Caller


class Went(Frame, frozen=True):
    """To facilitators: somebody waits no more, or may come again. `lost`: their connection broke."""

    member: MemberId
    lost: bool = False


class LeftWaiting(Frame, frozen=True):
    """To facilitators: these were to be let in and go on waiting, for all `places` of the room are taken."""

    members: tuple[MemberId, ...]
    places: int


class Declined(Frame, frozen=True):
    """To facilitators: one of them has told somebody who waited that it cannot be today."""

    member: MemberId


class DoorSet(Frame, frozen=True):
    """This is how the door is now."""

    door: Door
