"""Where a command meets the room it is about: decided on what is known, committed if that still holds."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from chat.core.commands import calling
from chat.core.decision import NOBODY, Actor, AnyCommand, House, KeepHistory, Moment, Publish, Reject, Tick, Worry
from chat.core.ids import Millis, Ref
from chat.core.wire import Agree, Command, Confide, Mark, Say, TakeNote, TakeUp
from chat.live.answers import Answer, Asked, Done, Later, Unwritten
from chat.live.bus import Bus
from chat.live.clock import Clock
from chat.live.deciding import Decisions
from chat.live.hub import Hub
from chat.live.keeping import Records, RecordsGone
from chat.live.reader import Reader
from chat.live.recorded import Recorded
from chat.live.recording import entry_of
from chat.live.table import Table
from chat.live.tempo import Tempo
from chat.live.unrecorded import Unrecorded
from chat.live.worries import Worries


class Desk:
    """The only way anything is asked of a room: by a browser, a page, or the passing of time."""

    def __init__(self, hub: Hub, bus: Bus, records: Records, clock: Clock, house: House, reader: Reader) -> None:
        self._hub = hub
        self._records = records
        self._clock = clock
        self._house = house
        self.reader = reader
        self.unrecorded = Unrecorded(bus, records)
        self._decisions = Decisions(hub, bus, clock, house, reader)
        self._recorded = Recorded(hub, records, self.unrecorded, self._decisions)
        self._worries = Worries(self._tell_of)

    def tempo(self) -> Tempo:
        """How fast somebody may ask, who has not asked anything yet."""
        return Tempo(self._house)

    def now(self) -> Millis:
        """Redis' time."""
        return self._clock.now()

    def due(self, table: Table) -> Millis | None:
        """When this room next needs a tick."""
        return self._decisions.due(table)

    def rings(self, table: Table) -> bool:
        """Whether somebody outside is to be told by now that this room needs them."""
        at = calling.due(table.room, self._decisions.moment())
        return at is not None and at <= self._clock.now()

    def refuses(self, table: Table, actor: Actor, command: AnyCommand) -> bool:
        """Whether this would be refused as the room is now known."""
        asked = Asked(table, actor, command)
        return isinstance(self._decisions.decide(asked, self._decisions.moment()), Reject)

    async def submit(self, table: Table, actor: Actor, command: AnyCommand, ref: Ref | None = None) -> Answer:
        """Decides and carries out; whatever a facilitator does to somebody is recorded first."""
        return await self._answer(Asked(table, actor, command, ref))

    def say(self, table: Table, actor: Actor, say: Say, answered: Callable[[Answer | Later], None]) -> None:
        """As `submit`, and the ordinary message without waiting: it is on its way to Redis when this returns.

        `answered` is told what became of it, or, for all that is not ordinary, how to find out by waiting.
        """
        asked = Asked(table, actor, say, say.ref)
        submitted = partial(self._answer, asked)
        if not self.reader.ready or self._hub.interrupted(table.id):
            answered(submitted)
            return
        moment = self._decisions.moment()
        decision = self._decisions.decide(asked, moment)
        if isinstance(decision, Reject):  # judging is what costs: once is enough
            answered(submitted if table.behind else partial(self._refused, asked, decision))
            return

        def told(answer: Answer | Later | None) -> None:
            if answer is None:
                answered(submitted)
            elif isinstance(answer, Done) or (isinstance(answer, Reject) and not answer.help):
                answered(answer)
            else:
                answered(partial(self._heard_all_the_same, asked, answer))

        self._decisions.send(asked, moment, decision, told)

    async def _answer(self, asked: Asked) -> Answer:
        return await self._heard_all_the_same(asked, await self._submit(asked))

    async def refused(self, table: Table, actor: Actor, command: Command, no: Reject) -> Answer:
        """What cannot be now; unless it was done, and is only asked for again."""
        return await self._refused(Asked(table, actor, command, command.ref), no)

    async def _refused(self, asked: Asked, no: Reject) -> Answer:
        return await self._decisions.answered(asked) or await self._heard_all_the_same(asked, no)

    async def _heard_all_the_same(self, asked: Asked, answer: Answer | Later) -> Answer:
        """Words of danger may come at a moment in which their writer cannot speak, or in which nobody can be told."""
        outcome = answer if isinstance(answer, Answer) else await answer()
        if isinstance(outcome, Reject) and outcome.help:
            await self._worries.about(asked.table, asked.actor.member)
        return outcome

    async def _tell_of(self, table: Table, worry: Worry) -> Answer:
        return await self._submit(Asked(self._hub.table(table.id) or table, NOBODY, worry))

    async def _submit(self, asked: Asked) -> Answer:
        command = asked.command
        if isinstance(command, Say | Confide):
            await self.reader.prepared()
        moment = await self._decisions.moment_of(asked)
        decision = self._decisions.decide(asked, moment)
        if isinstance(decision, Reject) and asked.table.behind and asked.actor != NOBODY:
            moment, decision = await self._decisions.decide_later(asked, decision)
        entry = None
        if not isinstance(decision, Reject):
            entry = entry_of(asked.table, asked.actor, command, decision, self._clock.now())
        if (isinstance(decision, Reject) or entry) and (before := await self._decisions.answered(asked)):
            return before
        if isinstance(decision, Reject):
            return decision
        if isinstance(command, TakeUp):
            return await self._recorded.takes_up(asked, command)
        if not decision.tells:
            return Done(None, asked.table.room.sequence)
        if isinstance(command, TakeNote) and (no := await self._recorded.takes_note(asked, command)):
            return no
        if isinstance(command, Agree):
            return await self._recorded.agrees(asked, command) or await self._does(asked, moment)
        if entry is None:  # nothing was waited for: what was decided holds as it is
            return await self._does(asked, moment, decision)
        return await self._recorded.does(asked, entry, moment)

    async def _does(self, asked: Asked, moment: Moment, decided: Publish | None = None) -> Answer:
        """What is no act, and what follows from it."""
        outcome = await self._decisions.carry_out(asked, moment, decided, recorded=False)
        if isinstance(outcome, Unwritten):
            return await self._answer(asked)
        if isinstance(asked.command, Mark) and isinstance(outcome, Done):
            await self.submit(asked.table, NOBODY, Tick())  # one too many mutes at once, as an act that is recorded
        if isinstance(asked.command, Agree) and isinstance(outcome, Done):
            await self._keeps_history(asked.table)
        return outcome

    async def _keeps_history(self, table: Table) -> None:
        """Perhaps they were the last to be asked whether what is said is kept."""
        with suppress(RecordsGone):
            history = await self._records.history(table.id)
            if history != table.room.condition.history:
                await self.submit(table, NOBODY, KeepHistory(history))
