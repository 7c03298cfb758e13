"""What the companions have to say, read from a file that anybody can edit."""

import tomllib
from importlib.resources import files

import msgspec
from msgspec import Struct

from chat.core.wire import Role
from web.companions.hearing import Meaning

Key = str
"""What the script calls one of its people."""


class Person(Struct, frozen=True, forbid_unknown_fields=True):
    """One of the companions. `name`: as the room sees it."""

    key: Key
    name: str
    role: Role = Role.MEMBER


class Late(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who comes later than the others, and what they say then."""

    key: Key
    name: str
    says: str

    @property
    def person(self) -> Person:
        """Who they are."""
        return Person(self.key, self.name)


class Line(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that somebody says. The file's head explains each field."""

    by: Key
    text: str
    to: Key | None = None
    note: str | None = None
    hand: bool = False
    rest: bool = False
    announce: bool = False


class Scene(Struct, frozen=True, forbid_unknown_fields=True):
    """Lines that belong together, in their order."""

    name: str
    lines: tuple[Line, ...]


class Round(Struct, frozen=True, forbid_unknown_fields=True):
    """A question that everybody may answer, in as many ways as there are combinations."""

    asks: tuple[str, ...]
    thanks: tuple[str, ...]
    answers: dict[Key, tuple[str, ...]]


class Voices(Struct, frozen=True, forbid_unknown_fields=True):
    """What can be answered, by the facilitator and by the others."""

    facilitator: tuple[str, ...] = ()
    members: tuple[str, ...] = ()


class Script(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    people: tuple[Person, ...]
    late: Late
    scenes: tuple[Scene, ...]
    rounds: tuple[Round, ...]
    answers: dict[Meaning, Voices]

    @property
    def facilitator(self) -> Person:
        """The one who holds the room."""
        return next(person for person in self.people if person.role is Role.FACILITATOR)

    @property
    def everybody(self) -> tuple[Person, ...]:
        """Those who are there from the beginning, and whoever comes late."""
        return (*self.people, self.late.person)

    @property
    def members(self) -> tuple[Person, ...]:
        """The others."""
        return tuple(person for person in self.people if person.role is Role.MEMBER)


def read(text: str | None = None) -> Script:
    """The script that ships, or `text` of the same form. Raises msgspec.ValidationError."""
    text = files("web.companions").joinpath("conversation.toml").read_text("utf-8") if text is None else text
    return msgspec.convert(tomllib.loads(text), Script)
