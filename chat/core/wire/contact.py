"""The emergency contact somebody had left was opened by two people: they hear of it in the room, they alone."""

from chat.core.ids import MemberId, Millis
from chat.core.wire.frame import Asked, Frame


class ContactOpened(Frame, frozen=True):
    """To the person concerned alone: what they had left was opened at `at`; why stands on their page."""

    member: MemberId
    at: Millis


class TakeNote(Asked, frozen=True):
    """Says that one has read that it was opened at `at`; until then one is told at each coming."""

    at: Millis


class NoteTaken(Frame, frozen=True):
    """To the person concerned alone: they have read it."""

    member: MemberId
