"""Measures what coming in and going costs: CPU and time of a join, a storm into one room, everybody leaving at once.

    python -m tests.bench.joining            needs gcc; about a minute

One `hearth serve` in a rehearsal with its own Valkey; the people are another program (`wsload.c`), so that what the
server and its Valkey need is measured alone. A join is: handshake, visit, membership, consent, bars, seat, told to the
others, shown the room. Leaving: all but the rooms' facilitators break off at once, until the last is told.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

HERE = Path(__file__).parent
HEARTH = [sys.executable, "-c", "from web.cli import main; main()"]
SHOWN = ("ready", "join_s", "join_cpu_ms_per_conn", "join_p50_ms", "join_p99_ms", "join_max_ms", "left", "leave_s",
         "leave_cpu_ms_per_conn", "kb_per_conn")  # fmt: skip


class Storm(Struct, frozen=True):
    """`rate`: connections a second."""

    rooms: int
    members: int
    rate: int


STORMS = (Storm(100, 12, 500), Storm(100, 12, 100), Storm(1, 1000, 200), Storm(1, 1000, 1000))


@contextmanager
def serving(directory: Path, port: int) -> Iterator[tuple[dict[str, str], str]]:
    """A rehearsing server; gives its environment, and the process ids of it and its Valkey."""
    environ = {**os.environ, "HEARTH_DATA": str(directory / "data"), "PORT": str(port), "HEARTH_REHEARSAL": "1"}
    environ.pop("REDIS_URL", None)
    with (directory / "log").open("wb") as log:
        server = subprocess.Popen([*HEARTH, "serve"], env=environ, stdout=log, stderr=log)
    try:
        while b"Hearth is ready" not in (directory / "log").read_bytes():
            assert server.poll() is None, (directory / "log").read_text()
            time.sleep(0.05)
        children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
        yield environ, ",".join([str(server.pid), *children])
    finally:
        server.terminate()
        server.wait()


def measure(storm: Storm, port: int = 9312) -> dict[str, float]:
    """What `wsload` has seen."""
    with tempfile.TemporaryDirectory(prefix="hearth-joining-") as made:
        directory = Path(made)
        wsload, seats, script = directory / "wsload", directory / "seats", directory / "script"
        subprocess.run(["gcc", "-O2", "-w", "-o", wsload, HERE / "wsload.c"], check=True)
        with serving(directory, port) as (environ, pids):
            filling = [*HEARTH, "rehearse", "--rooms", str(storm.rooms), "--members", str(storm.members)]
            subprocess.run([*filling, "--out", str(seats)], env=environ, check=True)
            lines = [f"FILE {seats}", f"CONNECT_RATE {storm.rate}", 'LEAVE "type":"left"', "HEADER Cookie: {v0}"]
            lines += [f"HEADER Origin: http://127.0.0.1:{port}", 'WAIT "type":"room"', "MSG {}"]
            script.write_text("\n".join(lines) + "\n")
            asked = [storm.rooms * storm.members, storm.rooms, 0, 1]
            command = [str(wsload), "127.0.0.1", str(port), "{v1}", str(script), *map(str, asked), pids]
            said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
            figures: dict[str, float] = json.loads(said.splitlines()[-1])
            return figures


def main() -> None:
    """Prints a line for each storm."""
    for storm in STORMS:
        figures = measure(storm)
        told = ", ".join(f"{name} {figures[name]}" for name in SHOWN)
        print(f"{storm.rooms} rooms of {storm.members}, {storm.rate} joins/s: {told}", flush=True)


if __name__ == "__main__":
    main()
