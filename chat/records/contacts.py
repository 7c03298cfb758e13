"""Emergency contacts that members have given: each in a box (`chat.records.boxes`), for as long as they wish."""

from datetime import date

from msgspec import Struct
from sqlalchemy import Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.ids import GroupId, MemberId, Millis
from chat.records.adding import put
from chat.records.contact_keys import Key
from chat.records.keys import DAY, day
from chat.records.tables import contacts, members

MONTHS = 12
"""How long one is kept where nothing else is set."""


class Contact(Struct, frozen=True):
    """That somebody has given one. `box` None: the key was made anew since, and it must be given again."""

    member: MemberId
    box: bytes | None
    given_on: date
    ends_at: Millis

    def __repr__(self) -> str:
        return f"<Contact of {self.member}>"


def until(now: Millis, months: int) -> Millis:
    """When one that is given now is erased; a month is a twelfth of 365 days."""
    return Millis(now + months * 365 * DAY // 12)


def bound(group: GroupId, member: MemberId, key: Key) -> str:
    """To what a box is bound: elsewhere it does not open."""
    return f"{group} {member} {key.id}"


async def give(c: AsyncConnection, member: MemberId, key: Key, box: bytes, when: tuple[Millis, Millis]) -> None:
    """Keeps a box in the place of an earlier one. `when`: now, and when it is erased. Use `Store.erasing`."""
    dates = {"given_on": day(when[0]), "ends_at": when[1]}
    await put(c, contacts, member_id=member, key_id=key.id, box=box, **dates)


async def renew(c: AsyncConnection, member: MemberId, now: Millis, ends_at: Millis) -> None:
    """It is still right, and kept as if it was given today."""
    which = contacts.c.member_id == member, contacts.c.box.is_not(None)
    await c.execute(update(contacts).where(*which).values(given_on=day(now), ends_at=ends_at))


async def take_back(c: AsyncConnection, member: MemberId) -> None:
    """Erases it. Use `Store.erasing`."""
    await c.execute(delete(contacts).where(contacts.c.member_id == member))


async def find(c: AsyncConnection, member: MemberId, now: Millis) -> Contact | None:
    """That which a member has given, and that is not past its time."""
    which = contacts.c.member_id == member, contacts.c.ends_at > now
    row = (await c.execute(select(contacts).where(*which))).one_or_none()
    return _contact(row) if row else None


async def of(c: AsyncConnection, group: GroupId, now: Millis) -> dict[MemberId, Contact]:
    """Those of everybody in a group that can be opened."""
    here = contacts.join(members, members.c.id == contacts.c.member_id)
    which = members.c.group_id == group, contacts.c.ends_at > now, contacts.c.box.is_not(None)
    rows = await c.execute(select(contacts).select_from(here).where(*which))
    return {MemberId(row.member_id): _contact(row) for row in rows}


def _contact(row: Row[tuple[object, ...]]) -> Contact:
    return Contact(MemberId(row.member_id), row.box, row.given_on, Millis(row.ends_at))
