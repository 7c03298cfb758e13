"""What a facilitator does to hold the group: pause, mute, remove, close. The person concerned is told why."""

from chat.core.commands.fitting import canonical, unfit
from chat.core.customs import Step
from chat.core.decision import Decision, Lift, Moment, Publish, Reject, SendAway
from chat.core.errors import Code
from chat.core.ids import MemberId, Millis
from chat.core.room import HasRead, Member, One, Place, Readmitted, Room, RoomEvent, Tell
from chat.core.wire import (
    REASON_WORDS_MAX,
    Act,
    ActedOn,
    Adopt,
    Adopted,
    Bar,
    Closed,
    Fold,
    Folded,
    HaveRead,
    Mute,
    Muted,
    Nudge,
    Paused,
    PausedBy,
    Reason,
    Remove,
    Removed,
    Resumed,
    Returned,
    Role,
    Unmute,
    Unmuted,
)

MINUTE, DAY = 60_000, 86_400_000


def pause(room: Room, moment: Moment) -> Decision:
    """Nobody speaks until somebody resumes."""
    if room.condition.paused is PausedBy.FACILITATOR:
        return Reject(Code.ALREADY_SO)
    return Publish((Tell(Paused(PausedBy.FACILITATOR, moment.now)),), raises=True)


def resume(room: Room, member: Member, moment: Moment) -> Decision:
    """Ends a pause, whoever or whatever began it, and with it the break of whoever does: they hold the room now."""
    if room.condition.paused is None:
        return Reject(Code.ALREADY_SO)
    back = (Tell(Returned(member.id)),) if room.places[member.id].rests else ()
    return Publish((Tell(Resumed(moment.now)), *back), raises=True)


def adopt(room: Room, command: Adopt) -> Decision:
    """The group does things another way from now on, until this meeting ends."""
    if room.condition.customs == command.customs:
        return Reject(Code.ALREADY_SO)
    return Publish((Tell(Adopted(command.customs)),), raises=True)


def nudge(room: Room, command: Nudge, moment: Moment) -> Decision:
    """A kind card for one person; nobody else is told, and nothing changes."""
    if no := _no_step(room, Step.NUDGE) or _not_on(room, command.member, command.words):
        return no
    if room.member(command.member) is None:
        return Reject(Code.NO_SUCH_MEMBER)  # it is kept nowhere until they are back
    return Publish((Tell(_why(Act.NUDGE, command, None, moment), One(command.member)),))


def fold(room: Room, command: Fold, moment: Moment) -> Decision:
    """Somebody's message goes behind a content note; its author is told, and its words stay as they were."""
    author = room.authors.get(command.n)
    if author is None:
        return Reject(Code.NO_SUCH_MESSAGE)
    if command.n in room.condition.folded:
        return Reject(Code.ALREADY_SO)
    note = canonical(command.note)
    if no := unfit(note, note):
        return no
    why = ActedOn(Act.FOLD, author, moment.now, Role.FACILITATOR, Reason.OTHER, appeal=moment.house.appeal)
    return Publish((Tell(Folded(command.n, note)), Tell(why, One(author))), raises=True)


def mute(room: Room, command: Mute, moment: Moment) -> Decision:
    """Somebody reads along for some minutes; a second mute sets the time anew."""
    if no := _no_step(room, Step.MUTE) or _not_on(room, command.member, command.words):
        return no
    until = Millis(moment.now + command.minutes * MINUTE)
    why = _why(Act.MUTE, command, until, moment)
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
    why = _why(Act.REMOVAL, command, None, moment)
    return _tell_both(Removed(command.member), why, command.member)


def bar(room: Room, command: Bar, moment: Moment) -> Decision:
    """Somebody leaves and stays away; the record in SQL keeps them away."""
    if no := _no_step(room, Step.BAR) or _not_on(room, command.member, command.words):
        return no
    until = Millis(moment.now + command.days * DAY) if command.days else None
    why = _why(Act.BAR, command, until, moment)
    return _tell_both(Removed(command.member), why, command.member)


def lift(room: Room, command: Lift) -> Decision:
    """What keeps somebody from speaking, or from coming in, ends; what was recorded of it is not changed here."""
    place = room.places.get(command.member, Place())
    told: RoomEvent
    if command.act is Act.MUTE and place.muted_until is not None:
        told = Unmuted(command.member)
    elif command.act is not Act.MUTE and place.removed:
        told = Readmitted(command.member)
    else:
        return Reject(Code.ALREADY_SO)
    return Publish((Tell(told),), raises=True)


def send_away(room: Room, command: SendAway, moment: Moment) -> Decision:
    """Each of those who are here or wait hears why, before the room hears that they leave; as with `bar`."""
    here = [who for who in command.members if _is_near(room, who)]
    tells = [tell for who in here for tell in (Tell(_sent(command, who, moment), One(who)), Tell(Removed(who)))]
    return Publish(tuple(tells), raises=True) if tells else Reject(Code.ALREADY_SO)


def _sent(command: SendAway, who: MemberId, moment: Moment) -> ActedOn:
    return ActedOn(command.act, who, moment.now, Role.FACILITATOR, command.reason, appeal=moment.house.appeal)


def have_read(room: Room, member: Member, command: HaveRead) -> Decision:
    """Somebody has read what was done to them; what was done since goes on being told."""
    if all(one.at != command.at for one in room.places[member.id].acted):
        return Reject(Code.ALREADY_SO)
    return Publish((Tell(HasRead(member.id, command.at), One(member.id)),))


def _is_near(room: Room, who: MemberId) -> bool:
    place = room.places.get(who, Place())
    return bool(place.member or place.lost_at or place.outside or room.apart(who)) and not place.holds


def close(moment: Moment) -> Decision:
    """Ends the meeting; nothing of it is left."""
    return Publish((Tell(Closed(moment.now)),), raises=True)


def _why(act: Act, command: Nudge | Mute | Remove | Bar, until: Millis | None, moment: Moment) -> ActedOn:
    why, words, appeal = command.reason, command.words, moment.house.appeal
    return ActedOn(act, command.member, moment.now, Role.FACILITATOR, why, words, until, appeal)


def _tell_both(told: Muted | Removed, why: ActedOn, who: MemberId) -> Decision:
    # The person hears why before the room hears what: a removal ends their connection.
    return Publish((Tell(why, One(who)), Tell(told)), raises=True)


def _no_step(room: Room, step: Step) -> Reject | None:
    return None if step in room.condition.customs.steps else Reject(Code.NO_SUCH_STEP)


def _not_on(room: Room, who: MemberId, words: str | None) -> Reject | None:
    """A facilitator can act on a member who is or was here in this meeting, also after they have gone."""
    place = room.places.get(who, Place())
    if room.apart(who) and not place.holds:
        return Reject(Code.ASIDE)
    if place.empty and not room.authors.count(who):
        return Reject(Code.NO_SUCH_MEMBER)
    if place.holds:
        return Reject(Code.NOT_ON_A_FACILITATOR)
    if words and len(words) > REASON_WORDS_MAX:
        return Reject(Code.TOO_LONG)
    return None
