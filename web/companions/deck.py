"""Things to say are drawn like cards: none comes again before all have been."""

import random
from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class Deck(Generic[T]):
    """Draws from what it was given, in an order that chance makes."""

    def __init__(self, cards: Iterable[T], chance: random.Random, *, in_order_first: bool = False) -> None:
        self._all: Sequence[T] = tuple(cards)
        self._chance = chance
        self._left = list(reversed(self._all)) if in_order_first else self._shuffled()
        self._last: T | None = None

    def draw(self) -> T:
        """The next card; when all have been drawn, they are shuffled, and the last one does not come twice in a row."""
        if not self._left:
            self._left = self._shuffled()
            if len(self._left) > 1 and self._left[-1] == self._last:
                self._left.insert(0, self._left.pop())
        self._last = self._left.pop()
        return self._last

    def _shuffled(self) -> list[T]:
        return self._chance.sample(self._all, len(self._all))
