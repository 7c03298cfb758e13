"""The facilitator's companion leads through the parts of a meeting, shorter than in life, unless a visitor leads."""

import random
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from chat.core.ids import Millis
from chat.core.wire import Begin, FloorKind, Next, Phase, Say, SetFloor
from web.companions.deck import Deck
from web.companions.deed import Deed, Refs
from web.companions.script import Script
from web.companions.seen import Seen
from web.companions.turns import Turns
from web.plan import Plan

MINUTES = {
    FloorKind.OPEN: 2.0,
    FloorKind.FACILITATORS: 0.75,
    FloorKind.ROUND: 3.0,
    FloorKind.QUEUE: 2.5,
    FloorKind.QUIET: 0.5,
}
"""How long a part lasts here, by how people speak in it; a round, until it is complete."""
TALK = 5 * 60.0
"""Seconds of everybody speaking after hands in order: most of what there is to see."""
BREATH = 4.0
"""Seconds from what happens to what the facilitator does about it."""
ANSWERED = 3.0
"""Seconds until what was asked shows."""
WAITS = 90.0
"""Seconds that a visitor who says nothing keeps a turn."""


class Step(Struct, frozen=True):
    """One part, and how many seconds it lasts. Without a phase: the same part goes on, and everybody speaks."""

    phase: Phase | None
    seconds: float


class Leading:
    """Owns where the meeting is. After the last part it goes on with sharing, for as long as somebody looks."""

    def __init__(self, script: Script, turns: Turns, refs: Refs, chance: random.Random, plan: Plan) -> None:
        self._who = script.facilitator.key
        self._turns = turns
        self._refs = refs
        self._welcome = plan.texts[0]
        self._steps = list(_steps(plan))
        self._again = next(n for n, step in enumerate(self._steps) if step.phase is None) - 1
        self._rounds = Deck(script.rounds, chance)
        self._asks = {id(one): Deck(one.asks, chance) for one in script.rounds}
        self._step = -1
        self._ends = 0.0
        self._greets = False
        self._free = 0.0
        self._away = 0.0
        """Since when it is not theirs to lead; 0: it is."""
        self._turn: tuple[Millis | None, float] = (None, 0.0)

    def deeds(self, seen: Seen | None, now: float) -> Iterator[Deed]:
        """What the companion does by now; `seen`: what they see, if it is theirs to lead."""
        if seen is None or seen.paused is not None or seen.interrupted:
            self._away = self._away or now
            return
        if self._away:  # no part grows shorter while nobody looks, or somebody else leads
            self._ends += now - self._away
            self._away, self._free = 0.0, now + BREATH
        if now < self._free:
            return
        for command in self._does(seen, now):
            self._free = now + ANSWERED
            yield Deed(self._who, command)

    def _does(self, seen: Seen, now: float) -> Iterator[Begin | SetFloor | Next | Say]:
        if self._step < 0 or self._is_over(seen, now):
            yield self._goes_on(now)
        elif self._greets and seen.floor.kind is FloorKind.FACILITATORS:
            self._greets = False
            yield Say(self._refs.fresh(), self._welcome)
        elif self._gives_the_floor(seen, now):
            yield Next(self._refs.fresh())

    def _is_over(self, seen: Seen, now: float) -> bool:
        phase = self._steps[self._step].phase
        if phase and phase.floor is FloorKind.ROUND:
            return seen.floor.kind is not FloorKind.ROUND
        return now >= self._ends and seen.floor.turn is None

    def _goes_on(self, now: float) -> Begin | SetFloor:
        self._step = self._step + 1 if self._step + 1 < len(self._steps) else self._again
        step = self._steps[self._step]
        self._ends = now + step.seconds
        self._greets = bool(step.phase and step.phase.agreement)
        if step.phase is None:
            return SetFloor(self._refs.fresh(), FloorKind.OPEN)
        phase = replace(step.phase, minutes=max(1, round(step.seconds / 60)))
        if phase.floor is FloorKind.ROUND:
            asked = self._rounds.draw()
            self._turns.are_about(asked)
            phase = replace(phase, prompt=self._asks[id(asked)].draw())
        return Begin(self._refs.fresh(), phase)

    def _gives_the_floor(self, seen: Seen, now: float) -> bool:
        """In a queue to whose hand is up; from a visitor who has left the turn standing, to whoever is next."""
        floor = seen.floor
        if floor.kind not in (FloorKind.ROUND, FloorKind.QUEUE):
            return False
        if floor.since != self._turn[0] or floor.turn is None:
            self._turn = (floor.since if floor.turn else None, now)
        if floor.turn is None:
            return floor.kind is FloorKind.QUEUE and any(one.hand_at for one in seen.people.values())
        return now - self._turn[1] >= WAITS


def _steps(plan: Plan) -> Iterator[Step]:
    for phase in plan.phases:
        yield Step(phase, MINUTES[phase.floor] * 60)
        if phase.floor is FloorKind.QUEUE:
            yield Step(None, TALK)
