"""Slower talk for one person, a shield over the whole room, and the group's own phrases, while a meeting runs."""

from collections import Counter

from chat.core.decision import Decision, Moment, Publish, Reject
from chat.core.errors import Code
from chat.core.room import Facilitators, Member, One, Place, Room, Tell
from chat.core.wire import Act, ActedOn, Heed, Heeded, Reason, Role, Shield, Shielded, Slow, Slowed, Suggested

STRANGERS = 8
"""People who have joined only lately, by one invitation; fewer are an ordinary first evening."""


def slow(room: Room, command: Slow, moment: Moment) -> Decision:
    """One person's messages come so far apart, whatever holds for the room; they are told so as of any act."""
    member = room.member(command.member)
    if member is None:
        return Reject(Code.NO_SUCH_MEMBER)
    if member.role is Role.FACILITATOR:
        return Reject(Code.NOT_ON_A_FACILITATOR)
    if room.places.get(command.member, Place()).slow == command.seconds:
        return Reject(Code.ALREADY_SO)
    slowed = Tell(Slowed(command.member, command.seconds))
    if not command.seconds:
        return Publish((slowed,), raises=True)
    why = ActedOn(Act.SLOW, command.member, moment.now, Role.FACILITATOR, Reason.OTHER, appeal=moment.house.appeal)
    return Publish((Tell(why, One(command.member)), slowed), raises=True)


def shield(room: Room, command: Shield) -> Decision:
    """Up, or down again; the group's own settings stay what they are beneath it."""
    if room.condition.shielded == command.up:
        return Reject(Code.ALREADY_SO)
    return Publish((Tell(Shielded(command.up)),), raises=True)


def doubtful(room: Room, coming: list[Member]) -> tuple[Tell, ...]:
    """Many strangers by one invitation: it may have got about. Facilitators are told, once, and nothing is done."""
    if room.condition.warned or not any(member.new and member.link for member in coming):
        return ()
    people = {member.id: member for member in (*room.connected(), *coming)}.values()
    by_link = Counter(member.link for member in people if member.new and member.link)
    most = max(by_link.values())
    return (Tell(Suggested(most), Facilitators()),) if most >= STRANGERS else ()


def heed(room: Room, command: Heed) -> Decision:
    """The group's own phrases; nobody but facilitators is told which."""
    if room.condition.own == command.own:
        return Reject(Code.ALREADY_SO)
    return Publish((Tell(Heeded(command.own), Facilitators()),), raises=True)
