"""The key for emergency contacts: made once, its halves written down by two people, and used only then.

Here stand its public half, what recognises the other two, and who keeps them. Neither half is ever here.
"""

from datetime import date
from typing import Literal

from msgspec import Struct
from sqlalchemy import Row, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.ids import AccountId, Millis
from chat.records import boxes
from chat.records.keys import HOUR, day, fresh_id, fresh_token, hashed
from chat.records.tables import contact_keys, contact_openings, contacts

Which = Literal["one", "two"]
"""The first half of the key, or the second."""
LASTS = HOUR
"""How long both have for writing theirs down, in ms."""


class Key(Struct, frozen=True):
    """One key. `salt` None: both halves are written down, or it is too late for that."""

    id: str
    public: bytes
    checks: tuple[bytes, bytes]
    names: tuple[str, str]
    holders: tuple[AccountId | None, AccountId | None]
    written: tuple[bool, bool]
    salt: bytes | None
    begun_on: date | None
    ends_at: Millis | None

    def __repr__(self) -> str:
        return f"<Key {self.id}>"

    def which(self, half: bytes) -> Which | None:
        """Which of its halves this is."""
        known = zip(("one", "two"), self.checks, strict=True)
        found: list[Which] = [name for name, check in known if boxes.is_half(half, check)]  # type: ignore[misc]
        return found[0] if found else None


def at(which: Which) -> int:
    """Its place in a pair."""
    return 0 if which == "one" else 1


class Begun(Struct, frozen=True):
    """A key that is being made, and the tokens of the links that show its halves, each once."""

    id: str
    salt: bytes
    tokens: tuple[str, str]

    def __repr__(self) -> str:
        return f"<Begun {self.id}>"


async def begin(c: AsyncConnection, made: boxes.Made, names: tuple[str, str], salt: bytes, now: Millis) -> Begun:
    """Keeps a key that is not used yet, in the place of another that was not. `names`: who keeps the halves."""
    await c.execute(delete(contact_keys).where(contact_keys.c.begun_on.is_(None)))
    begun = Begun(fresh_id(), salt, (fresh_token(), fresh_token()))
    one, two = map(boxes.check, made.halves)
    links = {"link_one": hashed(begun.tokens[0]), "link_two": hashed(begun.tokens[1])}
    what = {"id": begun.id, "public": made.public, "check_one": one, "check_two": two, "salt": salt}
    when = {"made_on": day(now), "ends_at": now + LASTS}
    await c.execute(insert(contact_keys).values(**what, **links, name_one=names[0], name_two=names[1], **when))
    return begun


async def used(c: AsyncConnection) -> Key | None:
    """The one that closes boxes now."""
    row = (await c.execute(select(contact_keys).where(contact_keys.c.begun_on.is_not(None)))).first()
    return _key(row) if row else None


async def making(c: AsyncConnection, now: Millis) -> Key | None:
    """The one that is being made, if it is not too late for it."""
    which = contact_keys.c.begun_on.is_(None), contact_keys.c.ends_at > now
    row = (await c.execute(select(contact_keys).where(*which).order_by(contact_keys.c.ends_at.desc()))).first()
    return _key(row) if row else None


async def by_link(c: AsyncConnection, token: str, now: Millis) -> tuple[Key, Which] | None:
    """Which half of which key a link shows."""
    key, mark = await making(c, now), hashed(token)
    for which, column in (("one", contact_keys.c.link_one), ("two", contact_keys.c.link_two)):
        if key and await c.scalar(select(contact_keys.c.id).where(contact_keys.c.id == key.id, column == mark)):
            return key, "one" if which == "one" else "two"
    return None


async def claim(c: AsyncConnection, key: Key, which: Which, account: AccountId) -> bool:
    """Whether `account` may see this half: it is nobody else's, and the other one is not theirs."""
    mine = contact_keys.c.holder_one if which == "one" else contact_keys.c.holder_two
    other = contact_keys.c.holder_two if which == "one" else contact_keys.c.holder_one
    free = contact_keys.c.id == key.id, or_(mine.is_(None), mine == account), other.is_distinct_from(account)
    return (await c.execute(update(contact_keys).where(*free).values({mine: account}))).rowcount == 1


async def written_down(c: AsyncConnection, key: Key, which: Which, now: Millis) -> bool:
    """This half stands on paper; whether both do, so that the key is used from now on.

    The key before goes then, with every box that it had closed: nobody could open them any more.
    """
    link = contact_keys.c.link_one if which == "one" else contact_keys.c.link_two
    await c.execute(update(contact_keys).where(contact_keys.c.id == key.id).values({link: None}))
    both = contact_keys.c.link_one.is_(None), contact_keys.c.link_two.is_(None)
    if not await c.scalar(select(contact_keys.c.id).where(contact_keys.c.id == key.id, *both)):
        return False
    await c.execute(update(contacts).values(box=None, key_id=None))
    await c.execute(update(contact_openings).values(asking=None, salt=None))
    await c.execute(delete(contact_keys).where(contact_keys.c.id != key.id))
    begins = {"begun_on": day(now), "salt": None, "ends_at": None}
    await c.execute(update(contact_keys).where(contact_keys.c.id == key.id).values(**begins))
    return True


async def given_up(c: AsyncConnection) -> None:
    """The key that is being made will not be used."""
    await c.execute(delete(contact_keys).where(contact_keys.c.begun_on.is_(None)))


async def boxes_closed(c: AsyncConnection) -> int:
    """How many members have given a contact that can be opened."""
    return await c.scalar(select(func.count()).select_from(contacts).where(contacts.c.box.is_not(None))) or 0


def _key(row: Row[tuple[object, ...]]) -> Key:
    checks, names = (row.check_one, row.check_two), (row.name_one, row.name_two)
    holders, written = (row.holder_one, row.holder_two), (row.link_one is None, row.link_two is None)
    return Key(row.id, row.public, checks, names, holders, written, row.salt, row.begun_on, row.ends_at)
