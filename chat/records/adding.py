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


async def put(c: AsyncConnection, table: Table, **values: object) -> None:
    """Adds a row, in the place of the one with its key if there is one."""
    others = {name: value for name, value in values.items() if name not in table.primary_key.columns}
    key = list(table.primary_key.columns)
    if c.dialect.name == "sqlite":
        await c.execute(sqlite.insert(table).values(values).on_conflict_do_update(index_elements=key, set_=others))
    else:
        await c.execute(postgresql.insert(table).values(values).on_conflict_do_update(index_elements=key, set_=others))
