"""The companions as the room knows them: members with accounts and visits, who come to every meeting of their group."""

import asyncio
import random
from collections.abc import Mapping

import structlog
from msgspec import Struct

from chat.core.ids import AccountId, GroupId, MemberId, RoomId
from chat.live.closing import Closing
from chat.records import agreements, meetings
from chat.records.keys import now
from web.companions.circle import Circle
from web.companions.connection import Connection, Way
from web.companions.programme import Programme
from web.companions.script import Key, Script
from web.plan import default
from web.site import Site

log = structlog.get_logger()

LOOK = 0.25
"""Seconds between two looks at what is to be done."""
ARRIVING = 1.5
"""Seconds in which those who are not the facilitator come in."""
MEETS_AGAIN = 20.0
"""Seconds after a meeting has closed before the next is opened, unless somebody opens it sooner."""
READING = (3.0, 8.0)
"""Seconds it takes a companion to read a changed agreement."""


class Account(Struct, frozen=True):
    """Who a companion is to the server. `cookie`: as their browser would send it."""

    account: AccountId
    member: MemberId
    cookie: str

    def __repr__(self) -> str:
        return f"<Account of {self.member}>"


class Company:
    """All of them, for as long as the demo lasts."""

    def __init__(self, script: Script, accounts: Mapping[Key, Account], group: GroupId, site: Site) -> None:
        self._script = script
        self._accounts = accounts
        self._group = group
        self._site = site
        self._chance = random.SystemRandom()
        self._programme = Programme(script, self._chance)

    async def run(self) -> None:
        """Comes to one meeting after the other, and opens the next when nobody else does."""
        room = await self.open()
        while True:
            await self._meet(room)
            room = await self._next(room)

    async def open(self) -> RoomId:
        """The group's meeting; opened by the facilitator's companion if there is none."""
        by = self._accounts[self._script.facilitator.key].member
        async with self._site.store.writing() as c:
            meeting = await meetings.open(c, self._group, by, now())
        await self._site.live.begin(meeting.id)
        return meeting.id

    async def _next(self, last: RoomId) -> RoomId:
        loop = asyncio.get_running_loop()
        not_before = loop.time() + MEETS_AGAIN
        while True:
            async with self._site.store.reading() as c:
                meeting = await meetings.current(c, self._group)
            if meeting and meeting.id != last:
                return meeting.id
            if meeting is None and loop.time() >= not_before:
                return await self.open()
            await asyncio.sleep(1)

    async def _meet(self, room: RoomId) -> None:
        """One meeting, until none of them sits in it any more."""
        members = {account.member: key for key, account in self._accounts.items()}
        circle = Circle(self._script, self._programme, members, self._chance, default())
        lines = {key: self._line(key, room, circle) for key in self._accounts}
        async with asyncio.TaskGroup() as tasks:
            time_to_come, late = asyncio.Event(), self._script.late.key
            beside = [
                tasks.create_task(self._act(circle, lines, time_to_come)),
                tasks.create_task(self._comes_late(late, lines[late], time_to_come)),
            ]
            async with asyncio.TaskGroup() as sitting:
                for person in self._script.people:
                    sitting.create_task(self._sit(person.key, lines[person.key]))
            for task in beside:
                task.cancel()

    def _line(self, key: Key, room: RoomId, circle: Circle) -> Connection:
        loop = asyncio.get_running_loop()
        address = self._site.address
        way = Way(f"ws{address.removeprefix('http')}/rooms/{room}/socket", address, self._accounts[key].cookie)
        return Connection(way, lambda frame: circle.hear(key, frame, loop.time()), lambda: circle.away(key))

    async def _sit(self, key: Key, line: Connection) -> None:
        if key != self._script.facilitator.key:
            await asyncio.sleep(self._chance.uniform(0.2, ARRIVING))
        while (closing := await line.stay()) is Closing.AGREEMENT:
            await asyncio.sleep(self._chance.uniform(*READING))
            async with self._site.store.writing() as c:
                version = (await agreements.current(c, self._group)).version
                await agreements.consent(c, self._accounts[key].member, version)
        log.info("A companion has left the room.", code=closing.value)

    async def _comes_late(self, key: Key, line: Connection, time_to_come: asyncio.Event) -> None:
        await time_to_come.wait()
        await self._sit(key, line)

    async def _act(self, circle: Circle, lines: Mapping[Key, Connection], time_to_come: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        while True:
            if circle.late_comes(loop.time()):
                time_to_come.set()
            for deed in circle.deeds(loop.time()):
                await lines[deed.who].ask(deed.command)
            await asyncio.sleep(LOOK)
