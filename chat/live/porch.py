"""Where people wait, for a moment, to be let into a room together."""

import asyncio

from chat.core.decision import Reject
from chat.core.room import Member

FOR_EACH = 0.001
LONGEST = 0.25
"""Seconds between two lettings-in: one notice costs as many writes as there are people to be told of it, so a room of
twelve waits a hundredth of a second and one of a thousand a quarter. Whoever comes after a pause waits for nothing."""
AT_ONCE = 200
"""People in one notice."""


def between(seated: int) -> float:
    """Seconds between two notices of who comes or goes, in a room where so many are seated."""
    return min(LONGEST, seated * FOR_EACH)


class Waiting:
    """Somebody on the porch."""

    def __init__(self, member: Member) -> None:
        self.member = member
        self.answer: asyncio.Future[Reject | None] = asyncio.get_running_loop().create_future()
        """None: seated, or about to be."""

    def tell(self, answer: Reject | None) -> None:
        """They have waited long enough, unless they have gone."""
        if not self.answer.done():
            self.answer.set_result(answer)


class Porch:
    """Owns who waits at one room's door, and when it was opened last."""

    def __init__(self) -> None:
        self.opening = False
        """Somebody is letting people in."""
        self._waiting: list[Waiting] = []
        self._opened = -LONGEST

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def joins(self, member: Member) -> Waiting:
        """Somebody waits from now on."""
        self._waiting.append(waiting := Waiting(member))
        return waiting

    def wait(self, seated: int, now: float) -> float:
        """Seconds until the door may be opened again, with so many seated inside."""
        return self._opened + between(seated) - now

    def next(self, now: float) -> list[Waiting]:
        """Who goes in together: the first to come, and nobody on two connections at once."""
        self._opened = now
        going: dict[str, Waiting] = {}
        staying: list[Waiting] = []
        for one in self._waiting:
            if one.answer.done():
                continue
            if one.member.id in going or len(going) == AT_ONCE:
                staying.append(one)
            else:
                going[one.member.id] = one
        self._waiting = staying
        return list(going.values())
