"""What is said: messages, announcements, and taking a message back."""

from enum import StrEnum

from chat.core.ids import MemberId, Millis, Number
from chat.core.wire.frame import Asked, Frame, Reason, hidden


class Say(Asked, frozen=True):
    """Says something to everyone in the room. `note` is a content note shown before the text."""

    text: str
    note: str | None = None
    rule: bool = False
    """It is proposed as a rule of the group's own."""

    def __repr__(self) -> str:
        return hidden(self, self.text, self.note)


class Retract(Asked, frozen=True):
    """Takes message `n` out of every page: one's own at any time, anybody's for a facilitator.

    `reason` and `words` are told to its author when a facilitator retracts.
    """

    n: Number
    reason: Reason | None = None
    words: str | None = None

    def __repr__(self) -> str:
        return hidden(self, self.words)


class Fold(Asked, frozen=True):
    """A facilitator puts somebody's message `n` behind a content note, on every page."""

    n: Number
    note: str

    def __repr__(self) -> str:
        return hidden(self, self.note)


class Said(Frame, frozen=True):
    """A message. `n` and `receipt` are filled in by each process from the notice. Inside it there is no number, and
    instead of a receipt the ref by which its author may ask for it again.
    """

    by: MemberId
    text: str
    at: Millis
    note: str | None = None
    n: Number = Number(0)
    receipt: str = ""
    written: Millis | None = None
    """When it was written, if it waited for a facilitator, who let it through `at` this moment."""
    rule: bool = False
    """They propose it as a rule of the group's own; a facilitator may make it one."""

    def __repr__(self) -> str:
        return hidden(self, self.text, self.note)


class Announced(Frame, frozen=True):
    """A facilitator's announcement; it is a message with a number like any other, and stands out."""

    by: MemberId
    text: str
    at: Millis
    n: Number = Number(0)
    receipt: str = ""

    def __repr__(self) -> str:
        return hidden(self, self.text)


class RetractedBy(StrEnum):
    """Who took a message back."""

    AUTHOR = "author"
    FACILITATOR = "facilitator"


class Retracted(Frame, frozen=True):
    """Message `n` is no longer shown to anybody."""

    n: Number
    by: RetractedBy


class Folded(Frame, frozen=True):
    """Message `n` stands behind a content note now: a facilitator has added it."""

    n: Number
    note: str

    def __repr__(self) -> str:
        return hidden(self, self.note)
