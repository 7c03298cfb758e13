"""A look at SQLite's file from the loop's own thread, for a single statement that finds its rows by their keys.

Such a look takes a twentieth of a millisecond, and to have another thread do it ten times as much: who comes in would
wait for the way there and back. It waits for no lock; whatever goes wrong, the long way is gone, which says why.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from sqlalchemy import Connection, Row, Select, create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import StaticPool

Given = Mapping[str, object]
Found = Sequence[Row[tuple[object, ...]]]


class Glance:
    """Owns the one connection, which can only read; made when it is first needed, and anew after any trouble."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        """Whose file it looks at."""
        self._connection: Connection | None = None

    def at(self, statement: Select[tuple[object, ...]], given: Given) -> Found | None:
        """What `statement` finds in this moment; None if it could not be looked."""
        try:
            if self._connection is None:
                self._connection = self._connect()
            return self._connection.execute(statement, given).all()
        except (SQLAlchemyError, sqlite3.Error, OSError):
            self.close()
            return None

    def close(self) -> None:
        """Lets the file go."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.engine.dispose()

    def _connect(self) -> Connection:
        file = quote(self.engine.url.database or "")
        looking = create_engine(
            "sqlite://",
            creator=lambda: sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=0),
            poolclass=StaticPool,
            isolation_level="AUTOCOMMIT",  # each look sees its own moment, and none keeps the log from being emptied
            hide_parameters=True,
        )
        return looking.connect()
