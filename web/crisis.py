"""What facilitators do, step by step, when somebody may be in danger; they have it at hand in the room."""

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from chat.records.crises import Step as StepName


class Step(Struct, frozen=True, forbid_unknown_fields=True):
    """One step, with words that facilitators have ready for it. `to`: who the words are for."""

    step: StepName
    title: str
    what: str
    to: Literal["person", "room", "facilitators"] = "person"
    words: tuple[str, ...] = ()


class _File(Struct, forbid_unknown_fields=True):
    steps: tuple[Step, ...]


def read(own: Path | None = None) -> tuple[Step, ...]:
    """The organisation's own protocol, else config/crisis.toml. Raises OSError, or ValueError if it is malformed."""
    text = own.read_text("utf-8") if own else files("config").joinpath("crisis.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), _File).steps


def as_json(steps: tuple[Step, ...]) -> str:
    """For the room's page."""
    return msgspec.json.encode(steps).decode()
