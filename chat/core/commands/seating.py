"""Taking a place: anew, again on another connection, or back after a lost one."""

from msgspec.structs import replace

from chat.core.decision import Moment
from chat.core.room import Member, Place, Room, Seated


def seated(room: Room, member: Member, moment: Moment) -> Seated:
    """`member` sits on their new connection, with their hand as it was."""
    before = room.places.get(member.id, Place())
    again = before.member is not None
    lately = before.lost_at is not None and moment.now - before.lost_at <= moment.house.returns_within
    hand_at = before.member.hand_at if before.member else None
    return Seated(replace(member, hand_at=hand_at), again=again, returning=lately and not again)
