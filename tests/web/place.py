"""The website as it is served, with people at their browsers and in its rooms; nothing in it stands in for anything."""

import asyncio
import itertools
import re
from html import unescape
from ipaddress import IPv4Address
from typing import Any, Self
from urllib.parse import urlsplit

from httpx import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette

from chat.core.customs import DROP_IN
from chat.core.ids import GroupId, MemberId
from chat.core.wire import Role
from chat.records import accounts, agreements, groups, invitations, members, visits
from chat.records.groups import Group
from chat.records.keys import now
from tests.cast import Person
from web.customs import keep
from web.site import Site

PASSWORD = "copper lantern willow seventeen"
_homes = itertools.count(int(IPv4Address("10.0.0.1")))


class Browser:
    """One person's browser, at an address of its own."""

    def __init__(self, place: "Place", headers: dict[str, str], login: str = "") -> None:
        self.place = place
        self.login = login
        self.member: MemberId | None = None
        transport = ASGITransport(place.app, client=(str(IPv4Address(next(_homes))), 50_000))
        self.client = AsyncClient(transport=transport, base_url=place.address, headers=headers)

    @property
    def cookie(self) -> str:
        """What the visit's cookie holds."""
        return self.client.cookies[self.place.cookie]

    async def sees(self, path: str) -> Response:
        """Opens a page."""
        return await self.client.get(path)

    async def code(self, path: str = "/sign-in") -> str:
        """What a form on this page carries."""
        return code_in((await self.sees(path)).text)

    async def sends(self, path: str, shown_at: str | None = None, **typed: str) -> Response:
        """Opens the page with the form (`shown_at`, else any with one), fills it in and sends it."""
        shown = shown_at or ("/account" if self.login else "/sign-in")
        return await self.client.post(path, data={"form": await self.code(shown), **typed})

    async def signs_in(self, login: str, password: str = PASSWORD) -> Self:
        """Signs in, as it should go."""
        answer = await self.sends("/sign-in", "/sign-in", login=login, password=password)
        assert answer.status_code == 303
        self.login = login
        return self

    async def opens_the_meeting(self, group: Group) -> str:
        """Opens the room of a group, as its facilitator; gives the path of the room."""
        answer = await self.sends(f"/groups/{group.id}/meeting")
        assert answer.status_code == 303
        return answer.headers["location"]

    async def connects(self, room: str, **others: Any) -> Person:
        """Opens the room's socket with this browser's cookie; whether it lets them in is to be heard."""
        return await self._at(room).connects(**others)

    async def enters(self, room: str) -> Person:
        """Sits down in the room."""
        return await self._at(room).enters()

    def _at(self, room: str) -> Person:
        address = f"ws://127.0.0.1:{self.place.port}{room}/socket"
        person = Person(self.login, self.member or MemberId(""), address, self.cookie)
        self.place.seated.append(person)
        return person


async def at_once(seat: Person) -> int:
    """The code with which a seat closes soon, not only when everybody is looked at again (each 15 s)."""
    async with asyncio.timeout(2):
        return await seat.is_closed()


def code_in(page: str) -> str:
    found = re.search(r'name="form" value="([0-9a-f]+)"', page)
    assert found, "no form here"
    return found[1]


def text_of(answer: Response) -> str:
    """What somebody reads."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.text)))


class Place:
    """A website with two groups of its own for each test; everybody in it has the same password."""

    def __init__(self, app: Starlette, port: int) -> None:
        self.app = app
        self.port = port
        self.site: Site = app.state.site
        self.store = self.site.store
        self.address = self.site.address
        self.cookie = "__Host-visit" if self.site.https else "visit"
        self.seated: list[Person] = []
        self.tuesday = self.friday = Group(GroupId(""), "")
        self._kept = ""

    async def begins(self) -> None:
        """Two new groups."""
        self._kept = self._kept or await self.site.passwords.hash(PASSWORD)
        async with self.store.writing() as c:
            self.tuesday, self.friday = await groups.create(c, "Tuesday evening"), await groups.create(c, "Friday")
            for group in (self.tuesday, self.friday):
                await keep(c, group.id, DROP_IN)

    async def rests(self) -> None:
        """Nobody is in a room any more."""
        for person in self.seated:
            await person.rests()
        self.seated.clear()

    def stranger(self, **headers: str) -> Browser:
        """A browser that nobody has signed in with."""
        return Browser(self, headers)

    async def person(
        self, word: str, role: Role | None = None, group: Group | None = None, *, administrator: bool = False
    ) -> Browser:
        """Somebody signed in; in `group` with consent, if there is one."""
        browser = self.stranger()
        async with self.store.writing() as c:
            account = await accounts.create(c, word, self._kept, administrator=administrator)
            token = await visits.start(c, account.id, now(), "Firefox on Linux")
            if role and group:
                version = (await agreements.current(c, group.id)).version
                browser.member = (await members.join(c, group.id, account.id, word.title(), role, version)).id
        browser.login = account.login
        browser.client.cookies.set(self.cookie, token, domain=urlsplit(self.address).hostname or "")
        return browser

    async def joins(self, browser: Browser, group: Group, name: str, role: Role = Role.MEMBER) -> MemberId:
        """Somebody who has an account is in one more group, with consent."""
        async with self.store.writing() as c:
            kept = await accounts.by_login(c, browser.login)
            assert kept
            version = (await agreements.current(c, group.id)).version
            return (await members.join(c, group.id, kept.account.id, name, role, version)).id

    async def invitation(self, role: Role = Role.MEMBER, uses: int = 1) -> str:
        """The path of a link into Tuesday's group."""
        async with self.store.writing() as c:
            anybody = await accounts.create(c, "somebody", self._kept)
            _, token = await invitations.create(c, self.tuesday.id, role, anybody.id, now(), 7, uses)
        return f"/invitations/{token}"
