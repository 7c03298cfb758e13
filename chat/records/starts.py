"""Links that let somebody in: an administrator's, a facilitator's word for a member, a demonstration's."""

from enum import StrEnum

from msgspec import Struct
from sqlalchemy import and_, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.ids import AccountId, GroupId, MemberId, Millis
from chat.records.accounts import any_administrator
from chat.records.keys import DAY, fresh_token, hashed
from chat.records.tables import members, starts

BEGIN_LASTS, DEMO_LASTS, VOUCH_LASTS = DAY, 7 * DAY, DAY


class Purpose(StrEnum):
    """What a link does."""

    BEGIN = "begin"
    """It makes the first administrator."""
    ADMINISTER = "administer"
    """It makes one more; whoever runs the server asked for it."""
    DEMO = "demo"
    VOUCH = "vouch"
    """A facilitator vouches for a member, who makes a new account."""


class Start(Struct, frozen=True):
    """What a link was good for."""

    purpose: Purpose
    account: AccountId | None
    member: MemberId | None = None


async def begin(c: AsyncConnection, now: Millis) -> str | None:
    """The token of a link that makes the first administrator, in the place of an earlier one; None if there is one."""
    if await any_administrator(c):
        return None
    await c.execute(delete(starts).where(starts.c.purpose == Purpose.BEGIN.value))
    return await _make(c, Start(Purpose.BEGIN, None), now + BEGIN_LASTS)


async def administer(c: AsyncConnection, now: Millis) -> str:
    """The token of a link that makes one more administrator, in the place of an earlier one."""
    await c.execute(delete(starts).where(starts.c.purpose == Purpose.ADMINISTER.value))
    return await _make(c, Start(Purpose.ADMINISTER, None), now + BEGIN_LASTS)


async def demo(c: AsyncConnection, account: AccountId, now: Millis) -> str:
    """The token of a link that signs `account` in."""
    return await _make(c, Start(Purpose.DEMO, account), now + DEMO_LASTS)


async def vouch(c: AsyncConnection, member: MemberId, now: Millis) -> str:
    """The token of a link by which somebody goes on as `member`, in the place of an earlier one."""
    await c.execute(delete(starts).where(starts.c.member_id == member))
    return await _make(c, Start(Purpose.VOUCH, None, member), now + VOUCH_LASTS)


async def forget_vouched(c: AsyncConnection, group: GroupId) -> None:
    """No link works by which somebody would go on as a member of this group. Use `Store.erasing`."""
    here = select(members.c.id).where(members.c.group_id == group)
    await c.execute(delete(starts).where(starts.c.member_id.in_(here)))


async def find(c: AsyncConnection, token: str, purpose: Purpose, now: Millis) -> Start | None:
    """What the link is good for, without using it up."""
    which = and_(starts.c.token_hash == hashed(token), starts.c.purpose == purpose.value, starts.c.ends_at > now)
    row = (await c.execute(select(starts).where(which))).one_or_none()
    return Start(purpose, row.account_id, row.member_id) if row else None


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
    row = {"purpose": start.purpose.value, "account_id": start.account, "member_id": start.member, "ends_at": ends_at}
    await c.execute(insert(starts).values(token_hash=hashed(token), **row))
    return token
