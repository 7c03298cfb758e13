"""A fresh set of records for each test, and the people in it: Fran facilitates, Ann and Bob take part.

With HEARTH_TEST_DATABASE_URL (a PostgreSQL whose content may be lost) everything runs there, too.
"""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec import Struct
from sqlalchemy import text

from chat.core.ids import AccountId, GroupId, Millis
from chat.core.wire.frame import Role
from chat.records import accounts, groups, members
from chat.records.groups import Group
from chat.records.members import Member
from chat.records.store import Store, engine_for
from config.migrate import migrate

NOON = Millis(1_780_056_000_000)
"""29 May 2026, noon UTC: no test here depends on today."""
POSTGRES = os.environ.get("HEARTH_TEST_DATABASE_URL")
KINDS = ["sqlite", "postgresql"] if POSTGRES else ["sqlite"]


class Circle(Struct, frozen=True):
    """A group with its people."""

    group: Group
    fran: Member
    ann: Member
    bob: Member


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Which database keeps the records."""
    return str(request.param)


@pytest.fixture
async def empty(kind: str, tmp_path: Path) -> str:
    """The address of a database with nothing in it, not even tables."""
    if kind == "sqlite":
        return f"sqlite:///{tmp_path / 'hearth.db'}"
    assert POSTGRES
    engine = engine_for(POSTGRES)
    async with engine.begin() as c:
        await c.execute(text("DROP SCHEMA public CASCADE"))
        await c.execute(text("CREATE SCHEMA public"))
    await engine.dispose()
    return POSTGRES


@pytest.fixture(scope="session")
async def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file to copy: migrating for each test would take half of all the time."""
    file = tmp_path_factory.mktemp("records") / "hearth.db"
    await migrate(f"sqlite:///{file}")
    return file


@pytest.fixture
async def url(empty: str, migrated: Path, kind: str, tmp_path: Path) -> str:
    """The address of migrated records."""
    if kind == "sqlite":
        shutil.copy(migrated, tmp_path / "hearth.db")
    else:
        await migrate(empty)
    return empty


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
