"""Reads the sentences the scale is taught with (`lessons/`), and never shows one: a report prints kinds and counts.

A line that begins with `#` says what follows is (`alarm`, `hurt`, `method`, several parted by commas, `soft` for what
may be danger, `none`) and of which kind; then a sentence a line. All are invented. None holds a working detail of a
method. The labels mean what they mean in `messages.tsv`, whose sentences are lessons, too.
"""

from pathlib import Path

from msgspec import Struct

from tests.core.rules.labelled import messages

HERE = Path(__file__).parent / "lessons"
SPENT = ("blind.tsv", "blind2.tsv")
AS = {"alarm_explicit": "alarm", "alarm_soft": "soft"}


class Lesson(Struct, frozen=True):
    """One sentence, what it is, and of which kind."""

    labels: frozenset[str]
    kind: str
    text: str

    def __repr__(self) -> str:
        return f"<Lesson, {len(self.text)} characters>"


def written() -> list[Lesson]:
    """Those written as lessons."""
    lessons = []
    for place in sorted(HERE.glob("*.txt")):
        labels, kind = frozenset[str](), ""
        for line in place.read_text("utf-8").split("\n"):
            if line.startswith("# "):
                said, _, kind = line.removeprefix("# ").partition(": ")
                labels = frozenset(said.split(",")) - {"none"}
            elif line:
                lessons.append(Lesson(labels, kind, line))
    return lessons


def spent() -> list[Lesson]:
    """Those of strangers: the rules were measured by them once, and since then they are lessons, too."""
    lessons = []
    for line in "".join(HERE.with_name(one).read_text("utf-8") for one in SPENT).rstrip("\n").split("\n"):
        if line.startswith("#") or line.startswith("verdict\t"):
            continue
        _, rules, kind, text = line.split("\t")
        labels = frozenset(rules.split(",")) & {"alarm", "hurt", "method"}
        if kind == "veiled" and "alarm" in labels:
            labels = labels - {"alarm"} | {"soft"}
        lessons.append(Lesson(labels, f"spent, {kind}", text))
    return lessons


def measured() -> list[Lesson]:
    """Those written to measure by, by somebody else."""
    return [Lesson(frozenset(AS.get(one, one) for one in m.labels), m.section, m.text) for m in messages()]
