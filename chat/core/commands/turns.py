"""Floors and turns: in a round or a queue one person speaks at a time, and everybody may pass."""

from msgspec.structs import replace

from chat.core.commands.floors import TAKING_TURNS, ended, given, in_rounds, may_have, settled, turned, without
from chat.core.decision import Actor, Decision, Moment, Publish, Reject
from chat.core.errors import Code
from chat.core.ids import MemberId, Millis
from chat.core.room import Member, Room, Tell
from chat.core.wire import (
    Extend,
    Floor,
    FloorKind,
    Listening,
    Move,
    Next,
    Role,
    SetFloor,
    TakePart,
    TakingPart,
)

MINUTE = 60_000


def set_floor(room: Room, command: SetFloor, moment: Moment) -> Decision:
    """The right to speak goes round in another way from now on; a round may begin again."""
    if command.kind is room.condition.floor.kind is not FloorKind.ROUND:
        return Reject(Code.ALREADY_SO)
    begun = begun_with(room, command.kind, moment)
    return Publish(begun, raises=True) if begun else Reject(Code.NOBODY_NEXT)


def begun_with(room: Room, kind: FloorKind, moment: Moment) -> tuple[Tell, ...]:
    """Tells how people speak from now on; nothing if it is a round and there is nobody to go round."""
    floor = Floor(kind)
    if kind is FloorKind.ROUND:
        drawn = [member.id for member in room.seated() if in_rounds(room, member)]
        if not drawn:
            return ()
        floor = replace(floor, order=_by_lot(drawn, moment.lot))
    return tuple(map(Tell, turned(room, settled(room, floor, moment))))


def finish(room: Room, actor: Actor, moment: Moment) -> Decision:
    """The speaker is done."""
    floor = room.condition.floor
    if floor.turn != actor.member:
        return Reject(Code.NOT_YOUR_TURN)
    return _told(room, settled(room, ended(floor), moment))


def pass_(room: Room, actor: Actor, moment: Moment) -> Decision:
    """No turn this time, whether it has come or not."""
    floor, who = room.condition.floor, actor.member
    if not _in_round(floor, who):
        return Reject(Code.NO_ROUND)
    return _told(room, settled(room, replace(without(floor, who), passed=(*floor.passed, who)), moment))


def later(room: Room, actor: Actor, moment: Moment) -> Decision:
    """A turn at the end of this round instead; once."""
    floor, who = room.condition.floor, actor.member
    if not _in_round(floor, who):
        return Reject(Code.NO_ROUND)
    if who in floor.later:
        return Reject(Code.ALREADY_SO)
    put_off = without(floor, who)
    return _told(room, settled(room, replace(put_off, order=(*put_off.order, who), later=(*floor.later, who)), moment))


def next_(room: Room, command: Next, moment: Moment) -> Decision:
    """A facilitator gives the floor on."""
    floor = room.condition.floor
    if floor.kind not in TAKING_TURNS:
        return Reject(Code.NO_ROUND)
    if command.member is not None:
        if not may_have(room, command.member, moment):
            return Reject(Code.NO_SUCH_MEMBER)
        return _told(room, given(room, ended(floor), command.member, moment))
    hands = _hands(room, moment)
    if floor.kind is FloorKind.QUEUE:
        if hands:
            return _told(room, given(room, ended(floor), hands[0], moment))
        return _told(room, ended(floor)) if floor.turn else Reject(Code.NOBODY_NEXT)
    if floor.turn is None and not floor.order:
        return Reject(Code.NOBODY_NEXT)
    # With nobody's turn running, those who are waited for have not come back: the round goes on without them.
    waited = floor if floor.turn else replace(floor, order=())
    return _told(room, settled(room, ended(waited), moment))


def extend(room: Room, command: Extend, moment: Moment) -> Decision:
    """Whoever speaks may take some more time."""
    floor = room.condition.floor
    if floor.turn is None:
        return Reject(Code.NO_ROUND)
    until = max(floor.until or moment.now, moment.now) + command.minutes * MINUTE
    return _told(room, replace(floor, until=Millis(until)))


def move(room: Room, command: Move, moment: Moment) -> Decision:
    """Somebody has another place in the round, or is brought into it."""
    floor, who = room.condition.floor, command.member
    if floor.kind is not FloorKind.ROUND or floor.turn == who:
        return Reject(Code.NO_ROUND)
    if not may_have(room, who, moment):
        return Reject(Code.NO_SUCH_MEMBER)
    others = [other for other in floor.order if other != who]
    place = max(0, command.place)
    moved = replace(
        floor,
        order=(*others[:place], who, *others[place:]),
        had=tuple(other for other in floor.had if other != who),
        passed=tuple(other for other in floor.passed if other != who),
    )
    return _told(room, settled(room, moved, moment))


def listen(room: Room, member: Member) -> Decision:
    """Just to listen: shown to all, never called on."""
    if room.places[member.id].listens:
        return Reject(Code.ALREADY_SO)
    return Publish((Tell(Listening(member.id)),), raises=True)


def take_part(room: Room, member: Member, command: TakePart) -> Decision:
    """Whoever listened may change their mind by one press; whoever was invited to listen, once a facilitator lets them.

    Nobody who chose to listen is made to take part.
    """
    who = member if command.member in (None, member.id) else room.member(command.member or member.id)
    if who is not member and member.role is not Role.FACILITATOR:
        return Reject(Code.NOT_ALLOWED)
    if who is None:
        return Reject(Code.NO_SUCH_MEMBER)
    place = room.places[who.id]
    if not place.listens:
        return Reject(Code.ALREADY_SO)
    invited = who.invited_to_listen and not place.let_speak
    if invited and who is member:
        return Reject(Code.INVITED_TO_LISTEN)
    return Publish((Tell(TakingPart(who.id)),), raises=True) if invited or who is member else Reject(Code.NOT_ALLOWED)


def _told(room: Room, floor: Floor) -> Publish:
    return Publish(tuple(map(Tell, turned(room, floor))), raises=True)


def _hands(room: Room, moment: Moment) -> list[MemberId]:
    up = [(member.hand_at, member.id) for member in room.seated() if member.hand_at is not None]
    return [who for _, who in sorted(up) if may_have(room, who, moment)]


def _in_round(floor: Floor, who: MemberId) -> bool:
    return floor.kind is FloorKind.ROUND and (floor.turn == who or who in floor.order)


def _by_lot(people: list[MemberId], lot: int) -> tuple[MemberId, ...]:
    """Everybody's chance is the same; `lot` is any large random number."""
    left, drawn = sorted(people), []
    while left:
        lot, at = divmod(lot, len(left))
        drawn.append(left.pop(at))
    return tuple(drawn)
