"""One process answering at a socket: uvicorn as we run it, until it is told to stop or something it needs is gone."""

import asyncio
import gc
import os
import signal
import socket
import threading
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import cast

import uvicorn
from starlette.types import ASGIApp

from chat.live.transport import HearthProtocol
from config.settings import Settings
from web.asking import AskingProtocol
from web.memory import in_large_pages
from web.passing import Passing

FRAME = 16 * 1024
"""Bytes of the longest frame a browser may send: four times the longest message."""
GRACEFUL = 3
LATEST = 4.7
"""Seconds after a signal; what still hangs then is cut off, as services give 5 to 10."""
RARELY = (20_000, 20, 20)
"""Objects made since garbage was looked for; with Python's own 700 that took a quarter of the time of many joins."""
SETTLES = 0.2
"""Seconds for whoever was just let in to say what they want, before a worker's connections are closed."""


async def until_told(serving: Coroutine[None, None, None], told: Callable[[], None] = lambda: None) -> None:
    """Runs it until it ends, or SIGTERM or SIGINT asks for that; `told` is called then."""
    task = asyncio.ensure_future(serving)
    loop = asyncio.get_running_loop()
    asked = False

    def stop() -> None:
        nonlocal asked
        if not asked:
            asked = True
            _no_later_than(LATEST)
            told()
            task.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    try:
        await task
    except asyncio.CancelledError:
        if not asked:
            raise


def _no_later_than(seconds: float) -> None:
    last = threading.Timer(seconds, os._exit, (0,))  # the kernel ends the embedded Valkey and workers with us
    last.daemon = True
    last.start()


def configuration(settings: Settings, serving: ASGIApp, passing: Passing | None = None) -> uvicorn.Config:
    """Measured defaults changed: 16 MiB frames, compression beside secrets, addresses in logs, an endless goodbye."""
    asking = partial(AskingProtocol, passing.passes) if passing else AskingProtocol
    return uvicorn.Config(
        serving,
        lifespan="off", log_config=None, access_log=False, server_header=False,
        http=cast(type[asyncio.Protocol], asking), ws=HearthProtocol, ws_max_size=FRAME, ws_per_message_deflate=False,
        proxy_headers=bool(settings.forwarded_allow_ips), forwarded_allow_ips=settings.forwarded_allow_ips,
        timeout_graceful_shutdown=GRACEFUL,
    )  # fmt: skip


class Server(uvicorn.Server):
    """Leaves signals to us, and says when it is ready. `settles`: seconds between its last guest and its goodbye."""

    def __init__(
        self, config: uvicorn.Config, ready: Callable[[], None], settles: float = 0, passing: Passing | None = None
    ) -> None:
        super().__init__(config)
        self._ready = ready
        self._settles = settles
        self._passing = passing

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        return nullcontext()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's."""
        await super().startup(sockets)
        gc.collect()
        gc.freeze()  # what is here now stays: it need not be looked through each time
        gc.set_threshold(*RARELY)
        in_large_pages()
        if self._passing:
            self._passing.opens(self)
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, which closes a connection it has just accepted before its request can have come."""
        if self._passing:
            self._passing.closes()
        for server in self.servers:
            server.close()
        await asyncio.sleep(self._settles)
        await super().shutdown(sockets)


async def answering(server: Server, listener: socket.socket, ended: Callable[[], Awaitable[str]]) -> str | None:
    """Until this task is cancelled (a polite goodbye then), or what it needs has ended: then what is to be told."""
    serving = asyncio.ensure_future(server.serve(sockets=[listener]))
    ending = asyncio.ensure_future(ended())
    try:
        await asyncio.wait((serving, ending), return_when=asyncio.FIRST_COMPLETED)
        return ending.result() if ending.done() else None
    finally:
        ending.cancel()
        server.should_exit = True
        await serving
