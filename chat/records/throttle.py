"""Guessing passwords is slow for whoever guesses, and nobody can lock somebody else out.

Three counts, under hashes whose key changes with the day, so that they mean nothing tomorrow and no address is kept:

* login and address together: the first 5 tries in a day are free, then 2, 4, 8 … at most 60 s between two;
* an address alone: 30 tries, then 1, 2, 4 … at most 15 s between two (one café, one school, many people);
* a login alone: it never makes anybody wait. After 50 failures in a day it leaves each address 2 free tries, not 5.

So whoever guesses from elsewhere cannot delay the owner: an address new to a login always has free tries. Whoever
guesses from the owner's own address can delay them by a minute at most, for a try that had to wait is not counted and
makes nobody wait longer, and the owner's success takes the pair's count away. Guessing from N addresses gets about
1,400·N tries a day at the very most, against passwords that take more than 10^8 (`passwords.weakness`).

A try counts as failed from before its password is looked at until it has succeeded: a thousand at once are a thousand.
A login that does not exist is counted like one that does. What was typed is never kept, only its keyed hash: people
type passwords into the wrong field. Of an IPv6 address the first 64 bits count, for those are one household.
"""

import hashlib
import hmac
from ipaddress import IPv6Address, ip_address

from msgspec import Struct
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.ids import Millis
from chat.records.adding import add
from chat.records.keys import day
from chat.records.tables import throttle


class Pace(Struct, frozen=True):
    """`free` tries, then waits that double from `first` to `longest` ms."""

    free: int
    first: int
    longest: int

    def wait(self, failures: int) -> int:
        """How long the next try waits, in ms."""
        over = failures - self.free
        return 0 if over < 0 else min(self.longest, self.first * 2 ** min(over, 20))


PAIR, WATCHED_PAIR = Pace(5, 2_000, 60_000), Pace(2, 2_000, 60_000)
ADDRESS = Pace(30, 1_000, 15_000)
_WATCHED_AFTER = 50


class Throttle:
    """Owns the secret under which addresses and logins are counted."""

    def __init__(self, secret: bytes, *, pair: Pace = PAIR, address: Pace = ADDRESS) -> None:
        self._secret = hashlib.sha256(b"hearth throttle" + secret).digest()
        self._pair = pair
        self._address = address

    def __repr__(self) -> str:
        return "<Throttle>"

    async def allowed(self, c: AsyncConnection, login: str, address: str, now: Millis) -> int:
        """0: try, it is counted (call `succeeded` if it was right). Else how many seconds to wait. `c` must write."""
        pair, alone, whole = self._keys(login, address, now)
        # Before a row is made: one that is made to wait fills no table with names that they make up meanwhile.
        held = select(func.max(throttle.c.wait_until)).where(throttle.c.key.in_((pair, alone)))
        if wait := _seconds(await c.scalar(held) or 0, now):
            return wait
        counts = {key: await self._count(c, key, now) for key in sorted((pair, alone, whole))}
        if wait := _seconds(max(counts[pair][1], counts[alone][1]), now):
            return wait
        watched = counts[whole][0] >= _WATCHED_AFTER
        pace = WATCHED_PAIR if watched and self._pair.free > WATCHED_PAIR.free else self._pair
        for key, wait in ((pair, pace.wait(counts[pair][0] + 1)), (alone, self._address.wait(counts[alone][0] + 1))):
            await self._set(c, key, counts[key][0] + 1, now + wait)
        await self._set(c, whole, counts[whole][0] + 1, 0)
        return 0

    async def failures(self, c: AsyncConnection, login: str, now: Millis) -> int:
        """How many tries for a login failed today, from wherever; the one just allowed counts."""
        whole = self._keys(login, "", now)[2]
        return await c.scalar(select(throttle.c.failures).where(throttle.c.key == whole)) or 0

    async def succeeded(self, c: AsyncConnection, login: str, address: str, now: Millis) -> None:
        """It was the right password: the pair starts anew, the address and the login get this one try back."""
        pair, alone, whole = self._keys(login, address, now)
        await c.execute(delete(throttle).where(throttle.c.key == pair))
        for key in sorted((alone, whole)):
            less = update(throttle).where(throttle.c.key == key, throttle.c.failures > 0)
            await c.execute(less.values(failures=throttle.c.failures - 1, wait_until=0))

    async def exhausted(self, c: AsyncConnection, what: str, who: str, most: int, now: Millis) -> bool:
        """Whether somebody has failed at `what`, or done it, so often today that no more is taken. `c` must write."""
        return (await self._count(c, self._key(what, now, who), now))[0] >= most

    async def failed(self, c: AsyncConnection, what: str, who: str, now: Millis) -> None:
        """Counts one, in the same transaction as `exhausted`."""
        key = self._key(what, now, who)
        await self._set(c, key, (await self._count(c, key, now))[0] + 1, 0)

    def of_login(self, login: str, now: Millis) -> bytes:
        """The key of today's row for a login alone, for whoever shows all that is kept about somebody."""
        return self._keys(login, "", now)[2]

    def _keys(self, login: str, address: str, now: Millis) -> tuple[bytes, bytes, bytes]:
        who, where = "".join(login.split()).lower(), _household(address)
        return self._key("pair", now, who, where), self._key("address", now, where), self._key("login", now, who)

    def _key(self, kind: str, now: Millis, *parts: str) -> bytes:
        whole = "\0".join((kind, day(now).isoformat(), *parts))
        return hmac.new(self._secret, whole.encode("utf-8", "replace"), hashlib.sha256).digest()

    async def _count(self, c: AsyncConnection, key: bytes, now: Millis) -> tuple[int, int]:
        await add(c, throttle, key=key, failures=0, wait_until=0, counted_on=day(now))
        which = select(throttle.c.failures, throttle.c.wait_until).where(throttle.c.key == key).with_for_update()
        row = (await c.execute(which)).one()
        return row.failures, row.wait_until

    async def _set(self, c: AsyncConnection, key: bytes, failures: int, until: int) -> None:
        values = {"failures": failures, "wait_until": until}
        await c.execute(update(throttle).where(throttle.c.key == key).values(values))


def _seconds(until: int, now: Millis) -> int:
    """Whole ones, at least until then; 0: it is over."""
    return max(0, -(-(until - now) // 1000))


def _household(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address  # a name, or nothing: behind a proxy that hides addresses everybody is one household
    if isinstance(parsed, IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped) if mapped else parsed.packed[:8].hex()
    return str(parsed)
