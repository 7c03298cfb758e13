"""One Redis server, and everything this process does there: ask, commit, listen."""

import asyncio

from chat.live.bus.committing import Committer
from chat.live.bus.connection import BROKEN, NOT_HERE, Arg, BusGone, Elsewhere, Reply, ask, pool
from chat.live.bus.listening import Ear, Follower, Listener
from chat.live.bus.wanting import Wanted

PATIENCE = 2.0
"""Seconds for anything asked outside commits."""


class Node:
    """Owns every connection of this process to one server."""

    def __init__(self, url: str, wanted: Wanted, ear: Ear, follower: Follower) -> None:
        self.url = url
        self._connections = pool(url)
        self.committer = Committer(self._connections)
        self.listener = Listener(self._connections, wanted, ear, follower)
        self._running: asyncio.Task[None] | None = None

    def start(self, tasks: asyncio.TaskGroup) -> None:
        """Connects, and stays so until it is stopped."""
        self._running = tasks.create_task(self._run())

    def stop(self) -> None:
        """Whatever was asked here and is not answered is refused."""
        self.committer.ending = self.listener.ending = True
        if self._running:
            self._running.cancel()

    async def _run(self) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.committer.run())
                tasks.create_task(self.listener.run())
        finally:
            await self._connections.disconnect()

    async def ask(self, *commands: tuple[Arg, ...]) -> list[Reply]:
        """All commands in one write, and their replies. Raises Elsewhere, BusGone."""
        try:
            async with asyncio.timeout(PATIENCE):
                connection = await self._connections.get_connection()
                try:
                    return await ask(connection, commands)
                except BaseException:
                    await connection.disconnect(nowait=True)  # replies of a broken-off question are still to come
                    raise
                finally:
                    await self._connections.release(connection)
        except NOT_HERE:
            raise Elsewhere from None
        except BROKEN:
            raise BusGone from None
