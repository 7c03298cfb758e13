"""A second step when signing in: a code that a device in somebody's hand makes, each half minute another one.

The secret that it is made from is sealed before it comes here. A code is used up with its half minute.
"""

from datetime import date

from msgspec import Struct
from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.ids import AccountId, Millis
from chat.core.wire.frame import Role
from chat.records.adding import put
from chat.records.keys import day
from chat.records.several import Asking, among, asking
from chat.records.tables import accounts, members, second_steps


class SecondStep(Struct, frozen=True):
    """`begun_on` None: it was not tried out yet, and is not asked for."""

    secret: bytes
    step: int
    begun_on: date | None

    def __repr__(self) -> str:
        return "<SecondStep>"


async def find(c: AsyncConnection, account: AccountId) -> SecondStep | None:
    """That of an account, also one that was not tried out yet."""
    row = (await c.execute(select(second_steps).where(second_steps.c.account_id == account))).one_or_none()
    return SecondStep(row.secret, row.step, row.begun_on) if row else None


async def standing(c: AsyncConnection, account: AccountId) -> SecondStep | None:
    """That which is asked for when somebody signs in."""
    found = await find(c, account)
    return found if found and found.begun_on else None


async def offer(c: AsyncConnection, account: AccountId, sealed: bytes) -> None:
    """A new secret, to be tried out."""
    await put(c, second_steps, account_id=account, secret=sealed, step=0, begun_on=None)


async def use(c: AsyncConnection, account: AccountId, step: int, now: Millis) -> bool:
    """Uses up the code of a half minute and all before it; False if that was done already. The first one begins it."""
    which = second_steps.c.account_id == account, second_steps.c.step < step
    used = (await c.execute(update(second_steps).where(*which).values(step=step))).rowcount == 1
    begins = second_steps.c.account_id == account, second_steps.c.begun_on.is_(None)
    if used:
        await c.execute(update(second_steps).where(*begins).values(begun_on=day(now)))
    return used


async def end(c: AsyncConnection, account: AccountId) -> None:
    """It is not asked for any more."""
    await c.execute(delete(second_steps).where(second_steps.c.account_id == account))


async def wanting(c: AsyncConnection, account: AccountId) -> bool:
    """Whether somebody administers or facilitates and has none."""
    return bool(await wanting_of(c, {account}))


async def wanting_of(c: AsyncConnection, some: set[AccountId]) -> set[AccountId]:
    """Those of `some` who administer or facilitate and have none."""
    return {AccountId(row.id) for row in await among(c, _WANTING, some)}


def _wanting() -> Asking:
    leads = exists().where(members.c.account_id == accounts.c.id, members.c.role == Role.FACILITATOR.value)
    has = exists().where(second_steps.c.account_id == accounts.c.id, second_steps.c.begun_on.is_not(None))
    return asking(select(accounts.c.id).where(or_(leads, accounts.c.administrator) & ~has), accounts.c.id)


_WANTING = _wanting()
