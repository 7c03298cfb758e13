"""All processes over one Redis must have the same secret, or none could open what another has sealed, and promise the
same: people agree to what their group is promised, and two that differ would ask everybody again at each start."""

import hmac
from collections.abc import Set
from enum import Enum

from chat.core.ids import RoomId
from chat.live.bus import Bus, BusGone, Commit, Outcome

_SIZE = 32
"""Bytes of each half of a proof."""


class Fit(Enum):
    """Whether a process may run beside those that run already."""

    WELL = "well"
    OTHER_SECRET = "other secret"  # noqa: S105 - says that there is one
    OTHER_PROMISES = "other promises"


def proof(secret: bytes, promises: bytes = b"") -> bytes:
    """What shows that two processes have the same secret, and promise the same; nothing of the secret itself."""
    known = hmac.digest(secret, b"hearth: one secret in every process", "sha256")
    return known + hmac.digest(secret, b"hearth: what every process promises: " + promises, "sha256")


async def fits(redis_url: str, secret: bytes, promises: bytes) -> Fit:
    """How a process like this fits to one that runs over this Redis, or did seconds ago."""
    async with Bus.open(redis_url, _Deaf()) as bus:
        try:
            shown = await bus.shown()
        except BusGone:  # nothing can be known now, and nobody can sit anywhere
            return Fit.WELL
    ours = proof(secret, promises)
    if shown is None or shown == ours:
        return Fit.WELL
    return Fit.OTHER_PROMISES if shown[:_SIZE] == ours[:_SIZE] else Fit.OTHER_SECRET


class _Deaf:
    """Hears nothing: it only asks."""

    def heard(self, room: RoomId, notice: bytes) -> None: ...
    def committed(self, commit: Commit, outcome: Outcome) -> None: ...
    def controlled(self, message: bytes) -> None: ...
    def broke(self, partitions: Set[int]) -> None: ...
    def mended(self, partitions: Set[int]) -> None: ...
