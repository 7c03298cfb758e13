"""Whoever says something is told the truth about it, also when the answer was lost on its way."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.checker import check
from tests.faults.evening import Evening, evening
from tests.faults.ground import Ground, ground
from tests.faults.history import Accepted, Interrupted, Room, Said
from tests.faults.visitor import Visitor

pytestmark = pytest.mark.faults
PATIENCE = 30.0


async def until(condition: Callable[[], object]) -> None:
    """Waits for it."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.02)


def heard(visitor: Visitor, kind: type, since: float = 0.0) -> int:
    """How many such facts."""
    return sum(1 for fact in visitor.page.facts if isinstance(fact, kind) and fact.t > since)


async def one_room(here: Ground, people: int = 3) -> tuple[Evening, Visitor, Visitor]:
    """An evening of one room; its facilitator on the first process, a member on the second, behind the link."""
    made = await evening(here, 1, people, 1)
    await made.gathers()
    fran, ann = made.visitors[:2]
    await fran.ask("resume")
    await ann.ask("say")  # the phrase lists are read, and its connection is known by it
    return made, fran, ann


async def test_what_was_told_though_the_answer_was_lost_is_acknowledged_and_not_denied(tmp_path: Path) -> None:
    async with ground(tmp_path) as here:
        made, fran, ann = await one_room(here)
        began = time.monotonic()
        here.link.deaf = True
        answer = ann.ask("say")
        await until(lambda: heard(fran, Said) == 2)
        await until(lambda: heard(ann, Interrupted))
        assert time.monotonic() - began < 3 + 2  # two for a slow machine
        here.link.cut()
        here.link.let_go()
        assert isinstance(await answer, Accepted)
        await made.comes_to_rest()
        assert check(made.pages) == []


async def test_what_was_heard_here_is_acknowledged_though_redis_died_before_it_answered(tmp_path: Path) -> None:
    async with ground(tmp_path) as here:
        made, fran, ann = await one_room(here)
        here.link.deaf_to_commits = True
        answer = ann.ask("say")
        await until(lambda: heard(ann, Said) == 2)
        await here.memory.is_killed()
        await here.memory.starts()
        assert isinstance(await answer, Accepted)
        here.link.let_go()
        await until(lambda: any(fact.missed is None for fact in fran.page.facts if isinstance(fact, Room)))
        await fran.ask("resume")
        await made.comes_to_rest()
        assert check(made.pages) == []
