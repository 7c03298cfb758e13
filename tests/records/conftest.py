"""A fresh set of records for each test, and the people in it: Fran facilitates, Ann and Bob take part."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec import Struct

from chat.core.ids import AccountId, GroupId, Millis
from chat.core.wire.frame import Role
from chat.records import accounts, groups, members
from chat.records.groups import Group
from chat.records.ledger import Ledger
from chat.records.members import Member
from chat.records.store import Store
from tests import databases

LEDGER = Ledger(b"a secret of the tests, 32 bytes long")
NOON = Millis(1_780_056_000_000)
"""29 May 2026, noon UTC: no test here depends on today."""


class Circle(Struct, frozen=True):
    """A group with its people."""

    group: Group
    fran: Member
    ann: Member
    bob: Member


@pytest.fixture
async def empty(tmp_path: Path) -> AsyncIterator[str]:
    """The address of a database with nothing in it, not even tables."""
    async with databases.empty(tmp_path / "hearth.db") as url:
        yield url


@pytest.fixture
async def url(tmp_path: Path) -> AsyncIterator[str]:
    """The address of migrated records."""
    async with databases.migrated(tmp_path / "hearth.db") as url:
        yield url


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    """The records, as one process has them open."""
    async with Store.open(url) as store:
        yield store


@pytest.fixture
async def other(url: str) -> AsyncIterator[Store]:
    """The same records, as another process has them open."""
    async with Store.open(url) as store:
        yield store


@pytest.fixture
async def circle(store: Store) -> Circle:
    """Tuesday evening: Fran facilitates, Ann and Bob take part."""
    async with store.writing() as c:
        group = await groups.create(c, "Tuesday evening")
    fran = await joins(store, group.id, "Fran", Role.FACILITATOR)
    return Circle(group, fran, await joins(store, group.id, "Ann"), await joins(store, group.id, "Bob"))


async def signs_up(store: Store, word: str = "somebody") -> AccountId:
    """Somebody new makes an account."""
    async with store.writing() as c:
        return (await accounts.create(c, word, "a hash")).id


async def joins(
    store: Store, group: GroupId, name: str, role: Role = Role.MEMBER, account: AccountId | None = None
) -> Member:
    """Somebody joins a group with consent to its first agreement."""
    who = account or await signs_up(store)
    async with store.writing() as c:
        return await members.join(c, group, who, name, role, 1)
