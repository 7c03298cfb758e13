"""What people do besides talking. Each thing stands for a while, so that faults fall while it does: what a room is put
together again from must have it.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import msgspec
from msgspec.structs import replace

from chat.core.customs import DROP_IN
from chat.core.moderation.policy import Level, Levels
from tests.faults.circle import Circle
from tests.faults.history import Accepted, Refused, Said
from tests.faults.visitor import Visitor

CUSTOMS = replace(DROP_IN, policy=Levels(contact=Level.OFF))
"""How these groups do things: nobody waits, unless a test is about waiting; and what is said is numbers, which might
look like one to call.
"""
LEAVES_WITHIN = 60.0
"""Seconds after somebody's wish to leave was heard."""


class Evening(Protocol):
    """Where it happens."""

    async def pause(self, seconds: float) -> bool:
        """Whether the evening goes on."""

    async def answer(self, visitor: Visitor, what: str, about: str = "", **fields: Any) -> Accepted | Refused | None:
        """None: the page was put out before it had one."""

    async def insists(self, visitor: Visitor, what: str, about: str = "", **fields: Any) -> None:
        """Asks until it is done, or was done before."""

    def returns(self, circle: Circle, visitor: Visitor) -> None:
        """Whoever has left comes again."""


class Doings:
    """One room's: one thing at a time."""

    def __init__(self, evening: Evening, circle: Circle, chance: random.Random) -> None:
        self._evening = evening
        self._circle = circle
        self._chance = chance
        self._days = 30

    async def go_on(self) -> None:
        """Until the evening is over."""
        things: list[Callable[[Visitor], Awaitable[None]]] = [
            self._raises, self._listens, self._leaves, self._marks, self._folds, self._adopts,
        ]  # fmt: skip
        while await self._pause(0.5, 4):
            if members := self._circle.members:
                await self._chance.choice(things)(self._chance.choice(members))

    async def _pause(self, least: float, most: float) -> bool:
        return await self._evening.pause(self._chance.uniform(least, most))

    async def _done(self, who: Visitor, what: str, about: str = "", **fields: Any) -> bool:
        return isinstance(await self._evening.answer(who, what, about, **fields), Accepted)

    async def _raises(self, who: Visitor) -> None:
        member = who.page.member
        if await self._done(who, "hand", member, to="up", up=True):
            await self._pause(2, 30)
            await self._done(who, "hand", member, to="down", up=False)

    async def _listens(self, who: Visitor) -> None:
        member = who.page.member
        if await self._done(who, "listen", member):
            await self._pause(2, 20)
            await self._evening.insists(who, "take-part", member)

    async def _leaves(self, who: Visitor) -> None:
        if len(self._circle.members) < 3:
            return
        if isinstance(await self._evening.answer(who, "leave"), Refused):
            return
        async with asyncio.timeout(LEAVES_WITHIN):
            while who.over is None:
                await asyncio.sleep(0.05)
        await self._pause(1, 20)
        self._evening.returns(self._circle, who)

    async def _marks(self, who: Visitor) -> None:
        said = next((fact for fact in reversed(who.page.facts) if isinstance(fact, Said)), None)
        if said and await self._done(who, "mark", str(said.n), n=said.n):
            await self._pause(2, 20)
            await self._done(self._circle.facilitator, "look", said.by, member=said.by)

    async def _folds(self, who: Visitor) -> None:
        if n := who.newest:
            await self._done(self._circle.facilitator, "fold", str(n), n=n, note="a number")

    async def _adopts(self, _: Visitor) -> None:
        self._days = 7 + (self._days - 6) % 84
        customs = msgspec.to_builtins(replace(CUSTOMS, remarks_days=self._days))
        await self._done(self._circle.facilitator, "adopt", to=str(self._days), customs=customs)
