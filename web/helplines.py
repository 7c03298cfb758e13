"""Where somebody in distress finds a person to talk to; a wrong number is worse than none."""

import hashlib
import re
import tomllib
from importlib.resources import files

import msgspec
from msgspec import Struct, field

ANYWHERE = "112 (911 in North America, 999 in the United Kingdom)"
"""112 works across Europe and from most mobile phones."""


class Line(Struct, frozen=True, forbid_unknown_fields=True):
    """One service. `source` and `last_checked` are empty until somebody has really opened its page."""

    country: str
    name: str
    whom: str = field(name="for")
    hours: str
    phone: str = ""
    text: str = ""
    web: str = ""
    source: str = ""
    last_checked: str = ""

    @property
    def digest(self) -> bytes:
        """This entry, word for word: what an administrator confirms."""
        return hashlib.sha256(msgspec.json.encode(self)).digest()

    @property
    def tel(self) -> str:
        """The number as a phone dials it."""
        return re.sub(r"[^0-9+]", "", self.phone)


class Helplines(Struct, frozen=True):
    """What is known for the country that the operator named; without one, the lines of all."""

    emergency: str
    lines: tuple[Line, ...]


class _File(Struct, forbid_unknown_fields=True):
    emergency: dict[str, str]
    line: list[Line] = []


def read(country: str | None, text: str | None = None) -> Helplines:
    """From config/helplines.toml, or from `text` in its form. Raises msgspec.ValidationError if it is malformed."""
    text = files("config").joinpath("helplines.toml").read_text("utf-8") if text is None else text
    known = msgspec.convert(tomllib.loads(text), _File)
    emergency = known.emergency.get(country or "", ANYWHERE)
    return Helplines(emergency, tuple(line for line in known.line if country in (None, line.country)))
