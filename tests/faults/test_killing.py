"""Real servers killed without a word: rooms pause, people come back, nothing is lost silently, no ghosts stay."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chat.core.wire import Role
from chat.live.lease import DEAD_AFTER
from tests.cast import Person
from tests.servers import Valkey, a_valkey, served_for_real

pytestmark = pytest.mark.faults
WORDS = 200


@pytest.fixture
async def valkey(tmp_path: Path) -> AsyncIterator[Valkey]:
    """A Valkey outside the servers."""
    async with a_valkey(tmp_path / "redis") as valkey:
        yield valkey


async def test_the_only_process_killed_and_started_again_finds_the_room_and_pauses_it(
    tmp_path: Path, valkey: Valkey
) -> None:
    async with served_for_real(tmp_path, valkey.url, 1) as servers:
        fran = await servers.gathers()
        ann = await (await servers.person("Ann", Role.MEMBER, 0)).enters()
        n = await ann.says("before")
        await servers.servers[0].is_killed()
        killed = time.monotonic()
        await servers.starts()

        back = servers.browser("Ann", ann.member, 1, ann.cookie)
        await back.connects(claims=f"?epoch={ann.room['epoch']}&after={n}")
        await back.hears("room")
        await back.hears_within(35 - (time.monotonic() - killed), "paused", by="itself")
        assert time.monotonic() - killed <= 35
        gus = await (await servers.person("Gus", Role.FACILITATOR, 1)).enters()
        assert [person["name"] for person in gus.room["people"]] == ["Ann", "Gus"]
        await gus.does("resume")
        assert await back.says("and on") == n + 1
        assert await fran.is_closed() == 1006


@pytest.mark.parametrize("how", ["killed", "asked to stop"])
async def test_of_two_processes_one_ends_and_nobody_there_stays_on_the_list(
    tmp_path: Path, valkey: Valkey, how: str
) -> None:
    async with served_for_real(tmp_path, valkey.url, 2) as servers:
        fran = await servers.gathers()
        ann = await (await servers.person("Ann", Role.MEMBER, 1)).enters()
        await fran.hears("arrived")
        if how == "killed":
            await servers.servers[1].is_killed()
        else:
            servers.servers[1].process.terminate()
        await fran.hears_within(DEAD_AFTER + (2 if how == "killed" else 4), "left", member=ann.member, how="lost")
        await fran.stays_without("paused", 0.5)
        await servers.browser("Ann", ann.member, 0, ann.cookie).enters()


async def test_a_process_with_people_who_wait_is_killed_and_they_wait_on_at_the_other(
    tmp_path: Path, valkey: Valkey
) -> None:
    async with served_for_real(tmp_path, valkey.url, 2) as servers:
        fran = await servers.gathers()
        await fran.does("adopt", customs={})
        ann = await (await servers.person("Ann", Role.MEMBER, 1)).connects()
        await ann.hears("waiting-room")
        await fran.hears("waiting")
        await servers.servers[1].is_killed()
        await fran.hears_within(DEAD_AFTER + 2, "went", member=ann.member, lost=True)
        back = await servers.browser("Ann", ann.member, 0, ann.cookie).connects()
        await back.hears("waiting-room")
        await fran.does("admit")
        await back.hears("room")


async def test_the_last_facilitators_process_killed_pauses_the_room_for_the_others(
    tmp_path: Path, valkey: Valkey
) -> None:
    async with served_for_real(tmp_path, valkey.url, 2) as servers:
        await servers.gathers()
        ann = await (await servers.person("Ann", Role.MEMBER, 1)).enters()
        await servers.servers[0].is_killed()
        await ann.hears_within(35, "paused", by="itself")
        assert (await ann.is_refused("say", text="anybody?"))["code"] == "room-paused"


async def test_a_process_that_was_frozen_for_long_tells_its_people_and_nobody_is_doubled(
    tmp_path: Path, valkey: Valkey
) -> None:
    async with served_for_real(tmp_path, valkey.url, 2) as servers:
        fran = await servers.gathers()
        ann = await (await servers.person("Ann", Role.MEMBER, 1)).enters()
        await ann.says("before")  # the phrase lists are read
        frozen = servers.servers[1].process
        frozen.send_signal(signal.SIGSTOP)
        try:
            await fran.hears_within(DEAD_AFTER + 3, "left", member=ann.member, how="lost")
        finally:
            frozen.send_signal(signal.SIGCONT)
        await ann.is_closed()
        await ann.enters(resume=True)
        assert [person["name"] for person in ann.room["people"]] == ["Fran", "Ann"]
        await ann.says("back")
        await fran.hears("said", text="back")


async def test_the_embedded_valkey_killed_ends_the_server_with_a_sentence(tmp_path: Path) -> None:
    async with served_for_real(tmp_path, "", 1) as servers:
        (server,) = servers.servers
        children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
        (valkey,) = [child for child in children if "valkey" in Path(f"/proc/{child}/comm").read_text()]
        os.kill(int(valkey), signal.SIGKILL)
        async with asyncio.timeout(6):
            assert await server.process.wait() == 1
        assert "The embedded Valkey was ended by SIGKILL" in server.log.read_text()


async def talk(person: Person, count: int) -> dict[str, int | None]:
    """Says `count` things whatever happens, as a browser does: sends again with the same ref after coming back."""
    answered: dict[str, int | None] = {}
    for turn in range(count):
        ref = f"{person.name.lower()}-{turn}"
        while ref not in answered:
            if person.closed is not None:
                await comes_back(person)
            try:
                answer = await person.answer_to("say", ref=ref, text=f"{person.name} {turn}")
            except (OSError, TimeoutError, EOFError, ConnectionError):
                answer = {"type": "refused"}
            except Exception as error:
                if type(error).__name__ not in ("ConnectionClosedError", "ConnectionClosedOK"):
                    raise
                answer = {"type": "refused"}
            if answer["type"] == "accepted":
                answered[ref] = answer["n"]
            else:
                person.frames = [f for f in person.frames if f.get("ref") != ref]
                await asyncio.sleep(0.1)
        await asyncio.sleep(0.02)
    return answered


async def comes_back(person: Person) -> None:
    """To the process that is left."""
    person.address = person.address.replace(*person.other_port)
    async with asyncio.timeout(20):
        while True:
            person.frames.clear()  # what is heard from here on is of this connection
            try:
                await person.enters(resume=True)
                return
            except (OSError, AssertionError):
                await asyncio.sleep(0.1)


async def test_a_history_of_200_messages_through_every_break_has_no_hole_that_was_not_told(
    tmp_path: Path, valkey: Valkey
) -> None:
    async with served_for_real(tmp_path, valkey.url, 2, HEARTH_PACE_BURST="100") as servers:
        people = [await servers.gathers()]
        for turn, name in enumerate(("Ann", "Bob", "Cem", "Dee", "Eve")):
            people.append(await (await servers.person(name, Role.MEMBER, (turn + 1) % 2)).enters())
        for person in people:
            person.other_port = (f":{servers.ports[1]}/", f":{servers.ports[0]}/")

        async def trouble() -> None:
            for turn in range(8):
                await asyncio.sleep(0.4)
                if turn == 4:
                    await servers.servers[1].is_killed()
                else:
                    await servers.breaks_subscriptions()

        async with asyncio.TaskGroup() as tasks:
            talking = [tasks.create_task(talk(person, WORDS // len(people) + 1)) for person in people]
            tasks.create_task(trouble())
        for person in people:
            if person.closed is not None:
                await comes_back(person)
        await asyncio.sleep(0.5)
        await people[0].does("announce", text="the end")
        for person in people:
            await person.hears("announced", text="the end")

        accepted = [n for task in talking for n in task.result().values()]
        assert len(accepted) >= WORDS
        assert sorted(map(int, filter(None, accepted))) == sorted(set(map(int, filter(None, accepted))))
        texts: dict[int, str] = {}
        for person in people:
            check(person, set(map(int, filter(None, accepted))), texts)


def check(person: Person, accepted: set[int], texts: dict[int, str]) -> None:
    """Whatever was accepted was heard, once and in order, or announced as missing; a number is one text for all."""
    said = [frame for frame in person.history if frame["type"] == "said"]
    heard = [frame["n"] for frame in said]
    assert heard == sorted(set(heard))
    for frame in said:
        assert texts.setdefault(frame["n"], frame["text"]) == frame["text"]
    missing = accepted - set(heard) - set(range(person.history[0]["n"] + 1))
    assert None in person.missed or len(missing) <= sum(count or 0 for count in person.missed)
