"""Where the master is that sentinels know by name; a server that took its place is followed."""

from redis.asyncio import ConnectionPool

from chat.live.address import Place, Sentinels
from chat.live.bus.asking import asked
from chat.live.bus.connection import BusGone, as_list, as_text, pool
from chat.live.bus.finding import Owners
from chat.live.bus.keys import EVERY

WITHIN = 0.7
"""Seconds a sentinel is waited for before the next one is asked."""


class NoSuchMaster(BusGone):
    """Sentinels answer, and know no master of that name."""


class SentinelFinder:
    """Knows where the master is. Asking each second is as good as being told, and nothing can be missed."""

    every: float | None = 1.0

    def __init__(self, address: Sentinels) -> None:
        self._address = address
        self._sentinels: list[ConnectionPool] = [
            pool(address.sentinels.url(place)) for place in address.sentinels.places
        ]

    async def find(self) -> Owners:
        """As of now. Raises NoSuchMaster, or BusGone if no sentinel can be asked."""
        error: BusGone = BusGone()
        for sentinel in list(self._sentinels):
            try:
                master = await self._master(sentinel)
            except BusGone as gone:
                error = gone if isinstance(gone, NoSuchMaster) else error
                self._sentinels.append(self._sentinels.pop(0))  # asked last the next time
            else:
                return dict.fromkeys(EVERY, self._address.servers.url(master, self._address.database))
        raise error

    async def close(self) -> None:
        """No sentinel is asked any more."""
        for sentinel in self._sentinels:
            await sentinel.disconnect()

    async def _master(self, sentinel: ConnectionPool) -> Place:
        question = ("SENTINEL", "GET-MASTER-ADDR-BY-NAME", self._address.master)
        (reply,) = await asked(sentinel, question, patience=WITHIN)
        if reply is None:
            raise NoSuchMaster
        host, port = map(as_text, as_list(reply))
        return host, int(port)
