"""Asking about many at once with few statements.

A statement is prepared and kept for each number of values it compares with: measured, 84 KiB of a connection's memory
for 360 of them, another 84 for 361. A process that looked after its seats each 15 s grew by 50 MB an hour.
"""

from collections.abc import Collection, Iterator
from itertools import islice
from typing import TypeVar

from sqlalchemy import ColumnElement, Row, Select, bindparam
from sqlalchemy.ext.asyncio import AsyncConnection

MOST = 512
"""Values in one statement."""
Id = TypeVar("Id")


async def among(
    c: AsyncConnection, which: Select[tuple[object, ...]], column: ColumnElement[str], some: Collection[str]
) -> list[Row[tuple[object, ...]]]:
    """What `which` finds where `column` is one of `some`.

    They are handed over beside the statement. One that holds them holds itself, too, and keeps them until garbage is
    looked for: of 2,000 seats 1.5 MB a minute.
    """
    statement = which.where(column.in_(bindparam("some", expanding=True)))
    return [row for part in parts(some) for row in await c.execute(statement, {"some": part})]


def parts(some: Collection[Id]) -> Iterator[list[Id]]:
    """All of `some`, in lists of at most MOST whose lengths are powers of two: what is missing is said again."""
    rest = iter(some)
    while part := list(islice(rest, MOST)):
        yield padded(part)


def padded(part: list[Id]) -> list[Id]:
    """As many as the next power of two, the last one again and again; nothing stays nothing."""
    return part + part[-1:] * ((1 << (len(part) - 1).bit_length()) - len(part)) if part else part
