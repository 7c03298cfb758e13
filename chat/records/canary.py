"""A group of nobody, made to prove that nothing said in its room stays; its name says so, and it is erased afterwards.

Its accounts' logins hold a hyphen, as no real person's does (`accounts.WORD`), and no password opens them.
"""

import secrets

from msgspec import Struct
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.ids import AccountId, GroupId, MemberId, Millis
from chat.core.wire.frame import Role
from chat.records import agreements, groups, members, visits
from chat.records.keys import HOUR, day, fresh_id
from chat.records.tables import accounts

LOGIN = "prove-"
NAME = "hearth prove: a test of this server, nobody real is in it"
NO_PASSWORD = "-"  # noqa: S105  no hash, so that no password matches it


class Pair(Struct, frozen=True):
    """One who facilitates, and one who speaks; with what the cookies of their visits hold."""

    group: GroupId
    holds: str
    speaks: str

    def __repr__(self) -> str:
        return "<Pair>"


async def make(c: AsyncConnection, now: Millis, customs: str | None) -> Pair:
    """`customs`: how this group does things, as JSON."""
    group = (await groups.create(c, NAME)).id
    await groups.adopt(c, group, customs)
    holds, speaks = [await _person(c, group, name, role, now) for name, role in _PEOPLE]
    return Pair(group, holds, speaks)


_PEOPLE = (("Test holder", Role.FACILITATOR), ("Test speaker", Role.MEMBER))


async def _person(c: AsyncConnection, group: GroupId, name: str, role: Role, now: Millis) -> str:
    account = AccountId(fresh_id())
    row = {"id": account, "login": LOGIN + secrets.token_hex(8), "password_hash": NO_PASSWORD}
    await c.execute(insert(accounts).values(**row, administrator=False, created_on=day(now)))
    await members.join(c, group, account, name, role, (await agreements.current(c, group)).version, now)
    return await visits.start(c, account, now, "hearth prove", idle=HOUR, longest=HOUR)


async def clear(c: AsyncConnection) -> list[MemberId]:
    """Erases all such groups and accounts, also of a proof that was broken off. Use `Store.erasing`."""
    mine = [AccountId(one) for one in await c.scalars(select(accounts.c.id).where(accounts.c.login.startswith(LOGIN)))]
    gone: list[MemberId] = []
    for account in mine:
        for place in await groups.of(c, account):
            await groups.erase(c, place.group.id)
            gone.append(place.member.id)
        await members.leave_all(c, account)
        await c.execute(delete(accounts).where(accounts.c.id == account))
    return gone
