"""Every value of every table, also of tables that are not Hearth's, for whoever looks for what must not be there.

And what the database server itself keeps beside its tables, as far as it shows it to the user it is asked as.
"""

from collections.abc import AsyncIterator
from contextlib import suppress

from sqlalchemy import func, inspect, select, table, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from chat.records.engine import engine_for

ROWS = 200
PIECE = 4 * 1024 * 1024
Piece = tuple[str, bytes]
"""Which table, or which file; and some of what is in it."""
_OURS = text("SELECT 'base/' || oid FROM pg_database WHERE datname = current_database()")


class Unshown(Exception):
    """This user may not look there."""


class Contents:
    """Owns a look into one database. To be ended with `close`."""

    def __init__(self, url: str) -> None:
        self._engine: AsyncEngine = engine_for(url, patience=600)

    @property
    def sqlite(self) -> bool:
        """Whether its tables and its log are files on this machine."""
        return self._engine.dialect.name == "sqlite"

    @property
    def file(self) -> str:
        """Of SQLite: where it is."""
        return self._engine.url.database or ""

    async def close(self) -> None:
        """Lets the database go."""
        await self._engine.dispose()

    async def tables(self) -> list[tuple[str | None, str]]:
        """Schema and name of every table that is not the database's own. Raises SQLAlchemyError."""
        async with self._reading() as c:
            return await c.run_sync(lambda sync: list(_tables(inspect(sync))))

    async def values(self, schema: str | None, name: str) -> AsyncIterator[bytes]:
        """Every value in a table. Raises SQLAlchemyError."""
        async with self._reading() as c:
            everything = select(text("*")).select_from(table(name, schema=schema))
            async with c.stream(everything, execution_options={"yield_per": ROWS}) as rows:
                async for row in rows:
                    for value in row:
                        if value is not None:
                            yield _bytes(value)

    async def remembered(self) -> AsyncIterator[bytes]:
        """Of PostgreSQL: statements that run or ran, with their values as far as they stand in them."""
        for statement in ("SELECT query FROM pg_stat_activity", "SELECT query FROM pg_stat_statements"):
            async with self._reading() as c:
                with suppress(DBAPIError):  # that extension is not there
                    for value in await c.scalars(text(statement)):
                        yield _bytes(value or "")

    async def directory(self) -> str | None:
        """Of PostgreSQL: where it keeps its files; None if it does not say."""
        async with self._reading() as c:
            with suppress(DBAPIError):
                return str(await c.scalar(text("SELECT current_setting('data_directory')")))
        return None

    async def files(self) -> AsyncIterator[Piece]:
        """Of PostgreSQL: this database's files, its log of changes (WAL), its log. Raises Unshown, SQLAlchemyError."""
        async with self._reading() as c:
            with suppress(DBAPIError):
                async with c.begin_nested():
                    await c.execute(text("CHECKPOINT"))  # what is only in its memory until then
            logs = str(await c.scalar(text("SELECT current_setting('log_directory')")))
            for directory in (str(await c.scalar(_OURS)), "pg_wal", logs):
                async for piece in self._within(c, directory, optional=directory == logs):
                    yield piece

    async def _within(self, c: AsyncConnection, directory: str, *, optional: bool) -> AsyncIterator[Piece]:
        try:
            async with c.begin_nested():
                listed = text("SELECT name FROM pg_ls_dir(:of) AS name")
                names: list[str] = list(await c.scalars(listed, {"of": directory}))
        except DBAPIError as error:
            if optional and getattr(error.orig, "sqlstate", "") == "58P01":  # it writes no log there
                return
            raise Unshown from None
        for name in names:
            at = 0
            while piece := await _piece(c, f"{directory}/{name}", at):
                yield f"{directory}/{name}", piece
                at += len(piece)

    def _reading(self) -> AsyncConnection:
        options = {"hearth_begins": "BEGIN"} if self.sqlite else {"postgresql_readonly": True}
        return self._engine.execution_options(**options).connect()


async def _piece(c: AsyncConnection, file: str, at: int) -> bytes:
    """Empty at its end, and of a directory or a file that is gone."""
    try:
        async with c.begin_nested():
            return bytes(await c.scalar(select(func.pg_read_binary_file(file, at, PIECE, True))) or b"")
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") == "42501":
            raise Unshown from None
        return b""


def _tables(inspector: object) -> list[tuple[str | None, str]]:
    schemas = [one for one in inspector.get_schema_names() if not one.startswith(("pg_", "information_schema"))]  # type: ignore[attr-defined]
    return [(one, name) for one in schemas for name in inspector.get_table_names(one)]  # type: ignore[attr-defined]


def _bytes(value: object) -> bytes:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    return str(value).encode("utf-8", "surrogateescape")
