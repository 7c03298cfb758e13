"""A real server in a directory of its own, and people with real browsers."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from msgspec import Struct
from playwright.async_api import Browser, async_playwright

from chat.core.customs import DROP_IN
from chat.core.ids import GroupId
from chat.core.wire import Role
from chat.records import accounts, agreements, groups, invitations, members, visits
from chat.records.keys import now
from chat.records.store import Store
from tests.browser.people import Come, Somebody
from tests.browsers import CHROMIUM, LIGHT
from web.customs import keep

STARTS_WITHIN = 20
"""Seconds; it takes about one on a quiet machine."""


class Server(Struct, frozen=True):
    """A running `hearth serve`."""

    address: str
    begin: str
    """The path of the link for the first administrator."""
    data: Path
    pid: int

    def __repr__(self) -> str:
        return "<Server>"


class Group(Struct, frozen=True):
    """A group that has come together: Fran facilitates, Ann and Bob take part. Ada looks after the installation."""

    id: GroupId
    visits: dict[str, str]
    """By name: the cookie of a browser that is signed in."""
    invitation: str
    """The token of a link for one more member."""

    def __repr__(self) -> str:
        return "<Group>"


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for all; every person has a context of their own in it."""
    async with _running(LIGHT or CHROMIUM) as browser:
        yield browser


@pytest.fixture(scope="session")
async def whole_browser() -> AsyncIterator[Browser]:
    """For what the light one does otherwise, or not at all."""
    async with _running(CHROMIUM) as browser:
        yield browser


@asynccontextmanager
async def _running(chromium: str | None) -> AsyncIterator[Browser]:
    if chromium is None:
        if os.environ.get("CI") == "true":
            pytest.fail("The browser tests need a Chromium, and there is none.")
        pytest.skip("there is no Chromium here")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """A server that all tests share; each has a group of its own."""
    async with serving(tmp_path_factory.mktemp("hearth")) as server:
        yield server


@pytest.fixture
async def new_server(tmp_path: Path) -> AsyncIterator[Server]:
    """A server that nobody has used yet."""
    async with serving(tmp_path) as server:
        yield server


@asynccontextmanager
async def serving(data: Path, **more: str) -> AsyncIterator[Server]:
    """`hearth serve` with nothing set but where it keeps its data, and whom to turn to."""
    environ = {"PATH": os.environ["PATH"], "HEARTH_DATA": str(data), "HOST": "127.0.0.1", "PORT": "0"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "web.cli", "serve"),
        env={**environ, "HEARTH_CONTACT": "Write to care@circle.example and somebody else will look at it.", **more},
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(STARTS_WITHIN):
            server = await _greeting(process, data)
        yield server
    finally:
        process.terminate()
        await process.wait()


async def _greeting(process: asyncio.subprocess.Process, data: Path) -> Server:
    assert process.stdout
    said = ""
    while not (link := re.search(r"(http://[\w.:]+)(/begin/\S+)", said)):
        line = await process.stdout.readline()
        assert line, f"The server ended before it was ready: {said}"
        said += line.decode()
    return Server(link[1], link[2], data, process.pid)


@pytest.fixture
async def come(browser: Browser, server: Server) -> AsyncIterator[Come]:
    """Somebody comes with a new browser; all of them go at the end."""
    here: list[Somebody] = []

    async def somebody(name: str, to: Server = server, **looks: object) -> Somebody:
        here.append(await Somebody.at(browser, name, to.address, **looks))
        return here[-1]

    yield somebody
    for person in here:
        await person.context.close()


@pytest.fixture
async def group(server: Server) -> Group:
    """A group with its agreement accepted by all, made through the records as the pages make it."""
    cast = {"Fran": Role.FACILITATOR, "Ann": Role.MEMBER, "Bob": Role.MEMBER}
    cookies: dict[str, str] = {}
    async with Store.open(f"sqlite+aiosqlite:///{server.data / 'hearth.sqlite'}") as store, store.writing() as c:
        made = await groups.create(c, "Tuesday evening")
        await keep(c, made.id, DROP_IN)  # nobody waits, unless a test is about waiting
        version = (await agreements.current(c, made.id)).version
        for name, role in cast.items():
            account = await accounts.create(c, name.lower(), "nobody signs in with a password here")
            await members.join(c, made.id, account.id, name, role, version)
            cookies[name] = await visits.start(c, account.id, now(), "")
        ada = await accounts.create(c, "ada", "nor here", administrator=True)
        cookies["Ada"] = await visits.start(c, ada.id, now(), "")
        _, invitation = await invitations.create(c, made.id, Role.MEMBER, ada.id, now())
    return Group(made.id, cookies, invitation)


class Circle(Struct, frozen=True):
    """Three people who sit in one room, each at a browser of their own."""

    room: str
    """The path of its page."""
    fran: Somebody
    ann: Somebody
    bob: Somebody


Sit = Callable[..., Awaitable[Circle]]
"""Everybody comes in; what is given is how their screens look."""


@pytest.fixture
def sit(group: Group, come: Come) -> Sit:
    """Fran opens a meeting, and all three come in."""

    async def everybody(**looks: object) -> Circle:
        people = [await come(name, **looks) for name in ("Fran", "Ann", "Bob")]
        for person in people:
            await person.signs_in_with(group.visits[person.name])
        fran = people[0]
        await fran.goes_to(f"/groups/{group.id}")
        await fran.presses("Open the meeting", exact=False)
        await fran.page.wait_for_url("**/rooms/*")
        room = urlsplit(fran.page.url).path
        await asyncio.gather(*(person.enters(room) for person in people))
        await fran.sees_here("Fran", "Ann", "Bob")
        return Circle(room, *people)

    return everybody


@pytest.fixture
async def circle(sit: Sit) -> Circle:
    """Fran, Ann and Bob in their room, at ordinary desks."""
    return await sit(viewport={"width": 1200, "height": 800})


@pytest.fixture
def fran(circle: Circle) -> Somebody:
    """Facilitates."""
    return circle.fran


@pytest.fixture
def ann(circle: Circle) -> Somebody:
    """Takes part."""
    return circle.ann


@pytest.fixture
def bob(circle: Circle) -> Somebody:
    """Takes part."""
    return circle.bob
