"""Who comes straight in and who waits outside; letting in, saying that it cannot be today, and the door."""

from collections.abc import Iterable

from msgspec.structs import replace

from chat.core.commands.seating import seated
from chat.core.decision import Decision, House, Moment, Publish, Reject
from chat.core.errors import Code
from chat.core.ids import Millis
from chat.core.room import (
    Facilitators,
    Member,
    One,
    Outside,
    Place,
    Room,
    RoomEvent,
    Tell,
    Told,
    Waits,
    apply,
)
from chat.core.wire import (
    REASON_WORDS_MAX,
    Act,
    ActedOn,
    Admit,
    Adopted,
    Decline,
    Declined,
    Door,
    DoorSet,
    LeftWaiting,
    Role,
    SetDoor,
    Shielded,
    Went,
)

MINUTE = 60_000


def must_wait(room: Room, member: Member, moment: Moment) -> bool:
    """Whether somebody who comes stays outside for now. Whoever was in this meeting comes back without waiting.

    A facilitator has let them in once; to ask again after each lost connection or short walk would only disturb.
    """
    place = room.places.get(member.id, Place())
    if member.role is not Role.MEMBER or place.member is not None or place.came:
        return False
    if room.condition.beside or room.apart(member.id):
        return False  # from the room to its side room and back there is no door
    lately = place.lost_at is not None and moment.now - place.lost_at <= moment.house.returns_within
    return not lately and asks_first(room)


def asks_first(room: Room) -> bool:
    """Whoever has not been here is let in by a facilitator, if by anybody."""
    return room.condition.customs.waiting or room.condition.door.closed or room.condition.shielded


def waits(room: Room, member: Member, moment: Moment) -> Tell:
    """They wait from now on; on another connection they go on waiting."""
    before = room.outside(member.id)
    if before is None:
        return _told(Outside(member, moment.now, late=room.condition.door.closed or room.condition.shielded))
    return _told(replace(before, member=replace(member, listens=before.member.listens)))


def knock(outside: Outside) -> Decision:
    """Whoever came late asks, once: the facilitators' pages make it heard."""
    if outside.knocked or not outside.late:
        return Reject(Code.ALREADY_SO)
    return Publish((_told(replace(outside, knocked=True)),))


def comes(outside: Outside, *, listens: bool) -> Decision:
    """How they come today, said before they are in."""
    if outside.member.invited_to_listen:
        return Reject(Code.INVITED_TO_LISTEN)
    if outside.member.listens == listens:
        return Reject(Code.ALREADY_SO)
    return Publish((_told(replace(outside, member=replace(outside.member, listens=listens))),))


def admit(room: Room, command: Admit, moment: Moment) -> Decision:
    """One, or all who wait, as far as there are places. Whoever was told no may come again."""
    if command.member is None:
        waiting = room.waiting()
    elif outside := room.outside(command.member):
        waiting = [outside]
    elif room.places.get(command.member, Place()).outside:
        return Publish((Tell(Went(command.member), Facilitators()),))
    else:
        return Reject(Code.NO_SUCH_MEMBER)
    if not waiting:
        return Reject(Code.ALREADY_SO)
    going = _as_many_as_fit(room, waiting, moment)
    if not going:
        return Reject(Code.ROOM_FULL)
    return Publish((*_let_in(room, going, moment), *_left(room, waiting, going, moment)))


def decline(room: Room, command: Decline, moment: Moment) -> Decision:
    """It cannot be today: the person hears why, and only the facilitators that it was said.

    It holds for this meeting, so that nobody has to say it twice; a facilitator can take it back by letting them in.
    """
    if room.outside(command.member) is None:
        return Reject(Code.NO_SUCH_MEMBER)
    if command.words and len(command.words) > REASON_WORDS_MAX:
        return Reject(Code.TOO_LONG)
    words, appeal = command.words, moment.house.appeal
    why = ActedOn(Act.DECLINE, command.member, moment.now, Role.FACILITATOR, command.reason, words, None, appeal)
    return Publish((Tell(why, One(command.member)), Tell(Declined(command.member), Facilitators())))


def set_door(room: Room, command: SetDoor) -> Decision:
    """A facilitator opens it or closes it; from then on it stays as it is."""
    if room.condition.door.closed != command.open and not room.condition.door.closes_at:
        return Reject(Code.ALREADY_SO)
    return Publish((Tell(DoorSet(Door(closed=not command.open, kept=True))),), raises=True)


def starts(room: Room, moment: Moment) -> tuple[Tell, ...]:
    """The gathering is over: the door closes soon, unless the group leaves it open or somebody has moved it."""
    minutes = room.condition.customs.door
    if not minutes or room.condition.door != Door():
        return ()
    return (Tell(DoorSet(Door(closes_at=Millis(moment.now + minutes * MINUTE)))),)


def closes(room: Room, moment: Moment) -> list[RoomEvent]:
    """The door, if its time has come."""
    at = due(room)
    return [DoorSet(Door(closed=True))] if at is not None and at <= moment.now else []


def due(room: Room) -> Millis | None:
    """When the door closes by itself; not in a pause."""
    return None if room.condition.paused else room.condition.door.closes_at


def cap(room: Room, house: House, coming: Iterable[Member]) -> int:
    """How many may be seated if these are to sit down; 0: any number.

    Whoever holds the room, or stands by, is never kept out by one that is full: without them nobody holds it.
    """
    if all(member.role is not Role.MEMBER for member in coming):
        return 0
    return room.condition.customs.cap or house.cap


def followed(room: Room, publish: Publish, moment: Moment) -> Publish:
    """Nobody goes on waiting for what is no longer: an open door of a group that comes straight in lets people in."""
    if not any(isinstance(tell.event, Adopted | DoorSet | Shielded) for tell in publish.tells):
        return publish
    after = Room(room.id, room.epoch, condition=room.condition, places=dict(room.places))
    for tell in publish.tells:
        apply(after, tell.event, Told(room.revision, room.sequence, room.number))
    if asks_first(after):
        return publish
    waiting = after.waiting()
    going = _as_many_as_fit(after, waiting, moment)
    told = (*_let_in(after, going, moment), *_left(after, waiting, going, moment))
    return replace(publish, tells=(*publish.tells, *told))


def _as_many_as_fit(room: Room, waiting: list[Outside], moment: Moment) -> list[Outside]:
    free = cap(room, moment.house, [one.member for one in waiting]) - len(room.seated()) - len(room.condition.apart)
    return waiting[: max(0, free)]


def _let_in(room: Room, going: list[Outside], moment: Moment) -> tuple[Tell, ...]:
    return tuple(Tell(seated(room, one.member, moment)) for one in going)


def _left(room: Room, waiting: list[Outside], going: list[Outside], moment: Moment) -> tuple[Tell, ...]:
    """Who could not be let in, and why."""
    left = tuple(one.member.id for one in waiting if one not in going)
    places = cap(room, moment.house, [one.member for one in waiting])
    return (Tell(LeftWaiting(left, places), Facilitators()),) if left else ()


def _told(outside: Outside) -> Tell:
    return Tell(Waits(outside), Facilitators())
