"""What is told to every process of an installation at once, outside any room."""

import msgspec
from msgspec import Struct

from chat.core.ids import GroupId, MemberId, RoomId, SeatId, VisitId


class VisitEnded(Struct, frozen=True, tag="visit-ended"):
    """Signed out: the sockets of that visit close, wherever they are."""

    visit: VisitId


class AgreementChanged(Struct, frozen=True, tag="agreement-changed"):
    """Everybody in the group's room is asked again."""

    group: GroupId


class MemberGone(Struct, frozen=True, tag="member-gone"):
    """Somebody has left the group for good: their connection to its room ends."""

    member: MemberId


class SentAway(Struct, frozen=True, tag="sent-away"):
    """Some may come no more, and the rooms where they sit have been told; whoever is just coming is not there yet."""


class RoomOver(Struct, frozen=True, tag="room-over"):
    """A room has ended without being told so itself, as a side room does with its meeting."""

    room: RoomId


class SeatsLost(Struct, frozen=True, tag="seats-lost"):
    """Nobody sits on these seats of a room that their process cannot read: whoever can tells the room."""

    room: RoomId
    seats: tuple[SeatId, ...]


Control = RoomOver | VisitEnded | AgreementChanged | MemberGone | SentAway | SeatsLost

_decoder: msgspec.json.Decoder[Control] = msgspec.json.Decoder(Control)


def control(message: bytes) -> Control | None:
    """None for a message that a newer process sent and this one does not know."""
    try:
        return _decoder.decode(message)
    except msgspec.MsgspecError:
        return None
