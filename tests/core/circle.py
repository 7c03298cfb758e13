"""A room in the test's hand: people do things, time passes when told to, and nothing else moves."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from chat.core.customs import DROP_IN, Customs
from chat.core.decide import decide
from chat.core.decision import (
    Actor,
    AnyCommand,
    Arrive,
    Decision,
    Going,
    House,
    KeepHistory,
    Lift,
    Lose,
    Moment,
    Open,
    Pen,
    Publish,
    Reject,
    Renew,
    SendWord,
    TellOpened,
    Tick,
)
from chat.core.errors import Code
from chat.core.ids import Epoch, MemberId, Millis, Number, ProcessId, Ref, RoomId, SeatId
from chat.core.moderation import phrasing
from chat.core.moderation.packing import lexicon
from chat.core.moderation.policy import Own
from chat.core.room import (
    Condition,
    Everyone,
    Facilitators,
    History,
    Member,
    One,
    Place,
    Room,
    RoomEvent,
    Team,
    Told,
    ToldAside,
    apply,
    is_spoken,
    numbered,
)
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
    Shield,
    Slow,
    StepAside,
    TakeBack,
    TakeNote,
    TakePart,
    Terms,
    Unask,
    Unmute,
    Withheld,
    Word,
)

NOON = 1_800_000_000_000
"""When every test begins, in ms since 1970; any time would do."""
REF = Ref("page-1")
HOUSE = House()
LEXICON = lexicon(
    {
        "danger": phrasing.read("want to die").phrases,
        "method": phrasing.read("which bridge is high enough").phrases,
    }
)
"""Two phrases; what is found in all of them is tried in tests/core/rules."""


class Circle:
    """One room, of a drop-in group unless a test is about waiting.

    `told` holds the events of the last commit, `to` who sees each of them.
    """

    def __init__(
        self,
        paused: PausedBy | None = None,
        places: Mapping[MemberId, Place] | None = None,
        now: int = NOON,
        customs: Customs = DROP_IN,
    ) -> None:
        self.room = Room(RoomId("tuesday"), Epoch(0))
        self.now = now
        self.house = HOUSE
        self.lot = 0
        self.pen = Pen()
        self.released: Withheld | None = None
        """What the desk has fetched for the next release."""
        self.told: list[RoomEvent] = []
        self.to: list[object] = []
        self.asks(NOBODY, Open(Epoch(7), dict(places or {}), paused, Condition(customs=customs)))

    @property
    def moment(self) -> Moment:
        """Now, in a house with ordinary settings."""
        return Moment(Millis(self.now), self.house, self.lot, LEXICON, self.pen, self.released)

    @property
    def floor(self) -> Floor:
        """Who may speak now."""
        return self.room.condition.floor

    def loses(self, *seats: SeatId) -> Decision:
        """Their connections break in the same moment."""
        return self.asks(NOBODY, Lose(frozenset(seats)))

    def asks(self, actor: Actor, command: AnyCommand) -> Decision:
        """Decides, and commits what was decided."""
        decision = decide(self.room, actor, command, self.moment)
        if isinstance(decision, Publish):
            self.commit(decision)
        return decision

    def seconds_pass(self, seconds: float) -> Decision:
        """Time passes, and then whatever is due happens."""
        self.now += round(seconds * 1000)
        return self.asks(NOBODY, Tick())

    def dies(self, *processes: str) -> Decision:
        """Server processes are found dead."""
        return self.asks(NOBODY, Tick(frozenset(map(ProcessId, processes))))

    def seen_by(self, member: MemberId) -> list[RoomEvent]:
        """What of the last commit this person is told."""
        seated = self.room.member(member)
        audiences: list[object] = [One(member)] if self.room.outside(member) else [Everyone(), One(member)]
        if seated and seated.role is Role.FACILITATOR:
            audiences.append(Facilitators())
        if seated and seated.role is not Role.MEMBER:
            audiences.append(Team())
        seen = zip(self.told, self.to, strict=True)
        return [event for event, to in seen if to in audiences and not isinstance(event, ToldAside)]

    def looks_again(self, who: "Somebody", act: Act = Act.REMOVAL) -> Decision:
        """Somebody outside the room has looked again at what was done to a person, and lifts it."""
        return self.asks(NOBODY, Lift(who.id, act))

    def renews(self, version: int, *changes: tuple[int, tuple[str, ...]]) -> Decision:
        """What people agree to has changed, as the records say."""
        return self.asks(NOBODY, Renew(Terms(version, changes)))

    def keeps(self, hours: int, salt: bytes = b"salt") -> Decision:
        """Everybody of the group has agreed to how long what is said is kept, as the records say."""
        return self.asks(NOBODY, KeepHistory(History(hours, salt if hours else b"")))

    def opens_contact_of(self, who: "Somebody", at: int = NOON) -> Decision:
        """Two people have opened what somebody had left."""
        return self.asks(NOBODY, TellOpened(who.id, Millis(at)))

    def commit(self, publish: Publish) -> None:
        """Counts and applies it, as every process would."""
        events = [tell.event for tell in publish.tells]
        told = Told(
            self.room.revision + publish.raises,
            self.room.sequence + 1,
            Number(self.room.number + sum(map(is_spoken, events))),
        )
        self.room.revision, self.room.sequence, self.room.number = told.revision, told.sequence, told.number
        self.told = [numbered(event, told.number, "receipt") for event in events]
        self.to = [tell.to for tell in publish.tells]
        for event in self.told:
            apply(self.room, event, told)


NOBODY = Actor(MemberId(""), SeatId(""))
"""The server itself: opening a room and letting time pass are asked by nobody."""


class Somebody:
    """A person of the cast, with verbs. `seat` is the connection they act on."""

    def __init__(self, circle: Circle, name: str, role: Role) -> None:
        self.circle, self.name, self.role = circle, name, role
        self.id = MemberId(name.lower())
        self.seats = 0
        self.invited_to_listen = self.comes_to_listen = False
        self.new, self.link = False, ""
        self.agreed = 0
        """The version they have agreed to before they come."""

    @property
    def actor(self) -> Actor:
        """Who asks, on the connection they last opened."""
        return Actor(self.id, SeatId(f"{self.id}-{self.seats}"))

    @property
    def place(self) -> Place | None:
        """What the room knows of them."""
        return self.circle.room.places.get(self.id)

    @property
    def here(self) -> bool:
        """They are seated."""
        return self.circle.room.member(self.id) is not None

    def asks(self, command: Command) -> Decision:
        """Sends any command."""
        return self.circle.asks(self.actor, command)

    def arrives(self, process: str = "north") -> Decision:
        """Sits down on a new connection."""
        self.seats += 1
        return self.circle.asks(self.actor, Arrive((self.seated(process),)))

    def seated(self, process: str = "north") -> Member:
        """This person on their newest connection."""
        how = (self.comes_to_listen, self.invited_to_listen, self.new, self.link)
        return Member(
            self.id, self.name, self.role, self.actor.seat, ProcessId(process), None, *how, agreed=self.agreed
        )

    def leaves(self) -> Decision:
        """Goes by choice."""
        return self.asks(Leave(REF))

    def is_lost(self) -> Decision:
        """Their connection breaks."""
        return self.circle.loses(self.actor.seat)

    def says(self, text: str, note: str | None = None) -> Decision:
        """Speaks to everyone."""
        return self.asks(Say(REF, text, note))

    def announces(self, text: str) -> Decision:
        """Says something that stands out."""
        return self.asks(Announce(REF, text))

    def hand(self, up: bool) -> Decision:
        """Raises or lowers their hand."""
        return self.asks(Hand(REF, up))

    def retracts(self, n: int, reason: Reason | None = None, words: str | None = None) -> Decision:
        """Takes message `n` back."""
        return self.asks(Retract(REF, Number(n), reason, words))

    def pauses(self) -> Decision:
        """Asks everybody to stop."""
        return self.asks(Pause(REF))

    def resumes(self) -> Decision:
        """Lets the room go on."""
        return self.asks(Resume(REF))

    def nudges(self, who: "Somebody", words: str | None = None) -> Decision:
        """Says a kind word to somebody alone."""
        return self.asks(Nudge(REF, who.id, Reason.ADVICE, words))

    def folds(self, n: int, note: str = "loss of a parent") -> Decision:
        """Puts somebody's message behind a content note."""
        return self.asks(Fold(REF, Number(n), note))

    def mutes(self, who: "Somebody", minutes: int = 5, words: str | None = None) -> Decision:
        """Asks somebody to read along for a while."""
        return self.asks(Mute(REF, who.id, minutes, Reason.TOO_MUCH, words))

    def unmutes(self, who: "Somebody") -> Decision:
        """Lets somebody speak again."""
        return self.asks(Unmute(REF, who.id))

    def removes(self, who: "Somebody", words: str | None = None) -> Decision:
        """Asks somebody to leave this meeting."""
        return self.asks(Remove(REF, who.id, Reason.HURTFUL, words))

    def bars(self, who: "Somebody", days: int | None = None, words: str | None = None) -> Decision:
        """Asks somebody to leave and stay away."""
        return self.asks(Bar(REF, who.id, Reason.SAFETY, words, days))

    def proposes(self, text: str) -> Decision:
        """A rule for the group."""
        return self.asks(Say(REF, text, rule=True))

    def agrees(self, version: int) -> Decision:
        """To what has changed."""
        return self.asks(Agree(REF, version))

    def takes_note(self, at: int) -> Decision:
        """Has read that their emergency contact was opened."""
        return self.asks(TakeNote(REF, Millis(at)))

    def has_read(self, at: int) -> Decision:
        """Has read what was done to them at that moment."""
        return self.asks(HaveRead(REF, Millis(at)))

    def adopts(self, customs: Customs) -> Decision:
        """Says how the group does things from now on."""
        return self.asks(Adopt(REF, customs))

    def sets_the_floor(self, kind: FloorKind) -> Decision:
        """Says how the right to speak goes round."""
        return self.asks(SetFloor(REF, kind))

    def is_done(self) -> Decision:
        """Ends their turn."""
        return self.asks(Finish(REF))

    def passes(self) -> Decision:
        """Takes no turn in this round."""
        return self.asks(Pass(REF))

    def comes_later(self) -> Decision:
        """Asks to come last."""
        return self.asks(Later(REF))

    def gives_the_floor(self, to: "Somebody | None" = None) -> Decision:
        """Gives the floor on."""
        return self.asks(Next(REF, to.id if to else None))

    def extends(self, minutes: int) -> Decision:
        """Gives the speaker more time."""
        return self.asks(Extend(REF, minutes))

    def moves(self, who: "Somebody", place: int) -> Decision:
        """Gives somebody another place in the round."""
        return self.asks(Move(REF, who.id, place))

    def listens(self) -> Decision:
        """Is here just to listen."""
        return self.asks(Listen(REF))

    def takes_part(self) -> Decision:
        """Takes part after all."""
        return self.asks(TakePart(REF))

    def lets_take_part(self, who: "Somebody") -> Decision:
        """Lets somebody take part who was invited to listen."""
        return self.asks(TakePart(REF, who.id))

    def knocks(self) -> Decision:
        """Asks to be let in though the door is closed."""
        return self.asks(Knock(REF))

    def admits(self, who: "Somebody | None" = None) -> Decision:
        """Lets somebody in, or all who wait."""
        return self.asks(Admit(REF, who.id if who else None))

    def declines(self, who: "Somebody", words: str | None = None) -> Decision:
        """Says that it cannot be today."""
        return self.asks(Decline(REF, who.id, Reason.FULL_TODAY, words))

    def sets_the_door(self, *, open: bool) -> Decision:
        """Opens it or closes it."""
        return self.asks(SetDoor(REF, open))

    @property
    def waits(self) -> bool:
        """They wait outside."""
        return self.circle.room.outside(self.id) is not None

    def begins(self, phase: Phase, *, starts: bool = False) -> Decision:
        """Moves the meeting on; `starts`: the gathering is over."""
        return self.asks(Begin(REF, phase, starts))

    def hands_over_to(self, who: "Somebody") -> Decision:
        """Lets another facilitator lead."""
        return self.asks(Lead(REF, who.id))

    def confides(self, text: str, to: "Somebody | None" = None) -> Decision:
        """Says a word to the facilitators, or as one of them to somebody."""
        return self.asks(Confide(REF, text, to.id if to else None))

    def confers(self, text: str) -> Decision:
        """Says a word among the facilitators."""
        return self.asks(Confer(REF, text))

    def gestures(self, n: int, kind: GestureKind = GestureKind.HEART) -> Decision:
        """Answers a message without words."""
        return self.asks(Gesture(REF, kind, Number(n)))

    def gestures_to(self, who: "Somebody", kind: GestureKind = GestureKind.HEART) -> Decision:
        """Answers somebody's turn without words."""
        return self.asks(Gesture(REF, kind, turn=who.id))

    def marks(self, n: int) -> Decision:
        """Finds a message not right."""
        return self.asks(Mark(REF, Number(n)))

    def looks(self, who: "Somebody") -> Decision:
        """Has looked at what was marked of somebody."""
        return self.asks(Look(REF, who.id))

    def rests(self) -> Decision:
        """Takes a break."""
        return self.asks(Rest(REF))

    def asks_aside(self, who: "Somebody") -> Decision:
        """Would like to talk with somebody aside."""
        return self.asks(StepAside(REF, who.id))

    def takes_the_question_back(self, who: "Somebody") -> Decision:
        """Does not ask any more."""
        return self.asks(Unask(REF, who.id))

    def goes_aside(self, by: "Somebody", room: str = "aside") -> Decision:
        """Goes along, as the desk asks it once there is a side room."""
        no = self.asks(GoAside(REF))
        return no if isinstance(no, Reject) else self.circle.asks(self.actor, Going(RoomId(room), by.id))

    def rather_stays(self) -> Decision:
        """Not now."""
        return self.asks(NotNow(REF))

    @property
    def is_aside(self) -> bool:
        """They have stepped aside."""
        return self.circle.room.apart(self.id) is not None

    def flags(self, n: int) -> Decision:
        """Keeps an eye on whoever said message `n`."""
        return self.asks(Flag(REF, Number(n)))

    def sends_word(self, word: Word) -> Decision:
        """Says how they are, from outside the room."""
        return self.circle.asks(self.actor, SendWord(self.id, self.name, word))

    def returns(self) -> Decision:
        """Is back from it."""
        return self.asks(Return(REF))

    def calls(self) -> Decision:
        """Asks for whoever is on call."""
        return self.asks(Call(REF))

    def releases(self, held: Withheld, note: str | None = None) -> Decision:
        """Lets the room hear what waits."""
        self.circle.released = held
        return self.asks(Release(REF, held.draft, note))

    def hands_back(self, held: Withheld, words: str | None = None) -> Decision:
        """Gives what waits back to its writer."""
        return self.asks(HandBack(REF, held.draft, words))

    def takes_back(self, held: Withheld) -> Decision:
        """Takes back what waits."""
        return self.asks(TakeBack(REF, held.draft))

    def slows(self, who: "Somebody", seconds: int) -> Decision:
        """Asks somebody to leave time between their messages."""
        return self.asks(Slow(REF, who.id, seconds))

    def shields(self, up: bool = True) -> Decision:
        """Puts the shield up, or down."""
        return self.asks(Shield(REF, up))

    def looks_after(self, who: "Somebody") -> Decision:
        """Says that they see to somebody who may be in danger."""
        return self.asks(LookAfter(REF, who.id))

    def heeds(self, *words: str, allowed: tuple[str, ...] = ()) -> Decision:
        """Sets the group's own phrases."""
        return self.asks(Heed(REF, Own(words, allowed)))

    def chooses(self, **levels: Any) -> Decision:
        """Changes what waits, and how slow the talk is."""
        customs = self.circle.room.condition.customs
        return self.asks(Adopt(REF, replace(customs, policy=replace(customs.policy, **levels))))

    def closes(self) -> Decision:
        """Ends the meeting."""
        return self.asks(Close(REF))


def told(decision: Decision) -> bool:
    """It happened."""
    return isinstance(decision, Publish)


def refusal(decision: Decision) -> Code | None:
    """Why it did not happen; None if it did."""
    return decision.code if isinstance(decision, Reject) else None
