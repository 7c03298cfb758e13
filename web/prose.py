"""An agreement is written as plain text; blank lines, dashes and `#` are all one needs to know."""

from typing import Literal

from msgspec import Struct


class Block(Struct, frozen=True):
    """A heading or a paragraph (its lines), or a list (its points)."""

    kind: Literal["heading", "paragraph", "points"]
    lines: list[str]


def blocks(text: str) -> list[Block]:
    """Text as blocks to be escaped and shown; nothing in it can become markup."""
    found: list[Block] = []
    open_kind = ""
    for line in (raw.strip() for raw in text.splitlines()):
        kind, said = _kind(line)
        goes_on = kind == open_kind and kind != "heading"
        if kind == "paragraph" and open_kind == "points":  # a point that was broken into two lines
            found[-1].lines[-1] += f" {said}"
            continue
        if said and goes_on:
            found[-1].lines.append(said)
        elif said:
            found.append(Block(kind, [said]))
        open_kind = kind if said else ""
    return found


def _kind(line: str) -> tuple[Literal["heading", "paragraph", "points"], str]:
    if line.startswith("#"):
        return "heading", line.lstrip("# ")
    if line.startswith(("- ", "* ", "• ")):
        return "points", line[2:].strip()
    return "paragraph", line.replace("**", "")
