"""Slower talk for one person, a shield over the whole room, and the group's own phrases, while a meeting runs."""

from chat.core.decision import Decision, Publish, Reject
from chat.core.errors import Code
from chat.core.room import Facilitators, Place, Room, Tell
from chat.core.wire import Heed, Heeded, Role, Shield, Shielded, Slow, Slowed


def slow(room: Room, command: Slow) -> Decision:
    """One person's messages come so far apart, whatever holds for the room."""
    member = room.member(command.member)
    if member is None:
        return Reject(Code.NO_SUCH_MEMBER)
    if member.role is Role.FACILITATOR:
        return Reject(Code.NOT_ON_A_FACILITATOR)
    if room.places.get(command.member, Place()).slow == command.seconds:
        return Reject(Code.ALREADY_SO)
    return Publish((Tell(Slowed(command.member, command.seconds)),), raises=True)


def shield(room: Room, command: Shield) -> Decision:
    """Up, or down again; the group's own settings stay what they are beneath it."""
    if room.condition.shielded == command.up:
        return Reject(Code.ALREADY_SO)
    return Publish((Tell(Shielded(command.up)),), raises=True)


def heed(room: Room, command: Heed) -> Decision:
    """The group's own phrases; nobody but facilitators is told which."""
    if room.condition.own == command.own:
        return Reject(Code.ALREADY_SO)
    return Publish((Tell(Heeded(command.own), Facilitators()),), raises=True)
