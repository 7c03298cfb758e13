"""One door to the records: whoever reads sees one moment, whoever writes is alone, and what is erased is gone.

SQLite: one writer at a time. Deleted rows are overwritten, and `forget` empties the log, in which they would otherwise
stand until the next checkpoint.
PostgreSQL: what is erased is gone for every query at once, and `forget` vacuums its tables and indexes. Bytes of it may
stay in free space of those files until something else is written there, and do stay in the log (WAL) and in backups
until their retention ends, which the operator sets: whoever needs more encrypts those disks.

Whatever keeps the database from answering is `RecordsUnreachable`, and the next transaction tries anew: a PostgreSQL
that was restarted, has moved or was full is followed without a restart of Hearth. Nothing is repeated in here, for a
transaction's body is its caller's; whoever asked is told to try again.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
    nullcontext,
    suppress,
)

from msgspec import Struct
from sqlalchemy import Select, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from chat.core.errors import ChatError
from chat.records.engine import engine_for
from chat.records.glance import Found, Given, Glance
from chat.records.tables import metadata

AWAY = ("08", "25P03", "28", "3D", "40", "53", "55P03", "57", "58")
"""Classes of SQLSTATE (appendix A of PostgreSQL's manual), and single ones, by which a statement was not wrong but out
of luck: no connection, idle for too long, not let in, no such database, deadlock, too much, locked, shut down, disk."""
_VACUUM = f"VACUUM (SKIP_LOCKED, INDEX_CLEANUP ON) {', '.join(metadata.tables)}"
"""The indexes, too, which hold names; a table that is being vacuumed already is not waited for."""


class _Ways(Struct, frozen=True):
    """How one kind of database begins a transaction that reads one moment, one that writes, and none at all."""

    reading: Mapping[str, bool | str]
    writing: Mapping[str, bool | str]
    alone: Mapping[str, bool | str]
    forgetting: str
    """The statement that takes what was erased out of the file."""


_SQLITE = _Ways(
    reading={"hearth_begins": "BEGIN"},
    writing={"hearth_begins": "BEGIN IMMEDIATE"},
    alone={"hearth_begins": ""},  # not by `AUTOCOMMIT`, after which the driver would begin by itself (its default)
    forgetting="PRAGMA wal_checkpoint(TRUNCATE)",
)
_POSTGRESQL = _Ways(
    reading={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
    writing={"isolation_level": "READ COMMITTED"},
    alone={"isolation_level": "AUTOCOMMIT"},
    forgetting=_VACUUM,
)


class RecordsUnreachable(ChatError):
    """The database does not answer, is full, is locked for longer than 5 s or chose another of two that were stuck.

    Nothing of this transaction was kept; if the connection broke while it was being committed, all or nothing was.
    """


class RecordsBroken(ChatError):
    """A statement of ours that the database refuses: its code and how the statement begins, never a value."""


@contextmanager
def _reaching(also: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    gone: tuple[type[Exception], ...] = (OperationalError, InterfaceError, PoolTimeout, *also)
    safe: ChatError
    try:
        yield
    except gone as error:
        safe = RecordsUnreachable(_code(error))
    except DBAPIError as error:
        code = _code(error)
        away = error.connection_invalidated or code.startswith(AWAY)
        safe = RecordsUnreachable(code) if away else RecordsBroken(f"{code} in {(error.statement or '')[:80]}")
    else:
        return
    raise safe from None  # PostgreSQL's errors quote the row they are about


def _code(error: BaseException) -> str:
    cause = getattr(error, "orig", None) or error
    return getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None) or type(cause).__name__


class Store:
    """Owns the engine, and who may write."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        sqlite = engine.dialect.name == "sqlite"
        self._ways = _SQLITE if sqlite else _POSTGRESQL
        self._glance = Glance(engine) if sqlite else None
        self._turn: AbstractAsyncContextManager[object] = asyncio.Lock() if sqlite else nullcontext()

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str) -> AsyncIterator["Store"]:
        """The records at `url`, already migrated. Connects at the first use. Raises RecordsUnreachable."""
        with _reaching((OSError,)):
            engine = engine_for(url)
        store = cls(engine)
        try:
            yield store
        finally:
            if store._glance is not None:
                store._glance.close()
            await engine.dispose()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """One moment of the records, read only. Raises RecordsUnreachable."""
        with _reaching():
            async with self._connected(self._ways.reading) as c:
                yield c

    async def look(self, statement: Select[tuple[object, ...]], given: Given) -> Found:
        """What a single statement that goes by keys finds; on SQLite without a turn of the loop. As `reading`."""
        if self._glance is not None and self._glance.engine is self._engine:
            found = self._glance.at(statement, given)
            if found is not None:
                return found
        async with self.reading() as c:
            return (await c.execute(statement, given)).all()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction: committed at its end, rolled back on any error. Raises RecordsUnreachable."""
        with _reaching():
            async with self._turn, self._connected(self._ways.writing) as c, c.begin():
                yield c

    @asynccontextmanager
    async def erasing(self) -> AsyncIterator[AsyncConnection]:
        """Like `writing`, for what must leave no trace in the file."""
        async with self.writing() as c:
            yield c
        with suppress(RecordsUnreachable):  # it is done; what expires each hour forgets again
            await self.forget()

    @asynccontextmanager
    async def _connected(self, options: Mapping[str, bool | str]) -> AsyncIterator[AsyncConnection]:
        async with AsyncExitStack() as life:
            with _reaching((OSError,)):  # only here: an OSError later may be somebody else's
                c = await life.enter_async_context(self._engine.connect())
            await c.execution_options(**options)
            yield c

    async def forget(self) -> None:
        """Takes what was erased out of the file, too, as far as that can be done. Raises RecordsUnreachable.

        On PostgreSQL for the tables that the user of `DATABASE_URL` owns; of others it warns its own log.
        """
        with _reaching():
            async with self._turn, self._connected(self._ways.alone) as c:
                await c.execute(text(self._ways.forgetting))

    async def ping(self) -> None:
        """Raises RecordsUnreachable."""
        async with self.reading() as c:
            await c.execute(text("SELECT 1"))
