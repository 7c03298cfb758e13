"""The only way a room changes: what it was told, applied, by every process in the same order."""

from typing import assert_never

from msgspec.structs import replace

from chat.core import wire
from chat.core.ids import MemberId, Millis, Number
from chat.core.room.events import (
    HasRead,
    Keeps,
    MarkedBy,
    Opened,
    Parted,
    Proposed,
    Readmitted,
    Renewed,
    RoomEvent,
    Seated,
    Told,
    ToldAside,
    Waits,
)
from chat.core.room.state import Apart, Condition, Place, Room
from chat.core.wire import How, Role

FOLDED_MAX = 200
"""Of so many messages a room remembers that a facilitator folded them: the newest."""
ALARMS_MAX = 16
"""The newest; of one person one is enough, but for each message that waits."""
ALARMED_FOR = 20 * 60_000
"""Milliseconds for which a facilitator who comes, or comes back, still hears of words of danger: longer than a room
stays open that nobody holds."""
ASIDES_BY_MAX = 8
"""Of so many private words it is known who wrote them: the newest."""
ACTED_MAX = 4
"""Acts that somebody has not read yet: the newest."""
LOOKED_AT = (wire.Settling.RELEASED, wire.Settling.HANDED_BACK)
"""So a facilitator has read what waited, and nobody need be told of it any more."""
_OVER: dict[str, object] = {
    "listens": False,
    "rests_until": None,
    "let_speak": False,
    "flagged_at": None,
    "asked_by": None,
}
"""What ends with somebody's sitting."""


def apply(room: Room, event: RoomEvent, told: Told) -> None:
    """Changes `room` in place by one event of the notice committed as `told`."""
    match event:
        case wire.Said(n=n, by=who) | wire.Announced(n=n, by=who):  # most of what happens, and cases are tried in order
            room.authors[n] = who
        case Opened():
            room.epoch, room.condition = event.epoch, event.condition
            room.places = {who: replace(place, changed=told.sequence) for who, place in event.places.items()}
            room.drafts = {}  # whatever waited was sealed for another epoch
        case Seated():
            _seat(room, event, told)
        case Readmitted(member=who):
            _change(room, who, told, removed=False)
        case wire.Arrived() | wire.Waiting() | wire.SteppedAside() | wire.HistorySet():
            raise AssertionError("how Seated, Waits, Parted and Keeps are shown; it is never committed")
        case Waits(outside=outside):
            _change(room, outside.member.id, told, outside=outside)
        case wire.Went(member=who):
            _change(room, who, told, outside=None)
        case wire.Declined(member=who):
            if waited := room.outside(who):
                _change(room, who, told, outside=replace(waited, declined=True))
        case Parted():
            _part(room, event, told)
        case wire.Left(member=who, how=how, at=at):
            lost = how is How.LOST
            _change(room, who, told, member=None, lost_at=at if lost else None, **({} if lost else _OVER))
            _not_apart(room, who)
        case wire.Removed(member=who):
            _change(room, who, told, member=None, lost_at=None, removed=True, outside=None, **_OVER)
            _not_apart(room, who)
        case wire.Raised(member=who, at=at):
            _change_member(room, who, told, hand_at=at)
        case wire.Lowered(member=who):
            _change_member(room, who, told, hand_at=None)
        case MarkedBy(n=n, member=who, by=by):
            marks, unwatched = room.places.get(who, Place()).marks, room.places.get(who, Place()).unwatched
            _change(room, who, told, marks=(*marks, (n, by)), unwatched=unwatched or event.unwatched)
        case wire.Looked(member=who):
            _change(room, who, told, marks=(), unwatched=False, spent=0)
        case wire.Marked():
            raise AssertionError("Marked is how MarkedBy is shown; it is never committed")
        case wire.Muted(member=who, until=wire.UNTIL_LOOKED):
            _change(room, who, told, muted_until=wire.UNTIL_LOOKED)
        case wire.Muted(member=who, until=until):
            _change(room, who, told, muted_until=until, marks=(), unwatched=False, spent=0)  # a look
        case wire.Unmuted(member=who):
            place = room.places.get(who, Place())
            spent = len(place.marks) if place.muted_until == wire.UNTIL_LOOKED else place.spent
            _change(room, who, told, muted_until=None, spent=spent)
        case wire.Unheld(until=until):
            room.condition = replace(room.condition, unheld_until=until)
        case wire.Paused(by=by, at=at):
            room.condition = replace(held_up(room.condition, at), paused=by, paused_at=at, unheld_until=None)
        case wire.Resumed(at=at):
            room.condition = _resumed(room.condition, at)
        case wire.Begun():
            room.condition = replace(room.condition, begun=event)
        case wire.Leads(member=who):
            room.condition = replace(room.condition, lead=who)
        case wire.Adopted(customs=customs):
            room.condition = replace(room.condition, customs=customs)
        case Renewed(terms=terms):
            room.condition = replace(room.condition, terms=terms)
        case Keeps(history=history):
            room.condition = replace(room.condition, history=history)
        case Proposed(member=who):
            _change(room, who, told, proposed=room.places.get(who, Place()).proposed + 1)
        case wire.Agreed(member=who, version=version):
            _change_member(room, who, told, agreed=version)
        case wire.ContactOpened(member=who, at=at):
            _change_near(room, who, told, opened_at=at)
        case wire.NoteTaken(member=who):
            _change_near(room, who, told, opened_at=None)
        case wire.ActedOn(act=act) if act in wire.PARTING:
            pass
        case wire.ActedOn(member=who):
            acted = *room.places.get(who, Place()).acted, replace(event, words=None, had_words=bool(event.words))
            _change(room, who, told, acted=acted[-ACTED_MAX:])
        case HasRead(member=who, at=at):
            unread = tuple(one for one in room.places.get(who, Place()).acted if one.at != at)
            _change(room, who, told, acted=unread)
        case ToldAside(by=by, to=to):
            for who in to:
                place = room.places.get(who, Place())
                whose = (*place.asides_by, by)[-ASIDES_BY_MAX:]
                _change(room, who, told, asides=place.asides + 1, asides_by=whose)
        case wire.Called(call=call):
            room.condition = replace(room.condition, call=call)
        case wire.DoorSet(door=door):
            room.condition = replace(room.condition, door=door)
        case wire.Turned(floor=floor):
            room.condition = replace(room.condition, floor=floor)
        case wire.Listening(member=who):
            _change(room, who, told, listens=True)
        case wire.TakingPart(member=who):
            member = room.member(who)
            _change(room, who, told, listens=False, let_speak=bool(member and member.invited_to_listen))
        case wire.Resting(member=who, until=until):
            _change(room, who, told, rests_until=until)
        case wire.Returned(member=who):
            _change(room, who, told, rests_until=None)
            if room.places.get(who, Place()).holds:
                room.condition = replace(room.condition, unheld_until=None)
        case wire.AskedAside(member=who, by=by):
            _change(room, who, told, asked_by=by)
        case wire.DeclinedAside(member=who) | wire.Unasked(member=who):
            _change(room, who, told, asked_by=None)
        case wire.Needed(needed=needed):
            room.condition = replace(room.condition, needed=needed)
        case wire.Flagged(member=who, at=at):
            _change(room, who, told, flagged_at=at)
        case wire.Folded(n=n):
            folded = (*room.condition.folded, n)[-FOLDED_MAX:]
            room.condition = replace(room.condition, folded=folded)
        case wire.Retracted(n=n):
            room.authors.forget(n)
        case wire.Withheld(draft=draft, by=who, at=at):
            room.drafts[draft] = wire.Unheard(who, at)
        case wire.Settled(draft=draft, how=how):
            room.drafts.pop(draft, None)
            if settles_alarm(room, event):
                still = tuple(one for one in room.condition.alarms if one.draft != draft)
                room.condition = replace(room.condition, alarms=still)
        case wire.Alarmed():
            room.condition = replace(room.condition, alarms=_alarms(room, event))
        case wire.LookedAfter(member=who, by=by):
            alarms = tuple(replace(one, helper=by) if one.by == who else one for one in room.condition.alarms)
            room.condition = replace(room.condition, alarms=alarms)
        case wire.Slowed(member=who, seconds=seconds):
            _change(room, who, told, slow=seconds)
        case wire.Shielded(up=up):
            room.condition = replace(room.condition, shielded=up)
        case wire.Suggested():
            room.condition = replace(room.condition, warned=True)
        case wire.Heeded(own=own):
            room.condition = replace(room.condition, own=own)
        case (
            wire.Closed() | wire.Cared()
            | wire.Confided() | wire.Conferred() | wire.Gestured() | wire.Received()
            | wire.WentSuddenly() | wire.SentWord() | wire.AskedAgain() | wire.Aside()
            | wire.LeftWaiting() | wire.Reported()
        ):  # fmt: skip
            pass
        case _:
            assert_never(event)


def settles_alarm(room: Room, event: wire.Settled) -> bool:
    """A facilitator has read the words of danger that waited as this draft."""
    return event.how in LOOKED_AT and any(one.draft == event.draft for one in room.condition.alarms)


def _alarms(room: Room, new: wire.Alarmed) -> tuple[wire.Alarmed, ...]:
    """Without its number, which a commit does not know: the message is found by when it was said."""

    def stays(one: wire.Alarmed) -> bool:
        same = one.by == new.by and one.where is new.where and one.draft == new.draft
        return not same and new.at - one.at < ALARMED_FOR

    kept = *filter(stays, room.condition.alarms), replace(new, n=Number(0))
    return kept[-ALARMS_MAX:]


def _seat(room: Room, event: Seated, told: Told) -> None:
    member = event.member
    before = room.places.get(member.id, Place())
    goes_on = event.again or event.returning
    customs, door = room.condition.customs, room.condition.door
    apart = room.apart(member.id)
    was = apart or before
    holds = member.role is Role.FACILITATOR
    room.places[member.id] = replace(
        before,
        member=member,
        lost_at=None,
        holds=holds,
        stands=member.role is Role.SUPERVISOR,
        rests_until=before.rests_until if goes_on else None,
        listens=was.listens if goes_on or apart else member.comes_to_listen,
        flagged_at=was.flagged_at,
        let_speak=was.let_speak and bool(goes_on or apart),
        outside=None,
        came=before.came or customs.waiting or customs.door > 0 or door.closed,
        since=before.since if goes_on else told.number,
        changed=told.sequence,
    )
    _not_apart(room, member.id)
    if holds and not room.places[member.id].rests:
        room.condition = replace(room.condition, unheld_until=None)


def _part(room: Room, event: Parted, told: Told) -> None:
    """Both rise at once. What holds for them here, a mute say, goes on holding."""
    for who in (event.member, event.by):
        place = room.places.get(who, Place())
        if place.member is None:
            continue
        name, role = place.member.name, place.member.role
        how = place.listens, place.let_speak, place.flagged_at
        one = Apart(who, name, role, event.room, event.at, *how, place.member.guest, place.member.face)
        room.condition = replace(room.condition, apart=(*room.condition.apart, one))
        _change(room, who, told, member=None, lost_at=None, **_OVER)


def _not_apart(room: Room, who: MemberId) -> None:
    if room.apart(who):
        still = tuple(one for one in room.condition.apart if one.member != who)
        room.condition = replace(room.condition, apart=still)


def _resumed(before: Condition, at: Millis) -> Condition:
    call = before.call
    if call and call.reason is wire.CallReason.UNHELD and call.told_at is None:
        call = None  # somebody holds the room again, and nobody else has to come
    return replace(held_up(before, at), paused=None, paused_at=None, unheld_until=None, call=call)


def held_up(before: Condition, at: Millis) -> Condition:
    """As it stands when a pause, if there is one, is over at `at`, or only begins anew: it takes nothing from anybody's
    turn, nor from a phase or the time until the door closes.
    """
    floor, begun, door, paused_at = before.floor, before.begun, before.door, before.paused_at
    if paused_at is None:
        return before

    def later(time: Millis | None) -> Millis | None:
        return None if time is None else Millis(time + at - paused_at)

    if floor.until or floor.kept_until:
        floor = replace(floor, until=later(floor.until), kept_until=later(floor.kept_until))
    if begun and begun.until:
        begun = replace(begun, until=later(begun.until))
    if door.closes_at:
        door = replace(door, closes_at=later(door.closes_at))
    return replace(before, floor=floor, begun=begun, door=door)


def _change_member(room: Room, who: MemberId, told: Told, **fields: object) -> None:
    member = room.member(who)
    if member:
        _change(room, who, told, member=replace(member, **fields))


def _change_near(room: Room, who: MemberId, told: Told, **fields: object) -> None:
    """As `_change_member`, also of somebody who waits to come in."""
    if outside := room.places.get(who, Place()).outside:
        _change(room, who, told, outside=replace(outside, member=replace(outside.member, **fields)))
    else:
        _change_member(room, who, told, **fields)


def _change(room: Room, who: MemberId, told: Told, **fields: object) -> None:
    place = replace(room.places.get(who, Place()), changed=told.sequence, **fields)
    if place.empty:
        room.places.pop(who, None)
    else:
        room.places[who] = place
