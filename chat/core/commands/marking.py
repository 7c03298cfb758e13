"""Several people mark a message: the facilitators hear how many. When nobody watches, enough of them mute its author
until a facilitator looks; never on one person's word alone, and never a facilitator.
"""

from collections import Counter

from chat.core.decision import Decision, Moment, Publish, Reject
from chat.core.errors import Code
from chat.core.ids import MemberId, Millis
from chat.core.room import Facilitators, MarkedBy, Member, One, Place, Room, Tell
from chat.core.wire import UNTIL_LOOKED, Act, ActedOn, Look, Looked, Mark, Muted, Reason, Role, Unmuted

MOST, OF_ONE = 100, 20
"""Marks that are counted on one person, and of them one other's: who marks all that a friend says must not be the only
one who is heard. More would change nothing."""


def mark(room: Room, member: Member, command: Mark) -> Decision:
    """Once a message for each person. About a facilitator there are reports, which others read."""
    author = room.authors.get(command.n)
    if author is None:
        return Reject(Code.NO_SUCH_MESSAGE)
    if author == member.id:
        return Reject(Code.NOT_ON_ONES_OWN)
    place = room.places.get(author, Place())
    if place.holds:
        return Reject(Code.REPORT_INSTEAD)
    if (command.n, member.id) in place.marks:
        return Reject(Code.ALREADY_SO)
    if len(place.marks) >= MOST or sum(by == member.id for _, by in place.marks) >= OF_ONE:
        return Publish(())
    told = MarkedBy(command.n, author, member.id, unwatched=not watched(room))
    return Publish((Tell(told, Facilitators()),), paced=True)


def look(room: Room, command: Look) -> Decision:
    """Those marks are seen; whoever they muted may speak again, unless the facilitator decides otherwise."""
    place = room.places.get(command.member, Place())
    stilled = place.muted_until == UNTIL_LOOKED
    if not place.marks and not stilled:
        return Reject(Code.ALREADY_SO)
    looked = Tell(Looked(command.member), Facilitators())
    return Publish((looked, Tell(Unmuted(command.member))) if stilled else (looked,), raises=stilled)


def watched(room: Room) -> bool:
    """A facilitator is here and takes no break."""
    return any(member.role is Role.FACILITATOR and not room.places[member.id].rests for member in room.seated())


def muted(room: Room) -> list[MemberId]:
    """Whom marks have muted, and nobody has looked yet."""
    return [who for who, place in room.places.items() if place.muted_until == UNTIL_LOOKED and not place.removed]


def stilled(room: Room, moment: Moment) -> tuple[Tell, ...]:
    """Mutes one person whom enough others marked while nobody watched: one at a time, for each is recorded."""
    who = next(iter(_to_be_stilled(room)), None)
    if who is None:
        return ()
    why = ActedOn(Act.MUTE, who, moment.now, Role.MEMBER, Reason.FLAGGED, appeal=moment.house.appeal)
    return Tell(why, One(who)), Tell(Muted(who, UNTIL_LOOKED))


def due(room: Room, moment: Moment) -> Millis | None:
    """Now, if somebody is to be muted."""
    return moment.now if _to_be_stilled(room) else None


def _to_be_stilled(room: Room) -> list[MemberId]:
    if not any(place.unwatched for place in room.places.values()) or watched(room):
        return []
    return [who for who, place in room.places.items() if place.unwatched and _enough(room, place)]


def _enough(room: Room, place: Place) -> bool:
    if place.muted_until == UNTIL_LOOKED or place.removed or place.holds:
        return False
    customs, marks = room.condition.customs, place.marks[place.spent :]
    on_one = max(Counter(n for n, _ in marks).values(), default=0)
    of_several = len({by for _, by in marks}) > 1
    return of_several and (on_one >= customs.flags_on_message or len(marks) >= customs.flags_on_person)
