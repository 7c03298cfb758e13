"""What is said beside the room's talk: a word to the facilitators, their back-channel, wordless support, a break."""

from enum import StrEnum

from chat.core.ids import MemberId, Millis, Number
from chat.core.wire.frame import Asked, Frame, hidden


class Confide(Asked, frozen=True):
    """A word to the facilitators alone; or a facilitator's to `member`, which the other facilitators read too."""

    text: str
    member: MemberId | None = None

    def __repr__(self) -> str:
        return hidden(self, self.text)


class Confer(Asked, frozen=True):
    """A word among the facilitators."""

    text: str

    def __repr__(self) -> str:
        return hidden(self, self.text)


class GestureKind(StrEnum):
    """Support without words. The browser has the words for each."""

    WITH_YOU = "with-you"
    THANK_YOU = "thank-you"
    ME_TOO = "me-too"
    STRENGTH = "strength"
    HEART = "heart"


class Gesture(Asked, frozen=True):
    """Answers message `n`, or the turn that `turn` has now, without words; possible whoever has the floor."""

    kind: GestureKind
    n: Number | None = None
    turn: MemberId | None = None


class Rest(Asked, frozen=True):
    """Takes a break: stays in the room, hears in silence, and is not called on. Their place is kept for ten minutes."""


class Return(Asked, frozen=True):
    """Is back from a break."""


class Confided(Frame, frozen=True):
    """A word between `member` and the facilitators; seen by them alone, and not kept, not even for a moment."""

    member: MemberId
    by: MemberId
    text: str
    at: Millis

    def __repr__(self) -> str:
        return hidden(self, self.text)


class Conferred(Frame, frozen=True):
    """A word among the facilitators; seen by them alone, and not kept."""

    by: MemberId
    text: str
    at: Millis

    def __repr__(self) -> str:
        return hidden(self, self.text)


class Gestured(Frame, frozen=True):
    """Somebody answered message `n`, or `turn`'s turn, without words. `received` tells whoever it is for who it was."""

    kind: GestureKind
    n: Number | None = None
    turn: MemberId | None = None


class Received(Frame, frozen=True):
    """To the author of message `n`, or whoever has the turn: whose gesture it was."""

    kind: GestureKind
    by: MemberId
    n: Number | None = None
    """None: it was for their turn."""


class Resting(Frame, frozen=True):
    """Somebody takes a break; their place is kept until then."""

    member: MemberId
    until: Millis


class Returned(Frame, frozen=True):
    """Somebody is back from a break."""

    member: MemberId
