"""A light sign that something is not right with a message: no text, and nobody learns whose it was."""

from chat.core.ids import MemberId, Millis, Number
from chat.core.wire.frame import Asked, Frame

UNTIL_LOOKED = Millis(8_640_000_000_000_000)
"""The end of a mute that lasts until a facilitator looks, or with the meeting: the last moment a browser can name."""


class Mark(Asked, frozen=True):
    """Somebody finds message `n` not right; once a message for each who does. The page calls it flagging."""

    n: Number


class Look(Asked, frozen=True):
    """A facilitator has looked at what was marked of `member`: the marks count no more, nor does a mute by them."""

    member: MemberId


class Marked(Frame, frozen=True):
    """To the facilitators: so many people have marked message `n` by `member`. Who they are is told to nobody."""

    n: Number
    member: MemberId
    count: int


class Looked(Frame, frozen=True):
    """To the facilitators: one of them has looked at what was marked of `member`."""

    member: MemberId
