"""All that the records could be made to give about one person or one group, as it stands in them: a court's view.

Of a person: every row that names them, and every sealed row that names them once it is opened. Of a group: its row, and
every row that goes with it. Nothing is left out to spare anybody; what somebody may see of themself is `everything`.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Column, LargeBinary, Row, Table, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.ids import AccountId, GroupId, Millis
from chat.records.everything import people_in
from chat.records.tables import groups, members, metadata, throttle
from chat.records.throttle import Throttle

Value = str | int | bytes | date | None
Rows = dict[str, list[Mapping[str, Value]]]
"""By table, each row whole."""
Opens = Callable[[Table, str, str, bytes], str | None]
"""What a sealed value says: of which table and column, the id of its row, the value. None: it cannot be opened."""


async def person(c: AsyncConnection, account: AccountId, login: str, opens: Opens, at: tuple[Throttle, Millis]) -> Rows:
    """Every row about an account. `at`: who counts tries to sign in, and now."""
    me = {str(account), *await c.scalars(select(members.c.id).where(members.c.account_id == account))}
    found: Rows = {}
    for table in metadata.sorted_tables:
        naming, sealed = list(people_in(table)), sealed_in(table)
        rows = (await c.execute(select(table))).all() if naming or sealed else []
        found[table.name] = [
            dict(row._mapping) for row in rows if _names(row, naming, me) or _says(row, table, me, opens)
        ]
    counted = select(throttle).where(throttle.c.key == at[0].of_login(login, at[1]))
    found[throttle.name] = [dict(row._mapping) for row in await c.execute(counted)]
    return found


async def group(c: AsyncConnection, which: GroupId) -> Rows:
    """The group's row, every row that belongs to it, and every row that belongs to one of those."""
    ids: dict[str, set[str]] = {groups.name: {which}}
    found: Rows = {}
    for table in metadata.sorted_tables:
        belongs = [
            column.in_(ids[key.column.table.name])
            for column in table.columns
            for key in column.foreign_keys
            if key.column.name == "id" and key.column.table.name in ids
        ]
        mine = [groups.c.id == which] if table is groups else belongs
        rows = (await c.execute(select(table).where(or_(*mine)))).all() if mine else []
        found[table.name] = [dict(row._mapping) for row in rows]
        if rows and "id" in table.columns:
            ids[table.name] = {row.id for row in rows}
    return found


def sealed_in(table: Table) -> list[Column[bytes]]:
    """Its columns of sealed words."""
    return [one for one in table.columns if isinstance(one.type, LargeBinary) and one.info["kept"].startswith("sealed")]


def key_of(table: Table, row: Mapping[str, Any]) -> str:
    """What tells a row from others, and its seal is bound to."""
    return str(row[next(iter(table.primary_key.columns)).name])


def _names(row: Row[tuple[object, ...]], naming: list[Column[str]], me: set[str]) -> bool:
    return any(row._mapping[column.name] in me for column in naming)


def _says(row: Row[tuple[object, ...]], table: Table, me: set[str], opens: Opens) -> bool:
    for column in sealed_in(table):
        value = row._mapping[column.name]
        said = opens(table, column.name, key_of(table, dict(row._mapping)), value) if value else None
        if said and any(one in said for one in me):
            return True
    return False
