"""Talking aside: asked first, only while somebody else holds the group, and back by one press at any time."""

from msgspec.structs import replace

from chat.core.decision import Actor, Decision, Going, Moment, Publish, Reject
from chat.core.errors import Code
from chat.core.ids import MemberId, Millis
from chat.core.room import Facilitators, Member, One, Parted, Place, Room, RoomEvent, Seated, Tell
from chat.core.wire import (
    Aside,
    AskedAside,
    DeclinedAside,
    How,
    Left,
    Needed,
    Removed,
    Role,
    StepAside,
    Unask,
    Unasked,
)


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


def unask(room: Room, member: Member, command: Unask) -> Decision:
    """Whoever asked takes the question back, as long as it is open."""
    if room.places.get(command.member, Place()).asked_by != member.id:
        return Reject(Code.NOT_ASKED)
    return Publish(_unasked(command.member), raises=True)


def followed(room: Room, publish: Publish) -> Publish:
    """A question does not outlive the sitting of whoever asked it; one who comes back soon still asks."""
    gone = {who for tell in publish.tells for who in _ends_sitting(tell.event)}
    if not gone:
        return publish
    open_ = (who for who, place in room.places.items() if place.asked_by in gone and who not in gone)
    return replace(publish, tells=(*publish.tells, *(tell for who in open_ for tell in _unasked(who))))


def _ends_sitting(event: RoomEvent) -> tuple[MemberId, ...]:
    match event:
        case Left(member=who, how=How.LEFT) | Removed(member=who):
            return (who,)
        case Parted(member=who, by=by):
            return (who, by)
        case Seated(member=member, again=False, returning=False):
            return (member.id,)
        case _:
            return ()


def _unasked(who: MemberId) -> tuple[Tell, Tell]:
    return Tell(Unasked(who), One(who)), Tell(Unasked(who), Facilitators())


def needed(room: Room, *, unheld: bool | None) -> tuple[Tell, ...]:
    """In a side room: whether the group has nobody else to hold it, once that has changed. None: nobody has looked."""
    if room.condition.beside is None or unheld is None or unheld == room.condition.needed:
        return ()
    return (Tell(Needed(unheld), Facilitators()),)


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
