"""Brings the records to the shape this version expects, once, whoever starts first; a copy is put aside before.

Imported only when a server starts: alembic costs half a second. Two processes that start together take turns: a lock
on a file beside SQLite's, an advisory lock on PostgreSQL. The second finds everything done.

The copy (SQLite only) is `config.copies`.
"""

import asyncio
import contextlib
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, event, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.pool import ConnectionPoolEntry

from chat.records.engine import address, engine_for
from config import copies
from config.migrations import HEAD, at_head, revision

PATIENCE = 120
"""How long, in seconds, one process waits for another's migration, and for one statement."""
_LOCK = 0x4845415254480001
"""Of PostgreSQL's advisory locks, the one that nobody else uses: `HEARTH` and 1."""


class Newer(Exception):
    """The records have had steps that this version does not know."""


async def migrate(url: str) -> None:
    """Runs every step that the records at `url` have not had: all of them, or none.

    Raises Newer with nothing done, not even a copy: it would take the place of one that is needed to go back. Raises
    TimeoutError if another process is at it for longer than two minutes; else what the database raises.
    """
    where = address(url)
    file = Path(where.database) if where.get_backend_name() == "sqlite" and where.database else None
    engine = engine_for(url, patience=PATIENCE)
    try:
        if file is None:
            await _upgrade(engine)
            return
        event.listen(engine.sync_engine, "connect", _without_cascades)
        async with _alone_beside(file):
            await _put_aside(engine, file, file.parent / copies.DIRECTORY)
            await _upgrade(engine)
    finally:
        await engine.dispose()


async def _upgrade(engine: AsyncEngine) -> None:
    async with engine.begin() as c:
        if c.dialect.name == "postgresql":
            await _alone_on(c)
        if await at_head(c):
            return
        _known(await revision(c))
        await c.run_sync(_run)
        if c.dialect.name == "sqlite" and (await c.execute(text("PRAGMA foreign_key_check"))).first():
            raise RuntimeError("A migration left rows that belong to nothing. Nothing was changed.")


def _known(had: str | None) -> None:
    if had and had.isdigit() and had > HEAD:  # four digits each
        raise Newer


def _run(connection: Connection) -> None:
    settings = alembic_settings()
    settings.attributes["connection"] = connection
    command.upgrade(settings, "head")


def alembic_settings() -> Config:
    """Where the steps are; everything alembic needs to know."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return settings


def _without_cascades(connection: object, _entry: ConnectionPoolEntry) -> None:
    """SQLite changes a table by making it anew; dropping the old one would erase every row that refers to it."""
    cursor = connection.cursor()  # type: ignore[attr-defined]  # SQLAlchemy's event does not say which driver's it is
    cursor.execute("PRAGMA foreign_keys=OFF")
    cursor.close()


async def _alone_on(c: AsyncConnection) -> None:
    async with asyncio.timeout(PATIENCE):
        taking = text("SELECT pg_try_advisory_xact_lock(:lock)")
        while not await c.scalar(taking, {"lock": _LOCK}):  # noqa: ASYNC110  another process holds it: no event tells
            await asyncio.sleep(0.2)


@asynccontextmanager
async def _alone_beside(file: Path) -> AsyncIterator[None]:
    lock = os.open(file.with_name(file.name + ".migrating"), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        async with asyncio.timeout(PATIENCE):
            while not _locked(lock):  # noqa: ASYNC110  another process holds it: no event tells
                await asyncio.sleep(0.05)
        yield
    finally:
        os.close(lock)  # and so unlocked, also when the process is killed


def _locked(lock: int) -> bool:
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


async def _put_aside(engine: AsyncEngine, file: Path, directory: Path) -> None:
    async with engine.connect() as c:
        had = await revision(c)
    _known(had)
    if had not in (None, HEAD):
        await asyncio.to_thread(copies.copy, file, directory / f"before-{HEAD}.db")
    await asyncio.to_thread(copies.delete_old, directory)
