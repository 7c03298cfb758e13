"""What a group has switched on, and how strict each rule is; changed by a facilitator, before or during a meeting."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

SLOWEST = 120
"""Seconds between two messages: slower than this is not a conversation."""
NEW_MOST = 10
"""First messages of somebody new that may be made to wait."""
OWN_MOST, OWN_LONGEST = 200, 60
"""Own phrases of a group in each list, and characters in one."""

Slowness = Annotated[int, Meta(ge=0, le=SLOWEST)]
Phrases = Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=OWN_LONGEST)], ...], Meta(max_length=OWN_MOST)]


class Level(StrEnum):
    """How strict a rule is; each rule's first lines say what its levels mean."""

    OFF = "off"
    GENTLE = "gentle"
    USUAL = "usual"
    STRICT = "strict"


class Levels(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One group's choice, as everybody in its room may know it.

    Encodes to JSON as what differs from the default, so a default can be bettered later. The defaults are for a group
    of adults who meet weekly with a facilitator present: what could find somebody outside the room, insults and methods
    wait a moment; nobody waits for being new, or for what is only their own sorrow.
    """

    contact: Level = Level.USUAL
    names: Level = Level.USUAL
    repeat: Level = Level.USUAL
    hurt: Level = Level.USUAL
    alarm: Level = Level.USUAL
    method: Level = Level.USUAL
    newcomer: Annotated[int, Meta(ge=0, le=NEW_MOST)] = 0
    """So many first messages of somebody new wait; 0: none. Off, because a first sentence is the hardest to write."""
    review: bool = False
    """Everything waits. Off: a facilitator who reads every line cannot listen."""
    pace: Slowness = 0
    """Slow mode: seconds between two messages of one person."""


class Own(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A group's own phrases, for its facilitators alone: they may be its members' last names."""

    words: Phrases = ()
    """Not to be said: held by `names`."""
    allowed: Phrases = ()
    """May be said though a list has them. No power over `alarm`."""

    def __repr__(self) -> str:
        return f"<Own, {len(self.words)} words and {len(self.allowed)} allowed>"


class Policy(Levels, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """All that rules go by: a group's choice, and its own phrases as sets."""

    words: frozenset[str] = frozenset()
    allowed: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        return "<Policy>"


def policy_of(levels: Levels, own: Own, *, review: bool = False) -> Policy:
    """What holds in a room. `review`: everything waits whatever the group has chosen."""
    return Policy(
        levels.contact, levels.names, levels.repeat, levels.hurt, levels.alarm, levels.method, levels.newcomer,
        levels.review or review, levels.pace, frozenset(own.words), frozenset(own.allowed),
    )  # fmt: skip


EVERYTHING = Policy()
"""Every rule that reads words, as `hearth rules try` uses it."""
