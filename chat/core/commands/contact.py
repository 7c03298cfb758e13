"""Whoever had left somebody to call hears that it was opened: they alone, until they say that they have read it."""

from chat.core.decision import Decision, Publish, Reject, TellOpened
from chat.core.errors import Code
from chat.core.room import Member, One, Room, Tell
from chat.core.wire import ContactOpened, NoteTaken, TakeNote


def tell_opened(room: Room, command: TellOpened) -> Decision:
    """To somebody who is here, or waits to come in; who is not here is told when they come."""
    if room.member(command.member) is None and room.outside(command.member) is None:
        return Reject(Code.NO_SUCH_MEMBER)
    return Publish((Tell(ContactOpened(command.member, command.at), One(command.member)),))


def take_note(member: Member, command: TakeNote) -> Decision:
    """They have read it. One that was opened meanwhile goes on being told."""
    if member.opened_at != command.at:
        return Reject(Code.ALREADY_SO)
    return Publish((Tell(NoteTaken(member.id), One(member.id)),))
