"""Nobody asks faster than a person can: what comes faster than that is not even looked at."""

import math

from chat.core.authority import HOLDING, MAY
from chat.core.decision import House
from chat.core.wire import Command, Here, Leave, Role

EASY = 4
"""So many times what a house lets one person say: what the room itself would still take never waits here."""
AT_ONCE = 32
"""In a row, in any house: as many as may wait behind one, and so whatever a page asks again when it is back."""
EVERY = 0.5
"""Seconds until one more is free, at most: two messages a second, or a hand up and down each second, on and on, is
nobody's typing or pressing. Words of danger that cannot be said are judged, and so heard, at any pace of a person.
"""
ALWAYS = frozenset[type[Command]]({Here, Leave})
"""What a page asks by itself and nobody is told; and going, which nobody is kept from."""
HOLDS = frozenset(kind for kind, roles in MAY.items() if roles == HOLDING)
"""What whoever holds the room does at any pace: a pause is not kept waiting by anything asked before it."""
ROUNDED = 1e-6
"""Seconds that a sum of so many may be off."""


def is_counted(command: Command, role: Role) -> bool:
    """Whether this may have to wait, asked by somebody of this role."""
    kind = type(command)
    return kind not in ALWAYS and not (role is Role.FACILITATOR and kind in HOLDS)


class Tempo:
    """Counts what one person asks of a room by way of this process, as the time at which all of it is free again.

    The room's own pace is counted by Redis, after a message has been judged, and counts no hands and no breaks.
    Measured without this: four people who are muted and go on at 60 long messages a second kept everybody waiting for
    0.1 s, and of one hand going up and down everybody was told 58 times a second.
    """

    __slots__ = ("_every", "_free_at", "_most")

    def __init__(self, house: House) -> None:
        self._every = min(house.pace_every / 1000 / EASY, EVERY)
        self._most = self._every * max(house.pace_burst * EASY, AT_ONCE) + ROUNDED
        self._free_at = 0.0

    def wait(self, now: float) -> int:
        """Milliseconds until one more may be asked; 0: it is asked now. `now` is in seconds of any steady clock."""
        free_at = max(now, self._free_at) + self._every
        if free_at - now > self._most:
            return math.ceil((free_at - now - self._most) * 1000)
        self._free_at = free_at
        return 0
