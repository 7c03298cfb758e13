"""The conversation goes on by itself: line after line, a hand before some, and never over somebody else's words."""

import random
from collections.abc import Iterator

from chat.core.errors import Code
from chat.core.ids import Ref
from chat.core.wire import Announce, Hand, Say
from web.companions.deed import Deed, Refs
from web.companions.programme import Programme, gap
from web.companions.script import Key, Line

HAND_BEFORE = 4.0
"""Seconds from a raised hand to the words."""
HAND_AFTER = 1.5
_LATER = {Code.ROOM_PAUSED, Code.INTERRUPTED, Code.BUSY, Code.TOO_FAST}
"""Refusals after which the same words may still be said."""


class Talking:
    """Decides which line is said next, and when."""

    def __init__(self, programme: Programme, refs: Refs, chance: random.Random) -> None:
        self._programme = programme
        self._refs = refs
        self._chance = chance
        self._line: Line | None = None
        self._next: list[Line] = []
        """Lines that had to wait for one that is said again."""
        self._before: Line | None = None
        self._at = 0.0
        self._up: Key | None = None
        self._lowers: list[tuple[float, Key]] = []
        self._asked: dict[Ref, Line] = {}
        programme.begin()

    def hold_back(self, now: float, seconds: float) -> None:
        """The conversation goes on no sooner than in so many seconds."""
        self._at = max(self._at, now + seconds)

    def accepted(self, ref: Ref) -> None:
        """A line was told to everybody."""
        self._asked.pop(ref, None)

    def refused(self, ref: Ref, code: Code) -> None:
        """A line was not told: it is said later if it can be, else left out."""
        line = self._asked.pop(ref, None)
        if line is None:
            return
        if code not in _LATER:
            self._programme.left_out(line)
            return
        if self._line is not None:
            self._next.append(self._line)
        self._line = line

    def due(self, now: float, spoke: float, able: set[Key]) -> Iterator[Deed]:
        """What is done by now; `spoke`: when a companion last said something; `able`: who could speak."""
        if self._line is None:
            self._line = self._next.pop() if self._next else self._programme.next()
            self.hold_back(spoke, gap(self._line, self._before, self._chance))
        line = self._line
        if line.by not in able:
            self._programme.left_out(line)
            self._over(now)
        elif now >= self._at:
            self._before = line
            self._over(now)
            yield self._say(line)
        elif line.hand and self._up is None and now >= self._at - HAND_BEFORE:
            self._up = line.by
            yield Deed(line.by, Hand(self._refs.fresh(), True))

    def lowering(self, now: float) -> Iterator[Deed]:
        """Hands that have been up for long enough."""
        for when, who in [one for one in self._lowers if one[0] <= now]:
            self._lowers.remove((when, who))
            yield Deed(who, Hand(self._refs.fresh(), False))

    def _say(self, line: Line) -> Deed:
        ref = self._refs.fresh()
        self._asked[ref] = line
        return Deed(line.by, Announce(ref, line.text) if line.announce else Say(ref, line.text, line.note))

    def _over(self, now: float) -> None:
        self._line = None
        if self._up is not None:
            self._lowers.append((now + HAND_AFTER, self._up))
            self._up = None
