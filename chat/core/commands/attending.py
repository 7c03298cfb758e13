"""Coming, going, raising a hand, and what falls due while nobody presses anything."""

from msgspec.structs import replace

from chat.core.commands import aside, beside, calling, floors, holding, marking, shielding, waiting
from chat.core.commands.seating import seated
from chat.core.decision import Actor, Arrive, Decision, Lose, Moment, Open, Publish, Quit, Reject, Tick
from chat.core.errors import Code
from chat.core.ids import MemberId, Millis
from chat.core.room import Facilitators, Member, Opened, Place, Room, RoomEvent, Tell
from chat.core.wire import (
    Closed,
    Hand,
    How,
    Left,
    Lowered,
    Paused,
    PausedBy,
    Raised,
    Removed,
    Role,
    Unheld,
    Unmuted,
    Went,
)

SET = 3_000
"""Milliseconds by which two processes' clocks may differ, after a slow answer from Redis, and neither is wrong."""


def open_(command: Open, moment: Moment) -> Publish:
    """The room begins, or begins again; unless a facilitator sits in it, somebody must come and hold it."""
    held = any(place.member and place.member.role is Role.FACILITATOR for place in command.places.values())
    condition = replace(
        command.condition,
        paused=command.paused,
        paused_at=moment.now if command.paused else None,
        unheld_until=None if held else Millis(moment.now + moment.house.grace),
    )
    return Publish((Tell(Opened(command.epoch, condition, command.places)),), raises=True)


def arrive(room: Room, command: Arrive, moment: Moment) -> Decision:
    """Some sit down: anew, back after a lost connection, or on another connection; nobody who was removed.

    Others wait outside until a facilitator lets them in.
    """
    if no := _unwelcome(room, command):
        return no
    here = [member for member in command.members if not turned_away(room, member.id)]
    outside = [member for member in here if waiting.must_wait(room, member, moment)]
    welcome = [member for member in here if member not in outside]
    events: list[RoomEvent] = [seated(room, member, moment) for member in welcome]
    held = {member.id for member in room.seated() if member.role is Role.FACILITATOR}
    holding = {member.id for member in welcome if member.role is Role.FACILITATOR}
    arrived = {member.id for member in welcome}
    if not holding and _lets_go(room, arrived):
        events += _let_go(room, How.LOST, moment)  # they facilitate no more
    tells = (*map(Tell, events), *(waiting.waits(room, member, moment) for member in outside))
    back = any(room.apart(who) for who in arrived)
    doubt = shielding.doubtful(room, here)
    return Publish((*tells, *doubt), raises=bool(holding or held & arrived or back or doubt))


def turned_away(room: Room, who: MemberId) -> Code | None:
    """Why somebody may not come in again in this meeting; None if they may."""
    place = room.places.get(who, Place())
    if place.removed:
        return Code.REMOVED
    return Code.DECLINED if place.outside and place.outside.declined else None


def _unwelcome(room: Room, command: Arrive) -> Reject | None:
    why = [turned_away(room, member.id) for member in command.members]
    return Reject(why[0]) if why[0] and all(why) else None


def depart(room: Room, actor: Actor, moment: Moment) -> Decision:
    """Somebody goes by choice. The last facilitator's going pauses the room."""
    outside = room.outside(actor.member)
    if outside and outside.member.seat == actor.seat:
        return Publish((Tell(Went(actor.member, lost=False), Facilitators()),))
    member = room.member(actor.member)
    if member is None or member.seat != actor.seat:
        return Reject(Code.NOT_HERE)
    events: list[RoomEvent] = [Left(member.id, How.LEFT, moment.now)]
    holding = member.role is Role.FACILITATOR
    if holding and not _held_by_others(room, member.id):
        events += _let_go(room, How.LEFT, moment)
    over = room.condition.beside is not None and not holding
    if over:
        events.append(Closed(moment.now))  # a side room is for this one
    return Publish(tuple(map(Tell, events)), raises=holding or over)


def lose(room: Room, command: Lose, moment: Moment) -> Decision:
    """Connections broke. Where no facilitator's is left the room pauses, after a grace in which they may come back."""
    gone = [member for member in room.seated() if member.seat in command.seats]
    went = [outside.member.id for outside in room.waiting() if outside.member.seat in command.seats]
    if not gone and not went:
        return Reject(Code.NOT_HERE)
    events: list[RoomEvent] = [Left(member.id, How.LOST, moment.now) for member in gone]
    holding = any(member.role is Role.FACILITATOR for member in gone)
    if holding and not _held_by_others(room, *(member.id for member in gone)):
        events += _let_go(room, How.LOST, moment)
    quietly = [Tell(Went(who, lost=True), Facilitators()) for who in went]
    return Publish((*map(Tell, events), *quietly), raises=holding)


def quit_(room: Room, command: Quit, moment: Moment) -> Decision:
    """Nothing of whoever is lost and will not be back waits; whoever is seated goes with their connection."""
    place = room.places.get(command.member, Place())
    if place.member or place.lost_at is None:
        return Reject(Code.NOT_HERE)
    return Publish((Tell(Left(command.member, How.LEFT, moment.now)),))


def hand(member: Member, command: Hand, moment: Moment) -> Decision:
    """One's own hand, up or down."""
    if (member.hand_at is not None) == command.up:
        return Reject(Code.ALREADY_SO)
    return Publish((Tell(Raised(member.id, moment.now) if command.up else Lowered(member.id)),))


def tick(room: Room, command: Tick, moment: Moment) -> Decision:
    """Whatever is due by now; NOT_HERE if nothing is."""
    if _over(room, moment) or aside.is_over(room, moment, back=command.back):
        return Publish((Tell(Closed(moment.now)),), raises=True)
    events: list[RoomEvent] = []
    gone = [Left(m.id, How.LOST, moment.now) for m in room.seated() if m.process in command.dead]
    lost = {event.member for event in gone}
    gone += [event for event in beside.over(room, moment) if event.member not in lost]
    events += gone
    if _lets_go(room, {event.member for event in gone}):
        how = How.LOST if any(room.places[who].holds for who in lost) else How.LEFT
        events += _let_go(room, how, moment)
    elif room.condition.paused is None and (command.unrecorded or _passed(_grace_ends(room, moment), moment.now)):
        events.append(Paused(PausedBy.ITSELF, moment.now))
    events += waiting.closes(room, moment)
    events += _strayed(room, command, moment)
    events += [Unmuted(who) for who, place in room.places.items() if _passed(place.muted_until, moment.now)]
    went = [Went(one.member.id, lost=True) for one in room.waiting() if one.member.process in command.dead]
    still = marking.stilled(room, moment)
    still = (*still, *(calling.of_flags(room, moment) if still else ()), *aside.needed(room, unheld=command.unheld))
    if not events and not went and not still:
        return Reject(Code.ALREADY_SO)
    tells = (*map(Tell, events), *(Tell(event, Facilitators()) for event in went), *still)
    return Publish(tells, raises=bool(events or still))


def due(room: Room, moment: Moment) -> Millis | None:
    """When this room next needs a tick; None if nothing is coming."""
    times = [place.muted_until for place in room.places.values()]
    times += [place.rests_until for place in room.places.values() if place.member]
    times.append(_grace_ends(room, moment) if room.condition.paused is None else None)
    times += [floors.due(room, moment), calling.due(room, moment), waiting.due(room), holding.due(room, moment)]
    times.append(marking.due(room, moment))
    times.append(aside.ends_at(room, moment))
    times.append(_ends(room, moment))
    return min((at for at in times if at is not None), default=None)


def _held_by_others(room: Room, *who: MemberId) -> bool:
    """Whoever takes a break holds nothing meanwhile: their page shows them nothing of the room."""
    others = (other for other in room.seated() if other.id not in who)
    return any(other.role is Role.FACILITATOR and not room.places[other.id].rests for other in others)


def _lets_go(room: Room, who: set[MemberId]) -> bool:
    """Whether nobody holds the room any more without these, or the last who could is among them."""
    could = {member.id for member in room.seated() if member.role is Role.FACILITATOR}
    last = bool(could) and could <= who
    return last or (_held_by_others(room) and not _held_by_others(room, *who))


def _let_go(room: Room, how: How, moment: Moment) -> list[RoomEvent]:
    if room.condition.paused:
        return [Paused(room.condition.paused, moment.now)]  # the time to a gentle close begins anew
    if how is How.LEFT:
        return [Paused(PausedBy.ITSELF, moment.now)]
    if room.condition.unheld_until is not None:
        return []  # whoever goes from a break held nothing: the grace has begun with who did
    return [Unheld(Millis(moment.now + moment.house.grace))]


def _grace_ends(room: Room, moment: Moment) -> Millis | None:
    """When a room that nobody holds pauses: now, if that is further off than it can be, for the clock was set back."""
    at = room.condition.unheld_until
    longest = max(moment.house.grace, moment.house.opens_within) + SET
    return moment.now if at is not None and at - moment.now > longest else at


def _over(room: Room, moment: Moment) -> bool:
    """Paused, and nobody has held it for so long that the meeting ends gently."""
    at = room.condition.paused_at
    return at is not None and not _held_or_near(room) and moment.now - at >= moment.house.ends_after


def _ends(room: Room, moment: Moment) -> Millis | None:
    """When a paused room that nobody holds ends; with a facilitator aside, when it is looked for them the next time."""
    if room.condition.paused_at is None or room.held():
        return None
    at = room.condition.paused_at + moment.house.ends_after
    return Millis(max(at, moment.now + moment.house.returns_within) if _held_or_near(room) else at)


def _held_or_near(room: Room) -> bool:
    """A facilitator who has stepped aside can be back in a moment, and open the room again."""
    return room.held() or any(one.role is Role.FACILITATOR for one in room.condition.apart)


def _strayed(room: Room, command: Tick, moment: Moment) -> list[RoomEvent]:
    """Those who had stepped aside, and will not be back from there."""
    events: list[RoomEvent] = [Removed(who) for who in command.removed if room.apart(who)]
    events += [Left(who, How.LEFT, moment.now) for who in command.gone - command.removed if room.apart(who)]
    holds = any(one.role is Role.FACILITATOR for one in room.condition.apart if one.member in command.gone)
    if holds and room.condition.paused and not room.held():
        events.append(Paused(room.condition.paused, moment.now))  # as when they are lost from here
    return events


def _passed(at: Millis | None, now: Millis) -> bool:
    return at is not None and at <= now
