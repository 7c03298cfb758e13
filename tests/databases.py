"""Where a test keeps its records: a file of its own or, with HEARTH_TEST_DATABASE_URL, a database of its own.

That address is of a PostgreSQL (15 or newer) and of a user who may create databases there. Migrating for each test
would take half of all the time: it is done once, and what comes of it is copied.
"""

import asyncio
import contextlib
import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import URL, make_url, text
from sqlalchemy.exc import DBAPIError

from chat.records.engine import engine_for
from chat.records.store import Store
from config.migrate import migrate

POSTGRESQL = os.environ.get("HEARTH_TEST_DATABASE_URL")
NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing" if POSTGRESQL else "sqlite:////nowhere/at/all"
"""Records that cannot be reached."""
_COPIES_WITHIN = 60
"""Seconds; it takes a tenth of one on a quiet machine."""
_templates: dict[str, str] = {}
"""By server (or `""` for SQLite): the name of the migrated database, or file, that is copied."""


@asynccontextmanager
async def empty(file: Path) -> AsyncIterator[str]:
    """The address of records with nothing in them, not even tables, as long as this is open. `file`: for SQLite."""
    if POSTGRESQL is None:
        yield f"sqlite:///{file}"
        return
    async with a_database(POSTGRESQL) as url:
        yield url


@asynccontextmanager
async def migrated(file: Path) -> AsyncIterator[str]:
    """The address of records of today's shape, with nobody in them yet, as long as this is open."""
    if POSTGRESQL is None:
        shutil.copy(await _template(""), file)
        yield f"sqlite:///{file}"
        return
    async with a_database(POSTGRESQL, await _template(POSTGRESQL)) as url:
        yield url


@asynccontextmanager
async def a_database(server: str, template: str = "template0") -> AsyncIterator[str]:
    """The address of a new database, which is gone afterwards whoever still uses it."""
    name = f"hearth_test_{secrets.token_hex(8)}"
    await run(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")  # twice as fast
    try:
        yield _named(server, name)
    finally:
        await run(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


async def is_lost(url: str) -> None:
    """Somebody takes the database away while it is being used."""
    if POSTGRESQL is None:
        shutil.rmtree(Path(str(make_url(url).database)).parent)
    else:
        await run(POSTGRESQL, f"DROP DATABASE {make_url(url).database} WITH (FORCE)")


def refusing(*tables: str) -> list[str]:
    """Statements after which nothing can be added to these tables."""
    if POSTGRESQL is None:
        before = "CREATE TRIGGER no_{0} BEFORE INSERT ON {0} BEGIN SELECT RAISE(ABORT, 'no'); END"
        return [before.format(table) for table in tables]
    no = "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$"
    return [no, *(f"CREATE TRIGGER no_{one} BEFORE INSERT ON {one} EXECUTE FUNCTION no()" for one in tables)]


def accepting(*tables: str) -> list[str]:
    """Statements after which it can again."""
    return [f"DROP TRIGGER no_{table}" + (f" ON {table}" if POSTGRESQL else "") for table in tables]


async def files_of(store: Store) -> AsyncIterator[bytes]:
    """What is in PostgreSQL's files of this database and in its log of changes (WAL), after all of it was written."""
    async with store.reading() as c:
        await c.execute(text("CHECKPOINT"))
        ours = "SELECT 'base/' || oid FROM pg_database WHERE datname = current_database()"
        for directory in [await c.scalar(text(ours)), "pg_wal"]:
            listed = text("SELECT name FROM pg_ls_dir(:of) AS name")
            for name in list(await c.scalars(listed, {"of": directory})):
                read = text("SELECT pg_read_binary_file(:file)")
                with contextlib.suppress(DBAPIError):  # a directory
                    async with c.begin_nested():
                        yield await c.scalar(read, {"file": f"{directory}/{name}"}) or b""


def forgotten() -> None:
    """Takes away what was copied from; at the end of all tests."""
    for server, name in _templates.items():
        if server:
            with contextlib.suppress(Exception):  # that server may be gone: then the template is, too
                asyncio.run(run(server, f"DROP DATABASE {name}"))
        else:
            shutil.rmtree(Path(name).parent)
    _templates.clear()


async def _template(server: str) -> str:
    if server not in _templates:
        if server:
            name = f"hearth_template_{secrets.token_hex(8)}"
            await run(server, f"CREATE DATABASE {name} TEMPLATE template0")
            await migrate(_named(server, name))
        else:
            name = str(Path(tempfile.mkdtemp(prefix="hearth-records-")) / "hearth.sqlite")
            await migrate(f"sqlite:///{name}")
        _templates[server] = name
    return _templates[server]


def _named(server: str, name: str) -> str:
    url: URL = make_url(server)
    return url.set(database=name).render_as_string(hide_password=False)


async def run(server: str, statement: str) -> None:
    """A statement outside any transaction, by whoever looks after the server."""
    engine = engine_for(server, patience=_COPIES_WITHIN)
    try:
        async with engine.connect() as c:
            await c.execution_options(isolation_level="AUTOCOMMIT")
            await c.execute(text(statement))
    finally:
        await engine.dispose()
