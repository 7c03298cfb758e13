"""A browser comes in as often as one whose connection keeps breaking, and no more: each arrival is told to a room."""

from chat.core.ids import VisitId

AT_ONCE = 30
"""Arrivals of one visit in a row: several tabs, or a train in and out of tunnels."""
EVERY = 1.0
"""Seconds until one more is free."""
TIDY_AT = 4096
"""Visits kept before those whose arrivals are all free again are let go."""


class Turnstile:
    """Counts the arrivals of each visit in this process, as the time at which all of them will be free again."""

    def __init__(self) -> None:
        self._free_at: dict[VisitId, float] = {}

    def lets(self, visit: VisitId, now: float) -> bool:
        """Whether this visit may come in at `now`, in seconds of any steady clock."""
        free_at = max(now, self._free_at.get(visit, now))
        if free_at - now > (AT_ONCE - 1) * EVERY:
            return False
        if len(self._free_at) >= TIDY_AT:
            self._free_at = {one: at for one, at in self._free_at.items() if at > now}
        self._free_at[visit] = free_at + EVERY
        return True
