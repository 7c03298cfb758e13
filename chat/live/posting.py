"""A decision as Redis needs it: sealed, fenced, and writing only what changes."""

import secrets

from msgspec.structs import replace

from chat.core.commands.attending import due
from chat.core.commands.waiting import cap
from chat.core.decision import Moment, Open, Publish
from chat.core.ids import Epoch, MemberId, Millis, Number, Ref
from chat.core.room import Changes, Condition, MarkedBy, Room, RoomEvent, Seated, Tell, Waits, changes, is_spoken
from chat.core.wire import (
    Adopted,
    Announced,
    Called,
    DoorSet,
    How,
    Left,
    Muted,
    Paused,
    Removed,
    Resting,
    Resumed,
    Said,
    Settled,
    Turned,
    Unheld,
    Withheld,
)
from chat.live.bus import Commit, Creation, Pending
from chat.live.envelope import Envelope
from chat.live.table import Table


def fresh_epoch() -> Epoch:
    """Random and public; fits a JavaScript number."""
    return Epoch(secrets.randbits(48))


def commit_of(table: Table, decision: Publish, moment: Moment, asked: tuple[MemberId, Ref] | None) -> Commit:
    """What carries `decision` out, if the room is still as `table` knows it."""
    match decision.tells:
        case (Tell(event=Said() | Announced() as message),):
            return _message(table, decision, moment, asked, message)
        case _:
            return _change(table, decision, moment, asked)


def _message(
    table: Table, decision: Publish, moment: Moment, asked: tuple[MemberId, Ref] | None, message: Said | Announced
) -> Commit:
    """A message and nothing else, as almost everything is: of the room it changes the counters alone."""
    room = table.room
    tells = _with_ref(decision.tells, asked)
    notice = table.envelope.notice(tells, room.epoch)
    return Commit(
        room=room.id,
        epoch=room.epoch,
        revision=room.revision,
        told=table.told[0],
        now=moment.now,
        raises=decision.raises,
        notice=notice,
        author=message.by,
        asked=asked,
        pace=_pace(decision, moment),
        evict=table.evict(moment.now),
        word=_word(notice),
        kept=table.envelope.keeps(room, [message]),
        slow=decision.slow,
        tells=tells,
    )


def _with_ref(tells: tuple[Tell, ...], asked: tuple[MemberId, Ref] | None) -> tuple[Tell, ...]:
    """A message that comes first carries the ref by which its author has asked for it: whoever hears it can answer for
    it if Redis forgets it.
    """
    match tells:
        case (Tell(event=Said() | Announced() as said, to=to), *more) if asked and asked[0] == said.by:
            return (Tell(replace(said, receipt=asked[1]), to), *more)
        case _:
            return tells


def _change(table: Table, decision: Publish, moment: Moment, asked: tuple[MemberId, Ref] | None) -> Commit:
    room, epoch = table.room, table.room.epoch
    events = [tell.event for tell in decision.tells]
    changed = changes(room, events)
    author = next((event.by for event in events if isinstance(event, Said | Announced)), None)
    tells = _with_ref(decision.tells, asked)
    notice = table.envelope.notice(tells, epoch)
    return Commit(
        room=room.id,
        epoch=epoch,
        revision=room.revision,
        told=table.told[0],
        now=moment.now,
        raises=decision.raises,
        notice=notice,
        author=author,
        asked=asked,
        pace=_pace(decision, moment),
        cap=_cap(room, events, moment),
        places=_sealed_places(table.envelope, changed, epoch),
        before=changed.before,
        sits=_sitting(changed),
        rises=_rising(room, changed),
        begins=tuple(changed.begins),
        condition=_sealed_condition(table.envelope, changed.condition, epoch),
        forgets=changed.forgets,
        evict=table.evict(moment.now) if author else Number(0),
        wakes=None if author else _wakes(table, events, moment),
        ends=changed.ends,
        word=_word(notice) if any(map(is_spoken, events)) else "none",
        slow=decision.slow,
        kept=table.envelope.keeps(room, events),
        pending=_pending(table.envelope, events, moment, epoch),
        settles=tuple({event.draft: None for event in events if isinstance(event, Settled)}),
        tells=tells,
    )


def _pace(decision: Publish, moment: Moment) -> tuple[int, int] | None:
    return (moment.house.pace_every, moment.house.pace_burst) if decision.paced else None


def _word(notice: bytes) -> str:
    return notice[:8].hex()  # of its nonce, which is random


def creation_of(
    envelope: Envelope, known: Room, command: Open, opened: Publish, now: Millis, heard: Creation | None = None
) -> Commit:
    """What begins a room, or puts one together again, going on from `known`, by what was `heard` of it."""
    epoch = command.epoch
    changed = changes(Room(known.id, epoch), [tell.event for tell in opened.tells])
    present = tuple(who for who, place in command.places.items() if place.member)
    kept = tuple(one.member for one in command.condition.apart)
    return Commit(
        room=known.id,
        epoch=epoch,
        revision=known.revision,
        told=known.sequence,
        now=now,
        raises=True,
        notice=envelope.notice(opened.tells, epoch),
        creation=heard or Creation(known.number, known.authors.packed()),
        places=_sealed_places(envelope, changed, epoch),
        sits=(*present, *kept),
        begins=present,
        condition=_sealed_condition(envelope, changed.condition, epoch),
        wakes=now,
    )


def _cap(room: Room, events: list[RoomEvent], moment: Moment) -> int:
    coming = [event.member for event in events if isinstance(event, Seated)]
    return cap(room, moment.house, coming) if coming else 0


def _pending(envelope: Envelope, events: list[RoomEvent], moment: Moment, epoch: Epoch) -> Pending | None:
    for event in events:
        if isinstance(event, Withheld):
            return Pending(event.draft, event.by, event.at, moment.house.waits, envelope.draft(event, epoch))
    return None


def _sealed_places(envelope: Envelope, changed: Changes, epoch: Epoch) -> dict[MemberId, bytes | None]:
    return {who: None if place is None else envelope.place(who, place, epoch) for who, place in changed.places.items()}


def _sealed_condition(envelope: Envelope, condition: Condition | None, epoch: Epoch) -> bytes | None:
    return None if condition is None else envelope.condition(condition, epoch)


def _sitting(changed: Changes) -> tuple[MemberId, ...]:
    return tuple(who for who, place in changed.places.items() if place and place.member)


def _rising(room: Room, changed: Changes) -> tuple[MemberId, ...]:
    """Whoever has stepped aside keeps their place among those whom the room holds, and finds it when they are back."""
    kept = {one.member for one in (changed.condition or room.condition).apart}
    return tuple(who for who, place in changed.places.items() if not (place and place.member) and who not in kept)


def _wakes(table: Table, events: list[RoomEvent], moment: Moment) -> Millis | None:
    """When the room next needs a tick; a tick too early does nothing."""
    room = table.room
    times = [due(room, moment)]
    if room.sequence < table.told[0]:
        times.append(moment.now)  # answered and not heard yet, as may be what was told before it: a tick finds out
    for event in events:
        match event:
            case Muted(until=until) | Unheld(until=until) | Resting(until=until):
                times.append(until)
            case Withheld(at=at):
                times.append(Millis(at + moment.house.waits))
            case Turned(floor=floor):
                times.append(floor.kept_until)
                times.append(floor.until if room.condition.customs.cuts_off else None)
                if floor.turn is None and floor.order:  # it waits for somebody to come back, but not for ever
                    times.append(Millis(moment.now + moment.house.returns_within + 1))
            case DoorSet(door=door):
                times.append(door.closes_at)
            case Removed() | Left(how=How.LEFT):
                times.append(moment.now)  # words of theirs may have crossed it; and a side room ends with its one
            case Left() if room.condition.beside:
                times.append(Millis(moment.now + moment.house.returns_within + 1))
            case Resumed(at=at):
                times.append(at)  # what a pause held up goes on; a tick too early finds out when
            case Paused(at=at):
                times.append(Millis(at + moment.house.ends_after))
                if moment.house.on_call:
                    times.append(at)
            case MarkedBy(unwatched=True):
                times.append(moment.now)  # perhaps it was one too many
            case Called(call=call):
                times.append(call.next_at)
            case Adopted():
                times.append(moment.now)  # other times hold now; as above
            case Seated() | Waits() if room.condition.paused and moment.house.on_call:
                times.append(moment.now)  # in a room that nobody holds, for the first who comes somebody is told
            case _:
                pass
    return min((at for at in times if at is not None), default=None)
