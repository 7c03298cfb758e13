"""What is past its time is erased, whether or not anybody asks for it again."""

from sqlalchemy import Delete, and_, delete, exists, or_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.ids import Millis
from chat.records import accounts, histories, invitations
from chat.records import members as people
from chat.records.helplines import HOLDS_FOR
from chat.records.keys import DAY, day
from chat.records.ledger import Ledger
from chat.records.tables import (
    acts,
    appeals,
    bars,
    contact_keys,
    contact_openings,
    contacts,
    crisis_steps,
    help_lines,
    meetings,
    mutes,
    partings,
    remarks,
    reports,
    starts,
    throttle,
    visits,
)

MEETINGS_FOR = 90 * DAY
"""How long after closing it is known that a meeting was, in ms; longer if acts in it are still kept."""


async def expire(c: AsyncConnection, now: Millis, ledger: Ledger) -> int:
    """Erases all that has lapsed; how many rows went. Each hour is often enough. Use `Store.erasing`.

    But for guests of whom their group may keep what they said: with their ids gone nobody would find it any more. A
    server erases it with them.
    """
    gone = await ledger.expire(c, now) + await invitations.expire(c, now)
    for lapsed in _lapsed(now):
        gone += (await c.execute(lapsed)).rowcount
    for guest in await accounts.guests_gone(c, now):
        if await histories.may_keep_of(c, await people.ids_of(c, guest)):
            continue
        await people.leave_all(c, guest)
        await accounts.erase(c, guest)
        gone += 1
    over = and_(meetings.c.receipt_salt.is_not(None), meetings.c.reports_until <= now)
    gone += (await c.execute(update(meetings).where(over).values(receipt_salt=None, reports_until=None))).rowcount
    late = and_(contact_openings.c.salt.is_not(None), contact_openings.c.until <= now)
    gone += (await c.execute(update(contact_openings).where(late).values(asking=None, salt=None))).rowcount
    gone += await histories.expire(c, now)
    read = and_(reports.c.content.is_not(None), reports.c.until <= now)
    gone += (await c.execute(update(reports).where(read).values(content=None))).rowcount
    return gone


def _lapsed(now: Millis) -> list[Delete]:
    closed_long_ago = and_(meetings.c.closed_on.is_not(None), meetings.c.closed_on < day(Millis(now - MEETINGS_FOR)))
    long_ago = and_(closed_long_ago, ~exists().where(acts.c.room_id == meetings.c.id))
    return [
        delete(visits).where(or_(visits.c.idle_at <= now, visits.c.ends_at <= now)),
        delete(starts).where(starts.c.ends_at <= now),
        delete(throttle).where(throttle.c.counted_on < day(now)),
        delete(bars).where(bars.c.until.is_not(None), bars.c.until <= now),
        delete(mutes).where(mutes.c.until <= now),
        delete(appeals).where(appeals.c.ends_at <= now),
        delete(remarks).where(remarks.c.ends_at <= now),
        delete(crisis_steps).where(crisis_steps.c.ends_at <= now),
        delete(partings).where(partings.c.ends_at <= now),
        delete(contacts).where(contacts.c.ends_at <= now),
        delete(contact_keys).where(contact_keys.c.begun_on.is_(None), contact_keys.c.ends_at <= now),
        delete(contact_openings).where(contact_openings.c.ends_at <= now),
        delete(reports).where(reports.c.ends_at <= now),
        delete(meetings).where(long_ago),
        delete(help_lines).where(help_lines.c.confirmed_on <= day(Millis(now - HOLDS_FOR * DAY))),
    ]
