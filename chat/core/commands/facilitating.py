"""What a facilitator does to hold the group: pause, mute, remove, close. The person concerned is told why."""

from chat.core.decision import Decision, Moment, Publish, Reject
from chat.core.errors import Code
from chat.core.ids import MemberId, Millis
from chat.core.room import One, Place, Room, Tell
from chat.core.wire import (
    REASON_WORDS_MAX,
    Act,
    ActedOn,
    Adopt,
    Adopted,
    Bar,
    Closed,
    Mute,
    Muted,
    Paused,
    PausedBy,
    Remove,
    Removed,
    Resumed,
    Unmute,
    Unmuted,
)

MINUTE, DAY = 60_000, 86_400_000


def pause(room: Room, moment: Moment) -> Decision:
    """Nobody speaks until somebody resumes."""
    if room.condition.paused is PausedBy.FACILITATOR:
        return Reject(Code.ALREADY_SO)
    return Publish((Tell(Paused(PausedBy.FACILITATOR, moment.now)),), raises=True)


def resume(room: Room, moment: Moment) -> Decision:
    """Ends a pause, whoever or whatever began it."""
    if room.condition.paused is None:
        return Reject(Code.ALREADY_SO)
    return Publish((Tell(Resumed(moment.now)),), raises=True)


def adopt(room: Room, command: Adopt) -> Decision:
    """The group does things another way from now on, until this meeting ends."""
    if room.condition.customs == command.customs:
        return Reject(Code.ALREADY_SO)
    return Publish((Tell(Adopted(command.customs)),), raises=True)


def mute(room: Room, command: Mute, moment: Moment) -> Decision:
    """Somebody reads along for some minutes; a second mute sets the time anew."""
    if no := _not_on(room, command.member, command.words):
        return no
    until = Millis(moment.now + command.minutes * MINUTE)
    why = ActedOn(Act.MUTE, command.reason, command.words, until, moment.house.appeal)
    return _tell_both(Muted(command.member, until), why, command.member)


def unmute(room: Room, command: Unmute) -> Decision:
    """Ends a mute early, also of somebody who is away at the moment."""
    if room.places.get(command.member, Place()).muted_until is None:
        return Reject(Code.ALREADY_SO)
    return Publish((Tell(Unmuted(command.member)),), raises=True)


def remove(room: Room, command: Remove, moment: Moment) -> Decision:
    """Somebody leaves this meeting."""
    if no := _not_on(room, command.member, command.words):
        return no
    if room.places.get(command.member, Place()).removed:
        return Reject(Code.ALREADY_SO)
    why = ActedOn(Act.REMOVAL, command.reason, command.words, None, moment.house.appeal)
    return _tell_both(Removed(command.member), why, command.member)


def bar(room: Room, command: Bar, moment: Moment) -> Decision:
    """Somebody leaves and stays away; the record in SQL keeps them away."""
    if no := _not_on(room, command.member, command.words):
        return no
    until = Millis(moment.now + command.days * DAY) if command.days else None
    why = ActedOn(Act.BAR, command.reason, command.words, until, moment.house.appeal)
    return _tell_both(Removed(command.member), why, command.member)


def close(moment: Moment) -> Decision:
    """Ends the meeting; nothing of it is left."""
    return Publish((Tell(Closed(moment.now)),), raises=True)


def _tell_both(told: Muted | Removed, why: ActedOn, who: MemberId) -> Decision:
    # The person hears why before the room hears what: a removal ends their connection.
    return Publish((Tell(why, One(who)), Tell(told)), raises=True)


def _not_on(room: Room, who: MemberId, words: str | None) -> Reject | None:
    """A facilitator can act on a member who is or was here in this meeting, also after they have gone."""
    place = room.places.get(who, Place())
    if place.empty and who not in room.authors.values():
        return Reject(Code.NO_SUCH_MEMBER)
    if place.holds:
        return Reject(Code.NOT_ON_A_FACILITATOR)
    if words and len(words) > REASON_WORDS_MAX:
        return Reject(Code.TOO_LONG)
    return None
