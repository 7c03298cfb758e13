"""Beside the talk: private lines to the facilitators and among them, wordless support, and breaks."""

from chat.core.commands.speaking import canonical, unfit
from chat.core.decision import Decision, Moment, Publish, Reject
from chat.core.errors import Code
from chat.core.ids import MemberId
from chat.core.room import Facilitators, Member, One, Place, Room, RoomEvent, Team, Tell
from chat.core.wire import (
    Confer,
    Conferred,
    Confide,
    Confided,
    Gesture,
    Gestured,
    Received,
    Rest,
    Resting,
    Return,
    Returned,
    Role,
)


def confide(room: Room, member: Member, command: Confide, moment: Moment) -> Decision:
    """Between one member and the facilitators; open in a pause and to somebody muted, for then it is needed most."""
    with_ = member
    if member.role is Role.FACILITATOR:
        other = _reached(room, command.member) if command.member else None
        if other is None or other.role is Role.FACILITATOR:
            return Reject(Code.NO_SUCH_MEMBER)
        with_ = other
    elif command.member is not None:
        return Reject(Code.NOT_ALLOWED)  # members do not write to each other aside
    text = canonical(command.text)
    if no := unfit(text, None):
        return no
    told = Confided(with_.id, member.id, text, moment.now)
    return Publish((Tell(told, One(with_.id)), Tell(told, Facilitators())), paced=True)


def _reached(room: Room, who: MemberId) -> Member | None:
    """Somebody here, or somebody who waits outside."""
    outside = room.outside(who)
    return outside.member if outside else room.member(who)


def confer(member: Member, command: Confer, moment: Moment) -> Decision:
    """Among the facilitators and whoever stands by them."""
    text = canonical(command.text)
    told = Conferred(member.id, text, moment.now)
    return unfit(text, None) or Publish((Tell(told, Team()),), paced=True)


def gesture(room: Room, member: Member, command: Gesture) -> Decision:
    """Counted softly by everybody's page; only the author learns whose it was."""
    author = room.authors.get(command.n)
    if author is None:
        return Reject(Code.NO_SUCH_MESSAGE)
    if author == member.id:
        return Reject(Code.NOT_ON_ONES_OWN)
    received = Tell(Received(command.n, command.kind, member.id), One(author))
    return Publish((Tell(Gestured(command.n, command.kind)), received), paced=True)


def rest(room: Room, member: Member, command: Rest | Return) -> Decision:
    """Whoever rests keeps their seat and their place in a round, and is not called on meanwhile."""
    resting = isinstance(command, Rest)
    if room.places.get(member.id, Place()).rests == resting:
        return Reject(Code.ALREADY_SO)
    told: RoomEvent = Resting(member.id) if resting else Returned(member.id)
    return Publish((Tell(told),), raises=True)
