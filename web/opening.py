"""Two people open somebody's emergency contact: each types half of the key, within ten minutes, and it is shown once.

The first half waits for the second one sealed in memory, so that any process of the server can have it. The whole key
is there for the moment in which the box is opened, and nowhere else. What was in the box waits, sealed too, until one
of those concerned reads it, or ten minutes are over.
"""

from typing import Literal, assert_never

import msgspec
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.ids import AccountId, Millis
from chat.core.wire.facilitating import Act
from chat.core.wire.frame import Reason
from chat.records import acts, boxes, contacts, meetings, members, openings
from chat.records.contact_keys import Key, Which
from chat.records.openings import Opening, Typed, Why
from web.site import Site
from web.waiting_parts import Waiting

ASKING = "asking to open"
"""What the words of who asks are sealed as."""
WHY: dict[Why, str] = {
    "life": "Somebody's life may be in danger now",
    "silent": "Somebody spoke of danger, and cannot be reached any more",
    "others": "A child or somebody else may come to harm",
    "asked": "They have asked for it themself",
    "other": "Something else",
}
TYPED_WITHIN = 10 * 60 * 1000
"""ms between the two halves."""
READ_WITHIN = 10 * 60 * 1000
"""ms in which it can be read once it is open."""
TRIES = "half of a key"
MOST = 20
"""Halves that were not right, in a day."""
TEXT = "text"
Came = Literal["waits", "opened", "gone", "broken"]
"""What came of typing a half: it waits for the other; the box is open; there is none; there is one that stays shut."""


class Half(Struct, frozen=True):
    """Half of a key that waits. `risk`: whoever typed it says that telling the member puts them in more danger."""

    half: bytes
    by: AccountId
    risk: bool
    at: Millis

    def __repr__(self) -> str:
        return "<Half>"


class Contact(Struct, frozen=True):
    """Who is to be called, and how."""

    name: str
    reach: str

    def __repr__(self) -> str:
        return "<Contact>"


async def typed(site: Site, asked: Opening, key: Key, which: Which, half: Half) -> Came:
    """Somebody has typed a half, and it is one. Raises BusGone."""
    waiting, other = _waiting(site, asked), _other(which)
    found = await _fresh(site, waiting, other)
    if found is None:
        await waiting.put(which, msgspec.msgpack.encode(half), TYPED_WITHIN)
        found = await _fresh(site, waiting, other)  # both may have been typed in the same instant
    if found is None:
        return "waits"
    pair = (half, found) if which == "one" else (found, half)
    return await _open(site, asked, key, pair)


async def there(site: Site, asked: Opening) -> dict[Which, Millis]:
    """Which halves wait for the other one, and until when. Raises BusGone."""
    waiting = _waiting(site, asked)
    both: tuple[Which, Which] = ("one", "two")
    halves = {which: await _fresh(site, waiting, which) for which in both}
    return {which: Millis(half.at + TYPED_WITHIN) for which, half in halves.items() if half}


async def is_there(site: Site, asked: Opening) -> bool:
    """Whether what was opened can still be read. Raises BusGone."""
    return await _waiting(site, asked).see(TEXT) is not None


async def read(site: Site, asked: Opening) -> Contact | None:
    """What was opened, for the only time; None if it was read, or it is too late. Raises BusGone."""
    async with site.store.erasing() as c:
        first = await openings.read(c, asked, site.clock())
        text = await _waiting(site, asked).take(TEXT) if first else None
    return msgspec.json.decode(text, type=Contact) if text else None


async def give_up(site: Site, asked: Opening) -> None:
    """It is not needed any more: what waits is gone. Raises BusGone."""
    await _forget(_waiting(site, asked))
    async with site.store.erasing() as c:
        await openings.give_up(c, asked)


async def _open(site: Site, asked: Opening, key: Key, pair: tuple[Half, Half]) -> Came:
    async with site.store.reading() as c:
        contact = await contacts.find(c, asked.member, site.clock())
    waiting = _waiting(site, asked)
    if contact is None or contact.box is None:
        await _forget(waiting)
        return "gone"
    private = boxes.joined(pair[0].half, pair[1].half)
    try:
        text = boxes.open_(contact.box, private, contacts.bound(asked.group, asked.member, key))
    except boxes.Unopenable:
        await _forget(waiting)
        return "broken"
    typed_by = Typed((pair[0].by, pair[1].by), (pair[0].risk, pair[1].risk))
    now = site.clock()
    async with site.store.erasing() as c:
        first = await openings.opened(c, asked, typed_by, now)
        if first:
            await waiting.put(TEXT, text.encode(), READ_WITHIN)
            await _written_down(c, site, asked, typed_by)
        meeting = await meetings.current(c, asked.group)
    await _forget(waiting)
    if first and typed_by.tells and meeting:
        await site.live.contact_opened(meeting.id, asked.member, now)
    return "opened"


async def _written_down(c: AsyncConnection, site: Site, asked: Opening, by: Typed) -> None:
    """Among what facilitators did; without whom it was about, if they are not told."""
    asker = await members.by_id(c, asked.group, asked.by) if asked.by else None
    to = asked.member if by.tells else None
    who = (asker.id if asker else None, to, Reason.SAFETY)
    role = asker.role.value if asker else "administrator"
    deed = acts.Deed(None, Act.CONTACT, *who, site.clock(), role=role, group=asked.group)
    await acts.close(c, site.ledger, await acts.open(c, site.ledger, deed), "done")


async def _fresh(site: Site, waiting: Waiting, which: Which) -> Half | None:
    """A half that waits, and not for too long by this server's own clock, which may differ from Redis'."""
    kept = await waiting.see(which)
    half = msgspec.msgpack.decode(kept, type=Half) if kept else None
    return half if half and site.clock() < half.at + TYPED_WITHIN else None


async def _forget(waiting: Waiting) -> None:
    both: tuple[Which, Which] = ("one", "two")
    for which in both:
        await waiting.take(which)


def _waiting(site: Site, asked: Opening) -> Waiting:
    return Waiting(site, asked.id, asked.salt or b"")


def _other(which: Which) -> Which:
    match which:
        case "one":
            return "two"
        case "two":
            return "one"
        case _:
            assert_never(which)
