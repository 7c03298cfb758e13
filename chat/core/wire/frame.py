"""What every frame has in common: a `type`, no unknown fields, and words that never show in a log."""

import re
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from chat.core.ids import Ref

TEXT_MAX = 2000
"""Characters in one message."""
NOTE_MAX = 80
"""Characters in a content note."""
REASON_WORDS_MAX = 300
"""Characters a facilitator may add, for the person concerned only."""


def kebab(name: str) -> str:
    """`ActedOn` → `acted-on`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()


class Frame(Struct, frozen=True, tag_field="type", tag=kebab, forbid_unknown_fields=True, omit_defaults=True):
    """One JSON object that may cross the socket; `type` names it. A default is not sent."""


class Asked(Frame, frozen=True):
    """A frame from a browser. `ref` is the browser's name for it and comes back in the answer."""

    ref: Annotated[Ref, Meta(pattern=r"^[A-Za-z0-9_-]{1,40}$(?!\n)")]  # Python's $ alone lets a line end through


Minutes = Annotated[int, Meta(ge=1, le=120)]
Days = Annotated[int, Meta(ge=1, le=3650)]


class Role(StrEnum):
    """What somebody is in one group and so in its room."""

    MEMBER = "member"
    FACILITATOR = "facilitator"
    SUPERVISOR = "supervisor"
    """Stands by the facilitators: listens, speaks to them alone unless they visibly take part, and holds nothing."""


class PausedBy(StrEnum):
    """Who paused the room."""

    FACILITATOR = "facilitator"
    ITSELF = "itself"
    """Nobody held it."""
    MENDING = "mending"
    """Its memory was lost and put together again."""


class Reason(StrEnum):
    """Why a facilitator acted; recorded as this word alone. The browser has the sentence for each."""

    TOO_MUCH = "too-much"
    ADVICE = "advice"
    HURTFUL = "hurtful"
    CONTACT = "contact-details"
    METHODS = "methods"
    OFF_TOPIC = "off-topic"
    SAFETY = "safety"
    OTHER = "other"
    FLAGGED = "flagged"
    """Several people marked what somebody said, and no facilitator watched."""
    FULL_TODAY = "full-today"
    BEGUN = "begun"
    ANOTHER_GROUP = "another-group"
    INVITATION = "invitation"
    """The link they came by was taken back; nothing they said."""
    AWAY = "away"
    """They have not been here for a long while."""
    ASKED = "asked"
    """They have asked for it."""


def hidden(frame: Struct, *words: str | None) -> str:
    """How a frame with somebody's words shows itself: their length, never the words."""
    return f"<{type(frame).__name__} of {sum(len(w) for w in words if w)} characters>"
