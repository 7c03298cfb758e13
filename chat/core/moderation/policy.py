"""What a group has switched on, and how strict each rule is; changed by a facilitator, before or during a meeting."""

from enum import StrEnum

from msgspec import Struct


class Level(StrEnum):
    """How strict a rule is; each rule's first lines say what its levels mean."""

    OFF = "off"
    GENTLE = "gentle"
    USUAL = "usual"
    STRICT = "strict"


class Policy(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One group's choice. Encodes to JSON as what differs from the default, so a default can be bettered later.

    The defaults are for a group of adults who meet weekly with a facilitator present: what could find somebody outside
    the room, insults and methods wait a moment; nobody waits for being new, or for what is only their own sorrow.
    """

    contact: Level = Level.USUAL
    names: Level = Level.USUAL
    repeat: Level = Level.USUAL
    hurt: Level = Level.USUAL
    alarm: Level = Level.USUAL
    method: Level = Level.USUAL
    newcomer: int = 0
    """So many first messages of somebody new wait; 0: none. Off, because a first sentence is the hardest to write."""
    review: bool = False
    """Everything waits. Off: a facilitator who reads every line cannot listen."""
    pace: int = 0
    """Slow mode: seconds between two messages of one person, 0 to 120."""
    words: frozenset[str] = frozenset()
    """The group's own words not to say, such as its members' last names: held by `names`."""
    allowed: frozenset[str] = frozenset()
    """Phrases the group may say though a list has them. It has no power over `alarm`."""

    def __repr__(self) -> str:
        return "<Policy>"


EVERYTHING = Policy()
"""Every rule that reads words, as `hearth rules try` uses it."""
