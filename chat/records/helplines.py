"""A phone number is shown to people in distress only after this organisation has called it and said that it is right.

What is confirmed is an entry word for word (`digest`): whoever changes a number must confirm it again. It is kept here
and not in the list, so that a new version of the list, with the next Hearth, changes nothing of it.
"""

from datetime import date

from msgspec import Struct
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.ids import Millis
from chat.records.adding import add
from chat.records.keys import DAY, day
from chat.records.tables import help_lines

HOLDS_FOR = 365
"""Days after which a confirmation counts no more: numbers change hands."""
DUE_AFTER = 90
"""Days after which whoever runs this is asked to check again."""
BY_MAX = 40
SOMEBODY = "an administrator"


class Confirmed(Struct, frozen=True):
    """Since when it is known to be right, and who says so."""

    on: date
    by: str


async def confirm(c: AsyncConnection, digest: bytes, now: Millis, by: str = "") -> None:
    """From today this entry is shown, for a year. `by`: whoever checked it, as they want to be named."""
    await withdraw(c, digest)
    await add(c, help_lines, digest=digest, confirmed_on=day(now), confirmed_by=by.strip()[:BY_MAX] or SOMEBODY)


async def withdraw(c: AsyncConnection, digest: bytes) -> None:
    """This entry is hidden from members again."""
    await c.execute(delete(help_lines).where(help_lines.c.digest == digest))


async def confirmed(c: AsyncConnection, now: Millis) -> dict[bytes, Confirmed]:
    """The entries that may be shown, and since when and by whom each is confirmed."""
    since = day(Millis(now - HOLDS_FOR * DAY))
    rows = await c.execute(select(help_lines).where(help_lines.c.confirmed_on > since))
    return {row.digest: Confirmed(row.confirmed_on, row.confirmed_by or SOMEBODY) for row in rows}
