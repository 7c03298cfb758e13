"""How much this process has done since it began, for whoever looks after the server; never who, where, or a word.

Plain numbers, each raised by whoever does it and read when somebody asks: nothing on a message's way waits for them.
"""

import time
from bisect import bisect_left
from collections import Counter

from msgspec import Struct, field

ROUND_TRIPS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)
LAGS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
"""Seconds."""


class Spread(Struct):
    """How often something took up to each of `limits`, in seconds; the last of `often` is everything longer."""

    limits: tuple[float, ...]
    often: list[int]
    total: float = 0.0

    @classmethod
    def over(cls, limits: tuple[float, ...]) -> "Spread":
        """Nothing so far."""
        return cls(limits, [0] * (len(limits) + 1))

    def add(self, seconds: float) -> None:
        """It took so long, once more."""
        self.often[bisect_left(self.limits, seconds)] += 1
        self.total += seconds


class Figures(Struct):
    """What one process tells of itself at one moment. `said`: messages told to rooms; `cut`: readers too slow."""

    worker: int = 1
    rooms: int = 0
    seats: int = 0
    silent: int = 0
    """Partitions that cannot be heard at the moment."""
    said: int = 0
    gaps: int = 0
    cut: int = 0
    cpu: float = 0.0
    refused: dict[str, int] = {}
    """Commands, by the code of the refusal."""
    commits: dict[str, int] = {}
    """By what became of them."""
    round_trips: Spread = field(default_factory=lambda: Spread.over(ROUND_TRIPS))
    lags: Spread = field(default_factory=lambda: Spread.over(LAGS))


class Counts:
    """What is counted as it happens."""

    def __init__(self) -> None:
        self.said = self.gaps = self.cut = 0
        self.refused: Counter[str] = Counter()
        self.commits: Counter[str] = Counter()
        self.round_trips = Spread.over(ROUND_TRIPS)
        self.lags = Spread.over(LAGS)

    def figures(self, worker: int, rooms: int, seats: int, silent: int) -> Figures:
        """All of it now, with what can be seen without counting."""
        return Figures(
            worker=worker,
            rooms=rooms,
            seats=seats,
            silent=silent,
            said=self.said,
            gaps=self.gaps,
            cut=self.cut,
            cpu=time.process_time(),
            refused=dict(self.refused),
            commits=dict(self.commits),
            round_trips=self.round_trips,
            lags=self.lags,
        )


counts = Counts()
"""This process'."""
