"""How the records are connected to, in SQLite or PostgreSQL; no error quotes the values of a row.

SQLite (the default): write-ahead log; a transaction that will write takes the file at once with `BEGIN IMMEDIATE` (one
that reads first and writes later fails without waiting: aiosqlite #251). Deleted rows are overwritten by zeros.

PostgreSQL: a few connections a process, each looked at before it is used and given up when nobody answers on it. So a
server that was restarted, has moved or stood still is followed without a restart of Hearth.
"""

import os
from pathlib import Path

from sqlalchemy import URL, Connection, ExceptionContext, event, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

PATIENCE = 5
"""Seconds for a lock, a statement or a new connection; a statement takes milliseconds."""
PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA secure_delete=ON",
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={PATIENCE * 1000}",  # ms
    "PRAGMA temp_store=MEMORY",  # a sort must not leave rows in a temporary file
    "PRAGMA cache_size=-512",  # KiB; a busy process keeps five connections, the machine the file
)
POOL, WAITS = 10, 10
"""Connections of one process to PostgreSQL, which takes 100 in all as it comes; seconds to wait for a free one."""
FROZEN = 15
"""Seconds after which PostgreSQL ends a transaction whose process does nothing: one that is frozen holds its locks."""
MOVES = 600
"""Seconds after which a connection is made anew: a database's name may point elsewhere by then."""
READER = "postgresql_readonly"
"""The option of a transaction that is not to write."""
READ_ONLY = "25006"
"""The SQLSTATE for writing where nobody may: said to any other, the server has become somebody's copy."""


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


def file_of(url: str) -> Path | None:
    """Of SQLite: the file it is in. Raises ValueError."""
    where = address(url)
    return Path(where.database) if where.get_backend_name() == "sqlite" and where.database else None


def engine_for(url: str, *, patience: int = PATIENCE) -> AsyncEngine:
    """An engine whose errors never quote the values of a row. `patience`: s for one statement, on PostgreSQL."""
    where = address(url)
    if where.get_backend_name() == "postgresql":
        return _engine_of_postgresql(where, patience)
    if file := file_of(url):
        _private(file)
    # The connection used last is used next: each keeps its own pages and statements, of which 2,000 seats need 600 KB.
    engine = create_async_engine(where, hide_parameters=True, pool_use_lifo=True)
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _engine_of_postgresql(where: URL, patience: int) -> AsyncEngine:
    engine = create_async_engine(
        where,
        hide_parameters=True,
        pool_pre_ping=True,  # a restarted server is found out here and not in the middle of something
        pool_size=POOL,
        max_overflow=0,
        pool_timeout=WAITS,
        pool_recycle=MOVES,
        connect_args={"timeout": PATIENCE, "command_timeout": patience},
    )
    event.listen(engine.sync_engine, "connect", _bound)
    event.listen(engine.sync_engine, "handle_error", _give_up)
    return engine


def _bound(connection: object, _entry: ConnectionPoolEntry) -> None:
    """By a statement and not when connecting, which poolers between us and PostgreSQL refuse."""
    cursor = connection.cursor()  # type: ignore[attr-defined]  # SQLAlchemy's event does not say which driver's it is
    cursor.execute(f"SET idle_in_transaction_session_timeout = '{FROZEN}s'")
    cursor.close()
    connection.commit()  # type: ignore[attr-defined]


def _give_up(context: ExceptionContext) -> None:
    """Ends connections that are of no more use: nobody answers there, or a copy does."""
    lost = isinstance(context.original_exception, OSError)  # TimeoutError is one; the dialect knows neither
    code = getattr(context.original_exception, "sqlstate", None)
    if lost or (
        code == READ_ONLY and context.connection and not context.connection.get_execution_options().get(READER)
    ):
        context.is_disconnect = True
        context.invalidate_pool_on_disconnect = False  # the others may be well; each is looked at before it is used
    if lost:
        raise OperationalError(None, None, context.original_exception)


def _private(file: Path) -> None:
    """Made before SQLite makes it: its log and index files take over these permissions.

    One that is there is not opened: closing it would take from this process all locks that SQLite holds on it (POSIX;
    "How To Corrupt An SQLite Database File", 2.2). Then another process that ends takes this one for gone and deletes
    the log under it, and what is written from then on is lost. Raises OSError.
    """
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        if not file.is_file():
            raise
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
