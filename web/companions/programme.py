"""What comes next in the conversation: a welcome, the scenes once, and then rounds that are never quite the same."""

import random
from collections import deque
from collections.abc import Iterator

from web.companions.deck import Deck
from web.companions.script import Key, Line, Round, Script

LONGEST_GAP = 14.0
"""Seconds between two lines, at most, while nobody else speaks."""


class Programme:
    """Hands out lines one by one. Lasts from meeting to meeting, so that the next goes on with something else."""

    def __init__(self, script: Script, chance: random.Random) -> None:
        self._chance = chance
        self._welcome, *others = script.scenes
        self._scenes = deque(others)
        self._facilitator = script.facilitator.key
        self._rounds = Deck(tuple(_Deal(one, chance) for one in script.rounds), chance)
        self._lines: deque[Line] = deque()
        self._unsaid: set[Key] = set()

    def begin(self) -> None:
        """A meeting begins: with the welcome."""
        self._turn_to(self._welcome.lines)

    def next(self) -> Line:
        """The next line; one that answers what was not said is left out."""
        while True:
            if not self._lines:
                self._turn_to(self._scenes.popleft().lines if self._scenes else tuple(self._round()))
            line = self._lines.popleft()
            if line.to is None or line.to not in self._unsaid:
                self._unsaid.discard(line.by)
                return line
            self._unsaid.add(line.by)

    def left_out(self, line: Line) -> None:
        """Its speaker could not say it."""
        self._unsaid.add(line.by)

    def _turn_to(self, lines: tuple[Line, ...]) -> None:
        self._lines = deque(lines)
        self._unsaid.clear()

    def _round(self) -> Iterator[Line]:
        deal = self._rounds.draw()
        yield Line(self._facilitator, deal.asks.draw())
        for who in self._chance.sample(sorted(deal.answers), len(deal.answers)):
            yield Line(who, deal.answers[who].draw())
        yield Line(self._facilitator, deal.thanks.draw(), rest=True)


class _Deal:
    """The decks of one round."""

    def __init__(self, one: Round, chance: random.Random) -> None:
        self.asks = Deck(one.asks, chance, in_order_first=True)
        self.thanks = Deck(one.thanks, chance, in_order_first=True)
        self.answers = {who: Deck(some, chance) for who, some in one.answers.items()}


def gap(line: Line, before: Line | None, chance: random.Random) -> float:
    """Seconds of quiet before a line: short in a quick exchange, longer before a long line or after something heavy."""
    if before is None:
        return 3.0
    if before.rest:
        return chance.uniform(11.0, LONGEST_GAP)
    writing = min(6.0, len(line.text) / 30)
    pace = chance.choices((0.0, 2.5, 5.0), (0.4, 0.4, 0.2))[0]
    return min(LONGEST_GAP, 5.0 + pace + chance.uniform(0.5, 1.0) * writing)
