"""What is written down of a decision: who did what to whom, when and why; never a word."""

import secrets

from chat.core.authority import RECORDED
from chat.core.decision import Actor, AnyCommand, Inner, LetWrite, Publish, Tick
from chat.core.ids import MemberId, Millis
from chat.core.wire import (
    Act,
    ActedOn,
    Bar,
    Close,
    Closed,
    Decline,
    Fold,
    HandBack,
    Look,
    Mute,
    Muted,
    Nudge,
    Reason,
    Release,
    Remove,
    Retract,
    Slow,
    Unmute,
    Unmuted,
)
from chat.live.keeping import Entry
from chat.live.table import Table

ON_CALL = "on-call"
"""As what somebody acts who is told from outside, and is no member of the group."""


def entry_of(table: Table, actor: Actor, command: AnyCommand, decision: Publish, now: Millis) -> Entry | None:
    """What is to be recorded of a decision; None for what is no act."""
    events = [tell.event for tell in decision.tells]
    why = next((event for event in events if isinstance(event, ActedOn)), None)
    until = next((event.until for event in events if isinstance(event, ActedOn | Muted)), None)
    if any(isinstance(event, Closed) for event in events):
        act = Act.CLOSE
    elif isinstance(command, Tick) and (muted := [event for event in events if isinstance(event, Muted)]):
        return _of_the_room(table, muted[0], now)
    elif isinstance(command, Retract | Slow) and why is None:
        return None  # one's own message; as everybody again
    elif isinstance(command, Look) and not any(isinstance(event, Unmuted) for event in events):
        return None  # nobody was muted by what was looked at
    elif isinstance(command, LetWrite):
        act = Act.UNMUTE
    elif isinstance(command, Inner) or type(command) not in RECORDED:
        return None
    else:
        act = RECORDED[type(command)]
    by_itself = act is Act.CLOSE and not isinstance(command, Close)
    return Entry(
        # What the room does itself, two processes may both see fall due; a side room ends with its member's leaving.
        id=table.id if by_itself else secrets.token_hex(12),
        room=table.id,
        act=act,
        by=None if by_itself else actor.member or None,
        at=now,
        to=_concerned(table, command),
        reason=why.reason if why else None,
        until=until,
        role=ON_CALL if isinstance(command, LetWrite) else None,
    )


def _of_the_room(table: Table, muted: Muted, now: Millis) -> Entry:
    """Others marked what somebody said, and no facilitator watched."""
    who, until = muted.member, muted.until
    return Entry(secrets.token_hex(12), table.id, Act.MUTE, None, now, who, Reason.FLAGGED, until)


def _concerned(table: Table, command: AnyCommand) -> MemberId | None:
    match command:
        case (
            Nudge(member=who) | Mute(member=who) | Unmute(member=who) | Look(member=who) | LetWrite(member=who)
            | Remove(member=who) | Bar(member=who) | Decline(member=who) | Slow(member=who)
        ):  # fmt: skip
            return who
        case Retract(n=n) | Fold(n=n):
            return table.room.authors.get(n)
        case Release(draft=draft) | HandBack(draft=draft):
            waiting = table.room.drafts.get(draft)
            return waiting.by if waiting else None
        case _:
            return None
