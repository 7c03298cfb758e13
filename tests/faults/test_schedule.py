"""Through every fault that can be injected nothing is lost in silence, doubled, reordered, undone, or told though
refused.

`HEARTH_TEST_LONG=1`: ten times as many messages, 100 faults. `HEARTH_TEST_SEED=n`: the choices of an earlier run.
"""

import asyncio
import os
import random
import secrets
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.faults import report
from tests.faults.checker import Finding, check, gaps, lines_lost
from tests.faults.circle import Circle
from tests.faults.evening import Evening, evening
from tests.faults.ground import Ground, ground
from tests.faults.history import Accepted, Asked, Fact, Refused, Said
from tests.faults.injecting import FAULTS, Fault
from tests.faults.report import Row
from tests.faults.visitor import Visitor

pytestmark = pytest.mark.faults
LONG = os.environ.get("HEARTH_TEST_LONG") == "1"
MESSAGES = int(os.environ.get("HEARTH_TEST_MESSAGES", 1_000_000 if LONG else 100_000))
COUNT = int(os.environ.get("HEARTH_TEST_FAULTS", 100 if LONG else 30))
ROOMS, PEOPLE = 40, 5
PER_SECOND = int(os.environ.get("HEARTH_TEST_PER_SECOND", 500))
"""Messages asked for by all together; a closed loop, so a machine that cannot gets fewer."""
BACK_WITHIN = 90.0
"""Seconds after a fault in which every room must talk again; a few are enough on a machine that does nothing else."""


async def test_nothing_is_lost_doubled_reordered_or_undone_through_a_schedule_of_faults(tmp_path: Path) -> None:
    seed = int(os.environ.get("HEARTH_TEST_SEED", secrets.randbelow(10**6)))
    chance = random.Random(seed)  # noqa: S311
    print(f"seed {seed}")
    began = time.monotonic()
    async with ground(tmp_path) as here:
        people = await evening(here, ROOMS, PEOPLE, seed)
        people.every = ROOMS * PEOPLE / PER_SECOND
        await people.gathers()
        rows: list[Row] = []
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(people.talks())
            for turn, fault in enumerate(schedule(chance, here), 1):
                rows.append(await endure(fault, here, people, chance))
                while people.accepted < MESSAGES * turn / COUNT:  # spread over all that is said
                    await asyncio.sleep(0.05)
            people.ends()
        await people.comes_to_rest()
        whole = here.whole()
        errors = sum((worker.errors() for worker in here.workers), Counter())
    findings = check(people.pages)

    missed, unknown = gaps(people.pages)
    heard = sum(len(page.facts) for page in people.pages)
    words = f"{people.accepted} messages acknowledged, {heard} facts, {time.monotonic() - began:.0f} s"
    report.head(seed, f"{words}; announced as missing: {missed}, unknown {unknown} times; {lines_lost(people.pages)}")
    report.table(rows)
    report.LINES.extend(f"  logged as an error {times} times: {what}" for what, times in errors.most_common())
    report.could_not({fault.name: here.missing[fault.needs] for fault in FAULTS if fault.needs in here.missing})
    assert not findings, "\n".join(describe(finding, rows, people) for finding in findings[:10])
    assert whole == "ok"
    assert [visitor.over for visitor in people.visitors if visitor.page.stays and visitor.over] == []


def schedule(chance: random.Random, here: Ground) -> list[Fault]:
    """Every fault this machine allows, once and in any order; then more of them."""
    possible = [fault for fault in FAULTS if fault.needs not in here.missing]
    if only := os.environ.get("HEARTH_TEST_ONLY"):
        possible = [fault for fault in possible if only in fault.name]
    chosen = list(possible)
    chance.shuffle(chosen)
    while len(chosen) < COUNT:
        chosen.append(chance.choice(possible))
    return chosen[:COUNT]


async def endure(fault: Fault, here: Ground, people: Evening, chance: random.Random) -> Row:
    """The fault, and the time until every room talks again."""
    print(f"{fault.name} …", flush=True)
    row = Row(fault.name, time.monotonic(), 0.0, 0.0, 0)
    watching = asyncio.create_task(watch(people, row))
    await fault.inject(here, people, chance)
    over = time.monotonic()
    while silent := [circle for circle in people.circles if people.told.get(circle.number, 0.0) < over]:
        assert time.monotonic() < over + BACK_WITHIN, stuck(fault, silent, here)
        await asyncio.sleep(0.02)
    watching.cancel()
    row.lasted, row.back = over - row.began, time.monotonic() - over
    print(f"{row.began:.1f} {row.fault}: {row.lasted:.1f} s, back after {row.back:.1f} s, {row.away} away")
    return row


def stuck(fault: Fault, silent: list[Circle], here: Ground) -> str:
    """In numbers: which rooms do not talk again, and what the pages of the first were told last."""
    lines = [f"{len(silent)} rooms are silent {BACK_WITHIN:.0f} s after: {fault.name}"]
    for visitor in silent[0].visitors:
        state = f"here {visitor.here.is_set()}, paused {visitor.paused}, over {visitor.over}"
        lines += [f"  page {visitor.page.number}: {state}", *(f"    {brief(fact)}" for fact in turns_of(visitor))]
    return "\n".join([*lines, *(worker.log.read_text()[-1500:] for worker in here.workers)])


def turns_of(visitor: Visitor) -> list[Fact]:
    """The last that a page was told, and before it what happened to it while others talked."""
    facts = visitor.page.facts
    apart = [fact for fact in facts[:-6] if not isinstance(fact, Said | Asked | Accepted | Refused)]
    return [*apart[-24:], *facts[-6:]]


async def watch(people: Evening, row: Row) -> None:
    """Keeps the most pages that were away at once."""
    while True:
        row.away = max(row.away, people.interrupted())
        await asyncio.sleep(0.05)


def describe(finding: Finding, rows: list[Row], people: Evening) -> str:
    """In numbers: during or after which fault, and what the page was told around then."""
    during = next((row for row in reversed(rows) if row.began <= finding.t), None)
    where = f"{finding.t - during.began:.2f} s into {during.fault}" if during else "at the end"
    page = next(page for page in people.pages if (page.room, page.number) == (finding.room, finding.page))
    place = next((i for i, fact in enumerate(page.facts) if 0 < finding.t <= fact.t), len(page.facts))
    around = "\n    ".join(brief(fact) for fact in page.facts[max(0, place - 14) : place + 4])
    wrong = f"{finding.wrong} {finding.what}: room {finding.room}, page {finding.page}, number {finding.number}"
    return f"{wrong}, {where}\n    {around}"


def brief(fact: Fact) -> str:
    """A fact on one line."""
    shown = f"{fact.t:.3f} {type(fact).__name__}"
    fields = ("epoch", "n", "replay", "after", "by", "text", "ref", "what", "code", "missed", "member", "paused")
    values = [f"{field}={getattr(fact, field)}" for field in fields if hasattr(fact, field)]
    return f"{shown} {' '.join(values)}"
