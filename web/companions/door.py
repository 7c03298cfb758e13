"""The facilitator's companion lets in who waits, unless a visitor who facilitates would like to; and one comes late."""

from collections.abc import Iterator

from chat.core.ids import MemberId
from chat.core.wire import Admit, Answer, Arrived, Declined, Event, Listen, Say, Snapshot, Waiting, Went
from web.companions.deed import Deed, Refs
from web.companions.script import Key, Script

LETS_IN_AFTER = 1.5
"""Seconds somebody waits while only companions facilitate."""
LEAVES_IT_FOR = 25.0
"""Seconds that belong to a visitor who facilitates."""
LATE = 8.0
"""Seconds from the coming of such a visitor to that of whoever is late."""
SAYS, LISTENS = 4.0, 9.0
"""Seconds from being let in to the words of whoever is late, and to their just listening."""


class DoorKeeping:
    """Who waits, as the facilitator's companion sees it."""

    def __init__(self, script: Script, refs: Refs) -> None:
        self._facilitator = script.facilitator.key
        self._late = script.late
        self._refs = refs
        self._waiting: dict[MemberId, float] = {}
        self._visited: float | None = None
        """Since when a visitor facilitates."""
        self._doings: list[tuple[float, Deed]] = []

    def hear(self, who: Key, frame: Event | Answer, now: float) -> None:
        """One frame, as that companion received it."""
        if who == self._late.key and isinstance(frame, Snapshot) and not frame.replay and not self._doings:
            says = Deed(who, Say(self._refs.fresh(), self._late.says))
            self._doings = [(now + SAYS, says), (now + LISTENS, Deed(who, Listen(self._refs.fresh())))]
        if who != self._facilitator:
            return
        match frame:
            case Snapshot(waiting=waiting):
                self._waiting = {one.id: self._waiting.get(one.id, now) for one in waiting if not one.declined}
            case Waiting(caller=caller) if not caller.late or caller.knocked:
                self._waiting.setdefault(caller.id, now)
            case Went(member=member) | Declined(member=member):
                self._waiting.pop(member, None)
            case Arrived(person=person):
                self._waiting.pop(person.id, None)
            case _:
                pass

    def visited(self, facilitates: bool, now: float) -> None:
        """Whether a visitor who facilitates is in the room now."""
        self._visited = (now if self._visited is None else self._visited) if facilitates else None

    def late_comes(self, now: float) -> bool:
        """Whether it is time for whoever is late."""
        return self._visited is not None and now - self._visited >= LATE

    def deeds(self, now: float) -> Iterator[Deed]:
        """Whom the companion lets in by now, and what whoever was late does then."""
        patience = LETS_IN_AFTER if self._visited is None else LEAVES_IT_FOR
        for member, since in list(self._waiting.items()):
            if now - since >= patience:
                self._waiting[member] = now  # asked again later if it was not taken
                yield Deed(self._facilitator, Admit(self._refs.fresh(), member))
        while self._doings and self._doings[0][0] <= now:
            yield self._doings.pop(0)[1]
