"""What people agree to has changed while they meet: they are asked again, each for themself."""

from msgspec import Struct

from chat.core.ids import MemberId
from chat.core.wire.frame import Asked, Frame, hidden

RULE_MAX = 300
"""Characters of a rule that is proposed; more is an agreement, not a rule."""


class Terms(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The version that holds now, and what is new in it for whoever agreed last to which one before."""

    version: int = 0
    changes: tuple[tuple[int, tuple[str, ...]], ...] = ()

    def since(self, agreed: int) -> tuple[str, ...]:
        """What is new for somebody who agreed last to this version."""
        return next((words for version, words in self.changes if version == agreed), ())


class Question(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Whether somebody agrees to this version; until they do, they read along and do not speak."""

    version: int
    changed: tuple[str, ...] = ()
    """What is new for them, in a sentence or two."""


class AskedAgain(Frame, frozen=True):
    """To each person alone: what they agreed to has changed."""

    question: Question


class Agree(Asked, frozen=True):
    """Agrees to this version. Whoever does not, leaves; nobody is told which it was."""

    version: int


class TakeUp(Asked, frozen=True):
    """A facilitator makes a rule that was proposed part of the agreement, which asks everybody again.

    The words come from the facilitator's page: the room keeps none.
    """

    text: str

    def __repr__(self) -> str:
        return hidden(self, self.text)


class Agreed(Frame, frozen=True):
    """To that person alone: it is written down, and they speak on."""

    member: MemberId
    version: int
