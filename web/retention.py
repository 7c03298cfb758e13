"""What is kept until when, how much of it there is, and how much is past its time; for `hearth retention`."""

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.ids import Millis
from chat.records import everything
from chat.records.expiry import expire
from chat.records.ledger import Ledger
from chat.records.store import Store
from web import data_map
from web.limits import Limits


class Held(Struct, frozen=True):
    """One table: rows in it, and how many of them go when what is past its time is erased."""

    name: str
    until: str
    rows: int
    over: int


class _Unsaid(Exception):
    """Ends a transaction that was only to show what it would do."""


async def retention(
    store: Store, now: Millis, ledger: Ledger, *, run: bool, set_: Limits = data_map.USUAL
) -> list[Held]:
    """Every table; with `run`, what is past its time is erased, as the server does by itself each hour.

    `set_`: as for the map.

    Raises RecordsUnreachable.
    """
    found: list[Held] = []
    if run:
        async with store.erasing() as c:
            return await _expired(c, now, ledger, set_)
    try:
        async with store.writing() as c:
            found = await _expired(c, now, ledger, set_)
            raise _Unsaid
    except _Unsaid:
        return found


async def _expired(c: AsyncConnection, now: Millis, ledger: Ledger, set_: Limits) -> list[Held]:
    before = await everything.sizes(c)
    await expire(c, now, ledger)
    after = await everything.sizes(c)
    tables = data_map.in_database(set_)
    return [
        Held(table.name, table.until, before[table.name], before[table.name] - after[table.name]) for table in tables
    ]


def told(held: list[Held], *, run: bool) -> str:
    """As lines of a table for a terminal."""
    width = max(len(one.name) for one in held)
    over = "erased" if run else "past their time"
    lines = [f"{one.name:{width}}  {one.rows:>8} rows, {one.over:>6} {over}  until: {one.until}" for one in held]
    return "\n".join(lines)
