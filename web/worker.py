"""One of several processes that serve together: told by the first one what to do, and gone when that one is."""

import asyncio
import signal
import socket
import sys

import structlog
import uvloop

from chat.live import embedded
from config import logging
from web import app
from web.answering import SETTLES, Server, answering, configuration, until_told
from web.channel import Begin, Channel, Leaving, Ready

log = structlog.get_logger()


def main(end: int, listener: int) -> None:
    """Serves at a listening socket until asked to stop. Both are numbers of inherited files."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # a terminal tells it to all; it is the first process' affair
    embedded.end_with_parent()
    with (
        socket.socket(fileno=end) as channel,
        socket.socket(fileno=listener) as listening,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        runner.run(_begin(channel, listening))


async def _begin(end: socket.socket, listener: socket.socket) -> None:
    channel = await Channel.open(end)
    begin = await channel.receive()
    if isinstance(begin, Begin):
        logging.begin(begin.settings.log_level, worker=begin.number)
        await until_told(_serve(channel, begin, listener), lambda: channel.send(Leaving()))


async def _serve(channel: Channel, begin: Begin, listener: socket.socket) -> None:
    async def parted() -> str:
        while await channel.receive() is not None:
            pass
        log.error("The first process is gone.")
        return ""

    async with app.opened(begin.settings, begin.secret, begin.redis_url, number=begin.number) as serving:
        server = Server(configuration(begin.settings, serving), lambda: channel.send(Ready()), SETTLES)
        await answering(server, listener, parted)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
