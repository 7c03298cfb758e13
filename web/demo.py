"""Hearth for somebody who wants to look: a throw-away server with a group in it, and people to talk to."""

import asyncio
import secrets
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import cast

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.applications import Starlette

from chat.core.ids import AccountId, GroupId, MemberId
from chat.core.wire import Role
from chat.records import accounts, agreements, groups, members, starts, visits
from chat.records.keys import now
from config.settings import Settings
from web import serve
from web.companions.company import Account, Company
from web.companions.script import Person, Script, read
from web.limits import written
from web.site import Site
from web.terms import standing
from web.visit import cookie_name

GROUP = "Tuesday evening"
TITLE = "Demonstration"
"""Stands at the top of every page and in its tab."""
PASSED_ON = ("PORT", "REDIS_SERVER_BIN", "HEARTH_COUNTRY", "HEARTH_EXIT_URL")
"""Settings that a demo takes from its environment; a database or a Redis of somebody else's is left alone."""


class Guest(Struct, frozen=True):
    """Somebody who tries it: a link signs them in."""

    who: str
    name: str
    role: Role = Role.MEMBER


GUESTS = (
    Guest("You as facilitator", "Robin", Role.FACILITATOR),
    Guest("You as a member", "Alex"),
    Guest("Another member", "Sam"),
)


def demonstrate(environ: Mapping[str, str]) -> None:
    """Serves the demo until it is stopped; then everything it has written is erased.

    Raises config.settings.Misconfigured, web.serve.CannotServe.
    """
    with tempfile.TemporaryDirectory(prefix="hearth-demo-") as data:
        given = {name: environ[name] for name in PASSED_ON if name in environ}
        own = {"HOST": "127.0.0.1", "HEARTH_DATA": data, "HEARTH_NAME": TITLE}
        serve.run(Settings.read({"PORT": "0", **given, **own}), peopled)


@asynccontextmanager
async def peopled(settings: Settings, website: Starlette) -> AsyncIterator[str]:
    """Companions meet in the website as long as this is open; gives what to print."""
    site, script = cast(Site, website.state.site), read()
    password = await site.passwords.hash(secrets.token_urlsafe())  # known to nobody: the links are the way in
    async with site.store.writing() as c:
        founding = await _Founding.begin(c, password, written(await standing(c, site.limits)))
        accounts_ = {one.key: await founding.companion(one, cookie_name(site, "visit")) for one in script.everybody}
        links = [(guest, f"{site.address}/demo/{await founding.guest(guest)}") for guest in GUESTS]
    company = Company(script, accounts_, founding.group, site)
    await company.open()
    async with asyncio.TaskGroup() as tasks:
        meeting = tasks.create_task(company.run())
        yield _greeting(script, links)
        meeting.cancel()


class _Founding:
    """The first minutes of the group: everybody joins, with consent to its agreement."""

    def __init__(self, c: AsyncConnection, password: str, group: GroupId, version: int) -> None:
        self._c = c
        self._password = password
        self._version = version
        self.group = group

    @classmethod
    async def begin(cls, c: AsyncConnection, password: str, limits: str) -> "_Founding":
        """The group, with the default agreement."""
        group = await groups.create(c, GROUP, limits=limits)
        return cls(c, password, group.id, (await agreements.current(c, group.id)).version)

    async def companion(self, person: Person, cookie: str) -> Account:
        """One of the companions, signed in for longer than any demo lasts."""
        account, member = await self._join(person.name, person.role)
        token = await visits.start(self._c, account, now(), "", idle=visits.LONGEST, sure_for=visits.LONGEST)
        return Account(account, member, f"{cookie}={token}")

    async def guest(self, guest: Guest) -> str:
        """Somebody who is yet to come; the token of their link."""
        account, _ = await self._join(guest.name, guest.role)
        return await starts.demo(self._c, account, now())

    async def _join(self, name: str, role: Role) -> tuple[AccountId, MemberId]:
        account = await accounts.create(self._c, name.lower(), self._password)
        member = await members.join(self._c, self.group, account.id, name, role, self._version)
        return account.id, member.id


def _greeting(script: Script, links: Sequence[tuple[Guest, str]]) -> str:
    *names, last = [person.name for person in script.people]
    ways = "\n".join(f"  {f'{guest.who} ({guest.name}):':<30} {link}" for guest, link in links)
    return f"""Hearth is ready to be tried. Everything here is made up, and all of it is erased when you stop.

Press a link and you are in the room. Each signs in somebody else, so give each a browser
or a private window of its own:

{ways}

Things to try:
  Say hello, or how you are. {", ".join(names)} and {last} are scripted and will answer.
  As {links[1][0].name}, stay a while: the agreement is read in, everybody checks in (you may pass), hands go up.
  As {links[0][0].name}, you soon see that {script.late.name} waits at the door; one press lets them in.
  As {links[0][0].name}, mute somebody, pause the room, take a message back, or remove somebody.
  Press "Leave now", on any page, to be gone at once. The link brings you back.
  Close the meeting: the page empties itself, and nothing said is left. The next opens in about 20 seconds.

To stop: press Ctrl+C."""
