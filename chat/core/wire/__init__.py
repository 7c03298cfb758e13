"""The whole protocol: a frame that is not in one of these two unions cannot cross the socket."""

from typing import cast

import msgspec

from chat.core.errors import BadFrame, Code
from chat.core.wire.agreeing import RULE_MAX, Agree, Agreed, AskedAgain, Question, TakeUp, Terms
from chat.core.wire.answers import Accepted, Refused
from chat.core.wire.aside import (
    Aside,
    AskedAside,
    DeclinedAside,
    GoAside,
    Needed,
    NotNow,
    StepAside,
    SteppedAside,
    Unask,
    Unasked,
)
from chat.core.wire.attending import (
    Arrived,
    Hand,
    Here,
    How,
    Interrupted,
    Leave,
    Left,
    Lowered,
    Person,
    Raised,
    Snapshot,
    Unheld,
    WaitingRoom,
)
from chat.core.wire.beside import (
    Confer,
    Conferred,
    Confide,
    Confided,
    Gesture,
    Gestured,
    GestureKind,
    Received,
    Rest,
    Resting,
    Return,
    Returned,
)
from chat.core.wire.calling import Call, Called, CallReason, OnCall
from chat.core.wire.contact import ContactOpened, NoteTaken, TakeNote
from chat.core.wire.facilitating import (
    PARTING,
    Act,
    ActedOn,
    Adopt,
    Adopted,
    Announce,
    Bar,
    Close,
    Closed,
    HaveRead,
    Mute,
    Muted,
    Nudge,
    Pause,
    Paused,
    Remove,
    Removed,
    Resume,
    Resumed,
    Unmute,
    Unmuted,
)
from chat.core.wire.frame import NOTE_MAX, REASON_WORDS_MAX, TEXT_MAX, PausedBy, Reason, Role
from chat.core.wire.history import HistorySet
from chat.core.wire.holding import (
    Alarmed,
    Cared,
    HandBack,
    Heed,
    Heeded,
    Held,
    LookAfter,
    LookedAfter,
    Release,
    Settled,
    Settling,
    Shield,
    Shielded,
    Slow,
    Slowed,
    Suggested,
    TakeBack,
    Unheard,
    Where,
    Withheld,
)
from chat.core.wire.leaving import Flag, Flagged, SentWord, WentSuddenly, Word
from chat.core.wire.marking import UNTIL_LOOKED, Look, Looked, Mark, Marked
from chat.core.wire.phases import PHASE_NAME_MAX, PROMPT_MAX, Begin, Begun, Lead, Leads, Phase
from chat.core.wire.reporting import Reported
from chat.core.wire.speaking import Announced, Fold, Folded, Retract, Retracted, RetractedBy, Said, Say
from chat.core.wire.turns import (
    Extend,
    Finish,
    Floor,
    FloorKind,
    Later,
    Listen,
    Listening,
    Move,
    Next,
    Pass,
    SetFloor,
    TakePart,
    TakingPart,
    Turned,
)
from chat.core.wire.waiting import (
    Admit,
    Caller,
    Decline,
    Declined,
    Door,
    DoorSet,
    Knock,
    LeftWaiting,
    SetDoor,
    Waiting,
    Went,
)

__all__ = [
    "NOTE_MAX", "PARTING", "PHASE_NAME_MAX", "PROMPT_MAX", "REASON_WORDS_MAX", "RULE_MAX", "TEXT_MAX",
    "UNTIL_LOOKED", "Accepted", "Act", "ActedOn", "Admit", "Adopt", "Adopted", "Agree", "Agreed", "Alarmed",
    "Announce", "Announced", "Answer", "Arrived", "Aside", "AskedAgain", "AskedAside", "Bar", "Begin", "Begun",
    "Call", "CallReason", "Called", "Caller", "Cared", "Close", "Closed", "Command", "Confer", "Conferred",
    "Confide", "Confided", "ContactOpened", "Decline", "Declined", "DeclinedAside", "Door", "DoorSet", "Event",
    "Extend", "Finish", "Flag", "Flagged", "Floor", "FloorKind", "Fold", "Folded", "Gesture",
    "GestureKind", "Gestured", "GoAside", "Hand", "HandBack", "HaveRead", "Heed", "Heeded", "Held", "Here",
    "HistorySet", "How", "Interrupted", "Knock", "Later", "Lead", "Leads", "Leave", "Left", "LeftWaiting",
    "Listen", "Listening", "Look", "LookAfter", "Looked", "LookedAfter", "Lowered", "Mark", "Marked", "Move",
    "Mute", "Muted", "Needed", "Next", "NotNow", "NoteTaken", "Nudge", "OnCall", "Pass", "Pause", "Paused",
    "PausedBy", "Person", "Phase", "Question", "Raised", "Reason", "Received", "Refused", "Release", "Remove",
    "Removed", "Reported", "Rest", "Resting", "Resume", "Resumed", "Retract", "Retracted", "RetractedBy",
    "Return", "Returned", "Role", "Said", "Say", "SentWord", "SetDoor", "SetFloor", "Settled", "Settling",
    "Shield", "Shielded", "Slow", "Slowed", "Snapshot", "StepAside", "SteppedAside", "Suggested", "TakeBack",
    "TakeNote", "TakePart", "TakeUp", "TakingPart", "Terms", "Turned", "Unask", "Unasked", "Unheard", "Unheld",
    "Unmute", "Unmuted", "Waiting", "WaitingRoom", "Went", "WentSuddenly", "Where", "Withheld", "Word",
    "decode", "encode", "encoded",
]  # fmt: skip

Command = (
    Say | Retract | Hand | Here | Leave | Listen | TakePart
    | Finish | Pass | Later | SetFloor | Next | Extend | Move | Begin | Lead
    | Confide | Confer | Gesture | Rest | Return | Knock | Admit | Decline | SetDoor
    | Release | HandBack | TakeBack | Slow | Shield | Heed | LookAfter
    | Announce | Adopt | Pause | Resume | Mute | Unmute | Remove | Bar | Close | Call
    | Flag | Mark | Look
    | Nudge | Fold
    | Agree | TakeUp
    | StepAside | Unask | GoAside | NotNow
    | TakeNote | HaveRead
)  # fmt: skip
"""What a browser may ask."""

Event = (
    Arrived | Left | Raised | Lowered | Listening | TakingPart | Turned | Begun | Leads | Unheld
    | Confided | Conferred | Gestured | Received | Resting | Returned
    | Waiting | Went | LeftWaiting | Declined | DoorSet
    | Said | Announced | Retracted
    | Withheld | Settled | Alarmed | LookedAfter | Cared | Slowed | Shielded | Heeded | Suggested
    | Adopted | Paused | Resumed | Muted | Unmuted | Removed | ActedOn | Closed | Called
    | Flagged | WentSuddenly | SentWord | Marked | Looked | Reported
    | Folded
    | AskedAgain | Agreed
    | HistorySet
    | AskedAside | DeclinedAside | Unasked | SteppedAside | Aside | Needed
    | ContactOpened | NoteTaken
)  # fmt: skip
"""What a room, or a person in it, is told by a commit."""

Answer = Snapshot | WaitingRoom | Interrupted | Accepted | Held | Refused
"""What one browser is told by its own process, outside any commit."""

_commands: msgspec.json.Decoder[Command] = msgspec.json.Decoder(Command)
_encoder = msgspec.json.Encoder()


def decode(data: bytes | str) -> Command:
    """One frame from a browser. Lengths of words are judged later, so that a long message is refused and not cut off.

    Raises BadFrame for anything that is not a command of this protocol.
    """
    try:
        return _commands.decode(data)
    except msgspec.ValidationError as error:
        code = _what_is_wrong(str(error))
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        code = Code.BAD_JSON
    raise BadFrame(code)  # outside the handlers: msgspec's error may quote what somebody wrote


def _what_is_wrong(message: str) -> Code:
    if message.endswith("`$.type`") or "missing required field `type`" in message:
        return Code.UNKNOWN_TYPE
    if message.startswith("Object contains unknown field"):
        return Code.UNKNOWN_FIELD
    return Code.BAD_VALUE


def encoded(people: tuple[Person, ...]) -> tuple[Person, ...]:
    """People to be shown in many snapshots, encoded once; good for nothing but being sent."""
    return cast(tuple[Person, ...], msgspec.Raw(_encoder.encode(people)))


def encode(frame: Event | Answer) -> bytes:
    """One frame to a browser, as JSON."""
    return _encoder.encode(frame)
