"""Nobody is left alone in a round: however its facilitator goes, it pauses; one press lets it go on where it was."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chat.core.wire import Role
from chat.live.closing import Closing
from tests.cast import Frame, Person
from tests.faults import network, report
from tests.installation import listening
from tests.live.test_aside import is_back, step_aside
from tests.servers import Servers, Valkey, a_valkey, served_for_real

pytestmark = pytest.mark.faults
LIMIT = 35.0


@pytest.fixture
async def valkey(tmp_path: Path) -> AsyncIterator[Valkey]:
    """A Valkey outside the servers."""
    async with a_valkey(tmp_path / "redis") as valkey:
        yield valkey


async def in_a_round(servers: Servers, places: dict[str, int]) -> tuple[Person, list[Person], Person]:
    """Fran, who has let everybody in; the members, each on a process; and who of them has the turn."""
    fran = await servers.gathers()
    people = []
    for name, process in places.items():
        one = await (await servers.person(name, Role.MEMBER, process)).connects()
        if (await hears_first(one))["type"] == "waiting-room":
            await fran.does("admit", member=one.member)
            await one.hears("room")
        people.append(one)
    await fran.does("set-floor", kind="round")
    turn = (await fran.hears("turned"))["floor"]["turn"]
    return fran, people, next(one for one in people if one.member == turn)


async def hears_first(one: Person) -> Frame:
    """The first frame on a connection."""
    async with asyncio.timeout(10):
        while not one.history:
            await asyncio.sleep(0.02)
    return one.history[0]


async def pauses_for_all(people: list[Person], since: float) -> float:
    """Waits until everybody has been told; gives the seconds from `since`."""
    left = LIMIT - (time.monotonic() - since)
    await asyncio.gather(*(one.hears_within(left, "paused", by="itself") for one in people))
    return time.monotonic() - since


async def goes_on(servers: Servers, fran: Person, speaker: Person, process: int) -> None:
    """Fran comes by another process, and one press opens the room with the turn where it was."""
    back = await servers.browser("Fran", fran.member, process, fran.cookie).enters()
    assert back.room["floor"]["turn"] == speaker.member
    assert (await speaker.is_refused("say", text="may I?"))["code"] == "room-paused"
    await back.does("resume")
    await speaker.hears("resumed")
    await speaker.says("where was I")


async def test_her_process_killed_in_the_middle_of_a_round(tmp_path: Path, valkey: Valkey) -> None:
    async with served_for_real(tmp_path, valkey.url, 3) as servers:
        fran, people, speaker = await in_a_round(servers, {"Ann": 1, "Bob": 2, "Cem": 1})
        killed = time.monotonic()
        await servers.servers[0].is_killed()
        seconds = await pauses_for_all(people, killed)
        await goes_on(servers, fran, speaker, 2)
    report.figure("round: facilitator's process killed: paused everywhere after", f"{seconds:.1f} s", "35 s")


async def test_her_packets_dropped_in_silence_in_the_middle_of_a_round(tmp_path: Path, valkey: Valkey) -> None:
    async with served_for_real(tmp_path, valkey.url, 2) as servers:
        fran, people, speaker = await in_a_round(servers, {"Ann": 0, "Bob": 1})
        began = time.monotonic()
        async with nothing_comes_through(fran) as how:
            seconds = await pauses_for_all(people, began)
            await goes_on(servers, fran, speaker, 1)
    report.figure(f"round: facilitator lost in silence ({how}): paused after", f"{seconds:.1f} s", "35 s")


async def test_the_only_process_killed_and_started_again_in_the_middle_of_a_round(
    tmp_path: Path, valkey: Valkey
) -> None:
    async with served_for_real(tmp_path, valkey.url, 1) as servers:
        fran, people, speaker = await in_a_round(servers, {"Ann": 0, "Bob": 0})
        killed = time.monotonic()
        await servers.servers[0].is_killed()
        await servers.starts()
        back = [servers.browser(one.name, one.member, 1, one.cookie) for one in people]
        for before, one in zip(people, back, strict=True):
            await one.connects(claims=f"?epoch={before.room['epoch'] if before.room else 0}&after=0")
            await one.hears("room")
        seconds = await pauses_for_all(back, killed)
        await goes_on(servers, fran, next(one for one in back if one.member == speaker.member), 1)
    report.figure("round: only process killed and started again: paused after", f"{seconds:.1f} s", "35 s")


async def test_the_process_of_both_facilitators_killed_while_one_of_them_is_aside(
    tmp_path: Path, valkey: Valkey
) -> None:
    async with served_for_real(tmp_path, valkey.url, 3) as servers:
        fran = await servers.gathers()
        gus = await (await servers.person("Gus", Role.FACILITATOR, 0)).enters()
        ann = await (await servers.person("Ann", Role.MEMBER, 1)).enters()
        bob = await (await servers.person("Bob", Role.MEMBER, 2)).enters()
        fran_aside, ann_aside, _ = await step_aside(servers, fran, ann)
        await fran_aside.says("tell me")
        killed = time.monotonic()
        await servers.servers[0].is_killed()
        seconds = await pauses_for_all([ann_aside, bob], killed)
        for person in (ann_aside, bob):
            assert (await person.is_refused("say", text="hello?"))["code"] == "room-paused"
        await is_back(ann)
        assert await ann_aside.is_closed() == Closing.LEFT
        assert [one["id"] for one in ann.room["people"]].count(ann.member) == 1, "a seat moves and never doubles"
        back = servers.browser("Gus", gus.member, 2, gus.cookie)
        await back.enters()
        await back.does("resume")
        await ann.says("here again")
        await bob.hears("said", text="here again")
        assert bob.texts().count("tell me") == 0
        her = await is_back(servers.browser("Fran", fran.member, 1, fran.cookie))
        here = [one["id"] for one in her.room["people"] if not one.get("aside")]
        assert sorted(here) == sorted(one.member for one in (ann, bob, gus, fran))
    report.figure("aside: facilitators' process killed: group and side room paused after", f"{seconds:.1f} s", "35 s")


async def test_the_process_that_calls_whoever_is_on_call_is_killed_and_another_calls(
    tmp_path: Path, valkey: Valkey
) -> None:
    got: list[int] = []
    hangs = asyncio.Event()

    async def takes(request: Request) -> Response:
        assert request.client
        got.append(request.client.port)
        if len(got) == 1:
            await hangs.wait()
        return Response("", 204)

    async with listening(Starlette(routes=[Route("/", takes, methods=["POST"])])) as port:
        settings = {"HEARTH_ON_CALL_URL": f"http://127.0.0.1:{port}/", "HEARTH_GRACE_SECONDS": "1"}
        async with served_for_real(tmp_path, valkey.url, 3, **settings) as servers:
            fran, _, _ = await in_a_round(servers, {"Ann": 0, "Bob": 1, "Cem": 2})
            await fran.does("call")
            await until(lambda: len(got) == 1, 15)
            calling = next(one for one in servers.servers if got[0] in ports_of(one.process.pid))
            killed = time.monotonic()
            await calling.is_killed()
            await until(lambda: len(got) == 2, 45)
            seconds = time.monotonic() - killed
            hangs.set()
    report.figure("on call: the process that calls is killed: another has called after", f"{seconds:.1f} s", "45 s")


async def until(condition: object, seconds: float) -> None:
    """Waits for it."""
    assert callable(condition)
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.05)


def ports_of(pid: int) -> set[int]:
    """The local TCP ports of a process."""
    inodes = set()
    for fd in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            inodes.add(os.readlink(fd).removeprefix("socket:[").removesuffix("]"))
    rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    return {int(row[1].split(":")[1], 16) for row in rows if row[9] in inodes}


@asynccontextmanager
async def nothing_comes_through(person: Person) -> AsyncIterator[str]:
    """What this person's browser sends and is sent is dropped; gives how."""
    port = person._socket.transport.get_extra_info("sockname")[1]
    name = f"hearth_held_{port}"
    rules = "\n".join(
        f"chain {hook} {{ type filter hook {hook} priority 0; tcp {end} {port} drop; }}"
        for hook, end in (("input", "sport"), ("output", "dport"))
    )
    try:
        if reason := network.missing():
            raise OSError(reason)
        await network.run("nft", "-f", "-", given=f"table ip {name} {{\n{rules}\n}}\n")
    except OSError:
        person.goes_silent()
        yield "page silent"
        return
    try:
        yield "packets dropped"
    finally:
        await network.run("nft", "delete", "table", "ip", name)
