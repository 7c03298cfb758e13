"""Who is first is decided by a constraint of the database, never by a look before."""

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


async def add(c: AsyncConnection, table: Table, **values: object) -> bool:
    """Adds a row; False, and nothing happens, if a row like it is there. The transaction stays usable either way."""
    if c.dialect.name == "sqlite":
        done = await c.execute(sqlite.insert(table).values(values).on_conflict_do_nothing())
    else:
        done = await c.execute(postgresql.insert(table).values(values).on_conflict_do_nothing())
    return done.rowcount == 1
