"""Workers that are killed, asked to stop or replaced under a conversation: everybody is back, and nothing is lost."""

import asyncio
import os
import signal
import time
from collections import Counter
from contextlib import suppress
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.faults.checker import check, lines_lost
from tests.faults.evening import Evening, evening
from tests.faults.ground import ground
from tests.processes import READY_WITHIN, children, is_gone, serving, until
from tests.web.test_workers import connections

pytestmark = pytest.mark.faults
ROOMS, PEOPLE = 6, 8


async def test_the_first_process_killed_leaves_nothing_behind(tmp_path: Path) -> None:
    async with serving(tmp_path / "data", HEARTH_WORKERS="2") as server:
        everybody = children(server.process.pid, "")
        assert len(everybody) == 3
        server.process.kill()
        try:
            await until(lambda: all(map(is_gone, everybody)))
        finally:
            for left in everybody:
                with suppress(ProcessLookupError):
                    os.kill(left, signal.SIGKILL)


async def test_one_asked_to_stop_is_replaced_while_the_other_answers(tmp_path: Path) -> None:
    async with serving(tmp_path / "data", HEARTH_WORKERS="2") as server:
        leaving, staying = children(server.process.pid, "python")
        os.kill(leaving, signal.SIGTERM)
        await until(lambda: is_gone(leaving) and len(children(server.process.pid, "python")) == 2)
        assert staying in children(server.process.pid, "python")


async def test_a_rolling_restart_replaces_all_and_turns_nobody_away(tmp_path: Path) -> None:
    async with serving(tmp_path / "data", HEARTH_WORKERS="2") as server:
        before = set(children(server.process.pid, "python"))
        answered: Counter[int] = Counter()
        server.process.send_signal(signal.SIGHUP)
        async with asyncio.timeout(READY_WITHIN):
            while before & set(children(server.process.pid, "python")):
                async with httpx.AsyncClient(base_url=server.address, timeout=READY_WITHIN) as browser:
                    answered[(await browser.get("/healthz")).status_code] += 1
        assert set(answered) == {200}
        await until(lambda: len(children(server.process.pid, "python")) == 2)


async def test_whichever_worker_is_asked_tells_the_figures_of_all(tmp_path: Path) -> None:
    async with serving(tmp_path / "data", HEARTH_WORKERS="2", HEARTH_METRICS="loopback") as server:
        for _ in range(6):
            async with httpx.AsyncClient(base_url=server.address) as program:
                text = (await program.get("/metrics")).text
            assert {line for line in text.splitlines() if line.startswith("hearth_rooms{")} == {
                'hearth_rooms{worker="1"} 0.0',
                'hearth_rooms{worker="2"} 0.0',
            }


@pytest.mark.parametrize(("size", "together"), [("15", True), ("200", False)])
async def test_a_small_room_is_at_one_worker_and_a_large_one_spans_them(
    tmp_path: Path, size: str, together: bool
) -> None:
    async with ground(tmp_path, 1, HEARTH_WORKERS="2", HEARTH_ROOM_SIZE=size) as here:
        people = await evening(here, 1, 12, seed=1)
        await people.gathers()
        workers = children(here.workers[0].pid, "python")
        shares = sorted(connections(worker, here.workers[0].port) for worker in workers)
        assert sum(shares) == 12
        assert (shares[0] == 0) is together, shares  # by chance so, once in two thousand times
        await people.comes_to_rest()


@pytest.mark.parametrize("what", ["killed", "asked to stop", "all replaced"])
async def test_whatever_becomes_of_workers_everybody_is_back_and_nothing_is_lost(tmp_path: Path, what: str) -> None:
    async with ground(tmp_path, 1, HEARTH_WORKERS="2") as here:
        first = here.workers[0]
        people = await evening(here, ROOMS, PEOPLE, seed=1)
        people.every = 0.5
        await people.gathers()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(people.talks())
            for _ in range(2):
                await told_more(people)
                before = set(children(first.pid, "python"))
                match what:
                    case "killed":
                        os.kill(min(before), signal.SIGKILL)
                    case "asked to stop":
                        os.kill(min(before), signal.SIGTERM)
                    case _:
                        os.kill(first.pid, signal.SIGHUP)
                leaving = before if what == "all replaced" else {min(before)}
                await until(partial(all_gone, leaving))
                await until(lambda: len(children(first.pid, "python")) == 2)
            await told_more(people)
            people.ends()
        await people.comes_to_rest()
        assert first.tracebacks() == 0
    assert check(people.pages) == []
    assert lines_lost(people.pages), "nobody noticed anything"
    assert [visitor.over for visitor in people.visitors if visitor.page.stays and visitor.over] == []


def all_gone(processes: set[int]) -> bool:
    """Whether none of them runs any more."""
    return all(map(is_gone, processes))


async def told_more(people: Evening) -> None:
    """Every room has been told something since now, and everybody is in theirs."""
    now = time.monotonic()
    async with asyncio.timeout(90):
        while any(people.told.get(circle.number, 0) < now for circle in people.circles) or people.interrupted():
            await asyncio.sleep(0.05)
