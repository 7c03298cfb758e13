"""One clock a room: Redis' time, kept as an offset to this process' own steady clock."""

import time

from chat.core.ids import Millis

STEP = 2_000
"""Milliseconds by which Redis' clock must jump to count as set, not as drift or a slow answer."""


class Clock:
    """Tells Redis' time without asking Redis."""

    def __init__(self) -> None:
        self._offset = time.time() * 1000 - time.monotonic() * 1000
        self._synced = False

    def now(self) -> Millis:
        """Redis' time, as well as is known."""
        return Millis(int(time.monotonic() * 1000 + self._offset))

    def hear(self, redis_now: Millis) -> bool:
        """Takes Redis' word for the time; True if its clock has been set since it was last heard."""
        offset = redis_now - time.monotonic() * 1000
        stepped = self._synced and abs(offset - self._offset) > STEP
        self._offset, self._synced = offset, True
        return stepped
