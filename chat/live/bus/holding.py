"""What Redis holds of one room at this moment: which keys there are, and when they die."""

from collections.abc import Awaitable
from typing import Protocol

from msgspec import Struct

from chat.core.ids import Millis, RoomId
from chat.live.bus import keys as key
from chat.live.bus.connection import Arg, Reply, as_int, as_list, as_map, as_text

ONES = ("state", "places", "seated", "authors", "refs", "ring")
"""Kinds of which a room has one key."""
_NEVER, _GONE = -1, -2
"""What PTTL says of a key without a death, and of none (Redis' documentation)."""


class Kind(Struct, frozen=True):
    """A kind of key, by its name on the data map. `first`, `last`: ms until the first and the last of them dies."""

    name: str
    keys: int
    first: int | None = None
    last: int | None = None


class Inside(Struct, frozen=True):
    """Every kind of key of a room; and since when the longest-waiting draft waits."""

    kinds: tuple[Kind, ...]
    waits_since: Millis | None


class Ask(Protocol):
    """Asks the server that a partition is on. Raises BusGone."""

    def __call__(self, partition: int, /, *commands: tuple[Arg, ...]) -> Awaitable[list[Reply]]: ...


async def inside(ask: Ask, room: RoomId) -> Inside:
    """As of now. Raises BusGone."""
    keys, partition = key.of(room), key.number(room)
    ring, waiting, lines = await ask(
        partition, ("ZRANGE", keys.ring, 0, -1), ("HGETALL", keys.drafts), ("ZRANGE", keys.history, 0, -1)
    )
    kept = [keys.kept(as_text(line).rsplit(" ", 1)[1]) for line in as_list(lines)]
    kept = [keys.history, *kept] if kept else []
    drafts = {draft: as_text(value) for draft, value in as_map(waiting).items()}
    words = [as_text(name) for name in as_list(ring)]
    held = [keys.drafts, *(f"{keys.drafts}:{draft}" for draft in drafts)] if drafts else []
    ones = [str(getattr(keys, name)) for name in ONES]
    lives = [as_int(one) for one in await ask(partition, *[("PTTL", one) for one in (*ones, *words, *held, *kept)])]
    kinds = [_kind(name, [left]) for name, left in zip(ONES, lives, strict=False)]
    kinds.append(_kind("words", lives[len(ones) : len(ones) + len(words)]))
    rest = lives[len(ones) + len(words) :]
    kinds.append(_kind("drafts", rest[1 : len(held)]))
    kinds.append(_kind("history", rest[len(held) + 1 :]))
    since = [Millis(int(value.split(" ", 1)[0])) for value in drafts.values()]
    return Inside(tuple(kinds), min(since, default=None))


def _kind(name: str, lives: list[int]) -> Kind:
    there = [left for left in lives if left != _GONE]
    dying = [left for left in there if left != _NEVER]
    return Kind(name, len(there), min(dying, default=None), max(dying, default=None))
