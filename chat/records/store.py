"""One door to the records: whoever reads sees one moment, whoever writes is alone, and what is erased is gone.

SQLite (the default): write-ahead log; one writer at a time, which takes the file at once with `BEGIN IMMEDIATE`
(a transaction that reads first and writes later fails without waiting: aiosqlite #251). Deleted rows are overwritten
(`secure_delete`), and `forget` empties the log, in which they would otherwise stand until the next checkpoint.
PostgreSQL: `forget` vacuums; its own log (WAL) and backups end with their retention, which the operator sets.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager, nullcontext
from pathlib import Path

from sqlalchemy import URL, Connection, event, make_url, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from chat.core.errors import ChatError

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA secure_delete=ON",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",  # ms
    "PRAGMA temp_store=MEMORY",  # a sort must not leave rows in a temporary file
)
_Options = dict[str, bool | str]
_READ: _Options = {"hearth_begins": "BEGIN", "postgresql_readonly": True}
_WRITE: _Options = {"hearth_begins": "BEGIN IMMEDIATE"}
_ALONE: _Options = {"hearth_begins": ""}
"""Outside any transaction; not by `AUTOCOMMIT`, after which the driver would begin by itself (aiosqlite's default)."""


class RecordsUnreachable(ChatError):
    """The database does not answer, is full or is locked for longer than 5 s. Nothing of this transaction was kept."""


class RecordsBroken(ChatError):
    """A statement of ours that the database refuses: its code and how the statement begins, never a value."""


def address(url: str) -> URL:
    """`url` with the driver we use: `sqlite:///file` or `postgresql://…` (also `postgres://`). Raises ValueError."""
    given = make_url(url)
    match given.drivername.split("+")[0]:
        case "sqlite":
            return given.set(drivername="sqlite+aiosqlite")
        case "postgresql" | "postgres":
            query = {"ssl" if key == "sslmode" else key: value for key, value in given.query.items()}
            return given.set(drivername="postgresql+asyncpg", query=query)
        case other:
            raise ValueError(f"Records are kept in SQLite or PostgreSQL, not in {other}.")


def engine_for(url: str, *, patience: int = 10) -> AsyncEngine:
    """An engine whose errors never quote the values of a row. `patience`: s for one statement, on PostgreSQL."""
    where = address(url)
    if where.get_backend_name() == "postgresql":
        limits = {"timeout": 5, "command_timeout": patience}  # s
        return create_async_engine(where, hide_parameters=True, pool_pre_ping=True, connect_args=limits)
    if where.database:
        _private(Path(where.database))
    engine = create_async_engine(where, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _private(file: Path) -> None:
    """Made before SQLite makes it: its log and index files take over these permissions."""
    os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    file.chmod(0o600)


def _prepare(connection: object, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined]  # `_begin` begins, not the driver
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    begins = str(connection.get_execution_options().get("hearth_begins", "BEGIN IMMEDIATE"))
    connection.exec_driver_sql(f"PRAGMA query_only={'ON' if begins == 'BEGIN' else 'OFF'}")
    if begins:
        connection.exec_driver_sql(begins)


@contextmanager
def _reaching(also: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    gone: tuple[type[Exception], ...] = (OperationalError, InterfaceError, PoolTimeout, *also)
    safe: ChatError
    try:
        yield
    except gone as error:
        safe = RecordsUnreachable(_code(error))
    except DBAPIError as error:
        safe = RecordsBroken(f"{_code(error)} in {(error.statement or '')[:80]}")
    else:
        return
    raise safe from None  # PostgreSQL's errors quote the row they are about


def _code(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    return getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None) or type(cause).__name__


class Store:
    """Owns the engine, and who may write."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._sqlite = engine.dialect.name == "sqlite"
        self._alone = asyncio.Lock()

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str) -> AsyncIterator["Store"]:
        """The records at `url`, already migrated. Connects at the first use."""
        engine = engine_for(url)
        try:
            yield cls(engine)
        finally:
            await engine.dispose()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """One moment of the records, read only. Raises RecordsUnreachable."""
        with _reaching():
            async with self._connected(_READ) as c:
                yield c

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction: committed at its end, rolled back on any error. Raises RecordsUnreachable."""
        with _reaching():
            async with self._turn(), self._connected(_WRITE) as c, c.begin():
                yield c

    @asynccontextmanager
    async def erasing(self) -> AsyncIterator[AsyncConnection]:
        """Like `writing`, for what must leave no trace in the file."""
        async with self.writing() as c:
            yield c
        await self.forget()

    @asynccontextmanager
    async def _connected(self, options: _Options) -> AsyncIterator[AsyncConnection]:
        async with AsyncExitStack() as life:
            with _reaching((OSError,)):  # only here: an OSError later may be somebody else's
                c = await life.enter_async_context(self._engine.connect())
            await c.execution_options(**options)
            yield c

    def _turn(self) -> AbstractAsyncContextManager[object]:
        return self._alone if self._sqlite else nullcontext()

    async def forget(self) -> None:
        """Takes what was erased out of the file, too. Raises RecordsUnreachable."""
        with _reaching():
            async with (
                self._turn(),
                self._connected(_ALONE if self._sqlite else {"isolation_level": "AUTOCOMMIT"}) as c,
            ):
                await c.execute(text("PRAGMA wal_checkpoint(TRUNCATE)" if self._sqlite else "VACUUM"))

    async def ping(self) -> None:
        """Raises RecordsUnreachable."""
        async with self.reading() as c:
            await c.execute(text("SELECT 1"))
