"""How soon things are noticed, and how soon they are well again: measured, shown at the end of the run, and held with
room for a slow machine.
"""

import asyncio
import itertools
import os
import signal
import time
from pathlib import Path

import pytest

from tests.faults import report
from tests.faults.checker import check
from tests.faults.evening import Evening, evening
from tests.faults.ground import ground
from tests.faults.history import Accepted, Arrived, Fact, Interrupted, Left, Lost, Paused, Refused, Room
from tests.faults.test_answers import until
from tests.faults.visitor import Visitor
from tests.processes import children, is_gone

pytestmark = [pytest.mark.faults, pytest.mark.alone]
CROWD = int(os.environ.get("HEARTH_TEST_CROWD", 1_000))
SLOW = 10.0
"""Seconds more than promised before a test fails: a shared machine may itself stand still for that long."""


def first(visitor: Visitor, kind: type[Fact], since: float) -> float | None:
    """When the first such fact after `since` came."""
    return next((fact.t for fact in visitor.page.facts if isinstance(fact, kind) and fact.t > since), None)


async def times(visitors: list[Visitor], kind: type[Fact], since: float) -> list[float]:
    """For each, after how many seconds it heard that; waits until everybody has."""
    await until(lambda: all(first(visitor, kind, since) for visitor in visitors))
    return sorted((first(visitor, kind, since) or 0.0) - since for visitor in visitors)


async def goes_on(people: Evening) -> float:
    """The moment from which a message goes through in every room."""

    async def in_one(fran: Visitor) -> float:
        while True:
            answer = await fran.ask("announce")
            if isinstance(answer, Accepted):
                return answer.t
            await asyncio.sleep(0.05)

    return max(await asyncio.gather(*(in_one(circle.facilitator) for circle in people.circles)))


async def test_a_hung_redis_is_noticed_and_a_restarted_one_serves_again(tmp_path: Path) -> None:
    async with ground(tmp_path) as here:
        people = await evening(here, 10, 5, 1)
        await people.gathers()
        for circle in people.circles:
            await circle.facilitator.ask("resume")
        frozen = time.monotonic()
        here.memory.freezes()
        noticed = (await times(people.visitors, Interrupted, frozen))[-1]
        answers = await asyncio.gather(*(visitor.ask("say") for visitor in people.visitors))
        assert all(isinstance(answer, Refused) and answer.code == "interrupted" for answer in answers)
        refused = max(answer.t for answer in answers) - frozen
        await asyncio.sleep(max(0.0, 12 - (time.monotonic() - frozen)))
        here.memory.thaws()
        thawed = time.monotonic()
        by_itself = await goes_on(people) - thawed
        paused = any(isinstance(fact, Paused) for visitor in people.visitors for fact in visitor.page.facts)

        await here.memory.is_killed()
        await asyncio.sleep(1)
        await here.memory.starts()
        served = await goes_on(people) - here.memory.answered_at
        for circle in people.circles:
            await circle.facilitator.ask("resume")
        await people.comes_to_rest()

    report.figure("hung Redis: every page told after", f"{noticed:.1f} s", "3 s")
    report.figure("hung Redis: everybody's command refused in words after", f"{refused:.1f} s", "3 s")
    report.figure("hung Redis: room goes on by itself, after it answers", f"{by_itself:.1f} s", "15 s, not paused")
    report.figure("Redis killed: rooms served again, after it answers", f"{served:.1f} s", "3 s")
    assert check(people.pages) == []
    assert not paused
    assert max(noticed, refused) < 3 + SLOW
    assert by_itself < 15 + SLOW
    assert served < 3 + SLOW


async def test_a_process_killed_under_a_crowd_costs_nobody_a_message(tmp_path: Path) -> None:
    async with ground(tmp_path) as here:
        people = await evening(here, 1, CROWD, 1)
        began = time.monotonic()
        await people.gathers()
        gathered = time.monotonic() - began
        fran = people.visitors[0]  # on the first process; every other one is on the second
        await fran.ask("resume")
        people.every = CROWD / 20
        talking = asyncio.create_task(people.talks())
        await asyncio.sleep(3)
        staying, going = people.visitors[:-20], people.visitors[-20:]
        concerned = [visitor for visitor in staying if visitor.page.number % 2]
        ghosts = {visitor.page.member for visitor in going if visitor.page.number % 2}
        for visitor in going:
            visitor.page.stays = False
        killed = time.monotonic()
        await here.workers[1].is_killed()
        for visitor in going:
            visitor.rest()
        back = await times(concerned, Room, killed)
        left: dict[str, float] = {}
        await until(lambda: ghosts <= gone(fran, killed, left).keys())
        people.ends()
        await talking
        await people.comes_to_rest()
    missed = sum(f.missed or 0 for v in concerned for f in v.page.facts if isinstance(f, Room))
    p99 = back[int(len(back) * 0.99)]
    report.figure(f"process killed, room of {CROWD}: members back, p99", f"{p99:.1f} s", "3 s")
    report.figure(f"process killed, room of {CROWD}: ghosts gone after", f"{max(left.values()):.1f} s", "10 s")
    report.figure(f"process killed, room of {CROWD}: messages missed", f"{missed}", "0")
    report.figure(f"(room of {CROWD}: everybody in after", f"{gathered:.1f} s)", "-")
    assert check(people.pages) == []
    assert missed == 0 or back[-1] > 30
    assert max(left.values()) < 10 + SLOW


def gone(fran: Visitor, since: float, left: dict[str, float]) -> dict[str, float]:
    """Who was said to have left since then and has not come back, and after how long."""
    left.clear()
    for fact in fran.page.facts:
        if isinstance(fact, Left) and fact.t > since:
            left[fact.member] = fact.t - since
        elif isinstance(fact, Arrived):
            left.pop(fact.person.id, None)
    return left


async def test_all_processes_replaced_under_a_crowd_cost_nobody_a_message_whoever_never_reads(tmp_path: Path) -> None:
    async with ground(tmp_path, 1, HEARTH_WORKERS="2") as here:
        people = await evening(here, 1, CROWD, 1)
        await people.gathers()
        await people.visitors[0].ask("resume")
        people.every = CROWD / 20
        talking = asyncio.create_task(people.talks())
        await asyncio.sleep(3)
        staying, deaf = people.visitors[:-20], people.visitors[-20:]
        for visitor in deaf:
            visitor.page.stays = False
            visitor.fall_silent()
            visitor.over = 0
        leaving, gone_at = children(here.workers[0].pid, "python"), dict[int, float]()
        began = time.monotonic()
        os.kill(here.workers[0].pid, signal.SIGHUP)
        async with asyncio.timeout(60):
            while len(gone_at) < len(leaving):
                for process in leaving:
                    if is_gone(process):
                        gone_at.setdefault(process, time.monotonic())
                await asyncio.sleep(0.02)
        await asyncio.sleep(3)
        people.ends()
        await talking
        await people.comes_to_rest()
    returns = sorted(took for visitor in staying for took in away(visitor, began))
    ends = [0.0, *sorted(gone_at.values())]
    lost = sorted(fact.t for visitor in staying for fact in visitor.page.facts if isinstance(fact, Lost))
    leaves = [end - next(t for t in lost if t > max(began, before)) for before, end in itertools.pairwise(ends)]
    missed = sum(f.missed or 0 for v in staying for f in v.page.facts if isinstance(f, Room))
    p99 = returns[int(len(returns) * 0.99)]
    what = f"all processes replaced, room of {CROWD}"
    report.figure(f"{what}: {len(returns)} returns, p99", f"{p99:.1f} s", "2 s")
    report.figure(f"{what}: the last back", f"{returns[-1]:.1f} s", "2 s")
    report.figure(f"{what}: a process gone after", f"{max(leaves):.1f} s", "5 s")
    report.figure(f"{what}: messages missed", f"{missed}", "0")
    assert check(people.pages) == []
    assert missed == 0
    assert p99 < 2 + SLOW
    assert max(leaves) < 5 + SLOW


def away(visitor: Visitor, since: float) -> list[float]:
    """For how long it was not in its room, each time its line was lost after `since`."""
    found, lost = [], 0.0
    for fact in visitor.page.facts:
        if isinstance(fact, Lost) and fact.t > since:
            lost = lost or fact.t
        elif isinstance(fact, Room) and lost:
            found.append(fact.t - lost)
            lost = 0.0
    return found


async def test_a_facilitator_whose_packets_are_swallowed_leaves_a_paused_room(tmp_path: Path) -> None:
    async with ground(tmp_path) as here:
        people = await evening(here, 3, 3, 1)
        for circle in people.circles:
            circle.facilitator.lives_at(here.workers[0].address)
            for member in circle.members:
                member.lives_at(here.workers[1].address)
        await people.gathers()
        members = [member for circle in people.circles for member in circle.members]
        for circle in people.circles:
            await circle.facilitator.ask("resume")
        began = time.monotonic()
        if here.away:
            await here.away.swallows(here.workers[0].port)
        for circle in people.circles:
            circle.facilitator.fall_silent()
            circle.facilitator.over = 0
        async with asyncio.timeout(35 + SLOW):
            while not all(first(member, Paused, began) for member in members):
                await asyncio.sleep(0.05)
        paused = max(first(member, Paused, began) or 0.0 for member in members) - began
        for visitor in people.visitors:
            visitor.rest()
        if here.away:
            await here.away.heals()
    how = "packets dropped" if here.away else "page silent"
    report.figure(f"last facilitator lost in silence ({how}): paused everywhere after", f"{paused:.1f} s", "35 s")
    assert paused < 35 + SLOW
