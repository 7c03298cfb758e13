"""A new account: a chosen word that we complete, and a password; the name is shown once, to write down."""

from collections.abc import Awaitable, Callable

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from chat.core.ids import AccountId
from chat.records import accounts, spare_codes
from chat.records.accounts import UnfitWord, WordUsedUp
from chat.records.passwords import Passwords
from chat.records.spare_codes import Purpose
from web.render import page
from web.site import site_of
from web.visit import Form, admit, begin_visit

UNFIT = "Please choose a word of 3 to 20 letters from a to z, without spaces or digits."
USED_UP = "Please choose another word."
Allowed = Callable[[AsyncConnection], Awaitable[bool]]
"""Whether an account may still be made, asked in the transaction that makes it."""
Then = Callable[[AsyncConnection, AccountId], Awaitable[None]]
"""What comes with the account, in that same transaction."""


class New(Struct, frozen=True):
    """Whether an account may be made, where its owner goes on to, and what comes with it."""

    allowed: Allowed
    on_to: str
    administrator: bool = False
    then: Then | None = None


async def wrong_with(form: Form, passwords: Passwords) -> dict[str, str]:
    """What is not right about the word and the password, by field. Raises TooBusy."""
    word, errors = form("word").lower(), {}
    if not accounts.WORD.fullmatch(word):
        errors["word"] = UNFIT
    if weak := await passwords.weakness(form.secret("password"), word):
        errors["password"] = weak
    return errors


async def make(request: Request, form: Form, new: New) -> Response | dict[str, str] | None:
    """The page that shows the new name, signed in; or what is wrong, by field; or None if it is no longer allowed.

    Raises TooBusy.
    """
    site = site_of(request)
    if errors := await wrong_with(form, site.passwords):
        return errors
    kept = await site.passwords.hash(form.secret("password"))
    try:
        async with site.store.writing() as c:
            if not await new.allowed(c):
                return None
            account = await accounts.create(c, form("word"), kept, administrator=new.administrator)
            codes = await spare_codes.make(c, account.id, Purpose.PASSWORD, site.clock())
            if new.then:
                await new.then(c, account.id)
    except UnfitWord:
        return {"word": UNFIT}
    except WordUsedUp:
        return {"word": USED_UP}
    token = await begin_visit(request, account.id)
    return admit(request, page(request, "written_down.html", login=account.login, codes=codes, on_to=new.on_to), token)
