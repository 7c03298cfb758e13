"""One server from its start to its end: everything it stands on opened in turn, and told in words when it cannot be."""

import asyncio
import contextlib
import os
import resource
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager, nullcontext
from importlib.resources import files

import click
import msgspec
import structlog
import uvloop
from starlette.applications import Starlette

from chat.live import embedded
from chat.live.bus.connection import BusGone
from chat.live.bus.reaching import reach
from chat.live.secret import Fit, fits
from chat.records import helplines as confirmed_lines
from chat.records import starts
from chat.records.keys import day, now
from chat.records.store import Store
from config import place
from config.logging import kind
from config.settings import Settings
from web import app, crisis, helplines
from web.answering import Server, answering, configuration, until_told
from web.channel import Begin
from web.listening import CannotServe, listening
from web.memory import give_back
from web.passing import SMALL
from web.rehearsal import GREETING
from web.running import findable, one_redis
from web.terms import settle_all
from web.workers import CannotWork, Crew

__all__ = ["CannotServe", "run"]

log = structlog.get_logger()

NOT_THE_SAME = (
    "Another process over this Redis has another HEARTH_SECRET. Please give all of one installation the same, and each "
    "installation a Redis database of its own. If you have just changed it, stop every process and wait ten seconds."
)
NOT_PROMISED = (
    "Another process over this Redis tells people other limits, and they would be asked to agree again at each start. "
    "Please give all of one installation the same HEARTH_RUN_BY, HEARTH_URL, HEARTH_ON_CALL_URL, HEARTH_ACTS_DAYS, "
    "HEARTH_CONTACT_MONTHS, HEARTH_VISIT_HOURS and HEARTH_VISIT_DAYS. To change one, stop every process and wait ten "
    "seconds."
)
NEWER = (
    "The records are those of a newer version than this one. Please install that again or, to go back for good, put "
    "records from before it in their place: of SQLite there is a copy beside them, in backups. The README says how, "
    "under Go back."
)
Demonstration = Callable[[Settings, Starlette], AbstractAsyncContextManager[str]]
"""What lives in a website while it is served; gives what is printed when it is ready."""


def run(settings: Settings, demonstration: Demonstration | None = None) -> None:
    """Serves until SIGTERM or SIGINT. Raises CannotServe, or Misconfigured."""
    os.umask(0o077)
    _bounds()
    give_back()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(until_told(_serve(settings, demonstration)))


def _bounds() -> None:
    """No core file, as it would hold words; as many sockets as the machine lets us."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):  # macOS says "unlimited" and means less
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


async def _serve(settings: Settings, demonstration: Demonstration | None) -> None:
    _readable(settings)
    with listening(settings.host, settings.port, several=settings.workers > 1) as listener:
        settings = msgspec.structs.replace(settings, port=listener.getsockname()[1])
        secret = _secret(settings)
        with one_redis(settings.database_url, shares=settings.redis_url is not None):
            async with _redis(settings) as (redis_url, died):
                if settings.redis_url:
                    await _beside_others(settings, secret)
                await _migrated(settings.database_url)
                await _settled(settings)
                fate: str | None
                with _findable(settings, redis_url):
                    fate = await _answered(settings, secret, redis_url, listener, died, demonstration)
                if fate:  # raised out here: the task groups in there would wrap it
                    raise CannotServe(fate)


async def _beside_others(settings: Settings, secret: bytes) -> None:
    """Two that differ cannot both run. Warning alone would not do: one of them would tell people what does not hold."""
    match await fits(settings.redis_url or "", secret, app.promises(settings)):
        case Fit.OTHER_SECRET:
            raise CannotServe(NOT_THE_SAME)
        case Fit.OTHER_PROMISES:
            raise CannotServe(NOT_PROMISED)
        case Fit.WELL:
            return


def _findable(settings: Settings, redis_url: str) -> AbstractContextManager[None]:
    if not settings.uses_data:  # there need not be any data directory
        return nullcontext()
    return findable(settings.data, settings.host, settings.port, None if settings.redis_url else redis_url)


async def _answered(
    settings: Settings,
    secret: bytes,
    redis_url: str,
    listener: socket.socket,
    died: Callable[[], Awaitable[str]],
    demonstration: Demonstration | None,
) -> str | None:
    """Until cancelled, or something it needs is gone: then what is to be told."""
    if settings.workers > 1 and not demonstration:
        return await _with_workers(settings, listener, lambda n: Begin(n, settings, secret, redis_url), died)
    async with (
        app.opened(settings, secret, redis_url, demonstrating=demonstration is not None) as serving,
        (demonstration or _greeted)(settings, serving) as greeting,
    ):
        server = Server(configuration(settings, serving), lambda: click.echo(greeting))
        return await answering(server, listener, died)


async def _with_workers(
    settings: Settings, first: socket.socket, begin: Callable[[int], Begin], died: Callable[[], Awaitable[str]]
) -> str:
    """Until cancelled, or Valkey dies: then what is to be told."""
    crew = Crew(settings.workers, begin, first, together=settings.room_size <= SMALL)
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, crew.renew)
    greeting = await _greeting(settings)
    working = asyncio.create_task(crew.run(lambda: click.echo(greeting)))
    dying = asyncio.ensure_future(died())
    try:
        await asyncio.wait((working, dying), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
        return dying.result()
    except CannotWork:
        raise CannotServe("Its workers do not start. What keeps them from it was told above.") from None
    finally:
        for task in (dying, working):
            task.cancel()
        await asyncio.wait((dying, working))


def _readable(settings: Settings) -> None:
    try:
        helplines.read(settings.country, settings.helplines)
    except (OSError, ValueError) as error:
        raise CannotServe(f"HEARTH_HELPLINES cannot be read: {error}") from None
    try:
        crisis.read(settings.crisis)
    except (OSError, ValueError) as error:
        raise CannotServe(f"HEARTH_CRISIS cannot be read: {error}") from None


def _secret(settings: Settings) -> bytes:
    if settings.uses_data:
        place.prepare(settings.data)
    return settings.secret or place.secret(settings.data)


@asynccontextmanager
async def _redis(settings: Settings) -> AsyncIterator[tuple[str, Callable[[], Awaitable[str]]]]:
    """Where Redis is, and what waits for its death (of one that is not ours: for ever; the bus looks after that)."""
    if settings.redis_url:
        try:
            await reach(settings.redis_url)
        except BusGone as error:
            raise CannotServe(str(error)) from None
        yield settings.redis_url, asyncio.get_running_loop().create_future
        return
    conf = files("config").joinpath("valkey.conf").read_text()
    try:
        async with embedded.valkey(conf, settings.redis_server_bin) as valkey:
            yield valkey.url, valkey.died
    except embedded.CannotStart as error:
        raise CannotServe(str(error)) from None


async def _migrated(url: str) -> None:
    from config.migrate import Newer, migrate  # heavy: alembic takes half a second

    try:
        await migrate(url)
    except Newer:
        raise CannotServe(NEWER) from None
    except Exception as error:
        log.error("The records could not be opened.", exc_info=error)
        raise CannotServe(
            f"The database cannot be used ({kind(error)}). Please look at DATABASE_URL and HEARTH_DATA."
        ) from None


async def _settled(settings: Settings) -> None:
    """Settings that have changed since the last start, and that people agreed to, are a new version for every group."""
    async with Store.open(settings.database_url) as store, store.writing() as c:
        asked = await settle_all(c, app.limits_of(settings))
    if asked:
        log.info("What people agree to has changed; they are asked again.", count=asked)


@asynccontextmanager
async def _greeted(settings: Settings, _: Starlette) -> AsyncIterator[str]:
    yield await _greeting(settings)


async def _greeting(settings: Settings) -> str:
    """What whoever started it wants to know; with a link, good once, while there is no administrator."""
    async with Store.open(settings.database_url) as store, store.writing() as c:
        token = await starts.begin(c, now())
        confirmed = await confirmed_lines.confirmed(c, now())
    lines = ["Hearth is ready.", f"  Address:  {settings.address}"]
    if settings.uses_data:
        lines.append(f"  Data:     {settings.data}")
    if token:
        lines += ["  There is no administrator yet. This link makes the first one; it works once, for 24 hours:"]
        lines += [f"  {settings.address}/begin/{token}"]
    known = helplines.read(settings.country, settings.helplines)
    if nagging := helplines.nagging(known.checked(confirmed, day(now())), known.own):
        lines += [f"  {words}" for words in nagging] + ["  `hearth helplines` shows them; so does Administration."]
    if settings.rehearsal:
        lines.append(GREETING)
    if not settings.https and not settings.local:
        lines += [
            "  Without https, what people write can be read on its way. Please set HEARTH_URL to an https address."
        ]
    if await _persists(settings):
        lines += [
            "  Redis at REDIS_URL writes its memory to disk, and with it sealed words. Please turn that off there:",
            '  save "" and appendonly no.',
        ]
    return "\n".join(lines)


async def _persists(settings: Settings) -> bool:
    """Whether what rooms say would come to a disk; while Redis cannot be asked, nobody knows."""
    with contextlib.suppress(BusGone):
        return bool(settings.redis_url) and await reach(settings.redis_url or "")
    return False
