"""A signed-in browser can be seen and ended by the person it belongs to.

The cookie holds 256 random bits; the records hold their hash, so a stolen copy of them signs nobody in. The form token
(CSRF) is computed from the cookie and not kept at all. `find` only reads; `keep_alive` is called at most each few
minutes (`Visit.needs_keeping_alive`), so that a page view is not a write and the records do not show who read when.
"""

import hashlib
import hmac
import re
from datetime import date

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, and_, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.ids import AccountId, Millis, VisitId
from chat.records.keys import DAY, HOUR, day, fresh_id, fresh_token, hashed
from chat.records.several import NOW, among, asking
from chat.records.tables import visits

IDLE, LONGEST = 12 * HOUR, 14 * DAY
SURE_FOR = HOUR // 12
"""Five minutes."""
SHARED_IDLE, SHARED_LONGEST = 2 * HOUR, 4 * HOUR
"""Where others use the device; a meeting of 90 minutes fits in, for sitting in a room is no use of a visit."""
_STEP = HOUR // 4
"""How exactly the last use is known: to a quarter of an hour; where a visit ends sooner, to an eighth of that."""
_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
             ("FxiOS", "Firefox"), ("Chrome", "Chrome"), ("CriOS", "Chrome"), ("Safari", "Safari"))  # fmt: skip
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
            ("CrOS", "Chromebook"), ("Macintosh", "Mac"), ("Linux", "Linux"))  # fmt: skip


class Visit(Struct, frozen=True):
    """One signed-in browser. `csrf` is empty in lists: it can be computed from the cookie alone."""

    id: VisitId
    account_id: AccountId
    agent: str
    started_on: date
    idle_at: Millis
    ends_at: Millis
    calm: bool = False
    """Whether messages wait in their room until they want to read them."""
    csrf: str = ""
    sure_until: Millis = Millis(0)
    """Until then it is taken for sure that it is still them: they have just typed their password."""
    shared: bool = False
    """Whether others use the device."""

    def __repr__(self) -> str:
        return f"<Visit {self.id}>"

    def needs_keeping_alive(self, now: Millis, idle: int = IDLE) -> bool:
        """Whether `keep_alive` would change anything worth a write."""
        return min(now + self._idle(idle), self.ends_at) - self.idle_at >= min(_STEP, self._idle(idle) // 8)

    def idle_end(self, now: Millis, idle: int) -> Millis:
        """When it ends if it is used now, and not again."""
        return Millis(min(now + self._idle(idle), self.ends_at))

    def _idle(self, idle: int) -> int:
        return min(idle, SHARED_IDLE) if self.shared else idle


async def start(
    c: AsyncConnection,
    account: AccountId,
    now: Millis,
    agent: str,
    *,
    idle: int = IDLE,
    longest: int = LONGEST,
    sure_for: int = SURE_FOR,
    shared: bool = False,
) -> str:
    """A new visit's token, for the cookie. `agent`: the User-Agent header; two words of it are kept. Times in ms.

    `shared`: others use the device, so the visit is short.
    """
    token = fresh_token()
    if shared:
        idle, longest = min(idle, SHARED_IDLE), min(longest, SHARED_LONGEST)
    await c.execute(
        insert(visits).values(
            id=fresh_id(),
            account_id=account,
            token_hash=hashed(token),
            agent=browser(agent),
            started_on=day(now),
            idle_at=now + min(idle, longest),
            ends_at=now + longest,
            calm=False,
            sure_until=now + sure_for,
            shared=shared,
        )
    )
    return token


async def find(c: AsyncConnection, token: str, now: Millis) -> Visit | None:
    """The visit of a cookie, unless it has ended."""
    which = and_(visits.c.token_hash == hashed(token), _running(now))
    row = (await c.execute(select(visits).where(which))).one_or_none()
    return visit_from(row, csrf_of(token)) if row else None


async def keep_alive(c: AsyncConnection, visit: Visit, now: Millis, *, idle: int = IDLE) -> None:
    """Moves the idle end; never past the absolute one. A visit that has ended meanwhile stays ended."""
    which = and_(visits.c.id == visit.id, _running(now))
    await c.execute(update(visits).where(which).values(idle_at=visit.idle_end(now, idle)))


async def set_calm(c: AsyncConnection, visit: VisitId, calm: bool) -> None:
    """Whether messages wait in their room, for as long as this visit lasts."""
    await c.execute(update(visits).where(visits.c.id == visit).values(calm=calm))


async def sure(c: AsyncConnection, visit: VisitId, now: Millis) -> None:
    """They have just typed their password."""
    await c.execute(update(visits).where(visits.c.id == visit).values(sure_until=now + SURE_FOR))


async def running(c: AsyncConnection, some: set[VisitId], now: Millis) -> set[VisitId]:
    """Those of `some` that have not ended."""
    return {VisitId(row.id) for row in await among(c, _THAT_RUN, some, now=now)}


async def end(c: AsyncConnection, visit: VisitId, account: AccountId | None = None) -> bool:
    """Signs a browser out; with `account`, only if it is theirs. Whether there was anything to end."""
    whose = visits.c.account_id == account if account else visits.c.id == visit
    return (await c.execute(delete(visits).where(visits.c.id == visit, whose))).rowcount == 1


async def of(c: AsyncConnection, account: AccountId, now: Millis) -> list[Visit]:
    """Where somebody is signed in, newest first."""
    which = select(visits).where(visits.c.account_id == account, _running(now)).order_by(visits.c.ends_at.desc())
    return [visit_from(row) for row in await c.execute(which)]


async def end_all(c: AsyncConnection, account: AccountId, but: VisitId | None = None) -> list[VisitId]:
    """Signs somebody out everywhere, `but` here. Which visits ended: their sockets must be closed."""
    which = and_(visits.c.account_id == account, visits.c.id != (but or ""))
    return [VisitId(row) for row in await c.scalars(delete(visits).where(which).returning(visits.c.id))]


def csrf_of(token: str) -> str:
    """What a form of this visit must carry."""
    return hmac.new(token.encode("utf-8", "replace"), b"hearth form", hashlib.sha256).hexdigest()


def browser(agent: str) -> str:
    """`Firefox on Android` from a User-Agent header: enough to recognise one's own, too little to tell people apart."""
    name = next((name for mark, name in _BROWSERS if mark in agent), "A browser")
    system = next((name for mark, name in _SYSTEMS if re.search(rf"\b{mark}", agent)), "")
    return f"{name} on {system}" if system else name


def _running(now: Millis | ColumnElement[int]) -> ColumnElement[bool]:
    return and_(visits.c.idle_at > now, visits.c.ends_at > now)


_THAT_RUN = asking(select(visits.c.id).where(_running(NOW)), visits.c.id)


def visit_from(row: Row[tuple[object, ...]], csrf: str = "") -> Visit:
    """A row of `visits`."""
    whose = VisitId(row.id), AccountId(row.account_id)
    until = Millis(row.idle_at), Millis(row.ends_at)
    return Visit(
        *whose, row.agent, row.started_on, *until, row.calm, csrf, Millis(row.sure_until or 0), bool(row.shared)
    )
