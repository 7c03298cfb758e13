"""How a group's meetings go: its own plan, or the one that Hearth brings along."""

import tomllib
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.ids import GroupId
from chat.core.wire import Phase
from chat.records import plans

PHASES_MAX = 10
TEXT_MAX = 600
"""Characters in one ready text."""
TEXTS_MAX = 12
KEPT_MAX = 8000
"""Characters of all of them together, as they are kept: as JSON, in which a quotation mark or a line's end is two."""


class Plan(Struct, frozen=True):
    """The parts of a meeting, and words that facilitators have ready."""

    phases: tuple[Phase, ...]
    texts: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<Plan of {len(self.phases)} phases>"


async def plan_of(c: AsyncConnection, group: GroupId) -> Plan:
    """What this group has saved, else the default."""
    saved = await plans.find(c, group)
    if saved is None:
        return default()
    phases, texts = saved
    return Plan(msgspec.json.decode(phases, type=tuple[Phase, ...]), msgspec.json.decode(texts, type=tuple[str, ...]))


async def keep(c: AsyncConnection, group: GroupId, plan: Plan) -> None:
    """Saves it; a plan like the default is the default."""
    if plan == default():
        await plans.forget(c, group)
    else:
        phases, texts = (msgspec.json.encode(part).decode() for part in (plan.phases, plan.texts))
        await plans.save(c, group, phases, texts)


def fit(texts: tuple[str, ...]) -> bool:
    """Whether there is room for them, which PostgreSQL would refuse with an error of its own."""
    return len(msgspec.json.encode(texts).decode()) <= KEPT_MAX


@cache
def default() -> Plan:
    """From `config/plan.toml`."""
    read = tomllib.loads(files("config").joinpath("plan.toml").read_text(encoding="utf-8"))
    phases = msgspec.convert(read["phases"], tuple[Phase, ...])
    return Plan(phases, tuple(text["words"] for text in read["texts"]))
