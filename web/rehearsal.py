"""A rehearsal: a server that says it is one, and rooms full of made-up people to try how much it bears.

A server started with HEARTH_REHEARSAL=1 says so where `hearth rehearse` looks: in Redis, for as long as it runs. A
private Valkey is found by a file in the data directory. Records that hold anybody real are never rehearsed on.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

from chat.core.customs import DROP_IN
from chat.core.errors import ChatError
from chat.live import rehearsal as rooms_of
from chat.live.bus import Bus, BusGone
from chat.live.envelope import Salts
from chat.records import rehearsal
from chat.records.keys import now
from chat.records.rehearsal import Circle
from chat.records.store import Store
from config import place
from config.settings import Settings
from web.customs import written
from web.meanwhile import meanwhile

FILE = "rehearsal"
"""In the data directory: where the private Valkey of a rehearsing server is reached."""
EVERY = 2.0
"""Seconds between two signs of life."""
GREETING = "  This is a rehearsal: limits are raised, and every page says so. Nobody real should come."


class CannotRehearse(Exception):
    """Says why in a sentence for whoever runs it."""


@asynccontextmanager
async def rehearsing(settings: Settings, bus: Bus, redis_url: str) -> AsyncIterator[None]:
    """Says where it can be found that this server rehearses, as long as this lasts."""
    with _findable(settings, redis_url):
        async with meanwhile(_say(bus)):
            yield


async def _say(bus: Bus) -> None:
    while True:
        with suppress(BusGone):
            await bus.rehearse()
        await asyncio.sleep(EVERY)


@contextmanager
def _findable(settings: Settings, redis_url: str) -> Iterator[None]:
    if settings.redis_url:
        yield
        return
    place.prepare(settings.data)
    _write(settings.data / FILE, [redis_url])
    try:
        yield
    finally:
        (settings.data / FILE).unlink(missing_ok=True)


async def rehearse(settings: Settings, rooms: int, members: int, out: Path) -> None:
    """Fills a running, rehearsing server with people, and writes a line for each. Raises CannotRehearse."""
    try:
        _write(out, [])  # before anybody is made in vain
    except OSError as error:
        raise CannotRehearse(f"The file cannot be written: {error.strerror}.") from None
    redis_url = _redis_url(settings)
    if redis_url is None or not await rooms_of.rehearsing(redis_url):
        raise CannotRehearse(
            "No server that was started with HEARTH_REHEARSAL=1 is running on this data. Please start one with the "
            "same HEARTH_DATA, DATABASE_URL and REDIS_URL."
        )
    circles = await _people(settings, rooms, members)
    made = [rooms_of.Made(one.room, Salts(one.notice_salt, one.receipt_salt)) for one in circles]
    if not await rooms_of.open_rooms(redis_url, settings.secret or place.secret(settings.data), made):
        raise CannotRehearse("The rooms could not be opened, as Redis did not answer. Please try again.")
    _write(out, _lines(circles, "__Host-visit" if settings.https else "visit"))


def _redis_url(settings: Settings) -> str | None:
    if settings.redis_url:
        return settings.redis_url
    try:
        return (settings.data / FILE).read_text().strip()
    except OSError:
        return None


async def _people(settings: Settings, rooms: int, members: int) -> list[Circle]:
    try:
        async with Store.open(settings.database_url) as store, store.writing() as c:
            return await rehearsal.fill(c, rooms, members, now(), written(DROP_IN))
    except rehearsal.SomebodyReal:
        raise CannotRehearse(
            "This database holds accounts that no rehearsal has made, and real people's records are not rehearsed on. "
            "Please use an empty HEARTH_DATA, or an empty database."
        ) from None
    except ChatError:
        raise CannotRehearse(
            "The database cannot be written to. Please look at DATABASE_URL and HEARTH_DATA."
        ) from None


def _lines(circles: Sequence[Circle], cookie: str) -> Iterator[str]:
    """`cookie<TAB>socket path`, person by person through all rooms: every room's first is its facilitator."""
    for persons in zip(*(one.tokens for one in circles), strict=True):
        for one, token in zip(circles, persons, strict=True):
            yield f"{cookie}={token}\t/rooms/{one.room}/socket"


def _write(file: Path, lines: Iterator[str] | Sequence[str]) -> None:
    """Whole, and for this user alone: whoever holds a line sits in a room."""
    with open(os.open(file, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as out:
        out.writelines(f"{line}\n" for line in lines)
