"""What judging costs: microseconds of CPU a message of 300 characters, every rule on, all lists that ship.

    python -m tests.bench.rules
    python -m tests.bench.rules against TREE        this and another checkout by turns, so that both have the same noise

Messages are put together from sentences: `talk` from plain talk only, which is what rooms are full of; `strangers` from
plain talk nobody was taught with, so that its rare words are rare here, too; `tempting` from every section of the
labelled ones: most of it tempts a rule, and the dear looks are taken. Each message is judged after another one, as in a
room. Beside it stands what `json.loads` takes for a document of 1.2 KB at the same moment: on a busy or slower machine
both grow, and what is left is how many of them one message costs.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from chat.core.moderation.draft import Draft
from chat.core.moderation.judge import judge
from chat.core.moderation.policy import EVERYTHING
from chat.core.moderation.reading import Reading, read
from chat.core.moderation.rules import ORDER
from chat.core.moderation.rules.rule import Rule
from config.lexicon import load
from tests.core.rules.labelled import messages

MESSAGES = 1000
SAMPLE, ROUNDS = 200, 5
"""Messages, and turns of each checkout, when two are compared."""
LONGEST = 300
"""Characters."""
TURNS = 5


KINDS = ("talk", "strangers", "tempting")
DOCUMENT = json.dumps([{"t": "said", "n": n, "text": "hello there how are you"} for n in range(20)])


def sentences(kind: str) -> list[str]:
    """What messages of a kind are made of."""
    if kind == "strangers":
        lines = Path(__file__).parents[1].joinpath("core/rules/blind3.tsv").read_text("utf-8").split("\n")
        rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
        return [text for _, _, what, text in rows if what == "plain"]
    return [m.text for m in messages() if m.split == "tune" and m.id.startswith("plain" if kind == "talk" else "")]


def made(kind: str) -> list[str]:
    """Messages of 300 characters; the same each time."""
    chance, some = random.Random(1), sentences(kind)  # noqa: S311 no secret
    texts = []
    for _ in range(MESSAGES):
        text = ""
        while len(text) < LONGEST:
            text += f"{chance.choice(some)}. "
        texts.append(text[:LONGEST])
    return texts


def asked(speaks: Rule, about: tuple[str, Reading]) -> object:
    """One rule alone, the reading done."""
    return speaks(Draft(about[0]), about[1], EVERYTHING)


def cost(act: Callable[[Any], object], texts: Sequence[Any]) -> list[float]:
    """Microseconds each, the best of some turns over all of them: what others do on the machine is not ours."""

    def once(text: Any) -> float:
        start = time.thread_time_ns()
        act(text)
        return (time.thread_time_ns() - start) / 1000

    return [min(each) for each in zip(*([once(text) for text in texts] for _ in range(TURNS)), strict=True)]


def main() -> None:
    """Prints the table."""
    start = time.process_time()
    lexicon = load()
    print(f"{len(lexicon)} phrases, ready after {time.process_time() - start:.1f} s of CPU")
    for kind in KINDS:
        texts = made(kind)
        whole = cost(lambda text: judge(Draft(text), lexicon, EVERYTHING), texts)
        beside = median(cost(json.loads, [DOCUMENT] * SAMPLE))
        middle = median(whole)
        print(f"{kind}: median {middle:.0f}, nine of ten within {quantiles(whole, n=10)[-1]:.0f} µs", end="; ")
        print(f"the document {beside:.1f} µs, a message is {middle / beside:.1f} of it")
        parts: dict[str, list[float]] = {"reading": cost(lambda text: read(text, lexicon), texts)}
        for rule, speaks in ORDER:
            parts[rule] = cost(partial(asked, speaks), [(text, read(text, lexicon)) for text in texts])
        print("  " + ", ".join(f"{part} {median(each):.1f}" for part, each in parts.items()))


def medians() -> None:
    """Prints the medians alone."""
    lexicon = load()
    for kind in KINDS:
        print(median(cost(lambda text: judge(Draft(text), lexicon, EVERYTHING), made(kind)[:SAMPLE])))


def against(other: str) -> None:
    """Prints both, and what part of the other this one costs: the median of all rounds."""
    trees = {"this": str(Path(__file__).parents[2]), "other": other}
    took: dict[str, list[list[float]]] = {name: [] for name in trees}
    for _ in range(ROUNDS):
        for name, tree in trees.items():
            command = [sys.executable, __file__, "medians"]
            asked = subprocess.run(
                command, cwd=tree, env=os.environ | {"PYTHONPATH": tree}, check=True, capture_output=True, text=True
            )
            took[name].append([*map(float, asked.stdout.split())])
    for at, name in enumerate(KINDS):
        ours, theirs = (median(each[at] for each in took[which]) for which in trees)
        print(f"{name}: {ours:.0f} µs against {theirs:.0f} µs, {ours / theirs:.2f} of it")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["against", other]:
            against(other)
        case ["medians"]:
            medians()
        case _:
            main()
