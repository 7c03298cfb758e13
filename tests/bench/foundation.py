"""Measures the foundation on this machine: latency between two processes, CPU a message, memory a connection.

    python -m tests.bench.foundation

Two `hearth serve` processes share one Valkey and one SQLite file; the people are real members on real sockets, driven
by this process. The machine does both, so compare figures of one run with each other and not with another machine's.
"""

import asyncio
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.resources import files
from pathlib import Path

from chat.core.customs import DROP_IN
from chat.core.wire import Role
from chat.live import embedded
from chat.records import accounts, agreements, groups, meetings, members, visits
from chat.records.keys import now
from chat.records.store import Store
from tests.cast import Person
from web.customs import keep

PORTS = (9311, 9312)
SIZE = 12
MESSAGES = 600
EVERY = 0.05
"""Seconds between two messages."""
IDLE = 480
"""Connections held without a word, for the memory of each."""
TICK = os.sysconf("SC_CLK_TCK")


def cpu(pid: int) -> float:
    """Seconds of CPU a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def resident(pid: int) -> int:
    """KiB of memory a process holds."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0])


async def served(environ: dict[str, str], port: int) -> subprocess.Popen[bytes]:
    """A `hearth serve` that is ready."""
    command = [sys.executable, "-c", "from web.cli import main; main()", "serve"]
    process = subprocess.Popen(
        command, env={**os.environ, **environ, "PORT": str(port), "HOST": "127.0.0.1"}, stdout=subprocess.DEVNULL
    )
    async with asyncio.timeout(20):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.1)
            else:
                writer.close()
                return process


async def room_of(store: Store, size: int) -> list[Person]:
    """A group in its meeting, and its people's browsers; the first facilitates."""
    async with store.writing() as c:
        group = (await groups.create(c, secrets.token_hex(4))).id
        await keep(c, group, DROP_IN)  # nobody waits, unless a test is about waiting
        version = (await agreements.current(c, group)).version
        people = []
        for place in range(size):
            account = await accounts.create(c, "someone", "no password")
            role = Role.MEMBER if place else Role.FACILITATOR
            member = await members.join(c, group, account.id, f"Person {place}", role, version)
            people.append((member.id, await visits.start(c, account.id, now(), "bench")))
        room = (await meetings.open(c, group, people[0][0], now())).id
    return [
        Person(str(place), who, f"ws://127.0.0.1:{PORTS[place % 2]}/rooms/{room}/socket", cookie)
        for place, (who, cookie) in enumerate(people)
    ]


async def talk(people: list[Person], pids: list[int]) -> None:
    """Says messages from the one process and times their way to the other."""
    before, taken = [cpu(pid) for pid in pids], []
    for turn in range(MESSAGES):
        speaker, hearer = people[2 * (turn % 5) + 2], people[2 * (turn % 5) + 1]
        started = time.perf_counter()
        await speaker.asks("say", text=f"message {turn} of about the usual length in a group, some eighty bytes or so")
        while not any(frame.get("text", "").startswith(f"message {turn} ") for frame in hearer.frames[-4:]):
            hearer.news.clear()
            await hearer.news.wait()
        taken.append((time.perf_counter() - started) * 1000)
        await asyncio.sleep(max(0.0, EVERY - (time.perf_counter() - started)))
    used = [cpu(pid) - was for pid, was in zip(pids, before, strict=True)]
    taken.sort()
    total = sum(used) / MESSAGES * 1e6
    middle, late = statistics.median(taken), taken[int(MESSAGES * 0.99)]
    print(f"latency between browsers of two processes: median {middle:.2f} ms, p99 {late:.2f} ms")
    print(f"({MESSAGES} messages in a room of {SIZE}, {1 / EVERY:.0f} a second)")
    print(f"CPU: {total:.0f} µs a message, {total / SIZE:.1f} µs a delivery, both servers and Valkey"
          f" ({', '.join(f'{u / MESSAGES * 1e6:.0f}' for u in used)})")  # fmt: skip


async def hold(store: Store, pid: int) -> None:
    """Opens idle connections to the first process and weighs them."""
    people = [person for _ in range(IDLE // SIZE) for person in await room_of(store, SIZE)]
    for person in people:
        person.address = person.address.replace(f":{PORTS[1]}/", f":{PORTS[0]}/")
    before, started = resident(pid), cpu(pid)
    for person in people:
        await person.enters()
    print(f"memory: {(resident(pid) - before) / len(people):.1f} KiB a connection ({len(people)} in rooms of {SIZE})")
    print(f"joining: {(cpu(pid) - started) / len(people) * 1000:.2f} ms of CPU each, in the server")
    for person in people:
        await person.rests()


async def main() -> None:
    """Runs all of it."""
    conf = files("config").joinpath("valkey.conf").read_text()
    with tempfile.TemporaryDirectory() as directory:
        async with embedded.valkey(conf) as valkey:
            environ = {
                "HEARTH_DATA": directory, "REDIS_URL": valkey.url, "HEARTH_SECRET": secrets.token_hex(32),
                "HEARTH_PACE_BURST": "1000", "HEARTH_PACE_SECONDS": "0.01", "HEARTH_LOG_LEVEL": "error",
            }  # fmt: skip
            servers = []
            try:
                for port in PORTS:
                    servers.append(await served(environ, port))
                async with Store.open(f"sqlite:///{directory}/hearth.sqlite") as store:
                    people = await room_of(store, SIZE)
                    for person in people:
                        await person.enters()
                    await people[0].does("resume")  # the room was never begun by a page, so it began paused
                    await talk(people, [*(server.pid for server in servers), valkey.pid])
                    for person in people:
                        await person.rests()
                    await hold(store, servers[0].pid)
            finally:
                for server in servers:
                    server.terminate()
                    await asyncio.to_thread(server.wait)


if __name__ == "__main__":
    asyncio.run(main())
