"""What people agreed to has changed: whoever has not answered yet reads along, and says nothing under new terms."""

from chat.core.commands.fitting import canonical, unfit
from chat.core.decision import Decision, KeepHistory, Publish, Reject, Renew
from chat.core.errors import Code
from chat.core.room import Keeps, Member, One, Renewed, Room, Tell, asks
from chat.core.wire import RULE_MAX, Agree, Agreed, AskedAgain, TakeUp

MOST = 3
"""Rules that one person proposes in a meeting."""


def unanswered(room: Room, member: Member) -> Reject | None:
    """No words to the room from somebody who has not agreed to what holds now.

    A word aside to the facilitators goes through, as it does in a pause: there one can ask what it means.
    """
    return Reject(Code.ASKED_AGAIN) if member.agreed < room.condition.terms.version else None


def unproposable(room: Room, member: Member, text: str) -> Reject | None:
    """Why this cannot be proposed as a rule; None if it can."""
    if len(text) > RULE_MAX:
        return Reject(Code.RULE_TOO_LONG)
    if room.places[member.id].proposed >= MOST:
        return Reject(Code.ENOUGH_PROPOSED)
    return None


def take_up(command: TakeUp) -> Decision:
    """It is written into the agreement, and then everybody is asked again; the room is told nothing of its own."""
    text = canonical(command.text)
    if no := unfit(text, None):
        return no
    return Reject(Code.RULE_TOO_LONG) if len(text) > RULE_MAX else Publish(())


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


def keep_history(room: Room, command: KeepHistory) -> Decision:
    """From here on what is said is kept so. A side room keeps nothing: what is said there is between two people.

    Raises the revision: nothing that was judged before is kept by it, or kept against it.
    """
    if room.condition.history == command.history or room.condition.beside:
        return Reject(Code.ALREADY_SO)
    return Publish((Tell(Keeps(command.history)),), raises=True)


def agree(room: Room, member: Member, command: Agree) -> Decision:
    """To the version that holds now; it is written down before this is told."""
    if member.agreed >= command.version:
        return Publish(())
    if command.version != room.condition.terms.version:
        return Reject(Code.ASKED_AGAIN)
    return Publish((Tell(Agreed(member.id, command.version), One(member.id)),))
