"""An evening with the companions in a test's hand: the room decides as it really does, and time passes when told to."""

import random
from collections.abc import Callable, Iterable

from msgspec import Struct

from chat.core.customs import DROP_IN, Customs
from chat.core.decision import Decision, Reject
from chat.core.errors import sentence
from chat.core.ids import MemberId
from chat.core.room import Everyone, Facilitators, One, Seated, shown, snapshot
from chat.core.wire import Accepted, Announced, Answer, Event, Interrupted, Refused, Role, Said, Say
from tests.core.circle import Circle as Room
from tests.core.circle import Somebody
from web.companions.circle import Circle
from web.companions.deed import Deed
from web.companions.programme import Programme
from web.companions.script import Script, read
from web.plan import Plan

STEP = 0.25
"""Seconds between two looks at the clock."""


class Heard(Struct, frozen=True):
    """One message, when it came and by whom."""

    at: float
    by: str
    text: str


class Evening:
    """A room with all companions seated, and whoever else comes."""

    def __init__(
        self, seed: int = 1, script: Script | None = None, customs: Customs = DROP_IN, plan: Plan | None = None
    ) -> None:
        self.script = script or read()
        self.chance = random.Random(seed)  # noqa: S311  not for secrets
        self.room = Room(customs=customs)
        self.now = 100.0
        self.heard: list[Heard] = []
        self.deeds: list[Deed] = []
        self.refuses: Reject | None = None
        """What the next message meets instead of being told."""
        self.people = {p.key: Somebody(self.room, p.name, p.role) for p in self.script.everybody}
        self.programme = Programme(self.script, self.chance)
        members = {somebody.id: key for key, somebody in self.people.items()}
        self.circle = Circle(self.script, self.programme, members, self.chance, plan)
        for person in self.script.people:
            self.comes(person.key)

    def comes(self, key: str) -> None:
        """A companion sits down."""
        somebody = self.people[key]
        somebody.arrives()
        self._tell()
        self._shows(key)

    def _shows(self, key: str) -> None:
        """The room, once they are in it."""
        somebody = self.people[key]
        if somebody.here:
            self.tells(key, snapshot(self.room.room, somebody.id, self.room.moment.now))

    def visitor(self, name: str, role: Role = Role.MEMBER) -> "Visitor":
        """Somebody who tries the demo comes in."""
        visitor = Visitor(self, Somebody(self.room, name, role))
        visitor.does(visitor.somebody.arrives)
        return visitor

    def tells(self, key: str, frame: Event | Answer) -> None:
        """One companion receives a frame."""
        self.circle.hear(key, frame, self.now)

    def is_interrupted(self) -> None:
        """The server cannot reach its rooms for now."""
        for key in self.people:
            self.tells(key, Interrupted())

    def passes(self, seconds: float) -> list[Heard]:
        """Time passes; gives what was said meanwhile."""
        before, until = len(self.heard), self.now + seconds
        while self.now < until:
            self.now += STEP
            self.room.seconds_pass(STEP)
            self._tell()
            for deed in self.circle.deeds(self.now):
                self._do(deed)
        return self.heard[before:]

    def _do(self, deed: Deed) -> None:
        self.deeds.append(deed)
        somebody, ref = self.people[deed.who], deed.command.ref
        decision: Decision
        if self.refuses and isinstance(deed.command, Say):
            decision, self.refuses = self.refuses, None
        else:
            decision = somebody.asks(deed.command)
        if isinstance(decision, Reject):
            self.tells(deed.who, Refused(ref, decision.code, sentence(decision.code), decision.wait))
            return
        self.tells(deed.who, Accepted(ref))
        self._tell()

    def _tell(self) -> None:
        """What was just committed reaches everybody it is for."""
        told, self.room.told = list(zip(self.room.told, self.room.to, strict=True)), []
        self.room.to = []
        for event, to in told:
            frame = shown(self.room.room, event)
            if frame is None:
                continue
            if isinstance(frame, Said | Announced):
                self.heard.append(Heard(self.now, self._name(frame.by), frame.text))
            for key, somebody in self.people.items():
                facilitates = somebody.role is Role.FACILITATOR
                if to == Everyone() or to == One(somebody.id) or (facilitates and to == Facilitators()):
                    self.tells(key, frame)
                if isinstance(event, Seated) and event.member.id == somebody.id:
                    self._shows(key)

    def _name(self, member: MemberId) -> str:
        return next((key for key, one in self.people.items() if one.id == member), str(member))


class Visitor:
    """Somebody real in the room."""

    def __init__(self, evening: Evening, somebody: Somebody) -> None:
        self.evening = evening
        self.somebody = somebody

    def does(self, what: Callable[..., Decision], *details: object) -> None:
        """Something that goes through."""
        decision = what(*details)
        assert not isinstance(decision, Reject), decision.code
        self.evening._tell()

    def says(self, text: str) -> None:
        """Speaks."""
        self.does(self.somebody.says, text)

    def hears(self, seconds: float) -> list[Heard]:
        """Waits so long; gives what the companions said meanwhile."""
        return [one for one in self.evening.passes(seconds) if one.by in self.evening.people]


def naming(name: str, heard: Iterable[Heard]) -> list[Heard]:
    """Those messages that call somebody by name."""
    return [one for one in heard if name in one.text]
