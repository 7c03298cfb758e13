"""When what the group agrees to changes, its companions read it, each at their own pace, and agree."""

import random
from collections.abc import Iterator

from chat.core.wire import Agree, Answer, AskedAgain, Event, Question, Snapshot
from web.companions.deed import Deed, Refs
from web.companions.script import Key

READING = (2.0, 6.0)
"""Seconds that somebody takes for it."""


class Agreeing:
    """Who of them is asked, and when they answer."""

    def __init__(self, refs: Refs, chance: random.Random) -> None:
        self._refs = refs
        self._chance = chance
        self._asked: dict[Key, tuple[float, int]] = {}

    def hear(self, who: Key, frame: Event | Answer, now: float) -> None:
        """One frame, as this companion received it."""
        match frame:
            case AskedAgain(question=Question(version=version)) | Snapshot(asked=Question(version=version)):
                self._asked[who] = (now + self._chance.uniform(*READING), version)
            case _:
                pass

    def deeds(self, now: float) -> Iterator[Deed]:
        """Who agrees by now."""
        for who, (at, version) in list(self._asked.items()):
            if at <= now:
                del self._asked[who]
                yield Deed(who, Agree(self._refs.fresh(), version))
