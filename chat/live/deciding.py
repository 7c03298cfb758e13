"""What is asked of a room is decided on what is known of it, and committed if it still is so; else decided again."""

import asyncio
import random
import secrets
import time
from collections.abc import Callable
from contextlib import suppress

from msgspec.structs import replace

from chat.core.commands.attending import due
from chat.core.decide import decide
from chat.core.decision import Arrive, Decision, House, Moment, Publish, Reject, Tick
from chat.core.errors import Code
from chat.core.ids import DraftId, MemberId, Millis, Ref
from chat.core.wire import Begin, Confide, Release, Say, SetFloor, Withheld
from chat.live.answers import Answer, Asked, Doubtful, Later, Unwritten, became, done, with_help
from chat.live.bus import DEADLINE, Bus, BusGone, Commit, Elsewhere, Outcome, Status, Unsettled
from chat.live.clock import Clock
from chat.live.counts import counts
from chat.live.drafts import draft_of
from chat.live.hub import Hub
from chat.live.keeping import RecordsGone
from chat.live.posting import commit_of
from chat.live.reader import Reader
from chat.live.recording import entry_of
from chat.live.table import NoSuchRoom, RoomLost, Table

PERSEVERANCE = 2.0
"""Seconds a command is judged again and again while its room keeps moving; then it is refused as busy."""
JITTER = 0.01
"""Seconds at most between two tries, so that many senders do not stumble over each other in step."""
OTHERS = 1.0
"""Seconds in which others look at a room, too, after a fault: they may have heard what Redis has lost."""
CATCH_UP = 0.3
"""Seconds a notice is given to arrive before the room is looked at afresh."""


class Decisions:
    """Where the pure core, what this process knows of a room, and Redis meet."""

    def __init__(self, hub: Hub, bus: Bus, clock: Clock, house: House, reader: Reader) -> None:
        self._hub = hub
        self._bus = bus
        self._clock = clock
        self._house = house
        self._reader = reader

    def moment(self, draft: Withheld | None = None) -> Moment:
        """Now, by Redis' clock. `draft`: what is to be released."""
        return Moment(self._clock.now(), self._house, draft=draft)

    async def moment_of(self, asked: Asked) -> Moment:
        """Now, with whatever it takes to decide this: what is to be released, as it waits."""
        if not isinstance(asked.command, Release):
            return self.moment()
        table = asked.table
        return self.moment(await draft_of(self._bus, table.envelope, table.room, asked.command.draft))

    def due(self, table: Table) -> Millis | None:
        """When this room next needs a tick."""
        return due(table.room, self.moment())

    def decide(self, asked: Asked, moment: Moment) -> Decision:
        """What comes of it as the room is known here."""
        table, command = asked.table, asked.command
        if table.closed:
            return Reject(Code.ROOM_CLOSED)
        if isinstance(command, Arrive):
            command = Arrive(tuple(one for one in command.members if not table.deserted(one.seat)))
            if not command.members:
                return Reject(Code.NOT_HERE)
        if isinstance(command, Say):
            moment = self._reader.at(moment, table, asked.actor, command)
        elif isinstance(command, Confide):
            moment = self._reader.reads(moment)
        elif isinstance(command, SetFloor | Begin):
            moment = replace(moment, lot=secrets.randbits(128))
        return decide(table.room, asked.actor, command, moment)

    async def decide_later(self, asked: Asked, no: Reject) -> tuple[Moment, Decision]:
        """As soon as this table has been told what this process has promised: by how the room was before, whoever has
        just paused it would be told that it is not paused.
        """
        table, give_up = asked.table, time.monotonic() + PERSEVERANCE
        while table.behind and self._hub.table(table.id) is table and not self._hub.interrupted(table.id):
            if time.monotonic() > give_up:
                return self.moment(), Reject(Code.BUSY, help=no.help)
            if not await table.reach(table.promised[0], CATCH_UP):
                self._hub.reload_soon(table)
        moment = await self.moment_of(asked)
        return moment, self.decide(asked, moment)

    async def carry_out(
        self, asked: Asked, moment: Moment, decided: Publish | None = None, *, recorded: bool = True
    ) -> Answer:
        """Commits it. `decided`: at that moment; None if the room may have moved since. What has become an act by its
        moving is not done if it is not `recorded`: Unwritten.
        """
        return with_help(asked, decided, await self._carried_out(asked, moment, decided, recorded))

    async def _carried_out(self, asked: Asked, moment: Moment, decided: Publish | None, recorded: bool) -> Answer:
        table = asked.table
        give_up = time.monotonic() + PERSEVERANCE
        while time.monotonic() < give_up:
            if self._hub.interrupted(table.id):
                return Reject(Code.INTERRUPTED)
            decision = decided or self.decide(asked, moment := self.moment(moment.draft))
            decided = None
            if isinstance(decision, Reject):
                return decision
            if not recorded and isinstance(asked.command, Tick) and self._is_act(asked, decision):
                return Unwritten(Code.BUSY)
            sent = time.monotonic()
            try:
                commit = commit_of(table, decision, moment, asked.again)
                outcome = await self._bus.commit(commit)
            except Unsettled:
                return await self._settled(table, commit, sent)
            except BusGone:
                return _unanswered()
            if (
                outcome.status is Status.TOLD
                and not isinstance(asked.command, Say)
                and self._hub.table(table.id) is table
            ):
                await table.reach(outcome.sequence, CATCH_UP)  # what this person asks next may build on it
            if answer := self._answer(asked, commit, outcome):
                return answer
            await self._judge_again(table, outcome)
        return Reject(Code.BUSY)

    def send(
        self, asked: Asked, moment: Moment, decision: Publish, told: Callable[[Answer | Later | None], None]
    ) -> None:
        """As `carry_out`, once, and without waiting: it is on its way to Redis when this returns. `told` hears what
        became of it or, if that takes longer, how to find out; None: it is to be decided again.
        """
        sent = time.monotonic()
        commit = commit_of(asked.table, decision, moment, asked.again)

        async def later() -> Answer:
            return with_help(asked, decision, await self._settled(asked.table, commit, sent))

        def settled(outcome: Outcome | BusGone) -> None:
            match outcome:
                case Outcome():
                    answer = self._answer(asked, commit, outcome)
                    told(answer and with_help(asked, decision, answer))
                case Elsewhere():
                    told(None)
                case Unsettled():
                    told(later)
                case _:
                    told(with_help(asked, decision, _unanswered()))

        try:
            self._bus.submit(commit, settled)
        except Elsewhere:
            told(None)

    async def answered(self, asked: Asked) -> Answer | None:
        """What became of a command that is sent again: what it did may be why it would be refused now."""
        if asked.again is None or self._hub.interrupted(asked.table.id):
            return None
        try:
            return await self._remembered(asked.table, asked.again)
        except BusGone:
            return None

    async def _remembered(self, table: Table, again: tuple[MemberId, Ref]) -> Answer | None:
        """As the room remembers its answer; None if there was none. Raises BusGone."""
        number = await self._bus.answered(table.id, *again)
        if number is None:
            return None
        if number < 0 and not await self._bus.waits(table.id, DraftId(-number)):
            return Reject(Code.NO_SUCH_DRAFT)
        return done(number, table.room.sequence)

    async def _settled(self, table: Table, commit: Commit, sent: float) -> Answer:
        """What became of a commit that was not answered. A no that is told must stay one, so it is asked for, however
        long that takes; that the room is interrupted has been told meanwhile. The room's own commits carry no ref:
        whoever asked for one does what is to be done if it has happened.
        """
        if not commit.asked:
            return Doubtful(Code.INTERRUPTED)
        looked = time.monotonic()
        while True:
            number = table.heard(commit.notice)  # also if Redis has died since, and its memory of refs with it
            if number is not None:
                return became(commit, number, table.room.sequence)
            if self._hub.interrupted(table.id):
                looked = time.monotonic()
            else:
                final = time.monotonic() > max(sent + DEADLINE / 1000, looked + OTHERS)  # before asking
                with suppress(BusGone):
                    if answer := await self._remembered(table, commit.asked):
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

    def _is_act(self, asked: Asked, decision: Publish) -> bool:
        return entry_of(asked.table, asked.actor, asked.command, decision, self._clock.now()) is not None

    def _answer(self, asked: Asked, commit: Commit, outcome: Outcome) -> Answer | None:
        """None: judge again."""
        counts.commits[outcome.status] += 1
        table, command = asked.table, asked.command
        match outcome.status:
            case Status.TOLD:
                table.promises(outcome.sequence, outcome.number)
                counts.said += commit.author is not None
                if isinstance(command, Say):
                    self._reader.heard(table, asked.actor, command)
                return became(commit, outcome.number, outcome.sequence)
            case Status.REPEAT:
                return done(outcome.number, outcome.sequence)
            case Status.HELD:
                return done(-outcome.number, outcome.sequence)
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


def _unanswered() -> Reject:
    counts.commits["unanswered"] += 1
    return Reject(Code.INTERRUPTED)
