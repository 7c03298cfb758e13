"""The facilitators' short notes, opened for one of them: on their own page, and before a meeting."""

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.ids import GroupId
from chat.records import members, remarks
from chat.records.remarks import Remark
from chat.records.sealed import Locker, Unopenable
from web.site import Site

SEALED = "remark"
"""What one is sealed as."""


class Read(Struct, frozen=True):
    """One note, opened."""

    remark: Remark
    words: str

    def __repr__(self) -> str:
        return f"<Read {self.remark.id}>"


class Notes(Struct, frozen=True):
    """All that still stand in a group, newest first, and what its people are called."""

    every: tuple[Read, ...] = ()
    names: dict[str, str] = {}

    def about(self, one: Read) -> str:
        """Whom it is about."""
        return self.names.get(one.remark.about, "Somebody") if one.remark.about else "Our meetings"

    def by(self, one: Read) -> str:
        """Who wrote it."""
        return self.names.get(one.remark.by or "", "Somebody who has left")

    def __repr__(self) -> str:
        return f"<{len(self.every)} notes>"


async def notes_of(c: AsyncConnection, site: Site, group: GroupId) -> Notes:
    """For one of the group's facilitators; whether it is one is for the caller to see."""
    every = tuple(_read(site.locker, one) for one in await remarks.of(c, group, site.clock()))
    return Notes(every, {one.id: one.name for one in await members.of(c, group)} if every else {})


def _read(locker: Locker, remark: Remark) -> Read:
    try:
        return Read(remark, locker.open(remark.content, SEALED, remark.id))
    except Unopenable:  # sealed with another secret than this server's
        return Read(remark, "")
