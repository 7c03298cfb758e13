"""Where each partition is in a Redis Cluster: its servers are asked, and the one that knows the newest is believed."""

import asyncio
import random
from bisect import bisect_right

from msgspec import Struct
from redis.asyncio import ConnectionPool

from chat.live.address import Cluster, Place
from chat.live.bus.asking import asked
from chat.live.bus.connection import BusGone, Reply, as_int, as_list, as_text, pool
from chat.live.bus.finding import Owners
from chat.live.bus.keys import EVERY, SLOTS

ASKED = 5
"""Servers asked at once: in a large cluster word of a change spreads by itself."""
WITHIN = 1.0
"""Seconds a server is waited for; others may have answered."""


class View(Struct, frozen=True):
    """The cluster as one of its servers sees it."""

    sound: bool
    """It sees the majority of the masters. One that has been cut off goes on believing what was."""
    epoch: int
    """Counts up with every change."""
    ranges: list[tuple[int, int, list[Place]]]
    """First and last slot, and who has them: the master, then its replicas."""


class ClusterFinder:
    """Knows where partitions are in a cluster."""

    every: float | None = 1.0

    def __init__(self, address: Cluster) -> None:
        self._servers = address.servers
        self._masters: set[Place] = set(self._servers.places)
        self._known: set[Place] = set()
        self._pools: dict[Place, ConnectionPool] = {}

    async def find(self) -> Owners:
        """As of now. Raises BusGone if nobody can be asked."""
        views = await self._views(self._masters) or await self._views({*self._servers.places, *self._known})
        if not views:
            raise BusGone
        ranges = sorted(max(views, key=lambda view: (view.sound, view.epoch)).ranges)
        self._masters = {places[0] for _, _, places in ranges} or self._masters
        self._known = {place for _, _, places in ranges for place in places}
        await self._let_go()
        starts = [first for first, _, _ in ranges]
        owners: Owners = {}
        for partition in EVERY:
            slot = SLOTS[partition]
            found = bisect_right(starts, slot) - 1
            if found >= 0 and slot <= ranges[found][1]:
                owners[partition] = self._servers.url(ranges[found][2][0])
        return owners

    async def close(self) -> None:
        """No server is asked any more."""
        for connections in self._pools.values():
            await connections.disconnect()

    async def _views(self, places: set[Place]) -> list[View]:
        some = random.sample(sorted(places), min(len(places), ASKED))
        views = await asyncio.gather(*map(self._view, some))
        return [view for view in views if view]

    async def _view(self, place: Place) -> View | None:
        connections = self._pools.setdefault(place, pool(self._servers.url(place)))
        try:
            info, slots = await asked(connections, ("CLUSTER", "INFO"), ("CLUSTER", "SLOTS"), patience=WITHIN)
        except BusGone:
            return None
        lines = dict(line.split(":", 1) for line in as_text(info).split() if ":" in line)
        ranges = [_range(as_list(entry), place[0]) for entry in as_list(slots)]
        return View(lines.get("cluster_state") == "ok", int(lines.get("cluster_current_epoch", 0)), ranges)

    async def _let_go(self) -> None:
        for place in self._pools.keys() - self._known - set(self._servers.places):
            await self._pools.pop(place).disconnect()


def _range(entry: list[Reply], host_asked: str) -> tuple[int, int, list[Place]]:
    """A server that does not know its own host is where it was asked."""
    first, last, *servers = entry
    places = [as_list(server) for server in servers]
    return as_int(first), as_int(last), [(_host(place[0]) or host_asked, as_int(place[1])) for place in places]


def _host(said: Reply) -> str:
    return as_text(said).strip("?") if said else ""
