"""What judging costs: microseconds of CPU a message of 300 characters, every rule on, all lists that ship.

    python -m tests.bench.rules

Messages are put together from the labelled sentences the rules were built with: `talk` from plain talk only, which is
what rooms are full of; `tempting` from every section: most of it tempts a rule, and the dear looks are taken.
"""

import random
import time
from collections.abc import Callable, Sequence
from functools import partial
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
LONGEST = 300
"""Characters."""
TURNS = 5


def made(sections: str) -> list[str]:
    """Messages of 300 characters; the same each time."""
    chance = random.Random(1)  # noqa: S311 no secret
    sentences = [m.text for m in messages() if m.split == "tune" and m.id.startswith(sections)]
    texts = []
    for _ in range(MESSAGES):
        text = ""
        while len(text) < LONGEST:
            text += f"{chance.choice(sentences)}. "
        texts.append(text[:LONGEST])
    return texts


def asked(speaks: Rule, about: tuple[str, Reading]) -> object:
    """One rule alone, the reading done."""
    return speaks(Draft(about[0]), about[1], EVERYTHING)


def cost(act: Callable[[Any], object], texts: Sequence[Any]) -> list[float]:
    """Microseconds each, the best of some turns: what others do on the machine is not ours."""

    def once(text: Any) -> float:
        start = time.thread_time_ns()
        act(text)
        return (time.thread_time_ns() - start) / 1000

    return [min(once(text) for _ in range(TURNS)) for text in texts]


def main() -> None:
    """Prints the table."""
    start = time.process_time()
    lexicon = load()
    print(f"{len(lexicon)} phrases, ready after {time.process_time() - start:.1f} s of CPU")
    for name, sections in (("talk", "plain"), ("tempting", "")):
        texts = made(sections)
        whole = cost(lambda text: judge(Draft(text), lexicon, EVERYTHING), texts)
        print(f"{name}: median {median(whole):.0f}, nine of ten within {quantiles(whole, n=10)[-1]:.0f} µs")
        parts: dict[str, list[float]] = {"reading": cost(lambda text: read(text, lexicon), texts)}
        for rule, speaks in ORDER:
            parts[rule] = cost(partial(asked, speaks), [(text, read(text, lexicon)) for text in texts])
        print("  " + ", ".join(f"{part} {median(each):.1f}" for part, each in parts.items()))


if __name__ == "__main__":
    main()
