"""The one connection that carries commits to a server and brings everything told, held for as long as it answers.

One and not two: what a commit comes to and what a room is told by it arrive together, in Redis' own order, so that they
cost one write there and one wake-up here. And whoever commits on the connection it listens on knows that it hears: if
nobody else does, nothing need be published (see commit.lua).
"""

import asyncio
import itertools

from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError

from chat.live.bus.committing import Committer
from chat.live.bus.connection import BROKEN, Reply, takes_no_writes
from chat.live.bus.listening import Listener
from chat.live.bus.pipe import Pipe, packed, pipe

SILENCE = 2.0
"""Seconds. A hung Redis raises nothing for whoever waits (measured: 20 s): a question unanswered this long is a break.
Longer than a commit's deadline: a no must stay a no when a frozen Redis thaws.

Counted by what was waited for: if it is this process that stood still, or has more to do than it can, what Redis
answered meanwhile is still unread, and Redis did not keep silent.
"""
LOOK_EVERY = 0.2
"""Seconds."""
PING_EVERY = 3
"""Looks."""
AGAIN = 0.05
"""Seconds until it is tried anew."""


class Lifeline:
    """Owns that connection, and tries it anew after every break."""

    def __init__(self, connections: ConnectionPool, committer: Committer, listener: Listener) -> None:
        self._connections = connections
        self._committer = committer
        self._listener = listener
        self.ending = False
        """Said before the task is cancelled."""

    async def run(self) -> None:
        """For ever."""
        try:
            while not self.ending:
                try:
                    await self._hold()
                except BROKEN:
                    self._listener.broke()  # first, so that nobody is let through who asks again at once
                    self._committer.fail()
                    await asyncio.sleep(AGAIN)
        finally:
            self._committer.fail()

    async def _hold(self) -> None:
        async with asyncio.timeout(SILENCE) as patience, pipe(self._connections, self._listener.pushed) as opened:
            await self._committer.opened(opened)
            patience.reschedule(None)
            self._listener.opened(opened)
            try:
                await self._watch(opened)
            finally:
                self._committer.closed()
                self._listener.closed()

    async def _watch(self, opened: Pipe) -> None:
        for look in itertools.count(1):
            if opened.silent >= SILENCE:
                raise TimeoutError
            if look % PING_EVERY == 0:
                opened.ask(packed(("PING",)), _pong)
            if opened.waits:
                opened.silent += LOOK_EVERY
            await opened.lasts(LOOK_EVERY)


def _pong(reply: Reply | RedisError) -> None:
    if isinstance(reply, RedisError) and not takes_no_writes(reply):
        raise reply
