"""What a run of faults came to, in a table at the end of the tests' output; and what this machine could not inject."""

from msgspec import Struct

LINES: list[str] = []
"""Written to the terminal when all tests are over."""


class Row(Struct):
    """One fault of a schedule. Times in seconds."""

    fault: str
    began: float
    lasted: float
    back: float
    """From its end until every room had acknowledged a message again."""
    away: int
    """Most pages at once that were not seated, or knew their room interrupted."""


def head(seed: int, words: str) -> None:
    """Begins a report."""
    LINES.append(f"Faults, seed {seed}: {words}")


def table(rows: list[Row]) -> None:
    """One line a kind of fault: how often, and the worst of it."""
    LINES.append(f"  {'fault':<48} {'times':>5} {'lasted':>7} {'back after':>11} {'pages away':>11}")
    for name in sorted({row.fault for row in rows}):
        some = [row for row in rows if row.fault == name]
        lasted, back, away = (max(getattr(row, of) for row in some) for of in ("lasted", "back", "away"))
        LINES.append(f"  {name:<48} {len(some):>5} {lasted:>6.1f}s {back:>10.1f}s {away:>11}")


def figure(what: str, value: str, aim: str) -> None:
    """One measured thing beside what it should be."""
    LINES.append(f"  {what:<64} {value:>12}   (to reach: {aim})")


def could_not(faults: dict[str, str]) -> None:
    """Faults left out, and why; said also when there is none."""
    if faults:
        LINES.extend(f"  could not inject: {name} ({why})" for name, why in sorted(faults.items()))
    else:
        LINES.append("  could not inject: none; this machine allows all of them")
