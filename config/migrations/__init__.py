"""How the records came to have the shape they have, one step a file; `config.migrate` runs them."""

from sqlalchemy import inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

HEAD = "0023"
"""The newest step, known without importing alembic (half a second)."""


async def at_head(c: AsyncConnection) -> bool:
    """Whether the records have the shape this version expects."""
    return await revision(c) == HEAD


async def revision(c: AsyncConnection) -> str | None:
    """The last step these records have had; None if they are empty."""
    if not await c.run_sync(lambda connection: inspect(connection).has_table("alembic_version")):
        return None
    found = await c.scalar(text("SELECT version_num FROM alembic_version"))
    return None if found is None else str(found)
