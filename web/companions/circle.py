"""The companions of one meeting: who of them says what next, given what each has heard and what time it is.

Pure: `hear` is told every frame that a companion received, `deeds` gives what they do by `now` (seconds, of any steady
clock). Nothing sleeps, and chance is handed in. What each may do is judged by what was seen at that one's own seat, so
a companion whose notice is late behaves like a person whose notice is late.
"""

import random
from collections.abc import Iterator, Mapping

from chat.core.errors import Code
from chat.core.ids import Epoch, MemberId, Millis, Number, Ref
from chat.core.wire import (
    Accepted,
    Act,
    ActedOn,
    Announced,
    Answer,
    Event,
    FloorKind,
    Hand,
    PausedBy,
    Raised,
    Refused,
    Resume,
    Resumed,
    Role,
    Said,
    Say,
    Snapshot,
    Unmuted,
)
from web.companions.agreeing import Agreeing
from web.companions.answering import Answering, Reply, Visitor
from web.companions.deed import Deed, Refs
from web.companions.door import DoorKeeping
from web.companions.hearing import Meaning, speaks_to, understand
from web.companions.leading import Leading
from web.companions.programme import Programme
from web.companions.script import Key, Script
from web.companions.seen import Seen, look
from web.companions.talking import Talking
from web.companions.turns import Turns
from web.plan import Plan

LISTENS = 8.0
"""Seconds that belong to a visitor who has just said something."""
LETS_STAND = 12.0
"""Seconds that something heavy is left to stand."""
BREATH = 2.0
"""Seconds between any two messages of companions."""
LONG_QUIET = 150.0
"""Seconds after which somebody who has said nothing is asked in, once."""
REOPENS_AFTER = {PausedBy.FACILITATOR: 60.0, PausedBy.ITSELF: 5.0, PausedBy.MENDING: 5.0}
"""Seconds for a person to be there and end a pause, before the facilitator's companion does."""
TAKING_TURNS = (FloorKind.ROUND, FloorKind.QUEUE, FloorKind.QUIET)
_HEAVY = {Meaning.HEAVY, Meaning.DANGER}
_AGAIN = {Code.TOO_FAST, Code.BUSY, Code.INTERRUPTED}


class Circle:
    """One meeting, as its companions share it."""

    def __init__(
        self,
        script: Script,
        programme: Programme,
        members: Mapping[MemberId, Key],
        chance: random.Random,
        plan: Plan | None = None,
    ) -> None:
        """`plan`: what their facilitator leads through; without one they just talk."""
        self._facilitator = script.facilitator.key
        self._names = {person.key: person.name for person in script.people}
        self._members = members
        self._chance = chance
        self._refs = Refs()
        self._answering = Answering(script, chance)
        self._talking = Talking(programme, self._refs, chance)
        self._turns = Turns(script, self._refs, chance)
        self._leading = Leading(script, self._turns, self._refs, chance, plan) if plan else None
        self._door = DoorKeeping(script, self._refs)
        self._agreeing = Agreeing(self._refs, chance)
        self._seats: dict[Key, Seen] = {}
        self._epoch: Epoch | None = None
        self._heard_to = Number(0)
        self._resumed_at = Millis(0)
        self._met: dict[MemberId, float] = {}
        """When each visitor came, or last spoke."""
        self._hands: set[tuple[MemberId, Millis]] = set()
        self._asked_in: set[MemberId] = set()
        self._paused_since: float | None = None
        self._reopening = False
        self._spoke = 0.0
        self._unanswered: dict[Ref, tuple[Reply, Key]] = {}

    # What is heard

    def hear(self, who: Key, frame: Event | Answer, now: float) -> None:
        """One frame, as this companion received it."""
        self._door.hear(who, frame, now)
        self._agreeing.hear(who, frame, now)
        seen = look(self._seats.get(who), frame)
        if seen is None:
            return
        if isinstance(frame, Snapshot) and frame.epoch != self._epoch:  # nothing said before counts as unheard
            self._epoch, self._heard_to = frame.epoch, frame.n
        self._seats[who] = seen
        self._meet(seen, now)
        match frame:
            case Said() | Announced() if frame.n > self._heard_to:
                self._heard_to = frame.n
                self._listen(seen, frame, now)
            case Raised(member=member, at=at):
                self._see_hand(seen, member, at, now)
            case Resumed(at=at) if at > self._resumed_at:
                self._resumed_at = at
                self._go_on(now)
            case Unmuted(member=member) if member == seen.you:
                self._answering.by(who, Meaning.UNMUTED, now)
            case ActedOn(act=Act.RETRACTION):
                self._answering.by(who, Meaning.RETRACTED, now)
            case Refused() | Accepted():
                self._answered(frame, now)
            case _:
                pass

    def away(self, who: Key) -> None:
        """This companion's connection has ended, for now or for good."""
        self._seats.pop(who, None)

    def _meet(self, seen: Seen, now: float) -> None:
        for visitor in self._visitors(seen):
            if visitor.id not in self._met:
                self._met[visitor.id] = now
                self._answering.heard(Meaning.ARRIVAL, visitor, now)
                self._talking.hold_back(now, BREATH)

    def _listen(self, seen: Seen, frame: Said | Announced, now: float) -> None:
        visitor = self._visitor(seen, frame.by)
        if visitor is None:
            return
        self._met[visitor.id] = now
        self._asked_in.add(visitor.id)
        asked = next((key for key, name in self._names.items() if speaks_to(frame.text, name)), None)
        meaning = understand(frame.text, to_somebody=visitor.facilitates or asked is not None)
        self._talking.hold_back(now, LETS_STAND if meaning in _HEAVY else LISTENS)
        others = [one.name for one in self._visitors(seen) if one.id != visitor.id]
        to_another = isinstance(frame, Announced) or any(speaks_to(frame.text, name) for name in others)
        if meaning is Meaning.DANGER or not to_another:
            self._answering.heard(meaning, visitor, now, asked=asked)

    def _see_hand(self, seen: Seen, member: MemberId, at: Millis, now: float) -> None:
        visitor = self._visitor(seen, member)
        if visitor and (member, at) not in self._hands:
            self._hands.add((member, at))
            self._answering.heard(Meaning.HAND, visitor, now)
            self._talking.hold_back(now, LETS_STAND)

    def _go_on(self, now: float) -> None:
        self._talking.hold_back(now, 4.0)
        if not self._reopening:
            self._answering.heard(Meaning.RESUMED, None, now)
        self._reopening = False

    def _answered(self, frame: Refused | Accepted, now: float) -> None:
        reply = self._unanswered.pop(frame.ref, None)
        if isinstance(frame, Accepted):
            self._talking.accepted(frame.ref)
            return
        self._talking.refused(frame.ref, frame.code)
        if frame.wait:
            self._talking.hold_back(now, frame.wait / 1000)
        if reply and frame.code in _AGAIN:
            self._answering.again(*reply, at=now + (frame.wait or 1000) / 1000)

    # What is done

    def deeds(self, now: float) -> list[Deed]:
        """What the companions do by now. To be asked a few times a second."""
        self._door.visited(self._visited_by_facilitator(), now)
        lowered = [deed for deed in self._talking.lowering(now) if deed.who in self._seats]
        door = [deed for deed in self._door.deeds(now) if deed.who in self._seats]
        turns = [*self._leads(now), *self._turns.deeds(self._seats, now)]
        agree = [deed for deed in self._agreeing.deeds(now) if deed.who in self._seats]
        return [*agree, *self._holding(now), *door, *lowered, *turns, *self._speaking(now)]

    def _leads(self, now: float) -> Iterator[Deed]:
        """For visitors who take part; one who facilitates leads themselves, and nobody is led through an empty room."""
        seen = self._seats.get(self._facilitator)
        visitors = self._visitors(seen) if seen else []
        if self._leading:
            theirs = not visitors or any(one.facilitates for one in visitors)
            yield from self._leading.deeds(None if theirs else seen, now)

    def late_comes(self, now: float) -> bool:
        """Whether whoever is late comes to the door."""
        return self._door.late_comes(now)

    def _visited_by_facilitator(self) -> bool:
        seen = self._seats.get(self._facilitator)
        return seen is not None and any(one.facilitates for one in self._visitors(seen))

    def _holding(self, now: float) -> Iterator[Deed]:
        """Nobody sits in a paused room for ever because the one who paused it has gone."""
        seen = self._seats.get(self._facilitator)
        if seen is None or seen.paused is None or any(one.facilitates for one in self._visitors(seen)):
            self._paused_since = None
            return
        self._paused_since = now if self._paused_since is None else self._paused_since
        if now - self._paused_since >= REOPENS_AFTER[seen.paused]:
            self._paused_since, self._reopening = None, True
            self._answering.by(self._facilitator, Meaning.REOPENED, now)
            yield Deed(self._facilitator, Resume(self._refs.fresh()))

    def _speaking(self, now: float) -> Iterator[Deed]:
        able = {who for who, seen in self._seats.items() if seen.may_speak and who in self._names}
        if not able or not any(self._visitors(seen) for seen in self._seats.values()):
            self._talking.hold_back(now, BREATH)  # an empty room is quiet, and so is a paused one
            return
        if any(seen.floor.kind in TAKING_TURNS for seen in self._seats.values()):
            self._talking.hold_back(now, BREATH)
            return
        if now - self._spoke < BREATH:
            return
        self._ask_in(now)
        if answer := self._answering.due(now, able):
            yield self._answer(*answer, now)
        elif len(able) > 1 and not self._answering.waiting(now):  # nobody holds forth alone
            for deed in self._talking.due(now, self._spoke, able):
                self._spoke = self._spoke if isinstance(deed.command, Hand) else now
                yield deed

    def _answer(self, who: Key, text: str, reply: Reply, now: float) -> Deed:
        ref = self._refs.fresh()
        self._unanswered[ref] = (reply, who)
        self._spoke = now
        pause = LETS_STAND if reply.meaning in _HEAVY else self._chance.uniform(3.0, 7.0)
        self._talking.hold_back(now, pause)
        return Deed(who, Say(ref, text))

    def _ask_in(self, now: float) -> None:
        """Somebody has been here for long and said nothing."""
        seen = self._seats.get(self._facilitator)
        for visitor in self._visitors(seen) if seen else ():
            long_here = now - self._met[visitor.id] > LONG_QUIET
            if long_here and visitor.id not in self._asked_in and not visitor.facilitates:
                self._asked_in.add(visitor.id)
                self._answering.heard(Meaning.QUIET, visitor, now)

    def _visitor(self, seen: Seen, member: MemberId) -> Visitor | None:
        return next((one for one in self._visitors(seen) if one.id == member), None)

    def _visitors(self, seen: Seen) -> list[Visitor]:
        return [
            Visitor(person.id, person.name, person.role is Role.FACILITATOR)
            for person in seen.people.values()
            if person.id not in self._members
        ]
