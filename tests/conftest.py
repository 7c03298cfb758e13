"""What every test may ask for: a real Valkey, and an installation of two processes over it."""

import asyncio
import os
from collections.abc import AsyncIterator, Generator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

import pytest
from msgspec.structs import replace

from chat.core.decision import House
from chat.core.wire import Role
from chat.live import embedded
from tests import databases
from tests.browsers import CHROMIUM, LIGHT
from tests.cast import Person
from tests.clusters import QUIET, Server
from tests.faults import report
from tests.faults.link import Link
from tests.installation import Installation, installed

T = TypeVar("T")
HERE = Path(__file__).parent
FAULTS = "faults"
DECIDES = ("core", "records", "config")
"""Folders of tests without real time in them. In all others processes, servers and browsers may be late once on a busy
machine."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tries those that may be late a second time, and nothing else; the closing line counts it. Twice is a failure."""
    again = config.pluginmanager.hasplugin("rerunfailures")  # not with -p no:rerunfailures
    for item in items:
        if again and item.path.relative_to(HERE).parts[0] not in DECIDES:
            item.add_marker(pytest.mark.flaky(reruns=1))
        sqlite = item.get_closest_marker("sqlite")
        if sqlite and databases.POSTGRESQL:
            item.add_marker(pytest.mark.skip(reason=f"SQLite alone: {sqlite.args[0]}"))


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """`-n auto` is two processes a core, for tests often wait; a whole browser wants a core for itself."""
    cores = yield
    set_by_hand = "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ
    return cores if set_by_hand or (CHROMIUM and not LIGHT) else 2 * cores


def pytest_report_header() -> str:
    """Which database keeps the records."""
    return f"records: {'PostgreSQL' if databases.POSTGRESQL else 'SQLite'}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With each test goes what it has to tell of faults; it may have run in another process."""
    made = yield
    if call.when == "call" and report.LINES:
        made.user_properties.append((FAULTS, [*report.LINES]))
        report.LINES.clear()
    return made


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was measured and what could not be injected, under a heading of its own."""
    made = (one for some in terminalreporter.stats.values() for one in some if isinstance(one, pytest.TestReport))
    told = [lines for one in made for name, lines in one.user_properties if name == FAULTS]
    if told:
        terminalreporter.section(FAULTS)
    for line in [str(line) for lines in told if isinstance(lines, list) for line in lines]:
        terminalreporter.write_line(line)
    for one in terminalreporter.stats.get("rerun", []):  # what only happens now and then is what one must see
        terminalreporter.section(f"failed once: {one.nodeid}")
        terminalreporter.write_line(one.longreprtext)


def pytest_sessionfinish() -> None:
    """Leaves no database behind."""
    databases.forgotten()


@asynccontextmanager
async def in_a_task_of_its_own(context: AbstractAsyncContextManager[T]) -> AsyncIterator[T]:
    """pytest-asyncio sets a fixture up in one task and tears it down in another, which no task group survives."""
    ready: asyncio.Future[T] = asyncio.get_running_loop().create_future()
    over = asyncio.Event()

    async def live() -> None:
        try:
            async with context as value:
                ready.set_result(value)
                await over.wait()
        except BaseException as error:
            if ready.done():
                raise
            ready.set_exception(error)

    task = asyncio.create_task(live())
    yield await ready
    over.set()
    await task


@pytest.fixture(scope="session")
async def redis_url() -> AsyncIterator[str]:
    """A private Valkey, as `hearth serve` starts it."""
    conf = files("config").joinpath("valkey.conf").read_text()
    async with embedded.valkey(conf) as valkey:
        yield valkey.url


@pytest.fixture(scope="session")
async def _processes(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    directory: Path = tmp_path_factory.mktemp("installation")
    house = House(pace_burst=20, pace_every=50, cap=50)
    async with in_a_task_of_its_own(installed(directory, redis_url, house)) as installation:
        yield installation


@pytest.fixture
async def circle(_processes: Installation) -> AsyncIterator[Installation]:
    """A group in its meeting, new for each test; two processes."""
    await _processes.begins()
    yield _processes
    await _processes.rests()


@pytest.fixture
async def link(tmp_path: Path) -> AsyncIterator[Link]:
    """The way to a Redis of the test's own."""
    server = Server(tmp_path / "redis", QUIET)
    await server.starts()
    async with Link.open(("127.0.0.1", server.port)) as link:
        yield link
    await server.ends()


@pytest.fixture
async def linked(link: Link, tmp_path: Path) -> AsyncIterator[Installation]:
    """As `circle`, where the second process alone reaches Redis through `link`."""
    house = House(pace_burst=20, pace_every=50, cap=50)
    ways = [f"redis://127.0.0.1:{port}" for port in (link.target[1], link.port)]
    async with in_a_task_of_its_own(installed(tmp_path, ways[0], house, ways=ways)) as installation:
        yield installation


@pytest.fixture
async def fran(circle: Installation) -> Person:
    """Facilitates, on the first process; is in the room."""
    return await (await circle.person("Fran", Role.FACILITATOR, 0)).enters()


@pytest.fixture
async def ann(circle: Installation, fran: Person) -> Person:
    """Takes part, on the second process; is in the room."""
    return await (await circle.person("Ann", Role.MEMBER, 1)).enters()


@pytest.fixture
async def bob(circle: Installation, fran: Person) -> Person:
    """Takes part, on the first process; is in the room."""
    return await (await circle.person("Bob", Role.MEMBER, 0)).enters()


@pytest.fixture
async def gus(circle: Installation, fran: Person) -> Person:
    """Facilitates too, on the second process; is in the room."""
    gus = await (await circle.person("Gus", Role.FACILITATOR, 1)).enters()
    await fran.meets(gus)
    return gus


@pytest.fixture(scope="session")
async def _hasty_processes(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    directory: Path = tmp_path_factory.mktemp("hasty")
    usual = House(pace_burst=20, pace_every=50, cap=50)
    house = replace(usual, grace=400, turn=500, ends_after=1_500, returns_within=500, waits=1_200)
    # In a database of its own: rooms of records that a process does not know are swept away by it.
    async with in_a_task_of_its_own(installed(directory, f"{redis_url}?db=1", house)) as installation:
        yield installation


@pytest.fixture
async def hasty(_hasty_processes: Installation) -> AsyncIterator[Installation]:
    """As `circle`, where 0.4 s pass for 20, 0.5 s for a minute and 1.5 s for a quarter of an hour."""
    await _hasty_processes.begins()
    yield _hasty_processes
    await _hasty_processes.rests()
