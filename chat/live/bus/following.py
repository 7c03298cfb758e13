"""Which server each partition is on, followed wherever it goes: failover, slots moved, a master replaced."""

import asyncio
from collections.abc import Set
from contextlib import suppress

from chat.live.bus.connection import BROKEN, BusGone, Elsewhere
from chat.live.bus.finding import Finder, Owners
from chat.live.bus.keys import EVERY
from chat.live.bus.listening import Ear
from chat.live.bus.node import Node
from chat.live.bus.wanting import Wanted

LOOKING = 0.2
"""Seconds between two looks while some partition cannot be heard."""
SOONEST = 0.05
"""Seconds between any two looks."""


class Following:
    """Owns the servers this process is connected to, and says which of them a partition is on."""

    def __init__(self, finder: Finder, ear: Ear, tasks: asyncio.TaskGroup) -> None:
        self._finder = finder
        self._ear = ear
        self._tasks = tasks
        self._nodes: dict[str, Node] = {}
        self._owners: dict[int, Node] = {}
        self._silent = set(EVERY)
        self._doubted = asyncio.Event()
        self.wanted = Wanted()
        self.found = asyncio.Event()
        """It is known where partitions are, or that nobody knows."""

    def node(self, partition: int) -> Node:
        """Where a partition is. Raises Elsewhere while that is not known."""
        node = self._owners.get(partition)
        if node is None:
            raise Elsewhere
        return node

    def nodes(self) -> Set[Node]:
        """Every server that has any partition."""
        return set(self._nodes.values())

    def serves(self, node: Node, partition: int) -> bool:
        """Whether the partition is on this server."""
        return self._owners.get(partition) is node

    def hears(self, node: Node) -> bool:
        """Whether everything that is on a server can be heard."""
        return self._silent.isdisjoint(node.listener.partitions)

    def doubt(self) -> None:
        """A server has said that something is not where it was looked for."""
        self._doubted.set()

    async def run(self) -> None:
        """For ever."""
        try:
            while True:
                self._doubted.clear()
                await self._look()
                every = LOOKING if self._silent and self._finder.every else self._finder.every
                with suppress(TimeoutError):
                    async with asyncio.timeout(every):
                        await self._doubted.wait()
                await asyncio.sleep(SOONEST)
        finally:
            for node in self._nodes.values():
                node.stop()
            await self._finder.close()

    async def _look(self) -> None:
        try:
            owners = await self._finder.find()
        except (BusGone, *BROKEN):
            self._broke(self._silent - self._owners.keys())
        else:
            await self._settle(owners)
        self.found.set()

    async def _settle(self, owners: Owners) -> None:
        going: dict[str, set[int]] = {}
        coming: dict[str, set[int]] = {}
        for partition, url in owners.items():
            before = self._owners.get(partition)
            if before is None or before.url != url:
                coming.setdefault(url, set()).add(partition)
                if before:
                    going.setdefault(before.url, set()).add(partition)
        for partitions in coming.values():
            self._broke(partitions)
        for url, partitions in going.items():
            await self._nodes[url].listener.drop(partitions)
        for url, partitions in coming.items():
            node = self._nodes.get(url) or self._connected(url)
            self._owners |= dict.fromkeys(partitions, node)
            await node.listener.take(partitions)
        for url in self._nodes.keys() - {node.url for node in self._owners.values()}:
            self._nodes.pop(url).stop()

    def _connected(self, url: str) -> Node:
        node = self._nodes[url] = Node(url, self.wanted, self._ear, self)
        node.start(self._tasks)
        return node

    # What listeners tell. Nothing here waits.

    def broke(self, partitions: Set[int]) -> None:
        """From now on nothing is heard of the rooms in these partitions."""
        self.wanted.broke(partitions)
        self._broke(partitions)
        self.doubt()

    def mended(self, partitions: Set[int]) -> None:
        """Heard again."""
        self._silent -= partitions
        self._ear.mended(partitions)

    def moved(self, partitions: Set[int]) -> None:
        """Not, or no longer, where they were looked for."""
        for partition in partitions:
            self._owners.pop(partition, None)
        self._broke(partitions)
        self.doubt()

    def _broke(self, partitions: Set[int]) -> None:
        self._silent |= partitions
        self._ear.broke(partitions)
