"""How a group likes its meetings to go: the parts, and the words its facilitators have ready."""

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.ids import GroupId
from chat.records.tables import plans


async def find(c: AsyncConnection, group: GroupId) -> tuple[str, str] | None:
    """The parts and the ready words as they were saved, each as JSON; None for a group that keeps to the default."""
    row = (await c.execute(select(plans).where(plans.c.group_id == group))).one_or_none()
    return (row.phases, row.texts) if row else None


async def save(c: AsyncConnection, group: GroupId, phases: str, texts: str) -> None:
    """Replaces what the group had."""
    await forget(c, group)
    await c.execute(insert(plans).values(group_id=group, phases=phases, texts=texts))


async def forget(c: AsyncConnection, group: GroupId) -> None:
    """Back to the default."""
    await c.execute(delete(plans).where(plans.c.group_id == group))
