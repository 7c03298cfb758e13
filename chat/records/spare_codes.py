"""Codes on a slip of paper, each of which works once: in the place of a lost password, or of a lost device."""

import secrets
from enum import StrEnum

from sqlalchemy import ColumnElement, delete, exists, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.ids import AccountId, Millis
from chat.records.keys import day, hashed
from chat.records.tables import spare_codes

MANY = 8
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters and figures that are mistaken for each other."""
LETTERS, BLOCK = 20, 5
"""31^20 are 2^99: guessing is hopeless, and no slow hash is needed."""


class Purpose(StrEnum):
    """In whose place a code works."""

    PASSWORD = "password"  # noqa: S105  a word for a purpose
    SECOND = "second"


async def make(c: AsyncConnection, account: AccountId, purpose: Purpose, now: Millis) -> list[str]:
    """New codes in the place of all earlier ones; they are kept as hashes, so this is the only time to show them."""
    await c.execute(delete(spare_codes).where(spare_codes.c.account_id == account, spare_codes.c.purpose == purpose))
    made = ["".join(secrets.choice(ALPHABET) for _ in range(LETTERS)) for _ in range(MANY)]
    row = {"account_id": account, "purpose": purpose.value, "made_on": day(now)}
    await c.execute(insert(spare_codes), [row | {"code_hash": hashed(code)} for code in made])
    return ["-".join(code[at : at + BLOCK] for at in range(0, LETTERS, BLOCK)) for code in made]


async def use(c: AsyncConnection, account: AccountId, purpose: Purpose, typed: str) -> bool:
    """Uses a code up; False if it is none of theirs. Capitals, spaces and hyphens do not matter."""
    return (await c.execute(delete(spare_codes).where(*_fitting(account, purpose, typed)))).rowcount == 1


async def fits(c: AsyncConnection, account: AccountId, purpose: Purpose, typed: str) -> bool:
    """As `use`, and it works still."""
    return bool(await c.scalar(select(exists().where(*_fitting(account, purpose, typed)))))


def _fitting(account: AccountId, purpose: Purpose, typed: str) -> tuple[ColumnElement[bool], ...]:
    plain = "".join(letter for letter in typed.lower() if letter.isalnum())
    its = spare_codes.c.account_id == account, spare_codes.c.purpose == purpose.value
    return spare_codes.c.code_hash == hashed(plain), *its


async def forget(c: AsyncConnection, account: AccountId, purpose: Purpose) -> None:
    """None of them works any more."""
    its = spare_codes.c.account_id == account, spare_codes.c.purpose == purpose.value
    await c.execute(delete(spare_codes).where(*its))


async def left(c: AsyncConnection, account: AccountId, purpose: Purpose) -> int:
    """How many still work."""
    which = spare_codes.c.account_id == account, spare_codes.c.purpose == purpose.value
    return await c.scalar(select(func.count()).where(*which)) or 0
