"""What people agreed to has changed: whoever has not answered yet reads along, and says nothing under new terms."""

from chat.core.decision import Decision, Publish, Reject, Renew
from chat.core.errors import Code
from chat.core.room import Member, One, Renewed, Room, Tell, asks
from chat.core.wire import Agree, Agreed, Announce, AskedAgain, Command, Confer, Confide, Say

SPEAKING = (Say, Announce, Confide, Confer)
"""Words of one's own. What a facilitator does for the safety of the room waits for nobody's answer."""


def unanswered(room: Room, member: Member, command: Command) -> Reject | None:
    """No words from somebody who has not agreed to what holds now."""
    if member.agreed < room.condition.terms.version and isinstance(command, SPEAKING):
        return Reject(Code.ASKED_AGAIN)
    return None


def renew(room: Room, command: Renew) -> Decision:
    """From here on this version holds; everybody seated who has not agreed to it is asked."""
    if command.terms.version <= room.condition.terms.version:
        return Reject(Code.ALREADY_SO)
    asked = [
        Tell(AskedAgain(question), One(member.id))
        for member in room.seated()
        if (question := asks(command.terms, member))
    ]
    return Publish((Tell(Renewed(command.terms)), *asked), raises=True)


def agree(room: Room, member: Member, command: Agree) -> Decision:
    """To the version that holds now; it is written down before this is told."""
    if member.agreed >= command.version:
        return Publish(())
    if command.version != room.condition.terms.version:
        return Reject(Code.ASKED_AGAIN)
    return Publish((Tell(Agreed(member.id, command.version), One(member.id)),))
