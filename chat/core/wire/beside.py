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
    """Answers message `n` without words; possible whoever has the floor."""

    n: Number
    kind: GestureKind


class Rest(Asked, frozen=True):
    """Takes a break: stays in the room, hears in silence, and is not called on."""


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
    """Somebody answered message `n` without words. Who it was is told to its author alone, in `received`."""

    n: Number
    kind: GestureKind


class Received(Frame, frozen=True):
    """To the author of message `n`: whose gesture it was."""

    n: Number
    kind: GestureKind
    by: MemberId


class Resting(Frame, frozen=True):
    """Somebody takes a break."""

    member: MemberId


class Returned(Frame, frozen=True):
    """Somebody is back from a break."""

    member: MemberId
