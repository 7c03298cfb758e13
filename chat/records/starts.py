"""Links that sign in: the first administrator's works once, those of a demonstration as long as it lasts."""

from enum import StrEnum

from msgspec import Struct
from sqlalchemy import and_, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.ids import AccountId, Millis
from chat.records.accounts import any_administrator
from chat.records.keys import DAY, fresh_token, hashed
from chat.records.tables import starts

BEGIN_LASTS, DEMO_LASTS = DAY, 7 * DAY


class Purpose(StrEnum):
    """What a link does."""

    BEGIN = "begin"
    DEMO = "demo"


class Start(Struct, frozen=True):
    """What a link was good for."""

    purpose: Purpose
    account: AccountId | None


async def begin(c: AsyncConnection, now: Millis) -> str | None:
    """The token of a link that makes the first administrator, in the place of an earlier one; None if there is one."""
    if await any_administrator(c):
        return None
    await c.execute(delete(starts).where(starts.c.purpose == Purpose.BEGIN.value))
    return await _make(c, Start(Purpose.BEGIN, None), now + BEGIN_LASTS)


async def demo(c: AsyncConnection, account: AccountId, now: Millis) -> str:
    """The token of a link that signs `account` in."""
    return await _make(c, Start(Purpose.DEMO, account), now + DEMO_LASTS)


async def look(c: AsyncConnection, token: str, purpose: Purpose, now: Millis) -> bool:
    """Whether the link still works; for showing a form."""
    if purpose is Purpose.BEGIN and await any_administrator(c):
        return False
    which = and_(starts.c.token_hash == hashed(token), starts.c.purpose == purpose.value, starts.c.ends_at > now)
    return await c.scalar(select(starts.c.purpose).where(which)) is not None


async def take(c: AsyncConnection, token: str, purpose: Purpose, now: Millis) -> Start | None:
    """Uses the link up; None if somebody was faster, it has lapsed, or there is an administrator already.

    A link of a demonstration is not used up: whoever shows it to others, or left, presses it again.
    """
    if purpose is Purpose.BEGIN and await any_administrator(c):
        return None
    which = and_(starts.c.token_hash == hashed(token), starts.c.purpose == purpose.value, starts.c.ends_at > now)
    using = delete(starts).where(which).returning(starts.c.account_id)
    looking = select(starts.c.account_id).where(which)
    row = (await c.execute(looking if purpose is Purpose.DEMO else using)).one_or_none()
    return Start(purpose, row.account_id) if row else None


async def _make(c: AsyncConnection, start: Start, ends_at: int) -> str:
    token = fresh_token()
    row = {"purpose": start.purpose.value, "account_id": start.account, "ends_at": ends_at}
    await c.execute(insert(starts).values(token_hash=hashed(token), **row))
    return token
