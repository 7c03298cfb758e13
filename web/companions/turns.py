"""A companion whose turn it is says a few words and gives it on; some pass, and in a queue hands go up."""

import random
from collections.abc import Iterator, Mapping

from msgspec import Struct

from chat.core.ids import MemberId, Millis
from chat.core.wire import Finish, FloorKind, Hand, Pass, Say
from web.companions.deck import Deck
from web.companions.deed import Deed, Refs
from web.companions.script import Key, Round, Script
from web.companions.seen import Seen

BEGINS = (4.0, 8.0)
"""Seconds from the beginning of a turn to its words."""
ENDS = (3.0, 6.0)
"""Seconds from the words to "I'm done"."""
HANDS = (6.0, 14.0)
"""Seconds between two hands of companions in a queue."""
PASSES = 0.15
"""How probable it is that somebody passes."""


class Turn(Struct):
    """A turn of one of the companions, and what comes of it at `at`."""

    whose: tuple[MemberId, Millis | None]
    at: float
    spoken: bool = False


class Turns:
    """Owns what companions do when the floor is not simply open."""

    def __init__(self, script: Script, refs: Refs, chance: random.Random) -> None:
        self._refs = refs
        self._chance = chance
        words = {
            who.key: [text for one in script.rounds for text in one.answers.get(who.key, ())] for who in script.people
        }
        self._decks = {key: Deck(texts, chance) for key, texts in words.items() if texts}
        self._turn: Turn | None = None
        self._next_hand = 0.0

    def are_about(self, asked: Round) -> None:
        """From now on their words answer this."""
        self._decks = {key: Deck(texts, self._chance) for key, texts in asked.answers.items() if texts}

    def deeds(self, seats: Mapping[Key, Seen], now: float) -> Iterator[Deed]:
        """What they do by now."""
        floors = [seen.floor for seen in seats.values() if seen.paused is None]
        if floors and floors[0].kind is FloorKind.QUEUE:
            yield from self._hands(seats, now)
        who, seen = next(((who, seen) for who, seen in seats.items() if seen.has_the_turn), (None, None))
        if who is None or seen is None:
            self._turn = None
            return
        whose = (seen.you, seen.floor.since)
        if self._turn is None or self._turn.whose != whose:
            self._turn = Turn(whose, now + self._chance.uniform(*BEGINS))
        if now >= self._turn.at:
            yield self._take(who, seen, self._turn, now)

    def _take(self, who: Key, seen: Seen, turn: Turn, now: float) -> Deed:
        passes = seen.floor.kind is FloorKind.ROUND and self._chance.random() < PASSES
        if not turn.spoken and who in self._decks and not passes:
            turn.spoken, turn.at = True, now + self._chance.uniform(*ENDS)
            return Deed(who, Say(self._refs.fresh(), self._decks[who].draw()))
        turn.at = now + ENDS[1]  # asked again if it was not taken
        ref = self._refs.fresh()
        return Deed(who, Pass(ref) if passes and not turn.spoken else Finish(ref))

    def _hands(self, seats: Mapping[Key, Seen], now: float) -> Iterator[Deed]:
        up = [who for who, seen in seats.items() if seen.hand_up]
        free = [who for who in self._decks if who in seats and who not in up and not seats[who].has_the_turn]
        if len(up) >= 2 or not free or now < self._next_hand:
            return
        self._next_hand = now + self._chance.uniform(*HANDS)
        yield Deed(self._chance.choice(free), Hand(self._refs.fresh(), up=True))
