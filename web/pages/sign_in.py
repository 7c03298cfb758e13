"""Signing in tells nobody which names exist: the same words, the same time, the same waiting."""

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from chat.records import accounts
from chat.records.accounts import Account, Credentials
from web.site import site_of
from web.visit import Form

WRONG = "That name and that password do not belong together. Please look at both again; the name ends in four digits."


class Wrong(Struct, frozen=True):
    """Why not; by field, in words."""

    errors: dict[str, str]
    status: int = 422
    wait: int = 0
    """Seconds until another try is taken."""

    def answer(self, response: Response) -> Response:
        """The same response, with how long to wait for browsers that ask."""
        if self.wait:
            response.headers["Retry-After"] = str(self.wait)
        return response


async def attempt(request: Request, form: Form) -> Account | Wrong:
    """The account whose name and password were typed. Raises TooBusy."""
    site, login, password = site_of(request), form("login"), form.secret("password")
    if not login or not password:
        missing = {"login": "Please type your sign-in name."} if not login else {}
        return Wrong(missing | ({} if password else {"password": "Please type your password."}))
    now, address = site.clock(), request.client.host if request.client else ""
    async with site.store.writing() as c:
        wait = await site.throttle.allowed(c, login, address, now)
    if wait:
        words = (
            f"There were many tries from here. Please wait {seconds(wait)} and try again. Your account is not locked."
        )
        return Wrong({"login": words}, 429, wait)
    async with site.store.reading() as c:
        kept = await accounts.by_login(c, login)
    if not await site.passwords.matches(kept.password_hash if kept else None, password) or kept is None:
        return Wrong({"login": WRONG})
    async with site.store.writing() as c:
        await site.throttle.succeeded(c, login, address, now)
    await _renew(request, kept, password)
    return kept.account


async def known_again(request: Request, kept: Credentials | None, typed: str) -> dict[str, str]:
    """Whether somebody signed in is who they were: what is wrong with the password they typed again, as `present`.

    Guessing it in a browser that somebody left open is slowed like signing in.
    """
    site, login = site_of(request), kept.account.login if kept else ""
    address, now = request.client.host if request.client else "", site.clock()
    async with site.store.writing() as c:
        wait = await site.throttle.allowed(c, login, address, now)
    if wait:
        return {"present": f"There were many tries. Please wait {seconds(wait)} and try again."}
    if kept is None or not await site.passwords.matches(kept.password_hash, typed):
        return {"present": "This is not your present password."}
    async with site.store.writing() as c:
        await site.throttle.succeeded(c, login, address, now)
    return {}


async def _renew(request: Request, kept: Credentials, password: str) -> None:
    """Hashes the password anew if the way of hashing has become stronger since."""
    site = site_of(request)
    if site.passwords.outdated(kept.password_hash):
        fresh = await site.passwords.hash(password)
        async with site.store.writing() as c:
            await accounts.set_password(c, kept.account.id, fresh)


def seconds(wait: int) -> str:
    """`1 second`, `20 seconds`."""
    return f"{wait} second{'' if wait == 1 else 's'}"
