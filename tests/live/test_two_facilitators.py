"""Two facilitators act in two processes, each on what it knows: no act is lost, doubled or bypassed, by the fence."""

import asyncio
import re
from collections.abc import Set

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat.core import wire
from chat.core.commands.attending import open_
from chat.core.decide import decide
from chat.core.decision import Actor, House, Moment, Open, Publish
from chat.core.ids import DraftId, Epoch, MemberId, Millis, ProcessId, Ref, RoomId, SeatId
from chat.core.room import Member, Place, Room, RoomEvent
from chat.core.wire import Reason, Role
from chat.live.bus import Bus, Status, committing
from chat.live.envelope import Envelope, Salts, head
from chat.live.posting import commit_of, creation_of
from chat.live.table import Table
from tests.core.circle import LEXICON

ANN, FRAN, GUS = (MemberId(name) for name in ("ann", "fran", "gus"))
REF = Ref("x")
NUMBER = "My number is 07700 900123, and this is message"
HOUSE = House(pace_every=1, pace_burst=1000)
FENCE = re.compile(r"  if at ~= revision then return answer\('moved'\) end\n")
ACTS = ("ann says", "ann takes back", "release", "hand back", "mute", "unmute", "pause", "resume")
steps = st.lists(st.one_of(st.tuples(st.integers(0, 1), st.sampled_from(ACTS)), st.integers(0, 1)), max_size=25)
"""Somebody acts on what their process knows; or a process hears what it has not heard yet."""


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

    async def begins(self) -> None:
        await self.bus.join(self.room)
        who = {ANN: Role.MEMBER, FRAN: Role.FACILITATOR, GUS: Role.FACILITATOR}
        places = {
            one: Place(Member(one, one, role, SeatId(one), ProcessId("p")), holds=role is Role.FACILITATOR)
            for one, role in who.items()
        }
        command, moment = Open(Epoch(7), places), Moment(await self.now(), HOUSE)
        known = Room(self.room, Epoch(0))
        opened = creation_of(self.envelope, known, command, open_(command, moment), moment.now)
        assert (await self.bus.commit(opened)).status is Status.TOLD
        stored = await self.bus.load(self.room)
        assert stored is not None
        self.tables = [Table(self.envelope.room(stored), self.envelope) for _ in range(2)]

    async def now(self) -> Millis:
        return (await self.bus.beat(ProcessId("p"), b"proof"))[0]

    async def acts(self, process: int, act: str) -> None:
        """Decided on what the process knows now, and committed once."""
        table = self.tables[process]
        facilitator = (FRAN, GUS)[process]
        draft = next(iter(table.room.drafts), DraftId(0))
        who = ANN if act.startswith("ann") else facilitator
        self.drafts += 1
        command: wire.Command
        match act:
            case "ann says":
                command = wire.Say(REF, f"{NUMBER} {self.drafts}")
            case "ann takes back":
                command = wire.TakeBack(REF, draft)
            case "release":
                command = wire.Release(REF, draft)
            case "hand back":
                command = wire.HandBack(REF, draft)
            case "mute":
                command = wire.Mute(REF, ANN, 5, Reason.OTHER)
            case "unmute":
                command = wire.Unmute(REF, ANN)
            case "pause":
                command = wire.Pause(REF)
            case _:
                command = wire.Resume(REF)
        fetched = self.ear.withheld.get(draft)
        moment = Moment(await self.now(), HOUSE, self.drafts, LEXICON, draft=fetched)
        decision = decide(table.room, Actor(who, SeatId(who)), command, moment)
        if isinstance(decision, Publish):
            outcome = await self.bus.commit(commit_of(table, decision, moment, None))
            self.told += outcome.status is Status.TOLD
            for tell in decision.tells:
                if outcome.status is Status.TOLD and isinstance(tell.event, wire.Withheld):
                    self.ear.withheld[tell.event.draft] = tell.event

    async def hears(self, process: int) -> None:
        """Everything told until now."""
        notices = await self.ear.of(self.room, self.told)
        for notice in notices[self.heard[process] : self.told]:
            self.tables[process].deliver(head(notice))
        self.heard[process] = self.told

    async def history(self) -> list[RoomEvent]:
        """All that was told, in its order, each event once."""
        events: list[RoomEvent] = []
        for notice in await self.ear.of(self.room, self.told):
            for tell in self.envelope.told(head(notice)):
                if tell.event not in events or isinstance(tell.event, wire.Said):
                    events.append(tell.event)
        return events


class Ear:
    """Keeps every notice by its room."""

    def __init__(self) -> None:
        self.notices: dict[RoomId, list[bytes]] = {}
        self.withheld: dict[DraftId, wire.Withheld] = {}

    def heard(self, room: RoomId, notice: bytes) -> None:
        self.notices.setdefault(room, []).append(notice)

    async def of(self, room: RoomId, count: int) -> list[bytes]:
        async with asyncio.timeout(3):
            while len(self.notices.get(room, [])) < count:
                await asyncio.sleep(0.002)
        return sorted(self.notices[room], key=lambda notice: head(notice).told.sequence)

    def controlled(self, message: bytes) -> None: ...

    def broke(self, partitions: Set[int]) -> None: ...

    def mended(self, partitions: Set[int]) -> None: ...


def wrong(events: list[RoomEvent]) -> str:
    """What a reader who knows no rules finds wrong with an evening; empty if nothing."""
    waiting: dict[DraftId, wire.Withheld] = {}
    released: wire.Withheld | None = None
    heard: set[str] = set()
    muted = paused = False
    for event in events:
        match event:
            case wire.Withheld(draft=draft):
                if muted or paused:
                    return "held after a mute or in a pause"
                waiting[draft] = event
            case wire.Settled(draft=draft, how=how):
                if draft not in waiting:
                    return "decided twice"
                held = waiting.pop(draft)
                released = held if how is wire.Settling.RELEASED else None
            case wire.Said(text=text):
                if paused or released is None or text != released.text or text in heard:
                    return "heard in a pause, twice, or without a release"
                heard.add(text)
            case wire.Muted():
                muted = True
            case wire.Unmuted():
                muted = False
            case wire.Paused():
                paused = True
            case wire.Resumed():
                paused = False
            case _:
                pass
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
    found = wrong(await one.history())
    await one.hears(0)
    await one.hears(1)
    if one.tables[0].room != one.tables[1].room:
        found = found or "the processes do not agree"
    await bus.leave(one.room)
    await bus.forget(one.room)
    return found


@settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(plan=steps)
async def test_no_act_is_lost_doubled_or_bypassed(redis_url: str, plan: list[tuple[int, str] | int]) -> None:
    ear = Ear()
    async with Bus.open(redis_url, ear) as bus:
        assert await evening(bus, ear, plan) == ""


PRESSED_AT_ONCE: list[tuple[int, str] | int] = [(0, "ann says"), 0, 1, (0, "release"), (1, "release")]
PAUSED_MEANWHILE: list[tuple[int, str] | int] = [(0, "ann says"), 0, 1, (0, "pause"), (1, "release")]
MUTED_MEANWHILE: list[tuple[int, str] | int] = [(1, "mute"), (0, "ann says")]


@pytest.mark.parametrize("plan", [PRESSED_AT_ONCE, PAUSED_MEANWHILE, MUTED_MEANWHILE])
async def test_without_the_fence_acts_are_doubled_and_bypassed(
    redis_url: str, monkeypatch: pytest.MonkeyPatch, plan: list[tuple[int, str] | int]
) -> None:
    ear = Ear()
    async with Bus.open(redis_url, ear) as bus:
        assert await evening(bus, ear, plan) == ""
    without, count = FENCE.subn("", committing.SCRIPT)
    assert count == 1
    monkeypatch.setattr(committing, "SCRIPT", without)
    ear = Ear()
    async with Bus.open(redis_url, ear) as bus:
        assert await evening(bus, ear, plan) != ""
