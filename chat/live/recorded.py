"""What is written down before it is done: acts of facilitators and of the room, consents, and what has been read."""

import asyncio
from collections.abc import Awaitable, Coroutine
from contextlib import suppress

from chat.core.commands.fitting import canonical
from chat.core.decision import Moment, Publish, Reject
from chat.core.errors import Code
from chat.core.wire import Act, Agree, Bar, Closed, TakeNote, TakeUp
from chat.live.answers import Answer, Asked, Done
from chat.live.bus import BusGone
from chat.live.control import AgreementChanged
from chat.live.deciding import Decisions
from chat.live.hub import Hub
from chat.live.keeping import Entry, Records, RecordsGone
from chat.live.table import NoSuchRoom, RoomLost
from chat.live.unrecorded import Unrecorded

WITHIN = 2.0
"""Seconds an act waits to be written down first; records that hang must not keep a room from being protected."""


class Recorded:
    """Records first, room second; and what becomes of either if the other does not answer."""

    def __init__(self, hub: Hub, records: Records, unrecorded: Unrecorded, decisions: Decisions) -> None:
        self._hub = hub
        self._records = records
        self._unrecorded = unrecorded
        self._decisions = decisions
        self._meanwhile: set[asyncio.Task[None]] = set()
        """Acts that the records were too slow for."""

    async def agrees(self, asked: Asked, command: Agree) -> Reject | None:
        """A consent; why it cannot be."""
        try:
            agreed = await self._records.agrees(asked.actor.member, command.version)
        except RecordsGone:
            return Reject(Code.NOT_RECORDED)
        return None if agreed else Reject(Code.ASKED_AGAIN)

    async def takes_note(self, asked: Asked, command: TakeNote) -> Reject | None:
        """Written down first, so that whoever has read it is not told again; why it cannot be."""
        try:
            await self._records.takes_note(asked.actor.member, command.at)
        except RecordsGone:
            return Reject(Code.NOT_RECORDED)
        return None

    async def takes_up(self, asked: Asked, command: TakeUp) -> Answer:
        """The agreement is changed in the records; who sits here is asked as after any other change of it."""
        table = asked.table
        try:
            rule = await self._records.takes_up(table.id, asked.actor.member, canonical(command.text))
        except RecordsGone:
            return Reject(Code.NOT_RECORDED)
        if not rule.written:
            return Reject(Code.ALREADY_SO)
        with suppress(BusGone):
            await self._hub.tell_all(AgreementChanged(rule.group))
        return Done(None, table.room.sequence)

    async def does(self, asked: Asked, entry: Entry, moment: Moment) -> Answer:
        """An act: written down, done, and its outcome written down. Only a bar is refused if the records are gone."""
        if entry.act is Act.CLOSE and entry.by is None and not await self._is_over(asked):
            return Reject(Code.BUSY)
        recording = asyncio.ensure_future(self._records.before(entry))
        if entry.act not in (Act.BAR, Act.CLOSE):
            await asyncio.wait((recording,), timeout=WITHIN)
            if not recording.done():
                outcome = await self._decisions.carry_out(asked, moment)
                await self._ahead_of_the_records(recording, entry, done=isinstance(outcome, Done))
                return outcome
        try:
            await recording
        except RecordsGone:
            if isinstance(asked.command, Bar):
                return Reject(Code.NOT_RECORDED)  # away from SQL a bar would last no longer than the meeting
            return await self._without_records(asked, entry, moment)
        outcome = await self._decisions.carry_out(asked, moment)
        if entry.act is Act.CLOSE:
            outcome = await self._ended(asked, outcome)
        if entry.act is Act.REMOVAL and outcome == Reject(Code.ALREADY_SO):
            outcome = self._as_it_is(asked)  # the room was mended meanwhile, and this very record heeded
        await self._unrecorded.finish(entry, done=isinstance(outcome, Done))
        return outcome

    async def _without_records(self, asked: Asked, entry: Entry, moment: Moment) -> Answer:
        outcome = await self._decisions.carry_out(asked, moment)
        if isinstance(outcome, Done):
            await self._unrecorded.keep(entry)
            if entry.act is Act.CLOSE:
                await self._sides_end(asked)
        return outcome

    async def _ahead_of_the_records(self, recording: Awaitable[None], entry: Entry, *, done: bool) -> None:
        """An act is done, or refused, before the records have answered; they may yet write it down, or not."""

        async def settle() -> None:
            with suppress(RecordsGone):
                await recording
                if not done:
                    await self._unrecorded.finish(entry, done=False)

        self._goes_on(settle())
        if done:
            await self._unrecorded.keep(entry)

    def _goes_on(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._meanwhile.add(task)
        task.add_done_callback(self._meanwhile.discard)

    async def _is_over(self, asked: Asked) -> bool:
        """Whether a room that would end by itself, as it is known here, does so as it is: with its salts erased first,
        no fence would save a room that is held again, which a process that was cut off for long has not heard of.
        """
        table = asked.table
        try:
            now = await self._hub.read(table.id)
        except RecordsGone:
            return True  # then nothing is erased first
        except (BusGone, RoomLost):
            return False
        except NoSuchRoom:
            return True
        decision = self._decisions.decide(Asked(now, asked.actor, asked.command), self._decisions.moment())
        over = isinstance(decision, Publish) and any(isinstance(tell.event, Closed) for tell in decision.tells)
        if not over and self._hub.table(table.id) is table:
            self._hub.reload_soon(table)
        return over

    async def _ended(self, asked: Asked, outcome: Answer) -> Done:
        """Its salt is erased: whatever Redis says, the meeting is over, and what was beside it."""
        table = asked.table
        table.close()
        if not isinstance(outcome, Done):
            await self._hub.over({table.id})
        await self._sides_end(asked)
        return self._as_it_is(asked)

    async def _sides_end(self, asked: Asked) -> None:
        await self._hub.over({one.room for one in asked.table.room.condition.apart})

    def _as_it_is(self, asked: Asked) -> Done:
        return Done(None, asked.table.room.sequence)
