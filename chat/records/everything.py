"""All that is kept about one account: every row of every table that names it, and nothing that is not on the data map.

A row that names somebody else, too, is shown without that name. What only recognises something (a password, a cookie)
and what is sealed is said to be there, and how long it is.
"""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import BigInteger, Column, Row, Table, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.ids import AccountId
from chat.records.tables import accounts, members, metadata

Shown = str | int | bool | None
Everything = dict[str, list[dict[str, Shown]]]
"""By table, its rows about somebody: what each column holds."""
SOMEBODY_ELSE = "somebody else"
RECOGNISES = frozenset({"password_hash"})
"""Texts that are as good as a fingerprint."""

TIMES = frozenset(
    column.name for table in metadata.tables.values() for column in table.columns if isinstance(column.type, BigInteger)
)
"""Columns that hold ms since 1970."""


async def about(c: AsyncConnection, account: AccountId) -> Everything:
    """Every row that names the account or who it is in a group. Times are ms since 1970, days as YYYY-MM-DD."""
    me = {str(account), *await c.scalars(select(members.c.id).where(members.c.account_id == account))}
    found = {}
    for table in metadata.sorted_tables:
        naming = list(people_in(table))
        if naming:
            rows = await c.execute(select(table).where(or_(*[column.in_(me) for column in naming])))
            found[table.name] = [_shown(row, table, me) for row in rows]
    return found


def people_in(table: Table) -> Iterator[Column[str]]:
    """The columns of a table that name an account or a member."""
    for column in table.columns:
        if column is accounts.c.id or column is members.c.id or column.info.get("whose"):
            yield column
        elif any(key.column in (accounts.c.id, members.c.id) for key in column.foreign_keys):
            yield column


def _shown(row: Row[tuple[object, ...]], table: Table, me: set[str]) -> dict[str, Shown]:
    naming = {column.name for column in people_in(table)}
    return {name: _value(name, value, name in naming, me) for name, value in row._mapping.items()}


def _value(name: str, value: object, names_somebody: bool, me: set[str]) -> Shown:
    if names_somebody and value is not None and value not in me:
        return SOMEBODY_ELSE
    if isinstance(value, bytes) or name in RECOGNISES:
        return f"{len(value) if isinstance(value, bytes | str) else 0} bytes, not readable"
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | int | bool) else None


async def sizes(c: AsyncConnection) -> dict[str, int]:
    """How many rows each table has."""
    return {
        table.name: await c.scalar(select(func.count()).select_from(table)) or 0 for table in metadata.sorted_tables
    }
