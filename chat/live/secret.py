"""All processes over one Redis must have the same secret, or none could open what another has sealed."""

import hmac
from collections.abc import Set

from chat.core.ids import RoomId
from chat.live.bus import Bus, BusGone


def proof(secret: bytes) -> bytes:
    """What shows that two processes have the same secret, and nothing of the secret itself."""
    return hmac.digest(secret, b"hearth: one secret in every process", "sha256")


async def is_shared(redis_url: str, secret: bytes) -> bool:
    """False if a process that runs over this Redis, or did seconds ago, has another one."""
    async with Bus.open(redis_url, _Deaf()) as bus:
        try:
            return await bus.vouches(proof(secret))
        except BusGone:  # nothing can be known now, and nobody can sit anywhere
            return True


class _Deaf:
    """Hears nothing: it only asks."""

    def heard(self, room: RoomId, notice: bytes) -> None: ...
    def controlled(self, message: bytes) -> None: ...
    def broke(self, partitions: Set[int]) -> None: ...
    def mended(self, partitions: Set[int]) -> None: ...
