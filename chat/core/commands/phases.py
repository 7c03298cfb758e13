"""Moving a meeting through its phases, and handing over who leads it."""

from msgspec.structs import replace

from chat.core.commands import waiting
from chat.core.commands.fitting import canonical
from chat.core.commands.turns import begun_with
from chat.core.decision import Decision, Moment, Publish, Reject
from chat.core.errors import Code
from chat.core.ids import MemberId, Millis
from chat.core.room import Member, Opened, Parted, Room, RoomEvent, Seated, Tell, Told, apply
from chat.core.wire import PHASE_NAME_MAX, PROMPT_MAX, Begin, Begun, Lead, Leads, Left, Phase, Role

MINUTE = 60_000


def begin(room: Room, command: Begin, moment: Moment) -> Decision:
    """The next phase, or any other: the facilitator decides, not the clock."""
    phase = replace(command.phase, name=canonical(command.phase.name), prompt=canonical(command.phase.prompt))
    if unfit := _unfit(phase):
        return Reject(unfit)
    until = Millis(moment.now + phase.minutes * MINUTE) if phase.minutes else None
    begun: tuple[Tell, ...] = (Tell(Begun(phase, moment.now, until)),)
    door = waiting.starts(room, moment) if command.starts else ()
    return Publish(begun + begun_with(room, phase.floor, moment) + door, raises=True)


def lead(room: Room, command: Lead) -> Decision:
    """One facilitator leads; the others are there with them."""
    if command.member not in _facilitators(room):
        return Reject(Code.NO_SUCH_MEMBER)
    if room.condition.lead == command.member:
        return Reject(Code.ALREADY_SO)
    return Publish((Tell(Leads(command.member)),), raises=True)


def followed(room: Room, publish: Publish) -> Publish:
    """Whoever leads has gone: another facilitator who is here simply leads on. With nobody here it stays theirs."""
    lead = room.member(room.condition.lead) if room.condition.lead else None
    if not any(_concerns(tell.event, lead) for tell in publish.tells):
        return publish
    after = Room(room.id, room.epoch, condition=room.condition, places=dict(room.places))
    events: list[RoomEvent] = [tell.event for tell in publish.tells]
    for event in events:
        apply(after, event, Told(room.revision, room.sequence, room.number))
    here = _facilitators(after)
    if not here or after.condition.lead in here:
        return publish
    return replace(publish, tells=(*publish.tells, Tell(Leads(here[0]))), raises=True)


def _concerns(event: RoomEvent, lead: Member | None) -> bool:
    """Whether somebody else may have to lead after this."""
    match event:
        case Opened():
            return True
        case Seated(member=member):
            return lead is None or member.id == lead.id
        case Left(member=who) | Parted(by=who):
            return lead is not None and who == lead.id
        case _:
            return False


def _facilitators(room: Room) -> list[MemberId]:
    return [member.id for member in room.seated() if member.role is Role.FACILITATOR]


def _unfit(phase: Phase) -> Code | None:
    if not phase.name:
        return Code.EMPTY
    return Code.TOO_LONG if len(phase.name) > PHASE_NAME_MAX or len(phase.prompt) > PROMPT_MAX else None
