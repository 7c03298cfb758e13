"""What a message costs in one room of many, and in rooms of any size.

    python -m tests.bench.rooms                      needs gcc; a few minutes, most of them people coming in
    python -m tests.bench.rooms --rooms 10,100,1000 --sizes 10,100,1000
    python -m tests.bench.rooms --rooms 10,1000,10000 --people 1 --sizes ''  as many as one has sockets for

One rehearsing `hearth serve` for each line of the table, over a Redis of its own. The same messages a second are said
whatever there is else, so what differs is what the others' rooms cost: the idle column, and the price of a message.
Refused are those whose facilitator was away too long between the two: leaving and coming back of 10,000 takes a minute.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.clusters import free_port

HERE = Path(__file__).parent
RATE, SECONDS, IDLE = 200, 30, 30
"""Messages a second; seconds: two looks at everybody who sits, which come each 15 s."""


@contextmanager
def running(*command: str | Path, **env: str) -> Iterator[int]:
    """A program's process id, as long as this lasts."""
    started = subprocess.Popen(command, env={**os.environ, **env}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield started.pid
    finally:
        started.send_signal(signal.SIGTERM)
        started.wait(30)


def measure(wsload: Path, place: Path, rooms: int, size: int) -> str:
    """A line of the table."""
    redis, port = free_port(), free_port()
    env = {"HEARTH_DATA": str(place / "data"), "REDIS_URL": f"redis://127.0.0.1:{redis}", "HEARTH_REHEARSAL": "1"}
    env |= {"PORT": str(port), "HEARTH_ROOM_SIZE": "2000"}
    hearth = Path(sys.executable).with_name("hearth")
    with running("redis-server", "--port", str(redis), "--save", "") as server, running(hearth, "serve", **env) as pid:
        fill: list[str | Path] = [
            hearth,
            "rehearse",
            "--rooms",
            str(rooms),
            "--members",
            str(size),
            "--out",
            place / "seats",
        ]
        for _ in range(30):
            if subprocess.run(fill, env={**os.environ, **env}, capture_output=True, check=False).returncode == 0:
                break
            time.sleep(0.5)
        lines = (HERE / "hearth.script").read_text().replace("9002", str(port))
        (place / "script").write_text(f"FILE {place / 'seats'}\n{lines}")
        load: list[str | Path] = [
            wsload,
            "127.0.0.1",
            str(port),
            "{v1}",
            place / "script",
            str(rooms * size),
            str(rooms),
        ]
        quiet, talking = (
            json.loads(
                subprocess.run(
                    [*load, *work, f"{pid},{server}"], capture_output=True, text=True, check=True
                ).stdout.splitlines()[-1]
            )
            for work in (("0", str(IDLE)), (str(RATE), str(SECONDS)))
        )
    idle, used, sent = quiet["server_cpu_s"] / IDLE, talking["server_cpu_s"], talking["sent"]
    message = (used - idle * talking["took_s"]) / sent
    lost = talking["expected"] - talking["delivered"] - talking["refused"] * size
    return (
        f"{rooms:>8}{size:>8}{idle * 100:>10.1f} %{message * 1e6:>14.0f}{message * 1e6 / size:>14.1f}"
        f"{talking['p50_ms']:>10.2f}{talking['p99_ms']:>10.2f}{talking['refused']:>9}{lost:>8}"
    )


def main() -> None:
    """Prints the table."""
    asks = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asks.add_argument("--rooms", default="10,100,1000", help="how many rooms")
    asks.add_argument("--people", type=int, default=12, help="in each of them")
    asks.add_argument("--sizes", default="10,100,1000", help="people in a single room")
    asked = asks.parse_args()
    work = [(int(rooms), asked.people) for rooms in asked.rooms.split(",") if rooms]
    work += [(1, int(size)) for size in asked.sizes.split(",") if size]
    print(
        f"{'rooms':>8}{'people':>8}{'idle':>12}{'us/message':>14}{'us/delivery':>14}"
        f"{'p50 ms':>10}{'p99 ms':>10}{'refused':>9}{'lost':>8}"
    )
    with tempfile.TemporaryDirectory() as directory:
        wsload = Path(directory) / "wsload"
        subprocess.run(["gcc", "-O2", "-o", wsload, HERE / "wsload.c"], check=True)
        for rooms, size in work:
            place = Path(directory) / f"{rooms}-{size}"
            place.mkdir()
            print(measure(wsload, place, rooms, size), flush=True)


if __name__ == "__main__":
    main()
