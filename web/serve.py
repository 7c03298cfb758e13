"""One server from its start to its end: everything it stands on opened in turn, and told in words when it cannot be."""

import asyncio
import contextlib
import errno
import os
import resource
import signal
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    asynccontextmanager,
    contextmanager,
    nullcontext,
)
from importlib.resources import files

import click
import msgspec
import structlog
import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.types import ASGIApp

from chat.live import embedded
from chat.live.bus.connection import BusGone
from chat.live.bus.reaching import reach
from chat.live.transport import HearthProtocol
from chat.records import starts
from chat.records.keys import now
from chat.records.store import Store
from config import place
from config.logging import kind
from config.settings import Settings
from web import app
from web.asking import AskingProtocol
from web.rehearsal import GREETING

log = structlog.get_logger()

FRAME = 16 * 1024
"""Bytes of the longest frame a browser may send: four times the longest message."""
GRACEFUL = 3
LATEST = 4.7
"""Seconds after a signal; what still hangs then is cut off, as services give 5 to 10."""


Demonstration = Callable[[Settings, Starlette], AbstractAsyncContextManager[str]]
"""What lives in a website while it is served; gives what is printed when it is ready."""


class CannotServe(Exception):
    """Says why in a sentence for whoever runs the server."""


def run(settings: Settings, demonstration: Demonstration | None = None) -> None:
    """Serves until SIGTERM or SIGINT. Raises CannotServe, or Misconfigured."""
    os.umask(0o077)
    _bounds()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_until_told(settings, demonstration))


def _bounds() -> None:
    """No core file, as it would hold words; as many sockets as the machine lets us."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):  # macOS says "unlimited" and means less
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


async def _until_told(settings: Settings, demonstration: Demonstration | None) -> None:
    serving = asyncio.create_task(_serve(settings, demonstration))
    loop = asyncio.get_running_loop()
    asked = False

    def stop() -> None:
        nonlocal asked
        if not asked:
            asked = True
            _no_later_than(LATEST)
            serving.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    try:
        await serving
    except asyncio.CancelledError:
        if not asked:
            raise


def _no_later_than(seconds: float) -> None:
    last = threading.Timer(seconds, os._exit, (0,))  # the kernel ends the embedded Valkey with us
    last.daemon = True
    last.start()


async def _serve(settings: Settings, demonstration: Demonstration | None) -> None:
    with _listening(settings) as listener:
        settings = msgspec.structs.replace(settings, port=listener.getsockname()[1])
        secret = _secret(settings)
        async with _redis(settings) as (redis_url, died):
            await _migrated(settings.database_url)
            async with (
                app.opened(settings, secret, redis_url, demonstrating=demonstration is not None) as serving,
                (demonstration or _greeted)(settings, serving) as greeting,
            ):
                fate = await _answering(Server(configuration(settings, serving), greeting), listener, died)
            if fate:  # raised out here: the task groups in there would wrap it
                raise CannotServe(fate)


@contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    """Whoever connects before we are ready waits."""
    try:
        family, kind_, _, _, where = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind_)
    except OSError:
        raise CannotServe("HOST does not name an address of this machine.") from None
    with listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(where)
            listener.listen(2048)
        except PermissionError:
            raise CannotServe(
                f"Port {settings.port} may not be used by this user. Please set PORT to 1024 or more."
            ) from None
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                sentence = (
                    f"Port {settings.port} is taken by another program. Please stop it, or set PORT to another one."
                )
            else:
                sentence = "HOST does not name an address of this machine."
            raise CannotServe(sentence) from None
        yield listener


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
    from config.migrate import migrate  # heavy: alembic takes half a second, and most starts find nothing to do

    try:
        await migrate(url)
    except Exception as error:
        log.error("The records could not be opened.", exc_info=error)
        raise CannotServe(
            f"The database cannot be used ({kind(error)}). Please look at DATABASE_URL and HEARTH_DATA."
        ) from None


@asynccontextmanager
async def _greeted(settings: Settings, _: Starlette) -> AsyncIterator[str]:
    yield await _greeting(settings)


async def _greeting(settings: Settings) -> str:
    """What whoever started it wants to know; with a link, good once, while there is no administrator."""
    async with Store.open(settings.database_url) as store, store.writing() as c:
        token = await starts.begin(c, now())
    lines = ["Hearth is ready.", f"  Address:  {settings.address}"]
    if settings.uses_data:
        lines.append(f"  Data:     {settings.data}")
    if token:
        lines += ["  There is no administrator yet. This link makes the first one; it works once, for 24 hours:"]
        lines += [f"  {settings.address}/begin/{token}"]
    if settings.rehearsal:
        lines.append(GREETING)
    if not settings.https and not settings.local:
        lines += [
            "  Without https, what people write can be read on its way. Please set HEARTH_URL to an https address."
        ]
    return "\n".join(lines)


def configuration(settings: Settings, serving: ASGIApp) -> uvicorn.Config:
    """Measured defaults changed: 16 MiB frames, compression beside secrets, addresses in logs, an endless goodbye."""
    return uvicorn.Config(
        serving,
        lifespan="off", log_config=None, access_log=False, server_header=False,
        http=AskingProtocol, ws=HearthProtocol, ws_max_size=FRAME, ws_per_message_deflate=False,
        proxy_headers=bool(settings.forwarded_allow_ips), forwarded_allow_ips=settings.forwarded_allow_ips,
        timeout_graceful_shutdown=GRACEFUL,
    )  # fmt: skip


class Server(uvicorn.Server):
    """Leaves signals to us, and says when it is ready."""

    def __init__(self, config: uvicorn.Config, greeting: str) -> None:
        super().__init__(config)
        self._greeting = greeting

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        return nullcontext()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's."""
        await super().startup(sockets)
        click.echo(self._greeting)


async def _answering(server: Server, listener: socket.socket, died: Callable[[], Awaitable[str]]) -> str | None:
    """Until this task is cancelled (a polite goodbye then), or Valkey dies: then what is to be told."""
    serving = asyncio.ensure_future(server.serve(sockets=[listener]))
    dying = asyncio.ensure_future(died())
    try:
        await asyncio.wait((serving, dying), return_when=asyncio.FIRST_COMPLETED)
        return dying.result() if dying.done() else None
    finally:
        dying.cancel()
        server.should_exit = True
        await serving
