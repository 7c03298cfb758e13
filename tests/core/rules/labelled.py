"""Reads the sentences the rules are measured by, and never shows one: a report prints ids."""

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

HERE = Path(__file__).parent
LABELS = frozenset({"contact", "names", "hurt", "method", "alarm_explicit", "alarm_soft"})
ALARM = frozenset({"alarm_explicit", "alarm_soft"})
COLUMNS = ["id", "split", "labels", "happens", "near", "why", "text"]


class Message(Struct, frozen=True):
    """One row of `messages.tsv`; its header says what each column means."""

    id: str
    split: str
    labels: frozenset[str]
    happens: str
    near: str
    why: str
    text: str

    @property
    def section(self) -> str:
        return self.id.rpartition("-")[0]

    def __repr__(self) -> str:
        return f"<Message {self.id}, {len(self.text)} characters>"


class Example(Struct, frozen=True):
    """One row of `names_table.tsv`."""

    happens: str
    why: str
    text: str

    def __repr__(self) -> str:
        return f"<Example, {len(self.text)} characters>"


def messages() -> list[Message]:
    """All labelled messages, line breaks restored, in the order of the file."""
    return [
        Message(id, split, frozenset(labels.split(",")) - {"none"}, happens, near, why, text.replace("\\n", "\n"))
        for id, split, labels, happens, near, why, text in _rows("messages.tsv", COLUMNS)
    ]


def names_table() -> list[Example]:
    """The examples for the `names` rule."""
    return [Example(*row) for row in _rows("names_table.tsv", ["happens", "why", "text"])]


def _rows(name: str, columns: list[str]) -> Iterator[list[str]]:
    # Not the csv module: quotation marks are part of what people write. Not splitlines: it also breaks at U+2028.
    lines = (HERE / name).read_text("utf-8").rstrip("\n").split("\n")
    first, *rest = [line.split("\t") for line in lines if not line.startswith("#")]
    if first != columns or any(len(row) != len(columns) for row in rest):
        raise ValueError(f"{name}: a row has not the columns {columns}") from None
    yield from rest
