"""One of several processes that serve together: told by the first one what to do, and gone when that one is."""

import asyncio
import signal
import socket
import sys
from collections.abc import Callable, Sequence

import structlog
import uvloop

from chat.live import embedded
from chat.live.counts import Figures
from config import logging
from web import app
from web.answering import SETTLES, Server, answering, configuration, until_told
from web.channel import Ask, Begin, Channel, Everybody, Leaving, Ready, Tell, Told
from web.memory import give_back
from web.passing import Passing

log = structlog.get_logger()

HEARS_WITHIN = 2.0
"""Seconds until everybody has told their figures: longer than the first process waits for any of them."""


def main(end: int, listener: int, *ways: int) -> None:
    """Serves at a listening socket until asked to stop. All are numbers of inherited files; `ways`: to the others."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # a terminal tells it to all; it is the first process' affair
    embedded.end_with_parent()
    give_back()
    with (
        socket.socket(fileno=end) as channel,
        socket.socket(fileno=listener) as listening,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        runner.run(_begin(channel, listening, ways))


async def _begin(end: socket.socket, listener: socket.socket, ways: Sequence[int]) -> None:
    channel = await Channel.open(end)
    begin = await channel.receive()
    if isinstance(begin, Begin):
        logging.begin(begin.settings.log_level, worker=begin.number)
        passing = Passing.inherited(begin.number, ways) if ways else None
        await until_told(_serve(channel, begin, listener, passing), lambda: channel.send(Leaving()))


class _Company:
    """The other workers, by way of the first process."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._heard: asyncio.Future[list[Figures]] | None = None

    async def everybody(self) -> list[Figures]:
        """What every worker tells of itself; nothing if the first process does not answer."""
        if self._heard is None or self._heard.done():
            self._heard = asyncio.get_running_loop().create_future()
            self._channel.send(Ask())
        await asyncio.wait((self._heard,), timeout=HEARS_WITHIN)
        return self._heard.result() if self._heard.done() else []

    async def parted(self, figures: Callable[[], Figures]) -> str:
        """Answers until the first process is gone."""
        while (message := await self._channel.receive()) is not None:
            match message:
                case Tell():
                    self._channel.send(Told(figures()))
                case Everybody(figures=told) if self._heard and not self._heard.done():
                    self._heard.set_result(told)
                case _:
                    pass
        log.error("The first process is gone.")
        return ""


async def _serve(channel: Channel, begin: Begin, listener: socket.socket, passing: Passing | None) -> None:
    company = _Company(channel)
    opened = app.opened(begin.settings, begin.secret, begin.redis_url, number=begin.number, everybody=company.everybody)
    async with opened as serving:
        configured = configuration(begin.settings, serving, passing)
        server = Server(configured, lambda: channel.send(Ready()), SETTLES, passing)
        await answering(server, listener, lambda: company.parted(serving.state.figures))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
