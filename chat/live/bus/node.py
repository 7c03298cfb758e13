"""One Redis server, and everything this process does there: ask, commit, listen."""

import asyncio

from msgspec.structs import replace

from chat.core.ids import Millis
from chat.live.bus.asking import asked
from chat.live.bus.committing import Answered, Commit, Committer, Outcome
from chat.live.bus.connection import Arg, BusGone, Reply, pool
from chat.live.bus.lifeline import Lifeline
from chat.live.bus.listening import Ear, Follower, Listener
from chat.live.bus.wanting import Wanted

SET = 2_000
"""Milliseconds by which a clock must jump to count as set, not as drift or a slow answer."""
ALIKE = 20
"""Milliseconds two clocks may differ without anybody minding."""


class Node:
    """Owns every connection of this process to one server."""

    def __init__(self, url: str, wanted: Wanted, ear: Ear, follower: Follower) -> None:
        self.url = url
        self._connections = pool(url)
        self._lasting = pool(url, protocol=3)
        self.listener = Listener(wanted, ear, follower)
        self.committer = Committer(self.listener.hears, ear.committed)
        self._lifeline = Lifeline(self._lasting, self.committer, self.listener)
        self._running: asyncio.Task[None] | None = None
        self._compared = False
        self.ahead = 0
        """Milliseconds its clock is ahead of the one this process goes by, which is HOME's."""

    def start(self, tasks: asyncio.TaskGroup) -> None:
        """Connects, and stays so until it is stopped."""
        self._running = tasks.create_task(self._run())

    def stop(self) -> None:
        """Whatever was asked here and is not answered is refused."""
        self._lifeline.ending = True
        if self._running:
            self._running.cancel()

    async def _run(self) -> None:
        try:
            await self._lifeline.run()
        finally:
            await self._connections.disconnect()

    def compare(self, now: Millis, there: Millis) -> bool:
        """Hears that it is `there` on its clock when it is `now` on ours; True if it has been set in between."""
        before, apart = self.ahead, there - now
        self.ahead = apart if abs(apart) > ALIKE else 0
        known, self._compared = self._compared, True
        return known and abs(apart - before) > SET

    def submit(self, commit: Commit, answered: Answered) -> None:
        """As the committer's, by this server's clock."""
        ahead = self.ahead
        if ahead:
            commit, answered = replace(commit, now=Millis(commit.now + ahead)), _ours(answered, ahead)
        self.committer.submit(commit, answered)

    async def commit(self, commit: Commit) -> Outcome:
        """As the committer's, by this server's clock. Raises Elsewhere, BusGone."""
        ahead = self.ahead
        if not ahead:
            return await self.committer.commit(commit)
        outcome = await self.committer.commit(replace(commit, now=Millis(commit.now + ahead)))
        return replace(outcome, now=Millis(outcome.now - ahead))

    async def ask(self, *commands: tuple[Arg, ...]) -> list[Reply]:
        """All commands in one write, and their replies. Raises Elsewhere, BusGone."""
        return await asked(self._connections, *commands)


def _ours(answered: Answered, ahead: int) -> Answered:
    def told(outcome: Outcome | BusGone) -> None:
        answered(outcome if isinstance(outcome, BusGone) else replace(outcome, now=Millis(outcome.now - ahead)))

    return told
