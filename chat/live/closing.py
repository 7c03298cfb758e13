"""Why a connection ended, and whether its browser may come back."""

from enum import IntEnum


class Closing(IntEnum):
    """WebSocket close codes (RFC 6455 section 7.4). Stable. Below 4500 a browser may come back, from 4500 not."""

    RESTARTING = 1012
    TOO_SLOW = 4001
    LOST = 4002
    """The room no longer knows this seat, or cannot be reached."""
    TOO_MANY = 4003
    """More commands, or more arrivals, than a person can give."""
    FULL = 4004
    ASIDE = 4010
    """They have stepped aside; the reason given is the id of their side room."""
    SIGNED_OUT = 4501
    AGREEMENT = 4502
    """Who comes has not agreed yet to what holds now; whoever sits already is asked there."""
    REMOVED = 4503
    BARRED = 4504
    CLOSED = 4505
    NO_SUCH_ROOM = 4506
    REPLACED = 4507
    """The same person sat down elsewhere."""
    BAD_FRAME = 4508
    """The reason given is the code of what was wrong."""
    LEFT = 4509
    DECLINED = 4510
    """A facilitator has said that it cannot be today."""
    ELSEWHERE = 4511
    """The same person sits in the room of another group."""

    @property
    def final(self) -> bool:
        """Whether the browser does not come back."""
        return self >= Closing.SIGNED_OUT
