"""Where a command meets the room it is about: decided on what is known, committed if that still holds."""

import asyncio
import random
import secrets
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from chat.core.commands import calling
from chat.core.commands.attending import due
from chat.core.commands.fitting import canonical
from chat.core.decide import decide
from chat.core.decision import (
    NOBODY,
    Actor,
    AnyCommand,
    Arrive,
    Decision,
    House,
    KeepHistory,
    Moment,
    Publish,
    Reject,
    Tick,
    Worry,
)
from chat.core.errors import Code
from chat.core.ids import DraftId, MemberId, Millis, Number, Ref, RoomId
from chat.core.room.apply import ALARMED_FOR
from chat.core.wire import (
    Act,
    Agree,
    Alarmed,
    Bar,
    Begin,
    Closed,
    Confide,
    Mark,
    Release,
    Say,
    SetFloor,
    TakeNote,
    TakeUp,
    Withheld,
)
from chat.live.bus import DEADLINE, Bus, BusGone, Commit, Elsewhere, Outcome, Status, Unsettled
from chat.live.clock import Clock
from chat.live.control import AgreementChanged
from chat.live.counts import counts
from chat.live.drafts import draft_of
from chat.live.hub import Hub
from chat.live.keeping import Entry, Records, RecordsGone
from chat.live.posting import commit_of
from chat.live.reader import Reader
from chat.live.recording import entry_of
from chat.live.table import NoSuchRoom, RoomLost, Table
from chat.live.tempo import Tempo
from chat.live.unrecorded import Unrecorded

RECORDED_WITHIN = 2.0
"""Seconds an act waits to be written down first; records that hang must not keep a room from being protected."""
PERSEVERANCE = 2.0
"""Seconds a command is judged again and again while its room keeps moving; then it is refused as busy."""
JITTER = 0.01
"""Seconds at most between two tries, so that many senders do not stumble over each other in step."""
NOT_YET = {Code.INTERRUPTED, Code.BUSY}
"""Why something is not told that may be told a little later."""
CATCH_UP = 0.3
"""Seconds a notice is given to arrive before the room is looked at afresh."""


class Done(Struct, frozen=True):
    """It is told. `n`: the message's number, if it was one; `sequence`: the notice's; `draft`: it waits, as this."""

    n: Number | None
    sequence: int
    draft: DraftId | None = None


class Doubtful(Reject, frozen=True):
    """Told as a no, as there was no answer: it may have happened all the same, or may until DEADLINE has passed."""


class Judged(Struct, frozen=True):
    """What a command has just come to, and on which moment. `decision` None: the room may have moved since."""

    moment: Moment
    decision: Publish | None = None


Answer = Done | Reject
Later = Callable[[], Awaitable[Answer]]
"""What becomes of a command, for whoever can wait."""


class Desk:
    """The only way anything is asked of a room: by a browser, a page, or the passing of time."""

    def __init__(self, hub: Hub, bus: Bus, records: Records, clock: Clock, house: House, reader: Reader) -> None:
        self._hub = hub
        self._bus = bus
        self._records = records
        self._clock = clock
        self._house = house
        self.reader = reader
        self.unrecorded = Unrecorded(bus, records)
        self._meanwhile: set[asyncio.Task[None]] = set()
        """What nobody waits for: of acts that the records were too slow for, and of danger that could not be told."""
        self._worries: set[tuple[RoomId, MemberId]] = set()
        """Whose words of danger are still to be told of."""

    def tempo(self) -> Tempo:
        """How fast somebody may ask, who has not asked anything yet."""
        return Tempo(self._house)

    def refuses(self, table: Table, actor: Actor, command: AnyCommand) -> bool:
        """Whether this would be refused as the room is now known."""
        return isinstance(self._decide(table, actor, command, self._moment()), Reject)

    async def submit(self, table: Table, actor: Actor, command: AnyCommand, ref: Ref | None = None) -> Done | Reject:
        """Decides and carries out; whatever a facilitator does to somebody is recorded first."""
        outcome = await self._submit(table, actor, command, ref)
        return await self._heard_all_the_same(table, actor, outcome) if isinstance(outcome, Reject) else outcome

    async def refused(self, table: Table, actor: Actor, ref: Ref, no: Reject) -> Answer:
        """What cannot be now; unless it was done, and is only asked for again."""
        return await self._answered(table, actor, ref) or await self._heard_all_the_same(table, actor, no)

    async def _heard_all_the_same(self, table: Table, actor: Actor, no: Reject) -> Reject:
        """Words of danger may come at a moment in which their writer cannot speak, or in which nobody can be told."""
        which = table.id, actor.member
        if no.help and which not in self._worries and not await self._worry(table, actor.member):
            self._worries.add(which)
            self._goes_on(self._worry_on(table, actor.member))
        return no

    async def _worry(self, table: Table, who: MemberId) -> bool:
        """Whether it has been told, or need not be."""
        outcome = await self._submit(self._hub.table(table.id) or table, NOBODY, Worry(who), None)
        return not isinstance(outcome, Reject) or outcome.code not in NOT_YET

    async def _worry_on(self, table: Table, who: MemberId) -> None:
        give_up = time.monotonic() + ALARMED_FOR / 1000
        while time.monotonic() < give_up:
            await asyncio.sleep(CATCH_UP)
            if await self._worry(table, who):
                break
        self._worries.discard((table.id, who))

    def _goes_on(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._meanwhile.add(task)
        task.add_done_callback(self._meanwhile.discard)

    async def _submit(self, table: Table, actor: Actor, command: AnyCommand, ref: Ref | None) -> Done | Reject:
        if isinstance(command, Say | Confide):
            await self.reader.prepared()
        moment = self._moment(await self._draft(table, command))
        decision = self._decide(table, actor, command, moment)
        entry = None if isinstance(decision, Reject) else entry_of(table, actor, command, decision, self._clock.now())
        if ref and (isinstance(decision, Reject) or entry) and (before := await self._answered(table, actor, ref)):
            return before
        if isinstance(decision, Reject):
            return decision
        if isinstance(command, TakeUp):
            return await self._takes_up(table, actor, command)
        if not decision.tells:
            return Done(None, table.room.sequence)
        if isinstance(command, Agree):
            no = await self._agrees(actor, command)
            return no or await self._not_recorded(table, actor, command, ref, Judged(moment))
        if isinstance(command, TakeNote) and (no := await self._takes_note(actor, command)):
            return no
        if entry is None:  # nothing was waited for: what was decided holds as it is
            return await self._not_recorded(table, actor, command, ref, Judged(moment, decision))
        if entry.act is Act.CLOSE and entry.by is None and not await self._is_over(table, actor, command):
            return Reject(Code.BUSY)
        recording = asyncio.ensure_future(self._records.before(entry))
        if entry.act not in (Act.BAR, Act.CLOSE):
            await asyncio.wait((recording,), timeout=RECORDED_WITHIN)
            if not recording.done():
                outcome = await self._carry_out(table, actor, command, ref, Judged(moment))
                await self._ahead_of_the_records(recording, entry, done=isinstance(outcome, Done))
                return outcome
        try:
            await recording
        except RecordsGone:
            if isinstance(command, Bar):
                return Reject(Code.NOT_RECORDED)  # away from SQL a bar would last no longer than the meeting
            outcome = await self._carry_out(table, actor, command, ref, Judged(moment))
            if isinstance(outcome, Done):
                await self.unrecorded.keep(entry)
                await self._ends_with(table, entry)
            return outcome
        outcome = await self._carry_out(table, actor, command, ref, Judged(moment))
        if entry.act is Act.CLOSE:
            table.close()  # its salt is erased: whatever Redis says, the meeting is over
            if not isinstance(outcome, Done):
                await self._hub.over({table.id})
            await self._ends_with(table, entry)
            outcome = Done(None, table.room.sequence)
        if entry.act is Act.REMOVAL and outcome == Reject(Code.ALREADY_SO):
            outcome = Done(None, table.room.sequence)  # the room was mended meanwhile, and this very record heeded
        await self.unrecorded.finish(entry, done=isinstance(outcome, Done))
        return outcome

    async def _ahead_of_the_records(self, recording: Awaitable[None], entry: Entry, *, done: bool) -> None:
        """An act is done, or refused, before the records have answered; they may yet write it down, or not."""

        async def settle() -> None:
            with suppress(RecordsGone):
                await recording
                if not done:
                    await self.unrecorded.finish(entry, done=False)

        self._goes_on(settle())
        if done:
            await self.unrecorded.keep(entry)

    async def _is_over(self, table: Table, actor: Actor, command: AnyCommand) -> bool:
        """Whether a room that would end by itself, as it is known here, does so as it is: with its salts erased first,
        no fence would save a room that is held again, which a process that was cut off for long has not heard of.
        """
        try:
            now = await self._hub.read(table.id)
        except RecordsGone:
            return True  # then nothing is erased first
        except (BusGone, RoomLost):
            return False
        except NoSuchRoom:
            return True
        decision = self._decide(now, actor, command, self._moment())
        over = isinstance(decision, Publish) and any(isinstance(tell.event, Closed) for tell in decision.tells)
        if not over and self._hub.table(table.id) is table:
            self._hub.reload_soon(table)
        return over

    async def _agrees(self, actor: Actor, command: Agree) -> Reject | None:
        """A consent is written down first; why it cannot be."""
        try:
            return None if await self._records.agrees(actor.member, command.version) else Reject(Code.ASKED_AGAIN)
        except RecordsGone:
            return Reject(Code.NOT_RECORDED)

    async def _takes_note(self, actor: Actor, command: TakeNote) -> Reject | None:
        """Written down first, so that whoever has read it is not told again."""
        try:
            await self._records.takes_note(actor.member, command.at)
        except RecordsGone:
            return Reject(Code.NOT_RECORDED)
        return None

    async def _takes_up(self, table: Table, actor: Actor, command: TakeUp) -> Done | Reject:
        """The agreement is changed in the records; who sits here is asked as after any other change of it."""
        try:
            rule = await self._records.takes_up(table.id, actor.member, canonical(command.text))
        except RecordsGone:
            return Reject(Code.NOT_RECORDED)
        if not rule.written:
            return Reject(Code.ALREADY_SO)
        with suppress(BusGone):
            await self._hub.tell_all(AgreementChanged(rule.group))
        return Done(None, table.room.sequence)

    async def _not_recorded(
        self, table: Table, actor: Actor, command: AnyCommand, ref: Ref | None, judged: Judged
    ) -> Done | Reject:
        outcome = await self._carry_out(table, actor, command, ref, judged, recorded=False)
        if isinstance(command, Mark) and isinstance(outcome, Done):
            await self.submit(table, NOBODY, Tick())  # one too many mutes at once, as an act that is recorded
        if isinstance(command, Agree) and isinstance(outcome, Done):
            await self._keeps_history(table)
        return outcome

    async def _keeps_history(self, table: Table) -> None:
        """Perhaps they were the last to be asked whether what is said is kept."""
        with suppress(RecordsGone):
            history = await self._records.history(table.id)
            if history != table.room.condition.history:
                await self.submit(table, NOBODY, KeepHistory(history))

    def _is_act(self, table: Table, actor: Actor, command: AnyCommand, decision: Publish) -> bool:
        return entry_of(table, actor, command, decision, self._clock.now()) is not None

    async def _ends_with(self, table: Table, entry: Entry) -> None:
        if entry.act is Act.CLOSE:
            await self._hub.over({one.room for one in table.room.condition.apart})

    def say(self, table: Table, actor: Actor, say: Say, answered: Callable[[Done | Reject | Later], None]) -> None:
        """As `submit`, and the ordinary message without waiting: it is on its way to Redis when this returns.

        `answered` is told what became of it, or, for all that is not ordinary, how to find out by waiting.
        """
        submitted = partial(self.submit, table, actor, say, say.ref)
        if not self.reader.ready or self._hub.interrupted(table.id):
            answered(submitted)
            return
        moment, sent = self._moment(), time.monotonic()
        decision = self._decide(table, actor, say, moment)
        if isinstance(decision, Reject):  # judging is what costs: once is enough
            answered(partial(self.refused, table, actor, say.ref, decision))
            return
        commit = commit_of(table, decision, moment, (actor.member, say.ref))

        def told(outcome: Outcome | BusGone) -> None:
            match outcome:
                case Outcome():
                    answer = self._answer(table, actor, say, commit, outcome)
                    if isinstance(answer, Reject) and _is_of_danger(decision):
                        answered(partial(self._heard_all_the_same, table, actor, replace(answer, help=True)))
                    else:
                        answered(answer or submitted)
                case Elsewhere():
                    answered(submitted)
                case Unsettled():
                    answered(partial(self._settled, table, commit, sent))
                case _:
                    answered(self._unanswered())

        try:
            self._bus.submit(commit, told)
        except Elsewhere:
            answered(submitted)

    def _unanswered(self) -> Reject:
        counts.commits["unanswered"] += 1
        return Reject(Code.INTERRUPTED)

    def now(self) -> Millis:
        """Redis' time."""
        return self._clock.now()

    def due(self, table: Table) -> Millis | None:
        """When this room next needs a tick."""
        return due(table.room, Moment(self._clock.now(), self._house))

    def rings(self, table: Table) -> bool:
        """Whether somebody outside is to be told by now that this room needs them."""
        at = calling.due(table.room, self._moment())
        return at is not None and at <= self._clock.now()

    async def _draft(self, table: Table, command: AnyCommand) -> Withheld | None:
        """What is to be released, as it waits."""
        if not isinstance(command, Release):
            return None
        return await draft_of(self._bus, table.envelope, table.room, command.draft)

    async def _answered(self, table: Table, actor: Actor, ref: Ref) -> Answer | None:
        """What became of a command that is sent again: what it did may be why it would be refused now."""
        if self._hub.interrupted(table.id):
            return None
        try:
            return await self._remembered(table, actor.member, ref)
        except BusGone:
            return None

    async def _remembered(self, table: Table, who: MemberId, ref: Ref) -> Answer | None:
        """As the room remembers its answer; None if there was none. Raises BusGone."""
        number = await self._bus.answered(table.id, who, ref)
        if number is None:
            return None
        if number < 0 and not await self._bus.waits(table.id, DraftId(-number)):
            return Reject(Code.NO_SUCH_DRAFT)
        return _done(number, table.room.sequence)

    def _decide(self, table: Table, actor: Actor, command: AnyCommand, moment: Moment) -> Decision:
        if table.closed:
            return Reject(Code.ROOM_CLOSED)
        if isinstance(command, Arrive):
            command = Arrive(tuple(one for one in command.members if not table.deserted(one.seat)))
            if not command.members:
                return Reject(Code.NOT_HERE)
        if isinstance(command, Say):
            moment = self.reader.at(moment, table, actor, command)
        elif isinstance(command, Confide):
            moment = self.reader.reads(moment)
        elif isinstance(command, SetFloor | Begin):
            moment = replace(moment, lot=secrets.randbits(128))
        return decide(table.room, actor, command, moment)

    def _moment(self, draft: Withheld | None = None) -> Moment:
        return Moment(self._clock.now(), self._house, draft=draft)

    async def _carry_out(
        self,
        table: Table,
        actor: Actor,
        command: AnyCommand,
        ref: Ref | None,
        judged: Judged,
        *,
        recorded: bool = True,
    ) -> Done | Reject:
        asked = (actor.member, ref) if ref else None
        give_up = time.monotonic() + PERSEVERANCE
        while time.monotonic() < give_up:
            if self._hub.interrupted(table.id):
                return Reject(Code.INTERRUPTED)
            moment, decided = judged.moment, judged.decision
            if decided is None:
                moment = self._moment(moment.draft)
            decision = decided or self._decide(table, actor, command, moment)
            judged = Judged(moment)
            if isinstance(decision, Reject):
                return decision
            if isinstance(command, Tick) and not recorded and self._is_act(table, actor, command, decision):
                return await self.submit(table, actor, command, ref)  # it has become one while the room moved
            sent = time.monotonic()
            try:
                commit = commit_of(table, decision, moment, asked)
                outcome = await self._bus.commit(commit)
            except Unsettled:
                return await self._settled(table, commit, sent)
            except BusGone:
                return self._unanswered()
            if outcome.status is Status.TOLD and not isinstance(command, Say) and self._hub.table(table.id) is table:
                await table.reach(outcome.sequence, CATCH_UP)  # what this person asks next may build on it
            answer = self._answer(table, actor, command, commit, outcome)
            if isinstance(answer, Reject) and isinstance(command, Say | Confide) and _is_of_danger(decision):
                return replace(answer, help=True)
            if answer is not None:
                return answer
            await self._judge_again(table, outcome)
        return Reject(Code.BUSY)

    async def _settled(self, table: Table, commit: Commit, sent: float) -> Done | Reject:
        """What became of a commit that was not answered. A no that is told must stay one, so it is asked for, however
        long that takes; that the room is interrupted has been told meanwhile. The room's own commits carry no ref:
        whoever asked for one does what is to be done if it has happened.
        """
        if not commit.asked:
            return Doubtful(Code.INTERRUPTED)
        while True:
            number = table.heard(commit.notice)  # also if Redis has died since, and its memory of refs with it
            if number is not None:
                return _became(commit, number, table.room.sequence)
            final = time.monotonic() - sent > DEADLINE / 1000  # looked at before asking
            if not self._hub.interrupted(table.id):
                with suppress(BusGone):
                    if answer := await self._remembered(table, *commit.asked):
                        return answer
                    if final:
                        return Reject(Code.INTERRUPTED)
            await asyncio.sleep(CATCH_UP)

    async def _judge_again(self, table: Table, outcome: Outcome) -> None:
        if self._hub.table(table.id) is not table:
            await self._read_again(table)
        elif outcome.status is Status.MOVED:
            if not await table.reach(outcome.sequence, CATCH_UP):
                self._hub.reload_soon(table)
            await asyncio.sleep(random.uniform(0, JITTER))  # noqa: S311 - spreads retries, guards nothing
        else:
            self._hub.reload_soon(table)
            await asyncio.sleep(CATCH_UP)

    async def _read_again(self, table: Table) -> None:
        try:
            await self._hub.read_again(table)
        except (RoomLost, BusGone, RecordsGone):  # a process that knows the room may put it together again
            await asyncio.sleep(CATCH_UP)
        except NoSuchRoom:
            table.close()

    def _answer(
        self, table: Table, actor: Actor, command: AnyCommand, commit: Commit, outcome: Outcome
    ) -> Done | Reject | None:
        """None: judge again."""
        counts.commits[outcome.status] += 1
        match outcome.status:
            case Status.TOLD:
                table.promises(outcome.sequence, outcome.number)
                counts.said += commit.author is not None
                if isinstance(command, Say):
                    self.reader.heard(table, actor, command)
                return _became(commit, outcome.number, outcome.sequence)
            case Status.REPEAT:
                return _done(outcome.number, outcome.sequence)
            case Status.HELD:
                return _done(-outcome.number, outcome.sequence)
            case Status.DECIDED:
                return Reject(Code.NO_SUCH_DRAFT)
            case Status.MOVED | Status.GONE | Status.BEHIND:
                return None
            case Status.LATE:
                self._clock.hear(outcome.now)
                return Reject(Code.INTERRUPTED)
            case Status.FULL:
                return Reject(Code.ROOM_FULL)
            case Status.FAST:
                return Reject(Code.TOO_FAST, wait=outcome.number)
            case Status.SLOW:
                return Reject(Code.SLOW_MODE, wait=outcome.number)
            case Status.CROWDED:
                return Reject(Code.TOO_MANY_WAIT)
            case Status.EXISTS:
                return Reject(Code.ALREADY_SO)


def _is_of_danger(decision: Publish) -> bool:
    """Words that were to be said, and that the room did not take."""
    return any(isinstance(tell.event, Alarmed) for tell in decision.tells)


def _became(commit: Commit, number: Number, sequence: int) -> Done:
    return Done(number if commit.author else None, sequence, commit.pending.draft if commit.pending else None)


def _done(remembered: int, sequence: int) -> Done:
    """As the room remembers its answer: a message's number, 0, or below zero the draft that waits."""
    return Done(
        Number(remembered) if remembered > 0 else None, sequence, DraftId(-remembered) if remembered < 0 else None
    )
