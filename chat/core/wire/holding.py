"""What waits for a facilitator before the room hears it, and what comes of it; slow mode, and the shield."""

from enum import StrEnum

from msgspec import Struct

from chat.core.ids import DraftId, MemberId, Millis, Number, Ref
from chat.core.moderation.policy import Own, Slowness
from chat.core.moderation.verdict import RuleName
from chat.core.wire.frame import Asked, Frame, hidden


class Release(Asked, frozen=True):
    """Lets the room hear what waits, unchanged; `note` is a content note to stand before it."""

    draft: DraftId
    note: str | None = None

    def __repr__(self) -> str:
        return hidden(self, self.note)


class HandBack(Asked, frozen=True):
    """Gives what waits back to its writer, with a few words for them alone."""

    draft: DraftId
    words: str | None = None

    def __repr__(self) -> str:
        return hidden(self, self.words)


class TakeBack(Asked, frozen=True):
    """Takes back one's own message before anybody has decided on it."""

    draft: DraftId


class Slow(Asked, frozen=True):
    """From now on `member` says one message each so many seconds; 0: as everybody."""

    member: MemberId
    seconds: Slowness


class Shield(Asked, frozen=True):
    """One press against an attack: nobody new comes in, everything waits, the talk is slow. Down: as it was before."""

    up: bool


class Heed(Asked, frozen=True):
    """The group's own phrases, from now on in this meeting."""

    own: Own


class LookAfter(Asked, frozen=True):
    """Whoever facilitates sees to `member`, who may be in danger: no two are to think that the other does."""

    member: MemberId


class Held(Frame, frozen=True):
    """To who sent it: the message waits for a facilitator, as `draft`."""

    ref: Ref
    draft: DraftId


class Withheld(Frame, frozen=True):
    """A message waits. Seen by facilitators, who decide, and by its writer."""

    draft: DraftId
    by: MemberId
    text: str
    at: Millis
    because: tuple[RuleName, ...] = ()
    """The rules that spoke; none for its writer."""
    note: str | None = None
    rule: bool = False
    """It is proposed as a rule of the group's own."""

    def __repr__(self) -> str:
        return hidden(self, self.text, self.note)


class Unheard(Struct, frozen=True):
    """That a message waits: whose, since when. No words."""

    by: MemberId
    at: Millis


class Settling(StrEnum):
    """How a message's waiting ended."""

    RELEASED = "released"
    HANDED_BACK = "handed-back"
    TAKEN_BACK = "taken-back"
    LATE = "late"
    """Nobody decided in time."""
    LEFT = "left"
    """Its writer left."""
    REMOVED = "removed"
    """Its writer was asked to leave."""


class Settled(Frame, frozen=True):
    """A message waits no more. Told to facilitators and to its writer; all but `released` give it back unheard."""

    draft: DraftId
    how: Settling
    words: str | None = None
    """From a facilitator, for the writer."""

    def __repr__(self) -> str:
        return hidden(self, self.words)


class Where(StrEnum):
    """Where words of danger stand."""

    ROOM = "room"
    """In the room, or among what waits for a facilitator."""
    UNSENT = "unsent"
    """Nowhere: their writer could not speak just then, and has them back."""
    ASIDE = "aside"
    """In private words to the facilitators."""


class Alarmed(Frame, frozen=True):
    """To facilitators, at once: somebody's words may be about danger. It says where they stand, and repeats none.

    `n` is filled in as with `said`; with `draft` they wait, and have no number; nor have they outside the room's talk.
    """

    by: MemberId
    at: Millis
    draft: DraftId | None = None
    n: Number = Number(0)
    where: Where = Where.ROOM
    helper: MemberId | None = None
    """In a snapshot: which facilitator sees to them."""


class LookedAfter(Frame, frozen=True):
    """To facilitators: `by` sees to `member`, of whom they were alarmed."""

    member: MemberId
    by: MemberId


class Cared(Frame, frozen=True):
    """To the writer of such words alone: where help is stands beside them. Nobody blames them."""

    draft: DraftId | None = None
    n: Number = Number(0)
    where: Where = Where.ROOM


class Slowed(Frame, frozen=True):
    """Somebody says one message each so many seconds from now on; 0: as everybody."""

    member: MemberId
    seconds: int


class Shielded(Frame, frozen=True):
    """The shield is up or down."""

    up: bool


class Suggested(Frame, frozen=True):
    """To facilitators: so many who are new came by one invitation. Whether to put the shield up is theirs to say."""

    people: int


class Heeded(Frame, frozen=True):
    """To facilitators: the group's own phrases, from now on."""

    own: Own
