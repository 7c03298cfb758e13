"""Which channels this process wants to hear, whichever server they are on."""

import asyncio
from collections.abc import Set

from chat.live.bus.connection import BusGone
from chat.live.bus.keys import CONTROL, HOME, number_of


class Wanted:
    """Owns the names of all channels listened to, and what waits for their confirmations."""

    def __init__(self) -> None:
        self._names: dict[int, set[str]] = {HOME: {CONTROL}}
        self._confirming: dict[str, asyncio.Future[None]] = {}

    def names(self, partitions: Set[int]) -> list[str]:
        """Every channel wanted in these partitions."""
        return [name for partition in partitions for name in self._names.get(partition, ())]

    def has(self, name: str) -> bool:
        """Whether this channel is wanted."""
        return name in self._names.get(number_of(name), ())

    def add(self, name: str) -> tuple[asyncio.Future[None], bool]:
        """What is done once the channel is subscribed to, and whether nobody has asked for it yet."""
        self._names.setdefault(number_of(name), set()).add(name)
        future = self._confirming.get(name)
        if future:
            return future, False
        future = self._confirming[name] = asyncio.get_running_loop().create_future()
        return future, True

    def remove(self, name: str) -> None:
        """Nobody wants it any more."""
        self._names.get(number_of(name), set()).discard(name)

    def unconfirmed(self, name: str, future: asyncio.Future[None]) -> None:
        """It took too long: whoever comes next asks again."""
        if self._confirming.get(name) is future:
            del self._confirming[name]

    def confirmed(self, name: str) -> None:
        """A server says that it is subscribed to."""
        future = self._confirming.pop(name, None)
        if future and not future.done():
            future.set_result(None)

    def broke(self, partitions: Set[int]) -> None:
        """Nothing in these partitions will be confirmed."""
        for name in [name for name in self._confirming if number_of(name) in partitions]:
            future = self._confirming.pop(name)
            if not future.done():
                future.set_exception(BusGone())
                future.exception()  # whoever waits for it has it; nobody must
