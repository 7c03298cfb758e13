"""Who may ask for what: one table, and nothing else decides it. Which acts are recorded stands beside it."""

from chat.core.wire import (
    Act,
    Admit,
    Adopt,
    Agree,
    Announce,
    Bar,
    Begin,
    Call,
    Close,
    Command,
    Confer,
    Confide,
    Decline,
    Extend,
    Finish,
    Flag,
    Fold,
    Gesture,
    GoAside,
    Hand,
    HandBack,
    HaveRead,
    Heed,
    Here,
    Knock,
    Later,
    Lead,
    Leave,
    Listen,
    Look,
    Mark,
    Move,
    Mute,
    Next,
    NotNow,
    Nudge,
    Pass,
    Pause,
    Release,
    Remove,
    Rest,
    Resume,
    Retract,
    Return,
    Role,
    Say,
    SetDoor,
    SetFloor,
    Shield,
    Slow,
    StepAside,
    TakeBack,
    TakeNote,
    TakePart,
    TakeUp,
    Unask,
    Unmute,
)

ANYBODY = frozenset(Role)
HOLDING = frozenset({Role.FACILITATOR})
TEAM = HOLDING | {Role.SUPERVISOR}

MAY: dict[type[Command], frozenset[Role]] = {
    Say: ANYBODY,
    Retract: ANYBODY,  # another's message: facilitators only, decided where the author is known
    Fold: HOLDING,
    Hand: ANYBODY,
    Here: ANYBODY,
    Leave: ANYBODY,
    Listen: ANYBODY,
    TakePart: ANYBODY,
    Finish: ANYBODY,
    Pass: ANYBODY,
    Later: ANYBODY,
    SetFloor: HOLDING,
    Next: HOLDING,
    Extend: HOLDING,
    Move: HOLDING,
    Begin: HOLDING,
    Lead: HOLDING,
    Confide: ANYBODY,
    Confer: TEAM,
    Gesture: ANYBODY,
    Rest: ANYBODY,
    Return: ANYBODY,
    Flag: HOLDING,
    Mark: ANYBODY,
    Look: HOLDING,
    Knock: ANYBODY,
    Admit: HOLDING,
    Decline: HOLDING,
    SetDoor: HOLDING,
    Release: HOLDING,
    HandBack: HOLDING,
    TakeBack: ANYBODY,  # one's own, decided where the writer is known
    Slow: HOLDING,
    Shield: HOLDING,
    Heed: HOLDING,
    StepAside: HOLDING,
    Unask: HOLDING,
    GoAside: ANYBODY,
    NotNow: ANYBODY,
    TakeNote: ANYBODY,  # of what one was told oneself
    HaveRead: ANYBODY,  # what was done to oneself
    Announce: HOLDING,
    Adopt: HOLDING,
    Agree: ANYBODY,
    TakeUp: HOLDING,
    Pause: HOLDING,
    Resume: HOLDING,
    Nudge: HOLDING,
    Mute: HOLDING,
    Unmute: HOLDING,
    Remove: HOLDING,
    Bar: HOLDING,
    Close: HOLDING,
    Call: HOLDING,
}

OUTSIDE: frozenset[type[Command]] = frozenset({Knock, Confide, Listen, TakePart, Here, Leave})
"""What somebody may ask for who waits to be let in."""

RECORDED: dict[type[Command], Act] = {
    Retract: Act.RETRACTION,
    Fold: Act.FOLD,
    Slow: Act.SLOW,  # as everybody again: no act
    Release: Act.RELEASE,
    HandBack: Act.HAND_BACK,
    Pause: Act.PAUSE,
    Resume: Act.RESUME,
    Nudge: Act.NUDGE,
    Mute: Act.MUTE,
    Unmute: Act.UNMUTE,
    Look: Act.UNMUTE,  # where marks have muted somebody; else it is no act
    Remove: Act.REMOVAL,
    Bar: Act.BAR,
    Close: Act.CLOSE,
    Decline: Act.DECLINE,
}
"""Taking one's own message back is no act; only a facilitator's retraction of another's is recorded."""


def may(role: Role, command: Command) -> bool:
    """Whether somebody of this role may ask for this at all."""
    return role in MAY[type(command)]
