"""Where each partition is served: on the one server there is, or wherever its keepers say it is now."""

from typing import Protocol

from chat.live.bus.keys import EVERY

Owners = dict[int, str]
"""The URL of each partition's server, as far as it has one."""


class Finder(Protocol):
    """Who knows where partitions are."""

    every: float | None
    """Seconds between two looks when nothing is amiss; None: nothing ever changes."""

    async def find(self) -> Owners:
        """As of now. Raises BusGone if nobody can be asked."""

    async def close(self) -> None:
        """Gives back whatever it holds."""


class OneServer:
    """All partitions on one server, for ever."""

    every: float | None = None

    def __init__(self, url: str) -> None:
        self._owners = dict.fromkeys(EVERY, url)

    async def find(self) -> Owners:
        """As of now."""
        return self._owners

    async def close(self) -> None:
        """Nothing is held."""
