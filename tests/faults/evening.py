"""Many rooms at once: their people talk, a facilitator acts, and they go on through whatever happens."""

import asyncio
import itertools
import random
import time
from collections.abc import Callable
from typing import Any

from chat.core.ids import MemberId
from chat.core.wire import Role
from chat.records import accounts, agreements, groups, meetings, members, visits
from chat.records.keys import now
from chat.records.store import Store
from tests.faults.circle import Circle
from tests.faults.doings import CUSTOMS, Doings
from tests.faults.ground import Ground
from tests.faults.history import Accepted, Fact, Lost, Page, Refused
from tests.faults.visitor import Address, Visitor
from tests.limits import OPEN
from web.customs import keep
from web.terms import settle

RESUMES_AFTER = 0.3
"""Seconds a facilitator needs to see that a room has paused by itself."""

INSISTS = 120
"""Seconds; longer than any fault lasts."""
WAVE = 100
"""People who come at once: more, and on a slow machine they give up before it is their turn, and come again."""


class Evening:
    """Owns every page and what its member does."""

    def __init__(self, ground: Ground, circles: list[Circle], seed: int) -> None:
        self.ground = ground
        self.circles = circles
        self.visitors = [visitor for circle in circles for visitor in circle.visitors]
        self.pages = [visitor.page for visitor in self.visitors]
        self.accepted = 0
        self.told: dict[int, float] = {}
        """Room → when it last acknowledged a message."""
        self.every = 1.0
        """Seconds between two messages of one person."""
        self._random = random.Random(seed)  # noqa: S311
        self._over = asyncio.Event()
        self._numbers = itertools.count(1000)

    @property
    def staying(self) -> list[Visitor]:
        """Who is in a room, or on the way back to it."""
        return [visitor for visitor in self.visitors if visitor.page.stays and visitor.over is None]

    async def gathers(self) -> None:
        """Facilitators first: they begin their rooms; then everybody."""
        for circle in self.circles:
            circle.facilitator.open()
        await self._until_here([circle.facilitator for circle in self.circles])
        members = [visitor for circle in self.circles for visitor in circle.visitors[1:]]
        for wave in range(0, len(members), WAVE):
            for visitor in members[wave : wave + WAVE]:
                visitor.open()
            await self._until_here(members[wave : wave + WAVE])

    async def _until_here(self, visitors: list[Visitor]) -> None:
        try:
            async with asyncio.timeout(120):
                for visitor in visitors:
                    await visitor.here.wait()
        except TimeoutError:
            missing = [visitor.page for visitor in visitors if not visitor.here.is_set()]
            lately = {(page.room, page.number): [kind(fact) for fact in page.facts[-8:]] for page in missing[:5]}
            raise AssertionError(f"{len(missing)} are not in their rooms; {lately}") from None

    async def talks(self) -> None:
        """Until `ends`."""
        async with asyncio.TaskGroup() as tasks:
            for circle in self.circles:
                tasks.create_task(self._holds(circle))
                tasks.create_task(self._acts(circle))
                for place in range(len(circle.visitors)):
                    tasks.create_task(self._speaks(circle, place))
                tasks.create_task(Doings(self, circle, self._random).go_on())

    def ends(self) -> None:
        """Everybody finishes what they are doing."""
        self._over.set()

    async def pause(self, seconds: float) -> bool:
        """Whether the evening goes on."""
        if self._over.is_set():
            return False
        try:
            async with asyncio.timeout(seconds):
                await self._over.wait()
        except TimeoutError:
            return True
        return False

    async def _speaks(self, circle: Circle, place: int) -> None:
        while await self.pause(self._random.uniform(0, 2 * self.every)):
            visitor = circle.visitors[place]
            if visitor.over is not None:
                continue  # they may be back on another page
            answer = await self.answer(visitor, "say")
            if isinstance(answer, Accepted):
                self.accepted += 1
                self.told[circle.number] = answer.t

    async def answer(self, visitor: Visitor, what: str, about: str = "", **fields: Any) -> Accepted | Refused | None:
        """None: the page was put out before it had one. Raises TimeoutError if there is none for longer than can be."""
        async with asyncio.timeout(INSISTS):
            try:
                return await visitor.ask(what, about, **fields)
            except asyncio.CancelledError:
                if visitor.over is None:
                    raise
                return None

    async def _holds(self, circle: Circle) -> None:
        """A room that paused by itself goes on when its facilitator sees it."""
        fran = circle.facilitator
        while await self.pause(RESUMES_AFTER):
            if fran.here.is_set() and fran.paused in ("itself", "mending"):
                await self.answer(fran, "resume")

    async def _acts(self, circle: Circle) -> None:
        removes_at = self._random.uniform(20, 200)
        began = time.monotonic()
        while await self.pause(self._random.uniform(1, 8)):
            fran = circle.facilitator
            if not fran.here.is_set() or len(circle.members) < 2:
                continue
            who = self._random.choice(circle.members)
            if time.monotonic() - began > removes_at and len(circle.members) > 2:
                removes_at = float("inf")
                await self._removes(circle, who)
            else:
                await self._random.choice((self._mutes, self._pauses, self._retracts))(circle, who)

    async def _mutes(self, circle: Circle, who: Visitor) -> None:
        fran, member = circle.facilitator, who.page.member
        answer = await self.answer(fran, "mute", member, member=member, minutes=100, reason="other")
        if isinstance(answer, Accepted):
            await self.pause(self._random.uniform(0.2, 3))
            await self.insists(fran, "unmute", member, member=member)

    async def _pauses(self, circle: Circle, _: Visitor) -> None:
        fran = circle.facilitator
        if isinstance(await self.answer(fran, "pause"), Accepted):
            await self.pause(self._random.uniform(0.1, 1))
            await self.insists(fran, "resume")

    async def insists(self, visitor: Visitor, what: str, about: str = "", **fields: object) -> None:
        """Asks until it is done, or was done before."""
        began, code = time.monotonic(), ""
        while time.monotonic() < began + INSISTS:
            answer = await self.answer(visitor, what, about, **fields)
            if answer is None or isinstance(answer, Accepted) or (code := answer.code) == "already-so":
                return
            await asyncio.sleep(0.3)
        raise AssertionError(f"{what} was refused for {INSISTS} s, as {code}")

    async def _retracts(self, circle: Circle, who: Visitor) -> None:
        newest = who.newest
        if newest:
            n = max(1, newest - self._random.randrange(3))
            await self.answer(circle.facilitator, "retract", str(n), n=n)

    async def _removes(self, circle: Circle, who: Visitor) -> None:
        member = who.page.member
        who.page.stays = False
        answer = await self.answer(circle.facilitator, "remove", member, member=member, reason="other")
        if isinstance(answer, Refused):
            who.page.stays = who.over is None

    async def comes_to_rest(self) -> None:
        """Everybody is there, the rooms go on, and the last word of each is heard by all."""
        staying = self.staying
        await self._until_here(staying)
        for circle in self.circles:
            last = circle.facilitator.ask("announce")
            async with asyncio.timeout(60):
                while isinstance(await last, Refused):
                    await asyncio.sleep(0.3)
                    last = circle.facilitator.ask("announce")
        async with asyncio.timeout(60):
            while any(visitor.waits or visitor.newest < self._newest(visitor) for visitor in staying):
                await asyncio.sleep(0.05)
        for visitor in self.visitors:
            visitor.rest()

    def _newest(self, visitor: Visitor) -> int:
        return self.circles[visitor.page.room].facilitator.newest

    def returns(self, circle: Circle, visitor: Visitor) -> None:
        """Whoever has left comes again, on a page of their own."""
        fresh = visitor.again(next(self._numbers))
        circle.visitors[circle.visitors.index(visitor)] = fresh
        self.visitors.append(fresh)
        self.pages.append(fresh.page)
        fresh.open()

    def interrupted(self) -> int:
        """How many pages are not seated, or were told that their room cannot be reached."""
        return sum(1 for visitor in self.staying if not visitor.here.is_set())


async def evening(ground: Ground, rooms: int, people: int, seed: int) -> Evening:
    """`rooms` groups of `people` with open meetings, everybody's account, consent and visit; nobody is there yet."""
    circles = []
    async with Store.open(f"sqlite:///{ground.records}") as store, store.writing() as c:
        for number in range(rooms):
            group = (await groups.create(c, f"Group {number}")).id
            await keep(c, group, CUSTOMS)
            await settle(c, OPEN, group)
            version = (await agreements.current(c, group)).version
            visitors = []
            meeting = await meetings.open(c, group, MemberId("nobody"), now())
            for person in range(people):
                account = await accounts.create(c, "someone", "no password")
                role = Role.MEMBER if person else Role.FACILITATOR
                member = await members.join(c, group, account.id, f"P{person}", role, version)
                cookie = await visits.start(c, account.id, now(), "a test")
                page = Page(number, person, member.id, [])
                home = number + person
                visitors.append(Visitor(page, f"/rooms/{meeting.id}/socket", cookie, _where(ground, home)))
            circles.append(Circle(number, visitors))
    return Evening(ground, circles, seed)


def _where(ground: Ground, home: int) -> Callable[[int], Address]:
    return lambda tries: ground.address(home, tries)


def kind(fact: Fact) -> str:
    """Its name, and with what a line ended."""
    return f"{type(fact).__name__} {fact.code}" if isinstance(fact, Lost | Refused) else type(fact).__name__
