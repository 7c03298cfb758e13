"""A phone number is shown to people in distress only after this organisation has called it and said that it is right.

What is confirmed is an entry word for word (`digest`): whoever changes a number must confirm it again.
"""

from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.ids import Millis
from chat.records.adding import add
from chat.records.keys import DAY, day
from chat.records.tables import help_lines

HOLDS_FOR = 365
"""Days after which a confirmation counts no more: numbers change hands."""


async def confirm(c: AsyncConnection, digest: bytes, now: Millis) -> None:
    """From today this entry is shown, for a year."""
    await withdraw(c, digest)
    await add(c, help_lines, digest=digest, confirmed_on=day(now))


async def withdraw(c: AsyncConnection, digest: bytes) -> None:
    """This entry is hidden from members again."""
    await c.execute(delete(help_lines).where(help_lines.c.digest == digest))


async def confirmed(c: AsyncConnection, now: Millis) -> dict[bytes, date]:
    """The entries that may be shown, and since when each is confirmed."""
    since = day(Millis(now - HOLDS_FOR * DAY))
    rows = await c.execute(select(help_lines).where(help_lines.c.confirmed_on > since))
    return {row.digest: row.confirmed_on for row in rows}
