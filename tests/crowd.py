"""Rooms full of people, made at once: more than could come in through pages one by one."""

import secrets

from msgspec import Struct

from chat.core.customs import DROP_IN
from chat.core.ids import MemberId
from chat.core.wire import Role
from chat.records import accounts, agreements, groups, meetings, members, visits
from chat.records.keys import now
from chat.records.store import Store
from tests.limits import LIMITS
from tests.raw import Raw
from web.customs import keep
from web.terms import settle


class Crowd(Struct, frozen=True):
    """A room's address and the cookie of everybody who may come; the first facilitates."""

    path: str
    cookies: list[str]


async def crowds(store: Store, rooms: int, size: int) -> list[Crowd]:
    """Groups of `size` with their meetings open; no room has begun yet."""
    async with store.writing() as c:
        found = []
        for _ in range(rooms):
            group = (await groups.create(c, secrets.token_hex(4))).id
            await keep(c, group, DROP_IN)  # nobody waits, unless a test is about waiting
            await settle(c, LIMITS, group)
            version = (await agreements.current(c, group)).version
            cookies = []
            for place in range(size):
                account = await accounts.create(c, _word(), "no password")
                role = Role.MEMBER if place else Role.FACILITATOR
                await members.join(c, group, account.id, f"Person {place}", role, version)
                cookies.append(await visits.start(c, account.id, now(), "a crowd"))
            room = (await meetings.open(c, group, MemberId("nobody"), now())).id
            found.append(Crowd(f"/rooms/{room}/socket", cookies))
    return found


def _word() -> str:
    """Of a login; one word is used up after some thousand accounts."""
    return "".join(secrets.choice("abcdefghijklmnop") for _ in range(8))


async def holds(port: int, crowd: Crowd) -> Raw:
    """The facilitator comes and lets the room go on: one that no page has begun begins paused."""
    first = await Raw.enters(port, crowd.path, crowd.cookies[0])
    await first.until(lambda: first.frames, 30)
    first.asks("resume", ref="r-1")
    await first.until(lambda: any(b'"resumed"' in frame for frame in first.frames), 30)
    return first
