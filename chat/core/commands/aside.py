"""Talking aside: asked first, only while somebody else holds the group, and back by one press at any time."""

from chat.core.decision import Actor, Decision, Going, Moment, Publish, Reject
from chat.core.errors import Code
from chat.core.ids import MemberId, Millis
from chat.core.room import Facilitators, Member, One, Parted, Place, Room, Tell
from chat.core.wire import Aside, AskedAside, DeclinedAside, Role, StepAside


def ask(room: Room, member: Member, command: StepAside, moment: Moment) -> Decision:
    """A facilitator would like to talk with one member aside."""
    other = room.member(command.member)
    if room.condition.beside or other is None or other.role is not Role.MEMBER:
        return Reject(Code.NO_SUCH_MEMBER)
    if not _held_without(room, member.id):
        return Reject(Code.UNHELD_MEANWHILE)
    if room.places[other.id].asked_by == member.id:
        return Reject(Code.ALREADY_SO)
    told = AskedAside(other.id, member.id, moment.now)
    return Publish((Tell(told, One(other.id)), Tell(told, Facilitators())))


def may_go(room: Room, member: Member) -> Reject | None:
    """Why the two cannot step aside now; None if they can."""
    by = room.places[member.id].asked_by
    asking = room.member(by) if by else None
    if asking is None or asking.role is not Role.FACILITATOR:
        return Reject(Code.NOT_ASKED)
    return None if _held_without(room, asking.id) else Reject(Code.UNHELD_MEANWHILE)


def go(room: Room, actor: Actor, command: Going, moment: Moment) -> Decision:
    """Both leave their seats here at the same instant; each is told where the side room is."""
    member = room.member(actor.member)
    if member is None or member.seat != actor.seat:
        return Reject(Code.NOT_HERE)
    if no := may_go(room, member):
        return no
    if room.places[member.id].asked_by != command.by:
        return Reject(Code.NOT_ASKED)
    where = Aside(command.room)
    both = Parted(member.id, command.by, command.room, moment.now)
    return Publish((Tell(where, One(member.id)), Tell(where, One(command.by)), Tell(both)), raises=True)


def not_now(room: Room, member: Member) -> Decision:
    """They would rather stay."""
    if room.places[member.id].asked_by is None:
        return Reject(Code.NOT_ASKED)
    told = DeclinedAside(member.id)
    return Publish((Tell(told, One(member.id)), Tell(told, Facilitators())))


def is_over(room: Room, moment: Moment, *, back: bool) -> bool:
    """A side room ends with the one it is for: removed, lost for too long, or (`back`) with the group again."""
    if room.condition.beside is None:
        return False
    at = ends_at(room, moment)
    return back or (at is not None and at <= moment.now)


def ends_at(room: Room, moment: Moment) -> Millis | None:
    """When a side room is over if nobody comes back to it; None if that is not coming."""
    if room.condition.beside is None or any(member.role is Role.MEMBER for member in room.seated()):
        return None
    guests = [place for place in room.places.values() if not place.holds]
    if any(place.removed for place in guests):
        return moment.now
    lost = [place.lost_at for place in guests if place.lost_at is not None]
    return Millis(max(lost) + moment.house.returns_within + 1) if lost else None


def _held_without(room: Room, who: MemberId) -> bool:
    """Another facilitator is here, and not on a break."""
    return any(
        other.role is Role.FACILITATOR and other.id != who and not room.places.get(other.id, Place()).rests
        for other in room.seated()
    )
