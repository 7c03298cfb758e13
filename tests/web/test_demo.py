"""`hearth demo`, as somebody meets it who has never seen Hearth: three links, a living room, nothing left after."""

import asyncio
import os
import re
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from msgspec import Struct

from chat.core.ids import MemberId, Ref
from chat.core.wire import Answer, Event, Role, Said, Say
from chat.live.closing import Closing
from tests.cast import Person
from tests.conftest import in_a_task_of_its_own
from tests.installation import Installation
from tests.web.place import code_in
from web.companions.connection import Connection, Way
from web.companions.script import read

pytestmark = [pytest.mark.sqlite("a demo keeps its records in a file of its own, whatever is set"), pytest.mark.slow]
NAMES = [person.name for person in read().people]


class Demo(Struct):
    """A running one."""

    process: Process
    printed: str
    took: float
    directory: Path

    def link(self, name: str) -> str:
        """The printed link of somebody."""
        found = re.search(rf"\({name}\): +(http://\S+/demo/\S+)", self.printed)
        assert found, self.printed
        return found[1]

    async def presses(self, name: str) -> tuple[httpx.Response, "Guest"]:
        """Presses somebody's link in a new browser: the page it leads to, and the room behind it."""
        async with httpx.AsyncClient(follow_redirects=True) as browser:
            page = await browser.get(self.link(name))
            cookie = browser.cookies["visit"]
        address = f"{page.url}/socket".replace("http", "ws", 1)
        return page, Guest(name, MemberId(""), address, cookie)


class Guest(Person):
    """Somebody who tries the demo."""

    async def hears_words(self, *words: str, within: float) -> str:
        """Waits for a message with one of these words in it."""
        until = time.monotonic() + within
        while time.monotonic() < until:
            for text in self.texts():
                if any(word in text for word in words):
                    return text
            await asyncio.sleep(0.1)
        raise AssertionError(f"{self.name} heard {len(self.texts())} messages, none with any of these words.")

    def here(self) -> set[str]:
        """Who was in the room when it was first shown, or has come since."""
        came = [frame["person"] for frame in self.frames if frame["type"] == "arrived"]
        return {person["name"] for person in [*self.room["people"], *came]}

    async def sees(self, names: set[str]) -> None:
        """Waits until all of them are here."""
        async with asyncio.timeout(40):
            while not names <= self.here():
                await asyncio.sleep(0.05)

    def id_of(self, name: str) -> str:
        """A person's id in this room."""
        people = [*self.room["people"], *(f["person"] for f in self.frames if f["type"] == "arrived")]
        return str(next(person["id"] for person in people if person["name"] == name))


@asynccontextmanager
async def _demo(directory: Path) -> AsyncIterator[Demo]:
    environ = {**os.environ, "TMPDIR": str(directory)}
    for name in ("PORT", "DATABASE_URL", "REDIS_URL"):
        environ.pop(name, None)
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "web.cli", "demo", stdout=PIPE, env=environ)
    assert process.stdout
    try:
        async with asyncio.timeout(20):
            printed = (await process.stdout.readuntil(b"Ctrl+C.")).decode()
        yield Demo(process, printed, time.monotonic() - began, directory)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        process._transport.close()  # type: ignore[attr-defined]  # else its pipe is closed when the loop is gone


@pytest.fixture(scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demo]:
    """A demo that several tests look at, one after the other; the last one stops it."""
    async with in_a_task_of_its_own(_demo(tmp_path_factory.mktemp("demo"))) as running:
        yield running


async def test_three_links_are_printed_soon(demo: Demo) -> None:
    assert demo.took < 40
    assert len(re.findall(r"http://127\.0\.0\.1:\d+/demo/\S+", demo.printed)) == 3
    assert "Ctrl+C" in demo.printed


async def test_one_click_leads_into_a_living_room_where_a_greeting_is_answered(demo: Demo) -> None:
    page, alex = await demo.presses("Alex")
    assert page.status_code == 200
    assert re.search(r"/rooms/\w+$", str(page.url))
    assert "Demonstration" in page.text
    await alex.enters()
    await alex.sees({*NAMES, "Alex"})
    await alex.hears_words("Alex", within=10)
    alex.frames.clear()
    await alex.says("Hello everyone")
    await alex.hears_words("Alex,", "Alex.", "Alex!", within=15)
    await alex.goes()


async def test_somebody_waits_at_the_door_and_whoever_facilitates_lets_them_in(demo: Demo) -> None:
    _, sam = await demo.presses("Sam")
    await sam.connects()
    await sam.hears("waiting-room")
    await sam.hears("room")  # nobody who tries it facilitates, so a companion lets them in
    await sam.goes()
    _, robin = await demo.presses("Robin")
    await robin.enters()
    late = (await robin.hears_within(15, "waiting"))["caller"]
    assert late["name"] == read().late.name
    await robin.does("admit", member=late["id"])
    await robin.hears_within(10, "said", by=late["id"])
    await robin.hears_within(10, "listening", member=late["id"])
    await robin.goes()


async def test_a_link_can_be_pressed_again_after_leaving(demo: Demo) -> None:
    for _ in range(2):
        page, alex = await demo.presses("Alex")
        assert page.status_code == 200
        await alex.enters()
        await alex.goes()


@pytest.mark.faults
async def test_a_pause_silences_the_companions_and_a_mute_one_of_them(demo: Demo) -> None:
    _, robin = await demo.presses("Robin")
    await robin.enters()
    await robin.sees(set(NAMES) - {"Noor"})  # who waits at the door, for Robin holds the room
    tam = robin.id_of("Tam")
    await robin.hears_words("", within=30)
    await robin.does("pause")
    robin.frames.clear()
    await asyncio.sleep(7)
    assert robin.texts() == []
    await robin.does("mute", member=tam, minutes=5, reason="too-much")
    await robin.does("resume")
    await robin.hears_words("", within=30)
    await robin.goes()


async def closes(demo: Demo) -> None:
    """The facilitator ends the meeting that is open."""
    _, robin = await demo.presses("Robin")
    await robin.enters()
    await robin.asks("close")
    assert await robin.is_closed() == Closing.CLOSED


async def test_the_companions_come_to_a_meeting_that_the_visitor_opens(demo: Demo) -> None:
    await closes(demo)
    async with httpx.AsyncClient(follow_redirects=True) as browser:
        page = await browser.get(demo.link("Robin"))
        assert "/groups/" in str(page.url)
        form = {"form": code_in(page.text[page.text.index("/meeting") :])}
        opened = await browser.post(f"{page.url}/meeting", data=form)
    assert "/rooms/" in str(opened.url)
    page, alex = await demo.presses("Alex")
    assert page.url == opened.url
    await alex.enters()
    await alex.sees(set(NAMES))
    await alex.hears_words("Alex", within=10)
    await alex.goes()


@pytest.mark.faults
async def test_the_next_meeting_opens_by_itself_when_nobody_opens_it(demo: Demo) -> None:
    await closes(demo)
    async with asyncio.timeout(30):
        while "/rooms/" not in str((await demo.presses("Alex"))[0].url):
            await asyncio.sleep(1)
    _, alex = await demo.presses("Alex")
    await alex.enters()
    await alex.sees(set(NAMES))
    await alex.goes()


@pytest.mark.faults
async def test_the_companions_read_a_changed_agreement_and_come_back(demo: Demo) -> None:
    async with httpx.AsyncClient(follow_redirects=True) as browser:
        room = (await browser.get(demo.link("Robin"))).url
        group = re.search(r"/groups/\w+", (await browser.get(f"{room.scheme}://{room.netloc.decode()}/")).text)
        assert group
        edit = room.join(f"{group[0]}/agreement/edit")
        form = {"form": code_in((await browser.get(edit)).text), "text": "We are kind to each other.", "version": "1"}
        assert (await browser.post(edit, data=form)).status_code == 200
        page = await browser.get(room.join(f"{group[0]}/agreement"))
        await browser.post(page.url, data={"form": code_in(page.text), "version": "2", "agree": "yes"})
        await asyncio.sleep(10)
        robin = Guest("Robin", MemberId(""), f"{room}/socket".replace("http", "ws", 1), browser.cookies["visit"])
        await robin.enters()
        assert {person["name"] for person in robin.room["people"]} >= set(NAMES)
        await robin.goes()


async def test_when_it_is_stopped_nothing_is_left(demo: Demo) -> None:
    assert list(demo.directory.glob("hearth-demo-*"))
    demo.process.send_signal(signal.SIGINT)
    async with asyncio.timeout(6):
        assert await demo.process.wait() == 0
    assert list(demo.directory.iterdir()) == []


class Cable:
    """A way to the server that can be pulled out."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._writers: list[asyncio.StreamWriter] = []
        self.swallows = False
        """What is sent reaches nobody."""

    async def join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, both ways."""
        there, back = await asyncio.open_connection("127.0.0.1", self._port)
        self._writers += [writer, back]
        await asyncio.gather(self._carry(reader, back), self._carry(there, writer, deaf=True))

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, deaf: bool = False) -> None:
        try:
            while data := await reader.read(65_536):
                if not (self.swallows and deaf):
                    writer.write(data)
        except ConnectionError:
            pass
        writer.close()

    def is_pulled(self) -> None:
        """Every connection through it breaks."""
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()


async def test_a_companion_who_lost_the_connection_comes_back_and_says_nothing_twice(
    circle: Installation,
) -> None:
    fran = await (await circle.person("Fran", Role.FACILITATOR, 0)).enters()
    tam = await circle.person("Tam", Role.MEMBER, 0)
    cable, heard, losses = Cable(circle.ports[0]), list[Event | Answer](), list[bool]()
    async with await asyncio.start_server(cable.join, "127.0.0.1", 0) as wire:
        host = f"127.0.0.1:{wire.sockets[0].getsockname()[1]}"
        way = Way(f"ws://{host}/rooms/{circle.room}/socket", f"http://{host}", f"visit={tam.cookie}")
        line = Connection(way, heard.append, lambda: losses.append(True))
        staying = asyncio.create_task(line.stay())
        await _until(lambda: count(heard, "room") == 1)
        await fran.says("Good to see you, Tam.")
        await _until(lambda: count(heard, "said") == 1)
        cable.swallows = True  # the room hears Tam, and Tam does not hear the room
        await line.ask(Say(Ref("c1"), "Evening all."))
        await fran.hears("said", text="Evening all.")
        await fran.says("Welcome, Tam.")
        cable.is_pulled()
        cable.swallows = False
        await line.ask(Say(Ref("c2"), "My train went into a tunnel."))
        await fran.hears("said", text="My train went into a tunnel.")
        await _until(lambda: count(heard, "accepted") == 2 and count(heard, "said") == 4)
        assert losses
        assert not fran.heard("said")
        assert len({frame.n for frame in heard if isinstance(frame, Said)}) == 4
        await fran.asks("close")
        assert await staying is Closing.CLOSED


def count(heard: list[Event | Answer], type_: str) -> int:
    """How many frames of this type came."""
    return sum(frame.__struct_config__.tag == type_ for frame in heard)


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():
            await asyncio.sleep(0.02)
