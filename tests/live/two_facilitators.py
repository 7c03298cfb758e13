"""Two facilitators act on one room in two processes, each on what it knows; a reader says what was wrong with it."""

import asyncio
from collections import Counter
from collections.abc import Callable, Set

from chat.core import wire
from chat.core.commands.attending import open_
from chat.core.customs import Customs
from chat.core.decide import decide
from chat.core.decision import (
    NOBODY,
    Actor,
    AnyCommand,
    House,
    Moment,
    Open,
    Publish,
    ReportCame,
    SendAway,
    Worry,
)  # fmt: skip
from chat.core.ids import DraftId, Epoch, MemberId, Millis, Number, ProcessId, Ref, RoomId, SeatId
from chat.core.room import Condition, MarkedBy, Member, Opened, Outside, Place, Room, RoomEvent, Seated
from chat.core.wire import Reason, Role
from chat.live.bus import Bus, Commit, Outcome, Status
from chat.live.bus.committing import notice_of
from chat.live.envelope import Envelope, Salts, head
from chat.live.posting import commit_of, creation_of
from chat.live.table import Table
from tests.core.circle import LEXICON

ANN, BOB, CEM, DEE, FRAN, GUS = (MemberId(name) for name in ("ann", "bob", "cem", "dee", "fran", "gus"))
"""Four take part, Dee waits outside, Fran and Gus facilitate: she in the first process, he in the second."""
REF = Ref("x")
NUMBER = "My number is 07700 900123, and this is message"
"""Waits for a facilitator."""
HOUSE = House(pace_every=1, pace_burst=1000)
FIRST = Number(1)
"""What Bob has said before anybody acts."""
COMMANDS: dict[str, tuple[MemberId, Callable[[int, DraftId], AnyCommand]]] = {
    "ann says": (ANN, lambda n, _: wire.Say(REF, f"{NUMBER} {n}")),
    "ann takes back": (ANN, lambda _, draft: wire.TakeBack(REF, draft)),
    "bob says": (BOB, lambda n, _: wire.Say(REF, f"This is message {n}")),
    "bob takes back what he said": (BOB, lambda *_: wire.Retract(REF, FIRST)),
    "ann flags": (ANN, lambda *_: wire.Mark(REF, FIRST)),
    "cem flags": (CEM, lambda *_: wire.Mark(REF, FIRST)),
    "release": (FRAN, lambda _, draft: wire.Release(REF, draft)),
    "hand back": (FRAN, lambda _, draft: wire.HandBack(REF, draft)),
    "mute": (FRAN, lambda *_: wire.Mute(REF, ANN, 5, Reason.OTHER)),
    "unmute": (FRAN, lambda *_: wire.Unmute(REF, ANN)),
    "mute bob": (FRAN, lambda *_: wire.Mute(REF, BOB, 5, Reason.OTHER)),
    "nudge": (FRAN, lambda *_: wire.Nudge(REF, BOB, Reason.OTHER)),
    "remove": (FRAN, lambda *_: wire.Remove(REF, ANN, Reason.OTHER)),
    "bar bob": (FRAN, lambda *_: wire.Bar(REF, BOB, Reason.OTHER, days=7)),
    "retract": (FRAN, lambda *_: wire.Retract(REF, FIRST, Reason.OTHER)),
    "fold": (FRAN, lambda *_: wire.Fold(REF, FIRST, "grief")),
    "slow down": (FRAN, lambda *_: wire.Slow(REF, CEM, 30)),
    "look": (FRAN, lambda *_: wire.Look(REF, BOB)),
    "shield": (FRAN, lambda *_: wire.Shield(REF, up=True)),
    "admit": (FRAN, lambda *_: wire.Admit(REF, DEE)),
    "decline": (FRAN, lambda *_: wire.Decline(REF, DEE, Reason.OTHER)),
    "pause": (FRAN, lambda *_: wire.Pause(REF)),
    "resume": (FRAN, lambda *_: wire.Resume(REF)),
    "close": (FRAN, lambda *_: wire.Close(REF)),
    "send away": (NOBODY.member, lambda *_: SendAway((ANN, BOB))),
    "worry": (NOBODY.member, lambda *_: Worry(ANN)),
    "a report comes": (NOBODY.member, lambda *_: ReportCame()),
}
"""Who asks (for Fran: whoever facilitates in that process) for what; it is told a number and the first that waits."""


class Evening:
    """One room, and two processes that hear of it when they are told to."""

    def __init__(self, bus: Bus, ear: "Ear") -> None:
        self.bus, self.ear = bus, ear
        self.room = RoomId(f"evening-{id(self)}-{len(ear.notices)}")
        self.envelope = Envelope(self.room, b"s" * 32, Salts(b"n" * 32, b"r" * 32))
        self.tables: list[Table] = []
        self.heard = [1, 1]
        self.told = 1
        self.drafts = 0
        self.done: Counter[str] = Counter()
        """What was told, by its kind, as those know who told it."""

    async def begins(self) -> None:
        await self.bus.join(self.room)
        facilitates = (FRAN, GUS)
        roles = {one: Role.FACILITATOR if one in facilitates else Role.MEMBER for one in (ANN, BOB, CEM, *facilitates)}
        places = {one: Place(somebody(one, role), holds=one in facilitates) for one, role in roles.items()}
        moment = Moment(await self.now(), HOUSE)
        places[DEE] = Place(outside=Outside(somebody(DEE, Role.MEMBER), moment.now))
        command = Open(Epoch(7), places, condition=Condition(customs=Customs(waiting=True)))
        known = Room(self.room, Epoch(0))
        opened = creation_of(self.envelope, known, command, open_(command, moment), moment.now)
        assert (await self.bus.commit(opened)).status is Status.TOLD
        stored = await self.bus.load(self.room)
        assert stored is not None
        self.tables = [Table(self.envelope.room(stored), self.envelope) for _ in range(2)]
        await self.acts(0, "bob says")
        await self.hears(0)
        await self.hears(1)

    async def now(self) -> Millis:
        return (await self.bus.beat(ProcessId("p"), b"proof"))[0]

    async def acts(self, process: int, act: str) -> None:
        """Decided on what the process knows now, and committed once."""
        table = self.tables[process]
        draft = next(iter(table.room.drafts), DraftId(0))
        self.drafts += 1
        who, made = COMMANDS[act]
        who = (FRAN, GUS)[process] if who == FRAN else who
        command = made(self.drafts, draft)
        moment = Moment(await self.now(), HOUSE, self.drafts, LEXICON, draft=self.ear.withheld.get(draft))
        decision = decide(table.room, Actor(who, SeatId(who)), command, moment)
        if isinstance(decision, Publish) and decision.tells:
            outcome = await self.bus.commit(commit_of(table, decision, moment, None))
            if outcome.status is Status.TOLD:
                self.told += 1
                self.done.update(kinds([tell.event for tell in decision.tells]))
                waits = [tell.event for tell in decision.tells if isinstance(tell.event, wire.Withheld)]
                self.ear.withheld.update({one.draft: one for one in waits})

    async def hears(self, process: int) -> None:
        """Everything told until now."""
        notices = await self.ear.of(self.room, self.told)
        for notice in notices[self.heard[process] : self.told]:
            self.tables[process].deliver(head(notice))
        self.heard[process] = self.told

    async def history(self) -> list[RoomEvent]:
        """All that was told, in its order; what one notice tells to several is there once."""
        events: list[RoomEvent] = []
        for notice in await self.ear.of(self.room, self.told):
            told = [tell.event for tell in self.envelope.told(head(notice))]
            events += [event for at, event in enumerate(told) if event not in told[:at]]
        return events


def kinds(events: list[RoomEvent]) -> list[str]:
    """Of each event, once."""
    return [type(event).__name__ for at, event in enumerate(events) if event not in events[:at]]


def somebody(who: MemberId, role: Role) -> Member:
    return Member(who, who, role, SeatId(who), ProcessId("p"))


class Ear:
    """Keeps every notice by its room."""

    def __init__(self) -> None:
        self.notices: dict[RoomId, list[bytes]] = {}
        self.withheld: dict[DraftId, wire.Withheld] = {}

    def heard(self, room: RoomId, notice: bytes) -> None:
        self.notices.setdefault(room, []).append(notice)

    def committed(self, commit: Commit, outcome: Outcome) -> None:
        self.heard(commit.room, notice_of(commit, outcome))

    async def of(self, room: RoomId, count: int) -> list[bytes]:
        async with asyncio.timeout(3):
            while len(self.notices.get(room, [])) < count:
                await asyncio.sleep(0.002)
        return sorted(self.notices[room], key=lambda notice: head(notice).told.sequence)

    def controlled(self, message: bytes) -> None: ...

    def broke(self, partitions: Set[int]) -> None: ...

    def mended(self, partitions: Set[int]) -> None: ...


class Reader:
    """Knows no rules of rooms, only what must never be told."""

    def __init__(self) -> None:
        self.waiting: dict[DraftId, wire.Withheld] = {}
        self.released: wire.Withheld | None = None
        self.heard: set[str] = set()
        self.once: set[tuple[str, object]] = set()
        self.still: set[MemberId] = set()
        self.gone: set[MemberId] = set()
        self.card: wire.ActedOn | None = None
        self.paused = self.shielded = self.closed = False

    def wrong(self, events: list[RoomEvent]) -> str:
        """What is wrong with an evening; empty if nothing."""
        return next((found for event in events if (found := self._wrong(event))), "")

    def _wrong(self, event: RoomEvent) -> str:
        if self.closed:
            return "told after the end"
        match event:
            case wire.Withheld() | wire.Said():
                return self._words(event)
            case wire.Settled(draft=draft, how=how):
                return self._settled(draft, how)
            case wire.Looked(member=who):
                self._looked_at(who)
            case wire.Muted(member=who):
                self.still.add(who)
                self._looked_at(who)
            case wire.Unmuted(member=who):
                self.still.discard(who)
            case wire.ActedOn():
                self.card = event
            case wire.Removed(member=who):
                again = who in self.gone and not (self.card and self.card.act is wire.Act.BAR and not self._by_link())
                self.gone.add(who)
                return "removed twice" if again else ""
            case wire.Retracted(n=n):
                return self._once("taken back", n)
            case wire.Folded(n=n):
                return self._once("put behind a note", n) or self._after("taken back", n)
            case MarkedBy(n=n, member=who, by=by):
                return self._once("flagged", (who, n, by)) or self._after("taken back", n)
            case Seated(member=member):
                return self._once("let in", member.id)
            case wire.Declined(member=who):
                return self._once("told no", who) or self._after("let in", who)
            case wire.Alarmed(by=who, where=wire.Where.UNSENT):
                return self._once("worried about", who)
            case wire.Paused() | wire.Resumed():
                self.paused = isinstance(event, wire.Paused)
            case wire.Shielded(up=up):
                self.shielded = up
            case wire.Closed():
                self.closed = True
            case _:
                pass
        return ""

    def _by_link(self) -> bool:
        """The card is of one who was sent away; whoever was only removed can still be barred, and for longer."""
        return self.card is not None and self.card.reason is Reason.INVITATION

    def _looked_at(self, who: MemberId) -> None:
        """What was flagged of theirs counts no more, and may be flagged again."""
        self.once = {(what, of) for what, of in self.once if not (isinstance(of, tuple) and of[0] == who)}

    def _once(self, what: str, of: object) -> str:
        if (what, of) in self.once:
            return f"{what} twice"
        self.once.add((what, of))
        return ""

    def _after(self, what: str, of: object) -> str:
        return f"done although {what}" if (what, of) in self.once else ""

    def _words(self, event: wire.Withheld | wire.Said) -> str:
        released, self.released = self.released, None
        if event.by in self.gone or self.paused:
            return "spoken after a removal or in a pause"
        if isinstance(event, wire.Withheld):
            self.waiting[event.draft] = event
            return "held after a mute" if event.by in self.still else ""
        if event.written is not None:
            return "" if released and event.text == released.text else "heard without a release"
        if self.shielded or event.by in self.still:
            return "heard after a mute, or past the shield"
        return self._once("heard", event.text)

    def _settled(self, draft: DraftId, how: wire.Settling) -> str:
        if draft not in self.waiting:
            return "decided twice"
        held = self.waiting.pop(draft)
        self.released = held if how is wire.Settling.RELEASED else None
        return ""


async def evening(bus: Bus, ear: Ear, plan: list[tuple[int, str] | int]) -> str:
    """What was wrong with it."""
    ear.withheld.clear()
    one = Evening(bus, ear)
    await one.begins()
    for step in plan:
        if isinstance(step, int):
            await one.hears(step)
        else:
            await one.acts(*step)
    history = await one.history()
    found = Reader().wrong(history)
    if Counter(type(event).__name__ for event in history if not isinstance(event, Opened)) != one.done:
        found = found or "an act is lost or doubled"
    await one.hears(0)
    await one.hears(1)
    if one.tables[0].room != one.tables[1].room:
        found = found or "the processes do not agree"
    await bus.leave(one.room)
    await bus.forget(one.room)
    return found
