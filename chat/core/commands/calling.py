"""Whoever is on call is told that a room needs them: once, by whichever process is there, until one has got through."""

from msgspec.structs import replace

from chat.core.commands import marking
from chat.core.decision import Acknowledge, Decision, LetWrite, Moment, Publish, Reject, Rung
from chat.core.errors import Code
from chat.core.ids import Millis
from chat.core.room import Facilitators, Room, Tell
from chat.core.wire import Called, CallReason, OnCall, PausedBy, Unmuted

PATIENCE = 30_000
"""Milliseconds a process has for one try; if it dies meanwhile, another one takes it over."""
AGAIN_AFTER = (5_000, 15_000, 30_000, 60_000, 120_000)
"""Milliseconds from a try that failed to the next; after the last of them always so long."""
APART = 5 * 60_000
"""Milliseconds between two calls that a room makes by itself: a facilitator's bad connection is no reason for ten."""


def call(room: Room, moment: Moment) -> Decision:
    """A facilitator asks for whoever is on call; a call that nobody has acknowledged yet stands for all."""
    if not moment.house.on_call:
        return Reject(Code.NO_ON_CALL)
    standing = room.condition.call
    if standing and standing.acknowledged_at is None and _pressing(room, standing):
        return Reject(Code.ALREADY_SO)
    return _told(OnCall(CallReason.ASKED, moment.now, next_at=moment.now))


def ring(room: Room, moment: Moment) -> Decision:
    """A process takes the next try on itself. All that ask at once are fenced: one of them is told yes."""
    at = due(room, moment)
    if at is None or at > moment.now:
        return Reject(Code.ALREADY_SO)
    standing = room.condition.call
    if standing is None or standing.next_at is None:
        standing = OnCall(CallReason.UNHELD, moment.now)
    return _told(replace(standing, tries=standing.tries + 1, next_at=Millis(moment.now + PATIENCE)))


def rung(room: Room, command: Rung, moment: Moment) -> Decision:
    """What came of a try. One that got through counts also if another has been begun meanwhile."""
    standing = room.condition.call
    if standing is None or standing.at != command.at or standing.next_at is None:
        return Reject(Code.ALREADY_SO)
    if command.told:
        return _told(replace(standing, told_at=moment.now, next_at=None))
    if command.tries != standing.tries:
        return Reject(Code.ALREADY_SO)
    wait = AGAIN_AFTER[min(standing.tries, len(AGAIN_AFTER)) - 1]
    return _told(replace(standing, next_at=Millis(moment.now + wait)))


def acknowledge(room: Room, command: Acknowledge, moment: Moment) -> Decision:
    """Whoever is on call has pressed the link, which may come before the answer to the try that brought it."""
    standing = room.condition.call
    if standing is None or standing.at != command.at or standing.acknowledged_at is not None:
        return Reject(Code.ALREADY_SO)
    told = standing.told_at or moment.now
    return _told(replace(standing, told_at=told, acknowledged_at=moment.now, next_at=None))


def let_write(room: Room, command: LetWrite) -> Decision:
    """They can end what flags began while nobody watched, and nothing else; where a facilitator watches, not even that.

    Facilitators still see what was flagged: whoever is on call has read none of it, and has not looked in their place.
    """
    standing = room.condition.call
    known = standing is not None and standing.at == command.at
    if not known or marking.watched(room) or command.member not in marking.muted(room):
        return Reject(Code.ALREADY_SO)
    return Publish((Tell(Unmuted(command.member)),), raises=True)


def of_flags(room: Room, moment: Moment) -> tuple[Tell, ...]:
    """Flags mute somebody now: whoever is on call is told, unless a call that nobody has acknowledged stands for it."""
    standing = room.condition.call
    if not moment.house.on_call or (standing and standing.acknowledged_at is None and _pressing(room, standing)):
        return ()
    return (Tell(Called(OnCall(CallReason.FLAGGED, moment.now, next_at=moment.now)), Facilitators()),)


def due(room: Room, moment: Moment) -> Millis | None:
    """When whoever is on call is to be told next; None: there is no need."""
    standing = room.condition.call
    if not moment.house.on_call:
        return None
    if standing and standing.next_at is not None and _pressing(room, standing):
        return standing.next_at
    return _falls_due(room, standing, moment)


def _falls_due(room: Room, last: OnCall | None, moment: Moment) -> Millis | None:
    """People are in a room that is paused, or wait outside it, and nobody holds it.

    One that did not pause by itself has its grace, too.
    """
    since = room.condition.paused_at
    if since is None or room.held() or not room.connected():
        return None
    if room.condition.paused is not PausedBy.ITSELF:
        since = Millis(since + moment.house.grace)
    if last is None:
        return since
    return None if last.at >= since else Millis(max(since, last.at + APART))


def _pressing(room: Room, call: OnCall) -> bool:
    """With a facilitator back, a call that the room made by itself is no longer needed."""
    match call.reason:
        case CallReason.ASKED:
            return True
        case CallReason.UNHELD:
            return not room.held()
        case CallReason.FLAGGED:
            return bool(marking.muted(room)) and not marking.watched(room)


def _told(call: OnCall) -> Publish:
    return Publish((Tell(Called(call), Facilitators()),), raises=True)
