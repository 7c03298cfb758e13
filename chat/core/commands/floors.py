"""The floor as it must be for who is here: a turn is with somebody who may speak, or it waits for them."""

from msgspec.structs import replace

from chat.core.decision import Moment, Publish
from chat.core.errors import Code
from chat.core.ids import MemberId, Millis
from chat.core.room import Member, Parted, Room, RoomEvent, Seated, Tell, Told, apply
from chat.core.wire import (
    Floor,
    FloorKind,
    Left,
    Listening,
    Lowered,
    Muted,
    Removed,
    Resting,
    Resumed,
    Returned,
    Role,
    TakingPart,
    Turned,
    Unmuted,
)

MINUTE = 60_000
TAKING_TURNS = (FloorKind.ROUND, FloorKind.QUEUE)
_MOVES = (Seated, Parted, Left, Removed, Muted, Unmuted, Listening, TakingPart, Resting, Returned, Resumed)


def silenced(room: Room, member: Member) -> Code | None:
    """Why this person cannot speak at the moment; None if they can."""
    floor = room.condition.floor
    if room.places[member.id].listens:
        return Code.LISTENING
    match floor.kind:
        case FloorKind.OPEN:
            return None
        case FloorKind.ROUND | FloorKind.QUEUE:
            return None if floor.turn == member.id else Code.NOT_YOUR_TURN
        case FloorKind.FACILITATORS:
            return None if member.role is Role.FACILITATOR else Code.FACILITATORS_SPEAK
        case FloorKind.QUIET:
            return Code.QUIET_NOW


def followed(room: Room, publish: Publish, moment: Moment, *, always: bool) -> Publish:
    """What is told, and with it what it means for the floor. `always`: also if nobody came, went or was muted."""
    floor = room.condition.floor
    if floor.kind not in TAKING_TURNS or not (always or any(isinstance(tell.event, _MOVES) for tell in publish.tells)):
        return publish
    after = Room(room.id, room.epoch, condition=room.condition, places=dict(room.places))
    for tell in publish.tells:
        apply(after, tell.event, Told(room.revision, room.sequence, room.number))
    now = settled(after, after.condition.floor, moment)
    if now == after.condition.floor:
        return publish
    told = tuple(map(Tell, turned(after, now)))
    return replace(publish, tells=(*publish.tells, *told), raises=True)


def turned(room: Room, floor: Floor) -> list[RoomEvent]:
    """Tells the floor. Whoever gets it has been served: their hand goes down by itself."""
    events: list[RoomEvent] = []
    served = room.member(floor.turn) if floor.turn else None
    if served and served.hand_at is not None and floor.turn != room.condition.floor.turn:
        events.append(Lowered(served.id))
    events.append(Turned(floor))
    return events


def settled(room: Room, floor: Floor, moment: Moment) -> Floor:
    """The floor as it must be for who is in `room`: a turn is with somebody who is here and may speak, or waits.

    Whoever comes late to a round comes last in it; whoever leaves it is not waited for.
    """
    if floor.kind not in TAKING_TURNS:
        return floor
    floor = _kept(room, floor, moment)
    if floor.kind is FloorKind.QUEUE:
        return floor
    order = tuple(who for who in floor.order if _takes_part(room, who) or _lost(room, who) or room.apart(who))
    known = {floor.turn, *order, *floor.had, *floor.passed}
    late = tuple(m.id for m in room.seated() if m.id not in known and in_rounds(room, m))
    floor = replace(floor, order=order + late)
    if floor.turn is not None:
        return floor
    following = next((who for who in floor.order if may_have(room, who, moment)), None)
    if following is not None:
        return given(room, floor, following, moment)
    floor = replace(floor, order=tuple(who for who in floor.order if _awaited(room, who, moment)))
    # With nobody to wait for the round is complete; what comes next is for the facilitators to say.
    return floor if floor.order else Floor(FloorKind.FACILITATORS, had=floor.had, passed=floor.passed)


def due(room: Room, moment: Moment) -> Millis | None:
    """When the floor next changes by itself; a pause takes nothing from anybody's turn."""
    floor = room.condition.floor
    if floor.kind not in TAKING_TURNS or room.condition.paused:
        return None
    if floor.turn is not None:
        return floor.kept_until or (floor.until if room.condition.customs.cuts_off else None)
    lost = [place.lost_at for who in floor.order if (place := room.places.get(who)) and _lost(room, who)]
    return min((Millis(at + moment.house.returns_within + 1) for at in lost if at is not None), default=None)


def _kept(room: Room, floor: Floor, moment: Moment) -> Floor:
    """The turn of somebody whose connection is lost waits for them, and is then offered later."""
    who = floor.turn
    if who is None:
        return floor
    if may_have(room, who, moment):
        floor = replace(floor, kept_until=None) if floor.kept_until else floor
        return ended(floor) if _over(room, floor, moment) else floor
    away = without(floor, who)
    later = replace(away, order=(*away.order, who)) if floor.kind is FloorKind.ROUND else away
    if room.apart(who):
        return later
    if not _lost(room, who) or _muted(room, who, moment):
        return ended(floor)
    if floor.kept_until is None:
        return replace(floor, kept_until=Millis(moment.now + moment.house.keeps_turn))
    if room.condition.paused or moment.now < floor.kept_until:
        return floor
    return later


def _over(room: Room, floor: Floor, moment: Moment) -> bool:
    """Its time is over, and this group wants turns to end then. Nothing ends in a pause."""
    cuts_off = room.condition.customs.cuts_off and not room.condition.paused
    return cuts_off and floor.until is not None and floor.until <= moment.now


def given(room: Room, floor: Floor, who: MemberId, moment: Moment) -> Floor:
    """It is their turn, also if they had one before or passed."""
    wished = room.condition.customs.turn
    length = wished * MINUTE if wished else moment.house.turn
    until = Millis(moment.now + length) if length else None
    had, passed = (tuple(other for other in them if other != who) for them in (floor.had, floor.passed))
    waiting = without(floor, who)
    return replace(waiting, turn=who, since=moment.now, until=until, kept_until=None, had=had, passed=passed)


def ended(floor: Floor) -> Floor:
    """Nobody's turn; whoever had it has had it."""
    if floor.turn is None:
        return floor
    had = (*floor.had, floor.turn) if floor.kind is FloorKind.ROUND else ()
    return replace(without(floor, floor.turn), had=had)


def without(floor: Floor, who: MemberId) -> Floor:
    order = tuple(other for other in floor.order if other != who)
    if floor.turn != who:
        return replace(floor, order=order)
    return replace(floor, order=order, turn=None, since=None, until=None, kept_until=None)


def in_rounds(room: Room, member: Member) -> bool:
    """Facilitators are not called on; one of them can bring another in."""
    return member.role is Role.MEMBER and not room.places[member.id].listens


def may_have(room: Room, who: MemberId, moment: Moment) -> bool:
    return _takes_part(room, who) and not room.places[who].rests and not _muted(room, who, moment)


def _muted(room: Room, who: MemberId, moment: Moment) -> bool:
    place = room.places.get(who)
    return place is not None and place.muted_until is not None and place.muted_until > moment.now


def _lost(room: Room, who: MemberId) -> bool:
    place = room.places.get(who)
    return place is not None and place.member is None and place.lost_at is not None


def _takes_part(room: Room, who: MemberId) -> bool:
    place = room.places.get(who)
    return place is not None and place.member is not None and not place.listens


def _awaited(room: Room, who: MemberId, moment: Moment) -> bool:
    """Here or aside, or gone by a lost connection only a moment ago; a pause is nobody's fault."""
    if room.apart(who):
        return True
    place = room.places.get(who)
    if place is None or place.lost_at is None or room.condition.paused:
        return place is not None
    return moment.now - place.lost_at <= moment.house.returns_within
