"""How the list of what is kept of a meeting looks in Redis: a line a message, and no words."""

from typing import NamedTuple

from chat.core.ids import MemberId, Millis, Number


class Line(NamedTuple):
    """One message. `name`: where its words are; `folded`: a facilitator has put a content note before it."""

    n: Number
    at: Millis
    by: MemberId
    folded: bool
    name: str
    written: str
    """As it stands there."""


def kept_line(written: str, n: str) -> Line:
    """As commit.lua writes it."""
    at, _, by, folded, name = written.split(" ")
    return Line(Number(int(float(n))), Millis(int(at)), MemberId(by), folded == "1", name, written)
