"""Every command, asked by every role, in every state of the room: one table says what comes of it."""

from typing import get_args

import pytest
from msgspec.structs import replace

from chat.core.authority import MAY, RECORDED, may
from chat.core.customs import Customs
from chat.core.decide import decide
from chat.core.decision import Actor, Decision, House, Moment, Publish
from chat.core.ids import DraftId, Epoch, MemberId, Millis, Number, ProcessId, Ref, RoomId, SeatId
from chat.core.moderation.policy import Own
from chat.core.room import Authors, Condition, Member, Outside, Place, Room
from chat.core.wire import (
    Act,
    Admit,
    Adopt,
    Agree,
    Alarmed,
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
    Floor,
    FloorKind,
    Fold,
    Gesture,
    GestureKind,
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
    LookAfter,
    Mark,
    Move,
    Mute,
    Next,
    NotNow,
    Nudge,
    Pass,
    Pause,
    PausedBy,
    Phase,
    Reason,
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
    Settled,
    Shield,
    Slow,
    StepAside,
    TakeBack,
    TakeNote,
    TakePart,
    TakeUp,
    Unask,
    Unheard,
    Unmute,
    Withheld,
)

NOW = Millis(1_800_000_000_000)
LATER = Millis(NOW + 60_000)
REF = Ref("a")
ME, BOB, QUIET, GUS, DORA, STRANGER = map(MemberId, ("me", "bob", "quiet", "gus", "dora", "stranger"))

ASKED: dict[str, Command] = {
    "say": Say(REF, "Hello."),
    "retract own": Retract(REF, Number(1)),
    "retract bob's": Retract(REF, Number(2)),
    "retract nothing": Retract(REF, Number(3)),
    "fold bob's": Fold(REF, Number(2), "loss"),
    "fold nothing": Fold(REF, Number(3), "loss"),
    "hand up": Hand(REF, up=True),
    "hand down": Hand(REF, up=False),
    "here": Here(REF),
    "leave": Leave(REF),
    "listen": Listen(REF),
    "take part": TakePart(REF),
    "finish": Finish(REF),
    "pass": Pass(REF),
    "later": Later(REF),
    "a round": SetFloor(REF, FloorKind.ROUND),
    "an open floor": SetFloor(REF, FloorKind.OPEN),
    "next": Next(REF),
    "next bob": Next(REF, BOB),
    "extend": Extend(REF, 2),
    "move bob": Move(REF, BOB, 0),
    "begin": Begin(REF, Phase("Sharing")),
    "begin nothing": Begin(REF, Phase("")),
    "lead": Lead(REF, GUS),
    "lead bob": Lead(REF, BOB),
    "confide": Confide(REF, "A word."),
    "confide to bob": Confide(REF, "A word.", BOB),
    "confer": Confer(REF, "A word."),
    "gesture": Gesture(REF, GestureKind.HEART, Number(2)),
    "gesture own": Gesture(REF, GestureKind.HEART, Number(1)),
    "gesture turn": Gesture(REF, GestureKind.HEART, turn=BOB),
    "rest": Rest(REF),
    "return": Return(REF),
    "ask bob aside": StepAside(REF, BOB),
    "ask gus aside": StepAside(REF, GUS),
    "unask bob": Unask(REF, BOB),
    "go aside": GoAside(REF),
    "not now": NotNow(REF),
    "take note": TakeNote(REF, NOW),
    "have read": HaveRead(REF, NOW),
    "flag": Flag(REF, Number(2)),
    "flag nothing": Flag(REF, Number(3)),
    "mark": Mark(REF, Number(2)),
    "mark own": Mark(REF, Number(1)),
    "mark nothing": Mark(REF, Number(3)),
    "look at bob": Look(REF, BOB),
    "let bob speak": TakePart(REF, BOB),
    "knock": Knock(REF),
    "admit all": Admit(REF),
    "admit dora": Admit(REF, DORA),
    "admit bob": Admit(REF, BOB),
    "decline dora": Decline(REF, DORA, Reason.FULL_TODAY),
    "decline bob": Decline(REF, BOB, Reason.FULL_TODAY),
    "close the door": SetDoor(REF, open=False),
    "open the door": SetDoor(REF, open=True),
    "release bob's": Release(REF, DraftId(2)),
    "release nothing": Release(REF, DraftId(3)),
    "hand back bob's": HandBack(REF, DraftId(2), "Without the number, please."),
    "take back own": TakeBack(REF, DraftId(1)),
    "take back bob's": TakeBack(REF, DraftId(2)),
    "slow bob": Slow(REF, BOB, 30),
    "slow gus": Slow(REF, GUS, 30),
    "slow stranger": Slow(REF, STRANGER, 30),
    "shield": Shield(REF, up=True),
    "shield down": Shield(REF, up=False),
    "look after bob": LookAfter(REF, BOB),
    "heed": Heed(REF, Own(("Oakhanger",))),
    "announce": Announce(REF, "Five minutes left."),
    "adopt": Adopt(REF, Customs(cap=8)),
    "agree": Agree(REF, 3),
    "take up": TakeUp(REF, "We end on time."),
    "pause": Pause(REF),
    "resume": Resume(REF),
    "nudge bob": Nudge(REF, BOB, Reason.OTHER),
    "nudge gus": Nudge(REF, GUS, Reason.OTHER),
    "nudge stranger": Nudge(REF, STRANGER, Reason.OTHER),
    "mute bob": Mute(REF, BOB, 5, Reason.OTHER),
    "mute gus": Mute(REF, GUS, 5, Reason.OTHER),
    "mute stranger": Mute(REF, STRANGER, 5, Reason.OTHER),
    "unmute quiet": Unmute(REF, QUIET),
    "unmute bob": Unmute(REF, BOB),
    "remove bob": Remove(REF, BOB, Reason.OTHER),
    "remove gus": Remove(REF, GUS, Reason.OTHER),
    "remove stranger": Remove(REF, STRANGER, Reason.OTHER),
    "bar bob": Bar(REF, BOB, Reason.OTHER),
    "bar gus": Bar(REF, GUS, Reason.OTHER),
    "bar stranger": Bar(REF, STRANGER, Reason.OTHER),
    "close": Close(REF),
    "call": Call(REF),
}
"""Gus facilitates, Quiet is muted, Dora waits outside, the stranger was never here. Message 1 is one's own, 2 Bob's."""

AUTHORS = Authors([(Number(1), ME), (Number(2), BOB)])
WAITING = {DraftId(1): Unheard(ME, NOW), DraftId(2): Unheard(BOB, NOW)}
FETCHED = Withheld(DraftId(2), BOB, "My number is 07700 900123.", NOW)

TURNS = {
    "my turn": Floor(FloorKind.ROUND, ME, NOW, order=(BOB,)),
    "bob's turn": Floor(FloorKind.ROUND, BOB, NOW, order=(ME,)),
    "my floor": Floor(FloorKind.QUEUE, ME, NOW),
    "quiet": Floor(FloorKind.QUIET),
    "listening": Floor(),
}
"""In a round, my turn, or Bob's and mine is next; in a queue I have the floor; a quiet moment; I just listen."""

# What differs then from an open room; in all that is not named here nothing does.
DIFFERS = """
MEMBER        | my turn | bob's turn    | my floor | quiet     | listening
say           | =       | not-your-turn | =        | quiet-now | listening
listen        | =       | =             | =        | =         | already-so
take part     | =       | =             | =        | =         | TakingPart
finish        | Turned  | =             | Turned   | =         | =
pass          | Turned  | Turned        | =        | =         | =
later         | Turned  | Turned        | =        | =         | =
gesture turn  | =       | Gestured      | =        | =         | =

FACILITATOR   | my turn | bob's turn    | my floor | quiet     | listening
say           | =       | not-your-turn | =        | quiet-now | listening
listen        | =       | =             | =        | =         | already-so
take part     | =       | =             | =        | =         | TakingPart
finish        | Turned  | =             | Turned   | =         | =
pass          | Turned  | Turned        | =        | =         | =
later         | Turned  | Turned        | =        | =         | =
gesture turn  | =       | Gestured      | =        | =         | =
an open floor | Turned  | Turned        | Turned   | Turned    | =
next          | Turned  | Turned        | Turned   | =         | =
next bob      | Turned  | Turned        | Turned   | =         | =
extend        | Turned  | Turned        | Turned   | =         | =
move bob      | Turned  | =             | =        | =         | =
"""

STATES = ("open", "facilitator", "itself", "mending", "unheld", "muted", "not here", "moved on")
"""Open; paused by a facilitator, by itself or mending; nobody holds it; who asks is muted, gone, or sits elsewhere."""

# What comes of it: the first event told (that something waits no more comes last), nothing, or the code of the
# refusal. "=" is the same as in an open room.
TABLE = """
MEMBER          | open                 | facilitator | itself      | mending     | unheld | muted | not here | moved on
say             | Said                 | room-paused | room-paused | room-paused | =      | muted | not-here | not-here
retract own     | Retracted            | =           | =           | =           | =      | =     | not-here | not-here
retract bob's   | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
retract nothing | no-such-message      | =           | =           | =           | =      | =     | not-here | not-here
fold bob's      | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
fold nothing    | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
hand up         | Raised               | =           | =           | =           | =      | =     | not-here | not-here
hand down       | already-so           | =           | =           | =           | =      | =     | not-here | not-here
here            | nothing              | =           | =           | =           | =      | =     | not-here | not-here
leave           | Left                 | =           | =           | =           | =      | =     | not-here | not-here
listen          | Listening            | =           | =           | =           | =      | =     | not-here | not-here
take part       | already-so           | =           | =           | =           | =      | =     | not-here | not-here
finish          | not-your-turn        | =           | =           | =           | =      | =     | not-here | not-here
pass            | no-round             | =           | =           | =           | =      | =     | not-here | not-here
later           | no-round             | =           | =           | =           | =      | =     | not-here | not-here
a round         | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
an open floor   | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
next            | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
next bob        | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
extend          | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
move bob        | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
begin           | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
begin nothing   | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
lead            | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
lead bob        | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
confide         | Confided             | =           | =           | =           | =      | =     | not-here | not-here
confide to bob  | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
confer          | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
gesture         | Gestured             | =           | =           | =           | =      | =     | not-here | not-here
gesture own     | not-on-ones-own      | =           | =           | =           | =      | =     | not-here | not-here
gesture turn    | no-round             | =           | =           | =           | =      | =     | not-here | not-here
rest            | Resting              | =           | =           | =           | =      | =     | not-here | not-here
return          | already-so           | =           | =           | =           | =      | =     | not-here | not-here
ask bob aside   | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
ask gus aside   | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
unask bob       | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
go aside        | not-asked            | =           | =           | =           | =      | =     | not-here | not-here
not now         | not-asked            | =           | =           | =           | =      | =     | not-here | not-here
take note       | already-so           | =           | =           | =           | =      | =     | not-here | not-here
have read       | already-so           | =           | =           | =           | =      | =     | not-here | not-here
flag            | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
flag nothing    | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
mark            | MarkedBy             | =           | =           | =           | =      | =     | not-here | not-here
mark own        | not-on-ones-own      | =           | =           | =           | =      | =     | not-here | not-here
mark nothing    | no-such-message      | =           | =           | =           | =      | =     | not-here | not-here
look at bob     | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
let bob speak   | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
knock           | already-so           | =           | =           | =           | =      | =     | not-here | not-here
admit all       | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
admit dora      | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
admit bob       | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
decline dora    | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
decline bob     | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
close the door  | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
open the door   | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
release bob's   | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
release nothing | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
hand back bob's | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
take back own   | Settled              | =           | =           | =           | =      | =     | not-here | not-here
take back bob's | no-such-draft        | =           | =           | =           | =      | =     | not-here | not-here
slow bob        | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
slow gus        | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
slow stranger   | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
shield          | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
shield down     | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
heed            | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
look after bob  | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
announce        | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
adopt           | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
agree           | asked-again          | =           | =           | =           | =      | =     | not-here | not-here
take up         | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
pause           | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
resume          | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
nudge bob       | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
nudge gus       | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
nudge stranger  | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
mute bob        | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
mute gus        | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
mute stranger   | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
unmute quiet    | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
unmute bob      | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
remove bob      | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
remove gus      | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
remove stranger | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
bar bob         | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
bar gus         | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
bar stranger    | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
close           | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here
call            | not-allowed          | =           | =           | =           | =      | =     | not-here | not-here

FACILITATOR     | open                 | facilitator | itself      | mending     | unheld | muted | not here | moved on
say             | Said                 | room-paused | room-paused | room-paused | =      | muted | not-here | not-here
retract own     | Retracted            | =           | =           | =           | =      | =     | not-here | not-here
retract bob's   | Retracted            | =           | =           | =           | =      | =     | not-here | not-here
retract nothing | no-such-message      | =           | =           | =           | =      | =     | not-here | not-here
fold bob's      | Folded               | =           | =           | =           | =      | =     | not-here | not-here
fold nothing    | no-such-message      | =           | =           | =           | =      | =     | not-here | not-here
hand up         | Raised               | =           | =           | =           | =      | =     | not-here | not-here
hand down       | already-so           | =           | =           | =           | =      | =     | not-here | not-here
here            | nothing              | =           | =           | =           | =      | =     | not-here | not-here
leave           | Left                 | =           | =           | =           | =      | =     | not-here | not-here
listen          | Listening            | =           | =           | =           | =      | =     | not-here | not-here
take part       | already-so           | =           | =           | =           | =      | =     | not-here | not-here
finish          | not-your-turn        | =           | =           | =           | =      | =     | not-here | not-here
pass            | no-round             | =           | =           | =           | =      | =     | not-here | not-here
later           | no-round             | =           | =           | =           | =      | =     | not-here | not-here
a round         | Turned               | =           | =           | =           | =      | =     | not-here | not-here
an open floor   | already-so           | =           | =           | =           | =      | =     | not-here | not-here
next            | no-round             | =           | =           | =           | =      | =     | not-here | not-here
next bob        | no-round             | =           | =           | =           | =      | =     | not-here | not-here
extend          | no-round             | =           | =           | =           | =      | =     | not-here | not-here
move bob        | no-round             | =           | =           | =           | =      | =     | not-here | not-here
begin           | Begun                | =           | =           | =           | =      | =     | not-here | not-here
begin nothing   | empty                | =           | =           | =           | =      | =     | not-here | not-here
lead            | Leads                | =           | =           | =           | =      | =     | not-here | not-here
lead bob        | no-such-member       | =           | =           | =           | =      | =     | not-here | not-here
confide         | no-such-member       | =           | =           | =           | =      | =     | not-here | not-here
confide to bob  | Confided             | =           | =           | =           | =      | =     | not-here | not-here
confer          | Conferred            | =           | =           | =           | =      | =     | not-here | not-here
gesture         | Gestured             | =           | =           | =           | =      | =     | not-here | not-here
gesture own     | not-on-ones-own      | =           | =           | =           | =      | =     | not-here | not-here
gesture turn    | no-round             | =           | =           | =           | =      | =     | not-here | not-here
rest            | Resting              | =           | =           | =           | =      | =     | not-here | not-here
return          | already-so           | =           | =           | =           | =      | =     | not-here | not-here
ask bob aside   | AskedAside           | =           | =           | =           | =      | =     | not-here | not-here
ask gus aside   | no-such-member       | =           | =           | =           | =      | =     | not-here | not-here
unask bob       | not-asked            | =           | =           | =           | =      | =     | not-here | not-here
go aside        | not-asked            | =           | =           | =           | =      | =     | not-here | not-here
not now         | not-asked            | =           | =           | =           | =      | =     | not-here | not-here
take note       | already-so           | =           | =           | =           | =      | =     | not-here | not-here
have read       | already-so           | =           | =           | =           | =      | =     | not-here | not-here
flag            | Flagged              | =           | =           | =           | =      | =     | not-here | not-here
flag nothing    | no-such-message      | =           | =           | =           | =      | =     | not-here | not-here
mark            | MarkedBy             | =           | =           | =           | =      | =     | not-here | not-here
mark own        | not-on-ones-own      | =           | =           | =           | =      | =     | not-here | not-here
mark nothing    | no-such-message      | =           | =           | =           | =      | =     | not-here | not-here
look at bob     | already-so           | =           | =           | =           | =      | =     | not-here | not-here
let bob speak   | already-so           | =           | =           | =           | =      | =     | not-here | not-here
knock           | already-so           | =           | =           | =           | =      | =     | not-here | not-here
admit all       | Seated               | =           | =           | =           | =      | =     | not-here | not-here
admit dora      | Seated               | =           | =           | =           | =      | =     | not-here | not-here
admit bob       | no-such-member       | =           | =           | =           | =      | =     | not-here | not-here
decline dora    | ActedOn              | =           | =           | =           | =      | =     | not-here | not-here
decline bob     | no-such-member       | =           | =           | =           | =      | =     | not-here | not-here
close the door  | DoorSet              | =           | =           | =           | =      | =     | not-here | not-here
open the door   | already-so           | =           | =           | =           | =      | =     | not-here | not-here
release bob's   | Said                 | paused-now  | paused-now  | paused-now  | =      | =     | not-here | not-here
release nothing | no-such-draft        | =           | =           | =           | =      | =     | not-here | not-here
hand back bob's | Settled              | =           | =           | =           | =      | =     | not-here | not-here
take back own   | Settled              | =           | =           | =           | =      | =     | not-here | not-here
take back bob's | no-such-draft        | =           | =           | =           | =      | =     | not-here | not-here
slow bob        | ActedOn              | =           | =           | =           | =      | =     | not-here | not-here
slow gus        | not-on-a-facilitator | =           | =           | =           | =      | =     | not-here | not-here
slow stranger   | no-such-member       | =           | =           | =           | =      | =     | not-here | not-here
shield          | Shielded             | =           | =           | =           | =      | =     | not-here | not-here
shield down     | already-so           | =           | =           | =           | =      | =     | not-here | not-here
heed            | Heeded               | =           | =           | =           | =      | =     | not-here | not-here
look after bob  | LookedAfter          | =           | =           | =           | =      | =     | not-here | not-here
announce        | Announced            | =           | =           | =           | =      | =     | not-here | not-here
adopt           | Adopted              | =           | =           | =           | =      | =     | not-here | not-here
agree           | asked-again          | =           | =           | =           | =      | =     | not-here | not-here
take up         | nothing              | =           | =           | =           | =      | =     | not-here | not-here
pause           | Paused               | already-so  | =           | =           | =      | =     | not-here | not-here
resume          | already-so           | Resumed     | Resumed     | Resumed     | =      | =     | not-here | not-here
nudge bob       | ActedOn              | =           | =           | =           | =      | =     | not-here | not-here
nudge gus       | not-on-a-facilitator | =           | =           | =           | =      | =     | not-here | not-here
nudge stranger  | no-such-member       | =           | =           | =           | =      | =     | not-here | not-here
mute bob        | ActedOn              | =           | =           | =           | =      | =     | not-here | not-here
mute gus        | not-on-a-facilitator | =           | =           | =           | =      | =     | not-here | not-here
mute stranger   | no-such-member       | =           | =           | =           | =      | =     | not-here | not-here
unmute quiet    | Unmuted              | =           | =           | =           | =      | =     | not-here | not-here
unmute bob      | already-so           | =           | =           | =           | =      | =     | not-here | not-here
remove bob      | ActedOn              | =           | =           | =           | =      | =     | not-here | not-here
remove gus      | not-on-a-facilitator | =           | =           | =           | =      | =     | not-here | not-here
remove stranger | no-such-member       | =           | =           | =           | =      | =     | not-here | not-here
bar bob         | ActedOn              | =           | =           | =           | =      | =     | not-here | not-here
bar gus         | not-on-a-facilitator | =           | =           | =           | =      | =     | not-here | not-here
bar stranger    | no-such-member       | =           | =           | =           | =      | =     | not-here | not-here
close           | Closed               | =           | =           | =           | =      | =     | not-here | not-here
call            | no-on-call           | =           | =           | =           | =      | =     | not-here | not-here

SUPERVISOR      | open                 | facilitator | itself      | mending     | unheld | muted | not here | moved on
confer          | Conferred            | =           | =           | =           | =      | =     | not-here | not-here
"""


def rows(table: str, states: tuple[str, ...]) -> list[tuple[Role, str, list[str]]]:
    """A table as it is written."""
    found = []
    for block in table.strip().split("\n\n"):
        head, *lines = ([cell.strip() for cell in line.split("|")] for line in block.splitlines())
        assert tuple(head[1:]) == states
        found += [(Role[head[0]], asked, cells) for asked, *cells in lines]
    return found


def outcomes() -> list[tuple[Role, str, dict[str, str]]]:
    """What comes of every command in every state, with every "=" written out."""
    differs = {(role, asked): cells for role, asked, cells in rows(DIFFERS, tuple(TURNS))}
    table = {(role, asked): cells for role, asked, cells in rows(TABLE, STATES)}
    for both in (table, differs):  # a supervisor is as a member, but for what stands in the rows of their own
        both.update({(Role.SUPERVISOR, asked): c for (role, asked), c in both.items() if role is Role.MEMBER} | both)
    found = []
    for (role, asked), cells in table.items():
        all_cells = cells + differs.pop((role, asked), ["="] * len(TURNS))
        written = [cells[0] if cell == "=" else cell for cell in all_cells]
        found.append((role, asked, dict(zip((*STATES, *TURNS), written, strict=True))))
    assert not differs
    return found


def room(role: Role, state: str) -> Room:
    """A room in which somebody of this role, called ME, asks for something."""
    me = Member(ME, "Me", role, SeatId("mine"), ProcessId("north"))
    bob = Member(BOB, "Bob", Role.MEMBER, SeatId("bob's"), ProcessId("north"))
    gus = Member(GUS, "Gus", Role.FACILITATOR, SeatId("gus's"), ProcessId("south"))
    quiet = Member(QUIET, "Quiet", Role.MEMBER, SeatId("quiet's"), ProcessId("south"))
    places = {ME: Place(me), BOB: Place(bob), GUS: Place(gus, holds=True), QUIET: Place(quiet, muted_until=LATER)}
    dora = Member(DORA, "Dora", Role.MEMBER, SeatId("dora's"), ProcessId("north"))
    places[DORA] = Place(outside=Outside(dora, NOW))
    match state:
        case "muted":
            places[ME] = Place(me, muted_until=LATER)
        case "not here":
            places[ME] = Place(lost_at=NOW)
        case "moved on":
            places[ME] = Place(replace(me, seat=SeatId("mine in another window")))
        case "listening":
            places[ME] = Place(me, listens=True)
    condition = Condition(unheld_until=LATER) if state == "unheld" else Condition()
    if state in list(PausedBy):
        condition = Condition(paused=PausedBy(state), paused_at=NOW)
    if state in TURNS:
        condition = Condition(floor=TURNS[state])
    condition = replace(condition, alarms=(Alarmed(BOB, NOW),))
    return Room(RoomId("r"), Epoch(1), 5, 9, Number(2), condition, places, AUTHORS, WAITING)


def outcome(decision: Decision) -> str:
    """In the words of the table."""
    if isinstance(decision, Publish):
        told = sorted((tell.event for tell in decision.tells), key=lambda event: isinstance(event, Settled))
        return type(told[0]).__name__ if told else "nothing"
    return decision.code.value


@pytest.mark.parametrize(
    ("role", "asked", "expected"), outcomes(), ids=lambda cell: cell if isinstance(cell, str) else ""
)
def test_what_comes_of_a_command_is_what_the_table_says(role: Role, asked: str, expected: dict[str, str]) -> None:
    moment, actor = Moment(NOW, House(), draft=FETCHED), Actor(ME, SeatId("mine"))
    assert {state: outcome(decide(room(role, state), actor, ASKED[asked], moment)) for state in expected} == expected


def test_deciding_leaves_the_room_as_it_was() -> None:
    for role, asked, expected in outcomes():
        for state in expected:
            before = room(role, state)
            decide(before, Actor(ME, SeatId("mine")), ASKED[asked], Moment(NOW, House()))
            assert before == room(role, state), (role, asked, state)


def test_the_table_leaves_out_no_command_and_no_role() -> None:
    assert {(role, asked) for role, asked, _ in outcomes()} == {(role, asked) for role in Role for asked in ASKED}
    assert {type(command) for command in ASKED.values()} == set(get_args(Command))


def test_every_command_has_its_row_in_the_table_of_authority() -> None:
    assert set(MAY) == set(get_args(Command))
    assert set(RECORDED) <= set(get_args(Command))


def test_every_act_is_recorded_for_some_command() -> None:
    assert set(RECORDED.values()) == set(Act) - {
        Act.LIFT,
        Act.UPHOLD,
        Act.REPORT_READ,
        Act.STEP_IN,
        Act.VOUCH,
        Act.TAKE_OUT,
        Act.CONTACT,
    }  # which are done on pages and not in a room


def test_a_facilitator_may_ask_for_everything_and_a_member_for_what_concerns_themself() -> None:
    assert all(may(Role.FACILITATOR, command) for command in ASKED.values())
    members = {type(command) for command in ASKED.values() if may(Role.MEMBER, command)}
    beside = {Confide, Gesture, Rest, Return, Knock, Mark, TakeBack, GoAside, NotNow, Agree, TakeNote, HaveRead}
    assert members == {Say, Retract, Hand, Here, Leave, Listen, TakePart, Finish, Pass, Later} | beside
