"""Leaving suddenly: the facilitators are told quietly, and whoever has gone can still say how they are."""

from chat.core.decision import Decision, Moment, Publish, Reject, SendWord
from chat.core.errors import Code
from chat.core.ids import MemberId
from chat.core.room import Facilitators, Place, Room, Tell
from chat.core.wire import Flag, Flagged, Left, Reported, Role, SentWord, WentSuddenly

SOON = 2 * 60_000
"""Milliseconds after something that needed care within which going is sudden."""


def flag(room: Room, command: Flag, moment: Moment) -> Decision:
    """A facilitator keeps an eye on whoever said this."""
    author = room.authors.get(command.n)
    if author is None:
        return Reject(Code.NO_SUCH_MESSAGE)
    if room.places.get(author, Place()).holds:
        return Reject(Code.NOT_ON_A_FACILITATOR)
    return Publish((flagged(author, moment),))


def flagged(who: MemberId, moment: Moment) -> Tell:
    """Something this person said needs care: to be told beside whatever becomes of their words. Holds no words."""
    return Tell(Flagged(who, moment.now), Facilitators())


def word(room: Room, command: SendWord, moment: Moment) -> Decision:
    """From somebody who has gone, to whoever holds the room now."""
    if room.places.get(command.member, Place()).removed:
        return Reject(Code.REMOVED)
    if not room.held():
        return Reject(Code.NOBODY_HOLDS)
    told = SentWord(command.member, command.name, command.word, moment.now)
    return Publish((Tell(told, Facilitators()),), paced=True)


def reported(room: Room) -> Decision:
    """Whoever holds the room hears that a report came, and reads it when there is time."""
    return Publish((Tell(Reported(), Facilitators()),)) if room.held() else Reject(Code.NOBODY_HOLDS)


def noted(room: Room, publish: Publish, moment: Moment) -> Publish:
    """What is told, and with it a quiet note to the facilitators if a member's going is sudden."""
    gone = [tell.event for tell in publish.tells if isinstance(tell.event, Left)]
    notes = [
        Tell(WentSuddenly(left.member, left.how, left.at, turn), Facilitators())
        for left in gone
        if ((turn := room.condition.floor.turn == left.member) or _lately_flagged(room, left.member, moment))
        and _is_member(room, left.member)
    ]
    return Publish((*publish.tells, *notes), publish.raises, publish.paced) if notes else publish


def _lately_flagged(room: Room, who: MemberId, moment: Moment) -> bool:
    at = (room.apart(who) or room.places.get(who, Place())).flagged_at
    return at is not None and moment.now - at <= SOON


def _is_member(room: Room, who: MemberId) -> bool:
    member = room.member(who) or room.apart(who)
    return member is not None and member.role is Role.MEMBER
