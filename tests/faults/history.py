"""What a page asked, was told, and lived through, in its order: the material the checker works on.

What is said in these runs is the `ref` it was asked with (room, page and counter): numbers, never words.
"""

from typing import Any

import msgspec
from msgspec import Struct

from chat.core.wire.frame import kebab


class Fact(Struct, tag_field="type", tag=kebab, gc=False, kw_only=True):
    """`t`: when, in seconds of this test's own steady clock."""

    t: float = msgspec.field(default=0.0, name="heard")


class Person(Struct, gc=False):
    """As somebody appears in a snapshot."""

    id: str
    muted_until: int | None = None
    hand_at: int | None = None
    listens: bool = False


class Customs(Struct, frozen=True, gc=False):
    """Of a group's customs what these runs change."""

    remarks_days: int = 30


class Marked(Struct, frozen=True, gc=False):
    """A message that somebody has marked."""

    n: int


class Room(Fact, tag="room"):
    """A snapshot, on a new line or told afresh."""

    epoch: int
    n: int
    you: str = ""
    people: tuple[Person, ...] = ()
    paused: str | None = None
    replay: int = 0
    missed: int | None = 0
    """So many messages are missing before those; None: nobody knows how many."""
    retracted: tuple[int, ...] = ()
    folded: tuple[int, ...] = ()
    customs: Customs = Customs()
    marked: tuple[Marked, ...] = ()
    """To facilitators."""


class Said(Fact):
    """A message."""

    n: int
    by: str
    text: str


class Announced(Fact):
    """An announcement; numbered as messages are."""

    n: int
    by: str
    text: str


class Accepted(Fact):
    """Done; a message got the number `n`."""

    ref: str
    n: int | None = None


class Refused(Fact):
    """Nothing happened."""

    ref: str
    code: str


class Interrupted(Fact):
    """The room cannot be reached."""


class Arrived(Fact):
    """Somebody is here now."""

    person: Person


class Left(Fact):
    """Somebody is not here any more."""

    member: str
    how: str


class Paused(Fact):
    """Nobody speaks."""

    by: str


class Resumed(Fact):
    """They do again."""


class Muted(Fact):
    """Somebody may not speak until `until` (ms)."""

    member: str
    until: int


class Unmuted(Fact):
    """They may again."""

    member: str


class Removed(Fact):
    """Somebody had to leave."""

    member: str


class Retracted(Fact):
    """A message is shown no more."""

    n: int


class ActedOn(Fact):
    """To the person concerned alone."""

    act: str


class Asked(Fact):
    """The page asked for something; `about`: whom, or the number of a message; `to`: which of several states."""

    ref: str
    what: str
    about: str = ""
    to: str = ""


class Opened(Fact):
    """A new line is tried, with this cursor."""

    epoch: int | None = None
    after: int = 0


class Lost(Fact):
    """A line ended: with a close code, or because the page gave it up (0)."""

    code: int


LEFT = 4509
"""The close code of whoever left by choice."""


Heard = (
    Room | Said | Announced | Accepted | Refused | Interrupted | Arrived | Left | Paused | Resumed
    | Muted | Unmuted | Removed | Retracted | ActedOn
)  # fmt: skip
Spoken = Said | Announced

_decoder: msgspec.json.Decoder[Heard] = msgspec.json.Decoder(Heard)


def heard(frame: bytes, t: float) -> Any:
    """What a frame says; None for one that proves nothing here."""
    try:
        fact = _decoder.decode(frame)
    except msgspec.ValidationError:
        return None
    fact.t = t
    return fact


class Page(Struct):
    """One member's page from its first line to its last. `stays`: it should be there at the end."""

    room: int
    number: int
    member: str
    facts: list[Fact]
    stays: bool = True
