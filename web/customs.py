"""How a group does things in its room: what it has saved, or the usual way."""

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.customs import Customs
from chat.core.ids import GroupId
from chat.core.moderation.policy import Own
from chat.records import groups

_decoder = msgspec.json.Decoder(Customs)
_own = msgspec.json.Decoder(Own)


async def customs_of(c: AsyncConnection, group: GroupId) -> Customs:
    """What this group has saved, else the usual way."""
    saved = await groups.customs(c, group)
    return _decoder.decode(saved) if saved else Customs()


async def keep(c: AsyncConnection, group: GroupId, customs: Customs) -> None:
    """Saves it, for the group's next meetings."""
    await groups.adopt(c, group, written(customs))


def written(customs: Customs) -> str | None:
    """As JSON, for the records; None for the usual way."""
    return None if customs == Customs() else msgspec.json.encode(customs).decode()


async def own_of(c: AsyncConnection, group: GroupId) -> Own:
    """Its own phrases."""
    saved = await groups.phrases(c, group)
    return _own.decode(saved) if saved else Own()


async def keep_own(c: AsyncConnection, group: GroupId, own: Own) -> None:
    """Saves them, for the group's next meetings."""
    await groups.keep_phrases(c, group, None if own == Own() else msgspec.json.encode(own).decode())
