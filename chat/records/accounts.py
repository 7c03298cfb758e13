"""An account is a made-up name and a password, or a guest's with neither; nobody can find out which names exist.

A login is a chosen word and four digits that the server draws. So nothing is ever refused because "this name is
taken", which would tell a stranger that somebody is here.
"""

import re
import secrets

from msgspec import Struct
from sqlalchemy import Row, delete, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.errors import ChatError
from chat.core.ids import AccountId, Millis
from chat.records import invitations
from chat.records.adding import add
from chat.records.keys import day, fresh_id, now
from chat.records.tables import accounts, visits

WORD = re.compile(r"[a-z]{3,20}")
_TRIES = 50
"""With half of a word's 10,000 logins taken, none of 50 draws is free once in 10^15 times."""


class UnfitWord(ChatError):
    """Not 3 to 20 letters from a to z."""


class WordUsedUp(ChatError):
    """Nearly all of the 10,000 logins with this word exist."""


class OnlyOne(ChatError):
    """Nobody else is an administrator."""


class Account(Struct, frozen=True):
    """Who signs in."""

    id: AccountId
    login: str
    administrator: bool

    def __repr__(self) -> str:
        return f"<Account {self.id}>"


class Credentials(Struct, frozen=True):
    """What a password is checked against."""

    account: Account
    password_hash: str

    def __repr__(self) -> str:
        return f"<Credentials of {self.account.id}>"


async def create(c: AsyncConnection, word: str, password_hash: str, *, administrator: bool = False) -> Account:
    """A new account. Raises UnfitWord, WordUsedUp."""
    word = word.strip().lower()
    if not WORD.fullmatch(word):
        raise UnfitWord
    account_id = AccountId(fresh_id())
    for _ in range(_TRIES):
        login = f"{word}{secrets.randbelow(10_000):04}"
        row = {"id": account_id, "login": login, "password_hash": password_hash, "administrator": administrator}
        if await add(c, accounts, **row, created_on=day(now())):
            return Account(account_id, login, administrator)
    raise WordUsedUp


async def guest(c: AsyncConnection, until: Millis) -> AccountId:
    """Somebody without a name to sign in with or a password, until then at the latest."""
    made = AccountId(fresh_id())
    nobody = {"login": f"~{fresh_id()[:20]}", "password_hash": "", "administrator": False}  # no login begins so
    await c.execute(insert(accounts).values(id=made, **nobody, created_on=day(now()), guest_until=until))
    return made


async def is_guest(c: AsyncConnection, account: AccountId) -> bool:
    """Whether they came without an account."""
    return bool(await c.scalar(select(exists().where(accounts.c.id == account, accounts.c.guest_until.is_not(None)))))


async def guests_gone(c: AsyncConnection, at: Millis) -> list[AccountId]:
    """Guests whose time is over or whose visit has ended."""
    here = exists().where(visits.c.account_id == accounts.c.id, visits.c.idle_at > at, visits.c.ends_at > at)
    over = accounts.c.guest_until.is_not(None) & ((accounts.c.guest_until <= at) | ~here)
    return [AccountId(row) for row in await c.scalars(select(accounts.c.id).where(over))]


async def by_login(c: AsyncConnection, login: str) -> Credentials | None:
    """The account of a login as somebody typed it; spaces and capitals do not matter."""
    typed = "".join(login.split()).lower()
    row = (await c.execute(select(accounts).where(accounts.c.login == typed))).one_or_none()
    return Credentials(_account(row), row.password_hash) if row else None


async def credentials(c: AsyncConnection, account: AccountId) -> Credentials | None:
    """What to check a password against that somebody already signed in types again."""
    row = (await c.execute(select(accounts).where(accounts.c.id == account))).one_or_none()
    return Credentials(_account(row), row.password_hash) if row else None


async def find(c: AsyncConnection, account: AccountId) -> Account | None:
    """The account with this id."""
    found = await credentials(c, account)
    return found.account if found else None


async def set_password(c: AsyncConnection, account: AccountId, password_hash: str) -> None:
    """Another password, or the same one hashed anew."""
    await c.execute(update(accounts).where(accounts.c.id == account).values(password_hash=password_hash))


async def any_administrator(c: AsyncConnection) -> bool:
    """Whether the installation has been begun."""
    return bool(await c.scalar(select(exists().where(accounts.c.administrator))))


async def administrators(c: AsyncConnection) -> set[AccountId]:
    """Everybody who administers."""
    return {AccountId(row) for row in await c.scalars(select(accounts.c.id).where(accounts.c.administrator))}


async def end_administering(c: AsyncConnection, login: str) -> bool:
    """Takes from whoever signs in so what administrators may do, with the links by which others, or they themself,
    would come to facilitate a group; False where no administrator does. Raises OnlyOne.
    """
    known = await by_login(c, login)
    if known is None or not known.account.administrator:
        return False
    if await administrators(c) == {known.account.id}:
        raise OnlyOne
    await c.execute(update(accounts).where(accounts.c.id == known.account.id).values(administrator=False))
    await invitations.revoke_by(c, known.account.id, now())
    return True


async def erase(c: AsyncConnection, account: AccountId) -> None:
    """The account with its visits, memberships and bars. Call `members.leave_all` first."""
    await c.execute(delete(accounts).where(accounts.c.id == account))


def _account(row: Row[tuple[object, ...]]) -> Account:
    return Account(AccountId(row.id), row.login, row.administrator)
