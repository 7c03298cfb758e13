"""Beside the talk: private lines to the facilitators and among them, wordless support, and breaks."""

from chat.core.commands import holding
from chat.core.commands.fitting import canonical, unfit
from chat.core.decision import Decision, Moment, Publish, Reject
from chat.core.errors import Code
from chat.core.ids import MemberId, Millis
from chat.core.room import Facilitators, Member, One, Place, Room, RoomEvent, Team, Tell, ToldAside
from chat.core.wire import (
    Confer,
    Conferred,
    Confide,
    Confided,
    Gesture,
    Gestured,
    How,
    Left,
    Received,
    Rest,
    Resting,
    Return,
    Returned,
    Role,
)


def confide(room: Room, member: Member, command: Confide, moment: Moment) -> Decision:
    """Between one member and the facilitators; open in a pause and to somebody muted, for then it is needed most.

    Not while no facilitator is here: nobody would read it, and whoever writes must know. Danger is heard all the same.
    """
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
    if not room.held():
        return holding.refused(room, Reject(Code.NOBODY_HOLDS), text, moment)
    told = Confided(with_.id, member.id, text, moment.now)
    danger = holding.beside(room, member, text, moment)
    facilitators = (who for who, place in room.places.items() if place.holds)
    heard = Tell(told, One(with_.id)), Tell(told, Facilitators()), _counted(member, with_.id, *facilitators)
    return Publish((*heard, *danger), raises=bool(danger), paced=True)


def _reached(room: Room, who: MemberId) -> Member | None:
    """Somebody here, or somebody who waits outside."""
    outside = room.outside(who)
    return outside.member if outside else room.member(who)


def confer(room: Room, member: Member, command: Confer, moment: Moment) -> Decision:
    """Among the facilitators and whoever stands by them."""
    text = canonical(command.text)
    if not room.held():
        return unfit(text, None) or Reject(Code.NOBODY_HOLDS)
    told = Conferred(member.id, text, moment.now)
    team = (who for who, place in room.places.items() if place.holds or place.stands)
    return unfit(text, None) or Publish((Tell(told, Team()), _counted(member, *team)), paced=True)


def _counted(by: Member, *to: MemberId) -> Tell:
    """Told beside a private word: their pages find out by it whether one did not reach them."""
    return Tell(ToldAside(by.id, tuple(dict.fromkeys(to))), Team())


def gesture(room: Room, member: Member, command: Gesture) -> Decision:
    """Counted softly by everybody's page; only whoever it is for learns whose it was."""
    to = _receiver(room, command)
    if isinstance(to, Reject):
        return to
    if to == member.id:
        return Reject(Code.NOT_ON_ONES_OWN)
    received = Tell(Received(command.kind, member.id, command.n), One(to))
    return Publish((Tell(Gestured(command.kind, command.n, command.turn)), received), paced=True)


def _receiver(room: Room, command: Gesture) -> MemberId | Reject:
    """Whose message it is, or who has the turn and had it when the gesture was made."""
    if command.n is not None:
        return room.authors.get(command.n) or Reject(Code.NO_SUCH_MESSAGE)
    turn = room.condition.floor.turn
    return turn if turn is not None and turn == command.turn else Reject(Code.NO_ROUND)


def rest(room: Room, member: Member, command: Rest | Return, moment: Moment) -> Decision:
    """Whoever rests keeps their seat and their place in a round, and is not called on meanwhile.

    Not the one facilitator of a room that goes on: it would be open and nobody would hold it.
    """
    resting = isinstance(command, Rest)
    if room.places.get(member.id, Place()).rests == resting:
        return Reject(Code.ALREADY_SO)
    if resting and _alone_holds(room, member):
        return Reject(Code.HOLDS_THE_ROOM)
    until = Millis(moment.now + moment.house.keeps_seat)
    told: RoomEvent = Resting(member.id, until) if resting else Returned(member.id)
    return Publish((Tell(told),), raises=True)


def over(room: Room, moment: Moment) -> list[Left]:
    """Who has rested for so long that their place is not kept any more: they have left, and may come again."""
    seated = [(who, place.rests_until) for who, place in room.places.items() if place.member]
    return [Left(who, How.LEFT, moment.now) for who, until in seated if until is not None and until <= moment.now]


def _alone_holds(room: Room, member: Member) -> bool:
    if member.role is not Role.FACILITATOR or room.condition.paused:
        return False
    others = (other for other in room.seated() if other.id != member.id and other.role is Role.FACILITATOR)
    return all(room.places[other.id].rests for other in others)
