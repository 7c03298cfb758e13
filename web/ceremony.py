"""A key for emergency contacts is made, and each half shown once, to one of two people, who writes it down.

Both halves wait sealed in memory for that. A half that was shown is gone; four of its words stay, to be asked for from
the paper. Only when both have answered is the key used: one with which nobody can open anything is worse than none.
"""

import os
import secrets

import msgspec
from msgspec import Struct

from chat.core.ids import AccountId, GroupId
from chat.records import boxes, contact_keys, groups, in_words
from chat.records.contact_keys import LASTS, Begun, Key, Which
from web.site import Site
from web.terms import settle
from web.waiting_parts import Waiting

ASKED_FOR = 4
"""Words that are typed back: four of 24 that are right by chance are one in 10^13."""
TRIES = "half written down"
MOST = 20
"""Wrong tries in a day."""


class Asked(Struct, frozen=True):
    """A word that is asked for. `place`: from 1."""

    place: int
    word: str

    def __repr__(self) -> str:
        return f"<Asked {self.place}>"


async def begin(site: Site, names: tuple[str, str]) -> Begun:
    """Makes a key that is not used yet; the tokens of its two links. Raises BusGone."""
    made, salt = boxes.make(), os.urandom(boxes.SIZE)
    async with site.store.erasing() as c:
        begun = await contact_keys.begin(c, made, names, salt, site.clock())
    waiting = Waiting(site, begun.id, salt)
    for which, half in zip(("one", "two"), made.halves, strict=True):
        await waiting.put(which, half, LASTS)
    return begun


async def show(site: Site, key: Key, which: Which, account: AccountId) -> list[str] | None:
    """The words of a half, for the only time; None if it was shown, or the other half is theirs. Raises BusGone."""
    waiting = _waiting(site, key)
    async with site.store.writing() as c:
        half = await waiting.take(which) if await contact_keys.claim(c, key, which, account) else None
    if half is None:
        return None
    words = in_words.words(half)
    places = sorted(secrets.SystemRandom().sample(range(in_words.COUNT), ASKED_FOR))
    asks = [Asked(place + 1, words[place]) for place in places]
    await waiting.put(_back(which), msgspec.json.encode(asks), _left(site, key))
    return words


async def asked(site: Site, key: Key, which: Which) -> list[Asked]:
    """The words that are to be typed back; none if the half was not shown yet. Raises BusGone."""
    kept = await _waiting(site, key).see(_back(which))
    return msgspec.json.decode(kept, type=list[Asked]) if kept else []


def right(asks: list[Asked], typed: list[str]) -> bool:
    """Whether these are the words."""
    return bool(asks) and [in_words.word(one) for one in typed] == [one.word for one in asks]


async def written_down(site: Site, key: Key, which: Which) -> bool:
    """This half is on paper; whether the key is used from now on. Everybody is asked again then: limits have changed.

    Raises BusGone.
    """
    again: list[GroupId] = []
    async with site.store.erasing() as c:
        begins = await contact_keys.written_down(c, key, which, site.clock())
        if begins:
            again = [group.id for group in await groups.all_(c) if await settle(c, site.limits, group.id)]
    await _waiting(site, key).take(_back(which))
    for group in again:
        await site.live.agreement_changed(group)
    return begins


def _waiting(site: Site, key: Key) -> Waiting:
    return Waiting(site, key.id, key.salt or b"")


def _back(which: Which) -> str:
    return f"{which}-back"


def _left(site: Site, key: Key) -> int:
    return max(1, (key.ends_at or 0) - site.clock())
