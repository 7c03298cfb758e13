"""Holds Hearth against its peers in one run on one machine: ratios are checked, never a time.

    python -m tests.bench.guard          needs gcc, node, npm and redis-server; about two minutes on a quiet machine

Runs `compare.sh` and prints every figure beside those of socket.io (the peer that people would take) and of the ceiling
(a C program that relays without rules or Redis). Ends with status 1 if Hearth needs more than the table below allows,
or has lost a message; a ratio that is missed by less than noise is worth a second run before anybody looks for a cause.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

HERE = Path(__file__).parent
LINE = re.compile(r"^(\w+) \[([\d ]+)\] (\{.*\})$")


class Work(NamedTuple):
    """What one load is."""

    conns: int
    rooms: int
    rate: int
    """Messages a second, over all rooms."""
    seconds: int

    def __str__(self) -> str:
        return f"{self.rooms} of {self.conns // self.rooms}, {self.rate}/s"


class Bound(Struct, frozen=True):
    """Hearth's `figure` is at most `times` that of `peer`."""

    work: Work
    figure: str
    peer: str
    times: float


LARGE, GENTLE, HARD = Work(1000, 1, 20, 8), Work(1200, 100, 100, 8), Work(1200, 100, 1000, 8)
CPU, P50, P99 = "cpu_us_per_delivery", "p50_ms", "p99_ms"
BOUNDS = (
    Bound(LARGE, CPU, "socketio", 1.0),
    Bound(LARGE, P99, "socketio", 1.0),
    Bound(LARGE, CPU, "ceiling", 2.2),
    Bound(GENTLE, CPU, "socketio", 1.15),
    Bound(GENTLE, P50, "socketio", 2.0),
    Bound(HARD, CPU, "socketio", 1.25),
    Bound(HARD, P99, "socketio", 1.6),
)
"""What was reached, on a busy machine and on a quiet one, and a little for noise; 1.0 throughout is what is wanted."""
SHOWN = (CPU, P50, P99, "max_ms", "kb_per_conn", "join_cpu_ms_per_conn")
Figures = dict[str, float]
Found = dict[tuple[Work, str], Figures]


def compare() -> Found:
    """Everything `compare.sh` has measured; what it says goes to the terminal as it comes."""
    scenarios = ";".join(" ".join(map(str, work)) for work in (LARGE, GENTLE, HARD))
    found: Found = {}
    running = subprocess.Popen(
        [HERE / "compare.sh"], env={"SCENARIOS": scenarios, **os.environ}, stdout=subprocess.PIPE, text=True
    )
    assert running.stdout
    for line in running.stdout:
        print(line, end="", flush=True)
        if told := LINE.match(line):
            found[Work(*map(int, told[2].split())), told[1]] = json.loads(told[3])
    running.wait()
    return found


def table(found: Found) -> str:
    """Every figure, a line for each load and program."""
    lines = [f"{'work':<24}{'':<10}" + "".join(f"{name:>22}" for name in SHOWN)]
    for (work, name), figures in found.items():
        lines.append(f"{work!s:<24}{name:<10}" + "".join(f"{figures[one]:>22.2f}" for one in SHOWN))
    return "\n".join(lines)


def judge(found: Found) -> list[str]:
    """A sentence for everything that does not hold."""
    wrong = [
        f"{work}: Hearth delivered {figures['delivered']:.0f} of {figures['expected']:.0f}"
        for (work, name), figures in found.items()
        if name == "hearth" and figures["delivered"] != figures["expected"]
    ]
    for bound in BOUNDS:
        ours, theirs = found.get((bound.work, "hearth")), found.get((bound.work, bound.peer))
        if ours is None or theirs is None:
            wrong.append(f"{bound.work}: Hearth or {bound.peer} could not be measured")
            continue
        times = ours[bound.figure] / theirs[bound.figure] if theirs[bound.figure] else float("inf")
        verdict = "holds" if times <= bound.times else "DOES NOT HOLD"
        line = f"{bound.work}: {bound.figure} is {times:.2f} times {bound.peer}'s, at most {bound.times:.2f}"
        print(f"{verdict:<14}{line}")
        if times > bound.times:
            wrong.append(line)
    return wrong


def main() -> int:
    """Whether everything holds, as an exit status."""
    found = compare()
    print("\n" + table(found) + "\n")
    wrong = judge(found)
    print("\n" + ("\n".join(["Not as it should be:", *wrong]) if wrong else "All of it holds."))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
