"""Saying something, and taking it back."""

from msgspec.structs import replace

from chat.core.commands.agreeing import unanswered, unproposable
from chat.core.commands.fitting import canonical, unfit
from chat.core.commands.floors import silenced
from chat.core.commands.holding import judged, refused, with_note
from chat.core.decision import Decision, Moment, Publish, Reject
from chat.core.errors import Code
from chat.core.room import Member, One, Proposed, Room, Tell
from chat.core.wire import (
    REASON_WORDS_MAX,
    Act,
    ActedOn,
    Announce,
    Announced,
    Reason,
    Retract,
    Retracted,
    RetractedBy,
    Role,
    Said,
    Say,
)


def say(room: Room, member: Member, command: Say, moment: Moment) -> Decision:
    """A message to everyone, unless the room is paused, the sender muted or the floor another's; it is read first."""
    text, note = canonical(command.text), (canonical(command.note) or None) if command.note else None
    if not_now := _not_now(room, member, moment):
        return not_now if unfit(text, note) else refused(room, not_now, with_note(text, note), moment)
    if no := unfit(text, note):
        return no
    if command.rule:
        return _proposed(room, member, text, moment)
    return judged(room, member, Said(member.id, text, moment.now, note), moment)


def _proposed(room: Room, member: Member, text: str, moment: Moment) -> Decision:
    """A rule that somebody proposes is read before the room hears it, as all words are."""
    if no := unproposable(room, member, text):
        return refused(room, no, text, moment)
    decision = judged(room, member, Said(member.id, " ".join(text.split()), moment.now, rule=True), moment)
    if isinstance(decision, Reject):
        return decision
    return replace(decision, tells=(*decision.tells, Tell(Proposed(member.id))))


def _not_now(room: Room, member: Member, moment: Moment) -> Reject | None:
    if no := unanswered(room, member):
        return no
    if room.condition.paused:
        return Reject(Code.ROOM_PAUSED)
    muted_until = room.places[member.id].muted_until
    if muted_until is not None and muted_until > moment.now:
        return Reject(Code.MUTED, wait=muted_until - moment.now)
    silence = silenced(room, member)
    return Reject(silence) if silence else None


def announce(room: Room, member: Member, command: Announce, moment: Moment) -> Decision:
    """A facilitator's announcement, possible in a pause too."""
    text = canonical(command.text)
    no = unanswered(room, member) or unfit(text, None)
    return no or Publish((Tell(Announced(member.id, text, moment.now)),))


def retract(room: Room, member: Member, command: Retract, moment: Moment) -> Decision:
    """Takes back one's own message, or a facilitator somebody's; only one of two who press at once does it."""
    author = room.authors.get(command.n)
    if author is None:
        return Reject(Code.NO_SUCH_MESSAGE)
    if author == member.id:
        return Publish((Tell(Retracted(command.n, RetractedBy.AUTHOR)),), raises=True)
    if member.role is not Role.FACILITATOR:
        return Reject(Code.NOT_ALLOWED)
    if command.words and len(command.words) > REASON_WORDS_MAX:
        return Reject(Code.TOO_LONG)
    reason = command.reason or Reason.OTHER
    words, appeal = command.words, moment.house.appeal
    why = ActedOn(Act.RETRACTION, author, moment.now, member.role, reason, words, None, appeal)
    return Publish((Tell(Retracted(command.n, RetractedBy.FACILITATOR)), Tell(why, One(author))), raises=True)
