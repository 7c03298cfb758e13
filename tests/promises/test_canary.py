"""“What is said in a room is never written to disk, log, database, Redis file or slow log, in clear or recoverable.”

A rare word is said, announced, noted, reported, said aside, asked of all, given as a reason, refused, written in notes
for facilitators, in asking for another look and as somebody to be called in an emergency, kept for a while by consent,
broken, mistyped into a password, an address and a header, and caught up in errors; another one is somebody's name.
Everything around them
keeps all it can: real servers log at DEBUG, Redis persists everything and logs every command. Afterwards the word is
nowhere, and the name in its own columns alone.
"""

import asyncio
import base64
import json
import random
import re
import shutil
import string
from collections.abc import AsyncIterator, Iterator
from ipaddress import IPv6Address
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis
from sqlalchemy import select, text
from websockets.exceptions import InvalidStatus

from chat.core.ids import Millis, RoomId
from chat.core.wire import Role
from chat.live.envelope import head
from chat.live.sealing import Seal, Unsealable, derived
from chat.records import accounts, agreements, boxes, in_words, members, visits
from chat.records.expiry import expire
from chat.records.keys import DAY, now
from chat.records.ledger import Ledger
from chat.records.tables import meetings, metadata, throttle
from config import copies
from tests import databases
from tests.cast import Person
from tests.live.test_aside import is_back, step_aside
from tests.servers import EVERYTHING_KEPT, Servers, Valkey, a_valkey, served_for_real

pytestmark = pytest.mark.slow

ASKED_WITHIN = 30.0
"""Seconds; it takes a tenth of one where nothing else runs."""
KEPT_IN = set() if databases.POSTGRESQL else {"hearth.sqlite"}


def rare() -> str:
    """A word that nobody has written before."""
    return "".join(random.choices(string.ascii_lowercase, k=16))  # noqa: S311 - guards nothing


def disguises(word: str) -> list[bytes]:
    """How a word may stand in a file: as it is, wide, in hexadecimal, in base64 wherever it begins."""
    plain = word.encode()
    wide = word.encode("utf-16-le")[:-1]  # so that it is found whichever half of a character comes first
    encoded = [base64.b64encode(b"x" * shift + form)[4:-4] for form in (plain, wide) for shift in range(3)]
    return [plain, wide, plain.hex().encode(), plain.hex().upper().encode(), *encoded]


def traces(word: str, content: bytes) -> list[bytes]:
    """In what disguises `word` stands in `content`."""
    folded = content.lower()
    return [form for form in disguises(word) if form in content or (form.lower() == form and form in folded)]


def files(*directories: Path) -> Iterator[Path]:
    """Every file in them."""
    for directory in directories:
        yield from (path for path in directory.rglob("*") if path.is_file())


def memory(pid: int) -> bytes:
    """Everything a process can write to of its own memory."""
    found = b""
    with Path(f"/proc/{pid}/mem").open("rb", 0) as mem:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            first, last = (int(edge, 16) for edge in line.split()[0].split("-"))
            if line.split()[1].startswith("rw"):
                mem.seek(first)
                found += mem.read(last - first)
    return found


class Evening:
    """What has been, and where it may have left traces."""

    def __init__(self, directory: Path, servers: Servers, valkey: Valkey) -> None:
        self.directory = directory
        self.servers = servers
        self.valkey = valkey
        self.word = rare()
        self.name = rare().capitalize()
        self.home = IPv6Address(0x2001_0DB8 << 96 | random.getrandbits(96))
        self.salt = self.history_salt = b""
        self.holders: list[str] = []
        self.papers: list[list[str]] = []
        self.ann: Person
        self.fran: Person

    async def a_key_is_made(self) -> None:
        """Before there is a group: an administrator begins, and two people, at two servers, write down half of it."""
        cookies = []
        async with self.servers.store.writing() as c:
            for name in ("ada", "ida", "jon"):
                account = await accounts.create(c, name, "no password", administrator=name == "ada")
                cookies.append(await visits.start(c, account.id, now(), ""))
        ada, *self.holders = cookies
        begun = await self.sends(ada, "/admin/contact-key", one="The chair", two="The treasurer")
        links = re.findall(r'value="[^"]*(/contact-key/[\w-]+)"', begun.text)
        for at, (cookie, link) in enumerate(zip(self.holders, links, strict=True)):
            words = re.findall(r"<li>([a-z]+)</li>", (await self.sends(cookie, link, at)).text)
            asked = await self.sees(cookie, link, server=1 - at)
            places = [int(place) for place in re.findall(r">Word (\d+)</label>", asked)]
            wrong = {f"word{n}": self.word[:16] for n in range(1, 5)}
            assert (await self.sends(cookie, f"{link}/written", **wrong)).status_code == 422
            right = {f"word{n}": words[place - 1] for n, place in enumerate(places, 1)}
            assert "Thank you" in (await self.sends(cookie, f"{link}/written", at, **right)).text
            self.papers.append(words)

    async def somebody_is_to_be_called(self) -> None:
        """Ann gives the word as a name; Fran asks with it; the two open it, one at each server; one half more waits."""
        word, group = self.word, f"/groups/{self.servers.group}"
        ann, fran, (ida, jon), (one, two) = self.ann.cookie, self.fran.cookie, self.holders, self.papers
        assert (await self.sends(ann, f"{group}/contact", name=word * 9, reach=word)).status_code == 422
        assert (await self.sends(ann, f"{group}/contact", name=word, reach=f"ring {word}")).status_code == 303
        ask, why = f"{group}/contacts/{self.ann.member}", {"why": "life", "words": f"hurry, {word}"}
        assert (await self.sends(fran, ask, why=word, words=word)).status_code == 422
        at, other = [(await self.sends(fran, ask, **why)).headers["location"] for _ in range(2)]
        assert word in await self.sees(ida, at)
        for typed in (f"{' '.join(one[:9])} {word}", " ".join(one[:9]), " ".join([*one[1:], one[0]]), word):
            assert (await self.sends(ida, at, words=typed)).status_code == 422
        assert (await self.sends(ida, f"/contact-openings/{word}", words=" ".join(one))).status_code == 404
        assert (await self.sends(ida, at, words=" ".join(one))).status_code == 303
        assert (await self.sends(jon, at, 1, words=" ".join(two))).status_code == 303
        assert f"ring {word}" in (await self.sends(fran, f"{at}/read", 1)).text
        assert (await self.sends(fran, f"{at}/read")).status_code == 303
        assert (await self.sends(ida, other, words=" ".join(one))).status_code == 303
        assert "has typed their half" in await self.sees(jon, other, server=1)

    async def sends(self, cookie: str, path: str, server: int = 0, /, **typed: str) -> httpx.Response:
        """A form, as a page of one of the servers sends it."""
        async with httpx.AsyncClient(base_url=self.servers.address(server)) as browser:
            sent = {"form": visits.csrf_of(cookie)} | typed
            return await browser.post(path, data=sent, headers={"Cookie": f"visit={cookie}"}, timeout=60)

    async def sees(self, cookie: str, path: str, server: int = 0) -> str:
        """A page of one of the servers."""
        async with httpx.AsyncClient(base_url=self.servers.address(server)) as browser:
            return (await browser.get(path, headers={"Cookie": f"visit={cookie}"}, timeout=60)).text

    async def everything_is_said(self) -> None:
        """The word crosses every path that words take."""
        word, ann, fran = self.word, self.ann, self.fran
        await ann.says(f"I say {word}", note=f"about {word}")
        await fran.does("announce", text=f"{word}!")
        await fran.hears("said", note=f"about {word}")
        await ann.does("confide", text=f"aside {word}")
        await fran.does("confide", text=f"aside {word} too", member=ann.member)
        await fran.does("confer", text=f"among us {word}")
        await fran.does("begin", phase={"name": word, "prompt": f"what of {word}?"})
        await ann.says(f"Never a rule, {word}", rule=True)
        n = await ann.says(f"{word} again", before=fran)
        await fran.does("retract", n=n, reason="other", words=f"not {word}")
        await fran.does("mute", member=ann.member, minutes=5, reason="other", words=f"too much {word}")
        assert (await ann.is_refused("say", text=word))["code"] == "muted"
        assert (await ann.is_refused("say", text=f"I want to die, {word}"))["help"]
        await ann.does("confide", text=f"I really want to die, {word}")
        await fran.hears("alarmed", where="aside")
        await fran.does("unmute", member=ann.member)
        assert (await ann.is_refused("say", text=word * 200))["code"] == "too-long"
        await self.something_waits()

    async def something_waits(self) -> None:
        """Words that a facilitator reads first, what is written back about them, and the group's own words."""
        word, ann, fran = self.word, self.ann, self.fran
        draft = await ann.waits_with(f"ring me on 07700 900123, {word}", note=f"a number and {word}")
        await fran.hears("withheld", note=f"a number and {word}")
        await fran.does("hand-back", draft=draft, words=f"without {word}, please")
        await ann.hears("settled", words=f"without {word}, please")
        draft = await ann.waits_with(f"or on 07700 900124, {word}")
        await fran.hears("withheld", draft=draft)
        await ann.does("take-back", draft=draft)
        await fran.does("heed", own={"words": [word], "allowed": [f"{word} too"]})
        await fran.does("heed", own={})
        typed = {"form": visits.csrf_of(fran.cookie), "sentence": f"what of {word} and 07700 900123?"}
        async with httpx.AsyncClient(base_url=self.servers.address(0)) as browser:
            path, cookie = f"/groups/{self.servers.group}/rules/try", {"Cookie": f"visit={fran.cookie}"}
            answer = await browser.post(path, data=typed, headers=cookie, timeout=60)
        assert "would wait for a facilitator" in answer.text

    async def somebody_waits(self) -> None:
        """Words to and fro between somebody outside and the facilitators, and the reason why it cannot be today."""
        word, fran = self.word, self.fran
        await fran.does("adopt", customs={})
        dora = await (await self.servers.person(f"{self.name} Two", Role.MEMBER, 1)).connects()
        await dora.hears("waiting-room")
        assert (await dora.is_refused("say", text=word))["code"] == "waiting"
        await dora.does("confide", text=f"may I, {word}?")
        await fran.hears("confided", text=f"may I, {word}?")
        await fran.does("confide", text=f"wait a little, {word}", member=dora.member)
        await dora.hears("confided", text=f"wait a little, {word}")
        await fran.does("decline", member=dora.member, reason="other", words=f"not today, {word}")
        await dora.hears("acted-on", words=f"not today, {word}")
        await fran.does("adopt", customs={"waiting": False, "door": 0})

    async def it_is_kept_for_a_while(self) -> None:
        """Everybody agrees that what is said is kept; the word is said, read on another page, and gone again."""
        word, ann, fran, room = self.word, self.ann, self.fran, self.servers.room
        await self._keeps(24)
        async with self.servers.store.reading() as c:
            self.history_salt = await c.scalar(select(meetings.c.history_salt).where(meetings.c.id == room)) or b""
        await ann.says(f"for a while, {word}", note=f"kept {word}")
        await fran.does("announce", text=f"{word}, for a while")
        async with httpx.AsyncClient(base_url=self.servers.address(0), cookies={"visit": fran.cookie}) as browser:
            shown = (await browser.get(f"/rooms/{room}/earlier")).text
            assert shown.count(word) == 3
            assert (await browser.get(f"/rooms/{room}/earlier?before={word}")).text.count(word) == 3
        assert [key async for key in self.servers.redis.scan_iter(f"*{room}:history*")]
        await self._keeps(0)
        assert not [key async for key in self.servers.redis.scan_iter(f"*{room}:history*")]

    async def _keeps(self, hours: int) -> None:
        """Fran chooses it on its page, and everybody says yes: in the room, or, who is elsewhere, on their page."""
        typed = {"form": visits.csrf_of(self.fran.cookie), "waiting": "no", "door": "0", "history": str(hours)}
        path, cookie = f"/groups/{self.servers.group}/customs", {"Cookie": f"visit={self.fran.cookie}"}
        async with httpx.AsyncClient(base_url=self.servers.address(0)) as browser:
            assert (await browser.post(path, data=typed, headers=cookie)).status_code == 303
        async with self.servers.store.writing() as c:
            version = (await agreements.current(c, self.servers.group)).version
            for one in await members.of(c, self.servers.group):
                if one.id not in (self.ann.member, self.fran.member):
                    await agreements.consent(c, one.id, version)
        for person in (self.ann, self.fran):
            await person.hears_within(ASKED_WITHIN, "asked-again")
        for person in (self.ann, self.fran):
            await person.does("agree", version=version)
        for person in (self.ann, self.fran):
            assert any(f["type"] == "history-set" and f["hours"] == hours for f in person.history) or (
                await person.hears_within(ASKED_WITHIN, "history-set", hours=hours)
            )

    async def something_is_reported(self) -> None:
        """The word is in what Ann said, in a report of it and in what Fran answers; none of it stands in clear."""
        word, ann, fran = self.word, self.ann, self.fran
        n = await ann.says(f"I report {word}", note=word)
        said = await fran.hears("said", n=n)
        sent = {key: said[key] for key in ("n", "by", "at", "text", "note", "receipt")}
        body = {"messages": [sent | {"epoch": fran.room["epoch"], "reported": True}], "why": "other", "own": word}
        path, group = f"/rooms/{self.servers.room}/reports", f"/groups/{self.servers.group}/reports"
        async with httpx.AsyncClient(base_url=self.servers.address(0), cookies={"visit": fran.cookie}) as browser:
            code = {"x-form": visits.csrf_of(fran.cookie)}
            assert (await browser.post(path, json=body, headers=code)).status_code == 201
            for broken in (body | {word: 1}, body | {"why": word}, {"messages": word}):
                assert (await browser.post(path, json=broken, headers=code)).status_code == 400
            forged = body | {"messages": [sent | {"epoch": 1, "text": word}]}
            assert (await browser.post(path, json=forged, headers=code)).status_code == 422
            found = re.search(rf'"({group}/[0-9a-f]+)"', (await browser.get(group)).text)
            assert found
            assert word in (await browser.get(found[1])).text
            answer = {"form": code["x-form"], "outcome": "acted", "words": f"about {word}"}
            assert (await browser.post(found[1], data=answer)).status_code == 303

    async def it_is_written_for_a_reader(self) -> None:
        """A facilitator's note about Ann, and Ann's asking for another look, which somebody else answers."""
        word, group = self.word, f"/groups/{self.servers.group}"
        gil = await self.servers.person("Gil", Role.FACILITATOR, 1)
        async with httpx.AsyncClient(base_url=self.servers.address(0)) as browser:

            async def shows(who: Person, path: str) -> str:
                return (await browser.get(path, headers={"Cookie": f"visit={who.cookie}"})).text

            async def sends(who: Person, path: str, **typed: str) -> int:
                code = {"form": visits.csrf_of(who.cookie)}
                sent = await browser.post(path, data=code | typed, headers={"Cookie": f"visit={who.cookie}"})
                return sent.status_code

            assert await sends(self.fran, f"{group}/remarks", about=self.ann.member, words=f"mind {word}") == 303
            assert await sends(self.fran, f"{group}/remarks", words=f"too long, {word} " * 30) == 422
            assert word in await shows(gil, group)
            act = re.search(r'<option value="([0-9a-f]+)"', await shows(self.ann, f"{group}/another-look"))
            assert act
            assert await sends(self.ann, f"{group}/another-look", act="x", words=word) == 422
            assert await sends(self.ann, f"{group}/another-look", act=act[1], words=f"why, {word}?") == 303
            found = re.search(rf'action="({group}/looks/[0-9a-f]+)"', await shows(gil, f"{group}/looks"))
            assert found
            assert await sends(gil, found[1], outcome=word, words=word) == 422
            assert await sends(gil, found[1], outcome="upheld", words=f"because of {word}") == 303
            assert word in await shows(self.ann, f"{group}/another-look")

    async def it_is_said_aside(self) -> None:
        """The word is said in a side room, by two who stepped aside and come back."""
        gus = await (await self.servers.person("Gus", Role.FACILITATOR, 1)).enters()
        while (await self.fran.hears("arrived"))["person"]["id"] != gus.member:
            pass  # only then does everybody know that the group is held meanwhile
        fran_aside, ann_aside, _ = await step_aside(self.servers, self.fran, self.ann)
        await ann_aside.says(f"between us {self.word}", note=f"about {self.word}")
        await fran_aside.hears("said", note=f"about {self.word}")
        await fran_aside.does("confide", text=f"and {self.word}", member=self.ann.member)
        await is_back(self.ann)
        await fran_aside.is_closed()
        await is_back(self.fran)
        await gus.asks("leave")
        await gus.is_closed()

    async def frames_are_broken(self) -> None:
        """The word stands in frames that no page of ours sends, and in the address of a socket."""
        word, ann = self.word, self.ann
        for frame in (
            f'{{"type":"say","ref":"x-1","text":"{word}',
            word.encode(),
            json.dumps({"type": word, "ref": "x-1"}),
            json.dumps({"type": "say", "ref": "x-1", "text": "x", word: word}),
            json.dumps({"type": "say", "ref": "x-1", "text": [word]}),
            json.dumps({"type": "hand", "ref": "x-1", "up": word}),
        ):
            await ann.sends(frame)
            assert await ann.is_closed() == 4508
            await ann.enters()
        for query in (f"?epoch={word}&after={word}", f"?{word}"):
            await (await self.servers.browser("Ann", ann.member, 0, ann.cookie).connects(claims=query)).hears("room")
        stray = self.servers.browser("Ann", ann.member, 0, ann.cookie)
        stray.address = stray.address.replace(self.servers.room, word)
        await stray.connects()
        with pytest.raises(InvalidStatus):
            await self.servers.browser("x", ann.member, 0, word).connects(origin=f"http://{word}")
        await ann.enters()

    async def pages_are_asked(self) -> None:
        """The word stands in fields, addresses and headers."""
        word = self.word
        door = {"Cookie": f"door={word}"}
        typed = {"form": visits.csrf_of(word), "login": word, "password": word, "to": f"/{word}"}
        headers = {"User-Agent": word, "X-Forwarded-For": str(self.home)}
        async with httpx.AsyncClient(base_url=self.servers.address(0), headers=headers) as browser:
            assert (await browser.post("/sign-in", data=typed, headers=door)).status_code == 422
            assert (await browser.post("/sign-in", data={**typed, "form": word}, headers=door)).status_code == 403
            for address in (f"/{word}", f"/?{word}={word}", f"/rooms/{word}", f"/invitations/{word}", f"/begin/{word}"):
                await browser.get(address, headers={"Referer": f"http://x/{word}", f"X-{word}": word})
            await browser.get("/", headers={"Cookie": f"visit={word}"})
            await browser.post("/sign-in", content=word * 10_000, headers=door)
            await browser.request(word.upper(), "/")

    async def something_breaks(self) -> None:
        """The records refuse to write: what was under way raises, with the word in its hands."""
        word, fran, store = self.word, self.fran, self.servers.store
        door, typed = {"Cookie": f"door={word}"}, {"form": visits.csrf_of(word), "login": word, "password": word}
        async with store.writing() as c:
            for refuse in databases.refusing("acts", "throttle"):
                await c.execute(text(refuse))
        await fran.does("mute", member=self.ann.member, minutes=5, reason="other", words=word)
        async with httpx.AsyncClient(base_url=self.servers.address(0)) as browser:
            assert (await browser.post("/sign-in", data=typed, headers=door)).status_code == 500
        async with store.writing() as c:
            for accept in databases.accepting("acts", "throttle"):
                await c.execute(text(accept))

    async def redis_is_copied(self) -> None:
        """Somebody takes a copy of Redis' files in the middle of the meeting; and, for the tests alone, of its salt."""
        while (await self.servers.redis.info("persistence"))["rdb_bgsave_in_progress"]:
            await asyncio.sleep(0.02)
        await self.servers.redis.save()
        shutil.copytree(self.valkey.directory, self.directory / "copied", ignore=shutil.ignore_patterns("s"))
        async with self.servers.store.reading() as c:
            which = select(meetings.c.salt).where(meetings.c.id == self.servers.room)
            self.salt = await c.scalar(which) or b""

    async def it_ends(self) -> None:
        """The meeting is closed."""
        await self.fran.asks("close")
        await self.ann.is_closed()
        async with asyncio.timeout(5):
            while True:
                async with self.servers.store.reading() as c:
                    if await c.scalar(select(meetings.c.closed_on).where(meetings.c.id == self.servers.room)):
                        break
                await asyncio.sleep(0.05)


@pytest.fixture(scope="module")
async def evening(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Evening]:
    """A whole evening, on two real servers."""
    directory = tmp_path_factory.mktemp("canary")
    async with (
        a_valkey(directory / "redis", EVERYTHING_KEPT) as valkey,
        served_for_real(directory, valkey.url, 2, HEARTH_LOG_LEVEL="debug", FORWARDED_ALLOW_IPS="127.0.0.1") as servers,
    ):
        evening = Evening(directory, servers, valkey)
        await evening.a_key_is_made()
        evening.fran = await servers.gathers()
        evening.ann = await (await servers.person(evening.name, Role.MEMBER, 1)).enters()
        await evening.somebody_is_to_be_called()
        await evening.everything_is_said()
        await evening.somebody_waits()
        await evening.it_is_said_aside()
        await evening.it_is_written_for_a_reader()
        await evening.redis_is_copied()
        await evening.it_is_kept_for_a_while()
        await evening.something_is_reported()
        await evening.frames_are_broken()
        await evening.pages_are_asked()
        await evening.something_breaks()
        await evening.it_ends()
        yield evening


def test_the_search_finds_a_word_in_any_disguise() -> None:
    word = rare()
    hidden = [word, word.upper(), word.encode().hex(), word.encode().hex().upper()]
    hidden += [base64.b64encode(f"{'y' * n}{word}".encode()).decode() for n in range(5)]
    for content in (*(one.encode() for one in hidden), word.encode("utf-16"), word.encode("utf-16-be")):
        assert traces(word, b"before" + content + b"after")
    assert not traces(word, rare().encode())


def test_the_word_is_in_no_file_of_the_server_of_redis_or_of_anything_between(evening: Evening) -> None:
    seen = list(files(evening.directory))
    assert {*KEPT_IN, "secret", "server-0.log", "server-1.log", "dump.rdb"} <= {path.name for path in seen}
    assert any(path.name.endswith(".aof") for path in seen)
    assert [path.name for path in seen if traces(evening.word, path.read_bytes())] == []


async def test_no_half_of_the_key_is_anywhere_but_on_paper(evening: Evening) -> None:
    """Nor both together; nor any three words of a half as they were typed."""
    halves = [in_words.half(" ".join(words)) for words in evening.papers]
    keys = [half for half in halves if isinstance(half, bytes)]
    assert len(keys) == 2
    keys.append(boxes.joined(*keys))
    threes = [gap.join(words[at : at + 3]) for words in evening.papers for at in range(22) for gap in (" ", "+", '","')]
    looked = [(path.name, path.read_bytes()) for path in files(evening.directory)]
    looked += [("the memory of Redis", memory(evening.valkey.pid))]
    looked += [("the slow log", repr(await evening.servers.redis.slowlog_get(100_000)).encode())]
    if databases.POSTGRESQL:
        looked += [("the database", content) async for content in databases.files_of(evening.servers.store)]
    for where, content in looked:
        for key in keys:
            assert key not in content, where
            assert not traces(key.hex(), content), where
            assert base64.b64encode(key)[:-4] not in content, where
        assert not [three for three in threes if three.encode() in content], where


async def test_the_address_somebody_came_from_is_in_no_file_and_not_in_redis(evening: Evening) -> None:
    """Wrong passwords were counted for it, as a proxy reported it: under a hash whose key is another one tomorrow."""
    home = evening.home
    async with evening.servers.store.reading() as c:
        rows = (await c.execute(select(throttle))).all()
    assert rows, "there were tries"
    kept = [("the database", b"".join(row.key for row in rows) + repr(rows).encode())]
    kept += [(path.name, path.read_bytes()) for path in files(evening.directory)]
    kept.append(("the slow log", repr(await evening.servers.redis.slowlog_get(100_000)).encode()))
    for where, content in kept:
        assert home.packed[:8] not in content, where
        assert not [one for one in (str(home), home.exploded, home.packed[:8].hex()) if traces(one, content)], where


@pytest.mark.skipif(not databases.POSTGRESQL, reason="the records are a file, searched above")
async def test_the_word_is_in_no_file_of_the_database_its_log_of_changes_included(evening: Evening) -> None:
    found = {True: 0, False: 0}
    async for content in databases.files_of(evening.servers.store):
        assert not traces(evening.word, content)
        found[bool(traces(evening.name, content))] += 1
    assert found[True]  # so it is searched where something is written


def test_the_logs_tell_what_broke_and_nothing_of_what_was_said(evening: Evening) -> None:
    said = "".join(server.log.read_text() for server in evening.servers.servers)
    assert "A page broke." in said
    assert "RecordsBroken" in said
    assert not traces(evening.name, said.encode())
    assert evening.ann.member not in said
    assert "127.0.0.1" not in said.replace("http://127.0.0.1", "")


async def test_the_word_is_not_in_the_slow_log(evening: Evening) -> None:
    said = repr(await evening.servers.redis.execute_command("SLOWLOG", "GET", "-1")).encode()  # type: ignore[no-untyped-call]
    assert said.count(b"EVALSHA") > 10
    assert not traces(evening.word, said)
    assert not traces(evening.name, said)


def test_neither_word_nor_name_is_in_the_memory_of_redis(evening: Evening) -> None:
    remembered = memory(evening.valkey.pid)
    assert len(remembered) > 1_000_000
    assert not traces(evening.word, remembered)
    assert not traces(evening.name, remembered)


async def test_the_word_is_in_no_row_and_the_name_in_its_own_columns_alone(evening: Evening) -> None:
    where = set()
    async with evening.servers.store.reading() as c:
        for table in metadata.sorted_tables:
            for row in (await c.execute(select(table))).mappings():
                for column, value in row.items():
                    content = value if isinstance(value, bytes) else str(value).encode()
                    assert not traces(evening.word, content)
                    if traces(evening.name, content):
                        where.add(f"{table.name}.{column}")
    assert "members.name" in where
    assert where <= {"members.name", "members.folded"}  # folded: with letters that look alike made the same


def test_the_name_is_in_no_file_but_the_records(evening: Evening) -> None:
    found = {path.name for path in files(evening.directory) if traces(evening.name, path.read_bytes())}
    assert bool(found) == bool(KEPT_IN)
    assert found <= {"hearth.sqlite", "hearth.sqlite-wal"}


def _raw(answer: object) -> bytes:
    assert isinstance(answer, bytes)
    return answer


async def _sealed(copy: Path, room: RoomId) -> dict[str, list[bytes]]:
    """Everything sealed of a room in a copy of Redis' files, by what kind of thing it is sealed as."""
    found: dict[str, list[bytes]] = {"notice": [], "condition": []}
    async with a_valkey(copy, EVERYTHING_KEPT) as valkey, Redis.from_url(valkey.url) as redis:
        async for key in redis.scan_iter(f"*{room}*"):
            if _raw(await redis.type(key)) == b"string":
                found["notice"].append(_raw(await redis.get(key)))
            elif _raw(key).endswith(b":state"):
                epoch, condition = await redis.hmget(key, ["epoch", "condition"])
                found["condition"].append(_raw(epoch) + b" 0 0 0 0\n" + _raw(condition))
    return found


def _opened(key: bytes, room: RoomId, sealed: dict[str, list[bytes]]) -> list[bytes]:
    """All that opens with a key."""
    seal, opened = Seal(key, room), []
    for kind, everything in sealed.items():
        for one in map(head, everything):
            try:
                opened.append(seal.open(one.sealed, one.epoch, kind))
            except Unsealable:
                continue
    return opened


async def test_a_copy_of_redis_files_made_in_the_meeting_opens_nothing_after_it_closed(evening: Evening) -> None:
    room = evening.servers.room
    secret = bytes.fromhex((evening.servers.data / "secret").read_text())
    copy = evening.directory.parent / f"{evening.directory.name}-again"
    shutil.copytree(evening.directory / "copied", copy)
    sealed = await _sealed(copy, room)
    assert len(sealed["notice"]) == 3, "two messages and a proposal"
    async with evening.servers.store.reading() as c:
        row = (await c.execute(select(meetings).where(meetings.c.id == room))).mappings().one()
    left = [value for value in row.values() if isinstance(value, bytes)]
    assert evening.salt
    assert evening.salt not in left

    for salt in (b"", bytes(32), room.encode(), *left):
        for purpose in (b"notice", b"receipt", b""):
            assert _opened(derived(secret, salt, purpose), room, sealed) == []

    with_the_salt = _opened(derived(secret, evening.salt, b"notice"), room, sealed)
    assert any(evening.word.encode() in one for one in with_the_salt), "with the salt that is erased now, it would"
    assert not any(traces(evening.salt.hex(), path.read_bytes()) for path in files(evening.directory))
    assert not any(evening.salt in path.read_bytes() for path in files(evening.directory))


@pytest.mark.sqlite("its file is searched")
async def test_switched_off_nothing_is_left_that_opens_what_a_group_kept(evening: Evening) -> None:
    """Redis' files still hold it, for it was made to write down all it could; the salt is nowhere any more."""
    assert len(evening.history_salt) == 32
    assert not [path.name for path in files(evening.directory) if evening.history_salt in path.read_bytes()]
    async with evening.servers.store.reading() as c:
        assert not [row for row in await c.scalars(select(meetings.c.history_salt)) if row]


SEALED = (
    "contacts.box",
    "contact_openings.asking",
    "appeals.asking",
    "appeals.answer",
    "remarks.content",
    "reports.content",
    "reports.answer",
    "reports.reporter",
)


def _kept(evening: Evening) -> bytes:
    """The database's file and its log of changes, and a copy of the database made now, as before an upgrade."""
    copy = evening.directory.parent / f"{evening.directory.name}-copy.db"
    copy.unlink(missing_ok=True)
    copies.copy(evening.servers.data / "hearth.sqlite", copy)
    beside = [path for path in evening.servers.data.iterdir() if path.name.startswith("hearth.sqlite")]
    return b"".join(path.read_bytes() for path in (*beside, copy))


@pytest.mark.sqlite("its file is searched")
async def test_after_their_time_not_a_byte_is_left_of_what_was_written_for_a_reader(evening: Evening) -> None:
    """The last of these tests: what they look at is gone afterwards."""
    store, sealed = evening.servers.store, dict[str, bytes]()
    async with store.reading() as c:
        for column in SEALED:
            table, name = column.split(".")
            its = metadata.tables[table].c[name]
            sealed[column] = await c.scalar(select(its).where(its.is_not(None))) or b""
    before = _kept(evening)
    assert {column for column in SEALED if sealed[column] and sealed[column][:40] in before} == set(SEALED)
    async with store.erasing() as c:
        secret = bytes.fromhex((evening.servers.data / "secret").read_text())
        await expire(c, Millis(now() + 400 * DAY), Ledger(secret))
    after = _kept(evening)
    for column, value in sealed.items():
        pieces = [value[start : start + 16] for start in range(0, len(value) - 16, 16)]
        assert not any(piece in after for piece in pieces), column
    assert not traces(evening.word, after)
