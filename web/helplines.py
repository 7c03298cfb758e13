"""Where somebody in distress finds a person to talk to; a wrong number is worse than none.

A line is shown only while somebody answers for it: this organisation, which has called it (`chat.records.helplines`),
or whoever wrote into the list that they opened the page of its source. Either counts for a year.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path

import msgspec
from msgspec import Struct, field

from chat.records.helplines import DUE_AFTER, HOLDS_FOR, Confirmed

ANYWHERE = "112 (911 in North America, 999 in the United Kingdom)"
"""112 works across Europe and from most mobile phones."""


class Line(Struct, frozen=True, forbid_unknown_fields=True):
    """One service. `last_checked` and `checked_by` are empty until somebody has really opened its source's page."""

    country: str
    name: str
    whom: str = field(name="for")
    hours: str
    phone: str = ""
    text: str = ""
    web: str = ""
    source: str = ""
    last_checked: str = ""
    checked_by: str = ""

    @property
    def digest(self) -> bytes:
        """What this entry tells people, word for word: what is confirmed."""
        told = (self.country, self.name, self.whom, self.hours, self.phone, self.text, self.web)
        return hashlib.sha256(msgspec.json.encode(told)).digest()

    @property
    def mark(self) -> str:
        """Short, for typing it."""
        return self.digest.hex()[:8]

    @property
    def tel(self) -> str:
        """The number as a phone dials it."""
        return re.sub(r"[^0-9+]", "", self.phone)

    @property
    def sms(self) -> str:
        """The number as a phone writes to it: of `SHOUT to 85258` the last."""
        return re.sub(r"[^0-9+]", "", self.text.rpartition(" to ")[2])

    @property
    def in_file(self) -> Confirmed | None:
        """Who checked it when, as the list says; None unless it says both, and where."""
        if not (self.last_checked and self.checked_by and self.source):
            return None
        return Confirmed(date.fromisoformat(self.last_checked), self.checked_by)


class Checked(Struct, frozen=True):
    """A line, and whoever answers for it now."""

    line: Line
    by: Confirmed | None
    """None: nobody, so it is not shown."""
    due: bool
    """Whether that is so long ago that it should be checked again."""


class Country(Struct, frozen=True):
    """One that people can choose."""

    code: str
    name: str
    emergency: str
    lines: tuple[Line, ...]


class Helplines(Struct, frozen=True):
    """All that is known; the country that the operator named comes first."""

    own: str
    """Two letters; empty: not said."""
    emergency: str
    countries: tuple[Country, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """Of every country."""
        return tuple(line for country in self.countries for line in country.lines)

    def checked(self, confirmed: Mapping[bytes, Confirmed], today: date) -> list[Checked]:
        """Every line with who answers for it today. `confirmed`: by whom in this organisation, by digest."""
        return [_checked(line, confirmed.get(line.digest), today) for line in self.lines]


class _File(Struct, forbid_unknown_fields=True):
    countries: dict[str, str] = {}
    emergency: dict[str, str] = {}
    line: list[Line] = []


def read(own: str | None, more: Path | None = None) -> Helplines:
    """From config/helplines.toml, and after it the operator's own list, `more`, in the same form.

    Raises OSError, UnicodeDecodeError, or ValueError if one of them is malformed (msgspec's and tomllib's errors are).
    """
    texts = [files("config").joinpath("helplines.toml").read_text("utf-8")]
    return parse(own, *texts, *([more.read_text("utf-8")] if more else []))


def parse(own: str | None, *texts: str) -> Helplines:
    """What the lists say together; a later one wins. Raises ValueError."""
    known = _File()
    for text in texts:
        one = msgspec.convert(tomllib.loads(text), _File)
        known = _File(known.countries | one.countries, known.emergency | one.emergency, known.line + one.line)
    for line in known.line:
        _ = line.in_file  # so that a day that is none is found now, and not when somebody needs help
    codes = sorted(known.emergency, key=lambda code: (code != own, code == "EU", known.countries.get(code, code)))
    return Helplines(
        own or "", known.emergency.get(own or "", ANYWHERE), tuple(_country(code, known) for code in codes)
    )


def _country(code: str, known: _File) -> Country:
    lines = tuple(line for line in known.line if line.country == code)
    return Country(code, known.countries.get(code, code), known.emergency[code], lines)


def _checked(line: Line, here: Confirmed | None, today: date) -> Checked:
    """This organisation's own word counts, where it is the newer one."""
    said = [one for one in (line.in_file, here) if one and one.on > today - timedelta(days=HOLDS_FOR)]
    by = max(said, key=lambda one: one.on, default=None)
    return Checked(line, by, due=bool(by and by.on <= today - timedelta(days=DUE_AFTER)))


def numbers(text: str) -> Iterator[tuple[str, str]]:
    """`text` in pieces: what stands there, and the number to call if it is one (else empty)."""
    for piece in re.split(r"(\d[\d ]*\d)", text):
        if piece:
            yield piece, piece.replace(" ", "") if piece[0].isdigit() else ""


def nagging(checked: Sequence[Checked], own: str) -> list[str]:
    """What whoever runs this should look after, in sentences; empty if all is well."""
    here = [one for one in checked if own in ("", one.line.country)]
    due = [one.line.name for one in checked if one.due]
    words = []
    if not any(one.by for one in here):
        where = f" for {own}" if own else ""
        words.append(f"No help line{where} is confirmed, so people in distress see the emergency number alone.")
    if due:
        words.append(f"Checked more than {DUE_AFTER} days ago, please check again: {', '.join(due)}.")
    return words
