"""What concerns the whole installation, in a partition of its own: who is alive, what waits, what all are told."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from chat.core.ids import Millis, ProcessId
from chat.live.bus import keys as key
from chat.live.bus.asking import PATIENCE
from chat.live.bus.connection import Arg, Elsewhere, Reply, as_bytes, as_int, as_list, as_map
from chat.live.bus.following import Following
from chat.live.bus.node import Node

T = TypeVar("T")
AGAIN = 0.05
"""Seconds between two tries of what a server said it is not the one, or not the moment, for."""
REHEARSED_FOR = 10_000
"""Milliseconds a rehearsing server is taken for one without saying so again."""
VOUCHED_FOR = 10_000
"""Milliseconds the proof of a process' secret stands without being shown again."""


class Home:
    """Asks that partition, and any other, wherever it is."""

    def __init__(self, following: Following) -> None:
        self._following = following

    async def beat(self, process: ProcessId, proof: bytes) -> tuple[Millis, dict[ProcessId, int]]:
        """Counts this process' liveness up; gives Redis' time and every process' counter. Raises BusGone.

        `proof`: of the secret and the promises that it and all others share.
        """
        _, _, counters, time = await self._ask(
            key.HOME,
            ("SET", key.SECRET, proof, "PX", VOUCHED_FOR),
            ("HINCRBY", key.PROCESSES, process, 1),
            ("HGETALL", key.PROCESSES),
            ("TIME",),
        )
        return millis(time), {ProcessId(name): as_int(count) for name, count in as_map(counters).items()}

    async def shown(self) -> bytes | None:
        """The proof that a running process has shown, if there is one. Raises BusGone."""
        known = (await self._ask(key.HOME, ("GET", key.SECRET)))[0]
        return None if known is None else as_bytes(known)

    async def withdraws(self) -> None:
        """The proof shown last stands no more; whoever else runs shows it again in a second. Raises BusGone."""
        await self._ask(key.HOME, ("DEL", key.SECRET))

    async def count(self, processes: set[ProcessId]) -> None:
        """Watches processes whose counters are missing. Raises BusGone."""
        await self._ask(key.HOME, *[("HSETNX", key.PROCESSES, process, 0) for process in processes])

    async def bury(self, process: ProcessId) -> None:
        """A dead process is counted no more. Raises BusGone."""
        await self._ask(key.HOME, ("HDEL", key.PROCESSES, process))

    async def control(self, message: bytes) -> None:
        """Tells every process of the installation. Raises BusGone."""
        await self._ask(key.HOME, ("SPUBLISH", key.CONTROL, message))

    async def defer(self, act: bytes) -> None:
        """Keeps an act until the records can take it. Raises BusGone."""
        await self._ask(key.HOME, ("RPUSH", key.UNRECORDED, act))

    async def deferred(self) -> list[bytes]:
        """Acts not yet recorded. Raises BusGone."""
        return [as_bytes(act) for act in as_list((await self._ask(key.HOME, ("LRANGE", key.UNRECORDED, 0, -1)))[0])]

    async def recorded(self, act: bytes) -> bool:
        """Takes a deferred act off the list; False if another process has. Raises BusGone."""
        return as_int((await self._ask(key.HOME, ("LREM", key.UNRECORDED, 1, act)))[0]) > 0

    async def entrust(self, name: str, sealed: bytes, lasts: int) -> None:
        """Keeps something sealed for `lasts` ms, in the place of what had this name. Raises BusGone."""
        await self._ask(key.HOME, ("SET", key.part(name), sealed, "PX", lasts))

    async def entrusted(self, name: str) -> bytes | None:
        """What was entrusted, if it is still there. Raises BusGone."""
        found = (await self._ask(key.HOME, ("GET", key.part(name))))[0]
        return None if found is None else as_bytes(found)

    async def takes(self, name: str) -> bytes | None:
        """As `entrusted`, and it is gone: nobody else gets it. Raises BusGone."""
        found = (await self._ask(key.HOME, ("GETDEL", key.part(name))))[0]
        return None if found is None else as_bytes(found)

    async def rehearse(self) -> None:
        """Lets be known for a while that a server which rehearses is running. Raises BusGone."""
        await self._ask(key.HOME, ("SET", key.REHEARSAL, 1, "PX", REHEARSED_FOR))

    async def rehearsed(self) -> Millis | None:
        """Redis' time, if a server that rehearses is running. Raises BusGone."""
        said, time = await self._ask(key.HOME, ("EXISTS", key.REHEARSAL), ("TIME",))
        return millis(time) if said else None

    async def _ask(self, partition: int, *commands: tuple[Arg, ...]) -> list[Reply]:
        return await self._steadily(partition, lambda node: node.ask(*commands))

    async def _steadily(self, partition: int, attempt: Callable[[Node], Awaitable[T]]) -> T:
        """Tries where the partition is; again where it is then, for as long as servers say that nothing has happened.

        A connection that broke is not tried again here: what was asked may have happened.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENCE
        while True:
            try:
                return await attempt(self._following.node(partition))
            except Elsewhere:
                self._following.doubt()
                if loop.time() > until:
                    raise
                await asyncio.sleep(AGAIN)


def millis(time: Reply) -> Millis:
    """What TIME answers."""
    seconds, micros = map(as_int, as_list(time))
    return Millis(seconds * 1000 + micros // 1000)
