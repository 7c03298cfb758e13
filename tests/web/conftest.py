"""The website, served once for all tests with a real Valkey beside it, and the people who come to it."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from chat.core.wire import Role
from config.settings import Settings
from tests import databases
from tests.conftest import in_a_task_of_its_own
from tests.installation import running
from tests.web.place import Browser, Place
from web.answering import configuration
from web.app import opened

SECRET = b"a secret of the tests, 32 bytes long"
SHARED, SAFE, OWN, CONTACTS = 2, 3, 4, 5
"""Databases of the Valkey: rooms of records that a server does not know are swept away by it."""


@asynccontextmanager
async def website(data: Path, redis_url: str, **environ: str) -> AsyncIterator[Place]:
    """A place of its own, put together as `hearth serve` does it."""
    async with databases.migrated(data / "hearth.sqlite") as url:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            given = {"HEARTH_DATA": str(data), "HOST": "127.0.0.1", "PORT": str(port), "HEARTH_COUNTRY": "GB"}
            settings = Settings.read({**given, "DATABASE_URL": url, **environ})
            async with (
                opened(settings, SECRET, redis_url, demonstrating=True) as app,
                running(configuration(settings, app), listener),
            ):
                place = Place(app, port)
                await place.begins()
                yield place
                await place.rests()


@pytest.fixture(scope="session")
async def _shared(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> AsyncIterator[Place]:
    data = tmp_path_factory.mktemp("shared")
    async with in_a_task_of_its_own(website(data, f"{redis_url}?db={SHARED}")) as place:
        yield place


@pytest.fixture(scope="session")
async def _safe(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> AsyncIterator[Place]:
    data, url = tmp_path_factory.mktemp("safe"), f"{redis_url}?db={SAFE}"
    async with in_a_task_of_its_own(website(data, url, HEARTH_URL="https://circle.example")) as place:
        yield place


@pytest.fixture
async def place(_shared: Place) -> AsyncIterator[Place]:
    """Over plain http, as on one's own machine."""
    await _shared.begins()
    yield _shared
    await _shared.rests()


@pytest.fixture
async def safe_place(_safe: Place) -> AsyncIterator[Place]:
    """Over https, which ends at a proxy before the server."""
    await _safe.begins()
    yield _safe
    await _safe.rests()


@pytest.fixture
async def new_place(tmp_path: Path, redis_url: str) -> AsyncIterator[Place]:
    """Where nobody has been yet."""
    async with in_a_task_of_its_own(website(tmp_path, f"{redis_url}?db={OWN}")) as place:
        yield place


@pytest.fixture
async def nobody(place: Place) -> Browser:
    """Not signed in."""
    return place.stranger()


@pytest.fixture
async def ann(place: Place) -> Browser:
    """Takes part in Tuesday's group."""
    return await place.person("ann", Role.MEMBER, place.tuesday)


@pytest.fixture
async def fran(place: Place) -> Browser:
    """Facilitates Tuesday's group."""
    return await place.person("fran", Role.FACILITATOR, place.tuesday)


@pytest.fixture
async def gus(place: Place) -> Browser:
    """Facilitates Friday's group, and has no part in Tuesday's."""
    return await place.person("gus", Role.FACILITATOR, place.friday)


@pytest.fixture
async def ada(place: Place) -> Browser:
    """Administers, and is in no group."""
    return await place.person("ada", administrator=True)
