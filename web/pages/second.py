"""The second step when signing in: turned on with a device, turned off, and asked for."""

import base64
import binascii
import hashlib

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chat.core.ids import AccountId, Millis
from chat.records import accounts, second_steps, spare_codes, visits
from chat.records.sealed import Unopenable
from chat.records.second_steps import SecondStep
from chat.records.spare_codes import Purpose
from web import qr, totp
from web.pages.sign_in import seconds
from web.pages.sure import surely
from web.render import page
from web.site import Site, site_of
from web.visit import Form, admit, begin_visit, form_code, form_of
from web.within import within

HERE = "/account/second"
SEALED, HALF = "second step", "half signed in"
"""What the secret, and what somebody who has typed their password, are sealed as."""
HALF_LASTS = 10 * 60_000
"""Milliseconds to find the device and type its code."""
TRIES_A_DAY = 100
"""Wrong codes for one account, from wherever: three of 10^6 are right. Whoever tries has the password already."""
WRONG = "This code does not fit. Please take the one that the app shows now; each works once."
LATE = "That took a while. Please sign in again."
WHY = "They help you in if you lose your device."


class Asked(Struct, frozen=True):
    """Why a code was not taken, in words; `wait`: seconds until another try is."""

    words: str
    status: int = 422


async def show(request: Request) -> Response:
    """On since when, or the picture and the secret for one's device."""
    return await _shown(request, 200, {})


async def _shown(request: Request, status: int, errors: dict[str, str]) -> Response:
    site, visit = site_of(request), await surely(request, HERE)
    async with site.store.writing() as c:
        found = await second_steps.find(c, visit.account_id)
        if found is None or (secret := _opened(site, visit.account_id, found)) is None:
            secret = totp.fresh()
            await second_steps.offer(c, visit.account_id, site.locker.seal(secret, SEALED, visit.account_id))
        left = await spare_codes.left(c, visit.account_id, Purpose.SECOND)
    begun = found.begun_on if found else None
    picture = None if begun else qr.picture(totp.address(secret, site.name), "The secret as a picture")
    said = {"begun_on": begun, "left": left, "required": site.second_step, "picture": picture}
    return page(request, "second.html", status, secret="" if begun else secret, errors=errors, **said)


def _opened(site: Site, account: AccountId, found: SecondStep) -> str | None:
    try:
        return site.locker.open(found.secret, SEALED, account)
    except Unopenable:  # sealed with another secret than this server's
        return None


async def turn_on(request: Request) -> Response:
    """Tries out the device; from then on it is asked for."""
    form = await form_of(request)
    site, visit = site_of(request), await surely(request, HERE)
    if wrong := await _tried(request, visit.account_id, form, devices_alone=True):
        return await _shown(request, wrong.status, {"code": wrong.words})
    async with site.store.writing() as c:
        codes = await spare_codes.make(c, visit.account_id, Purpose.SECOND, site.clock())
    on_to = "/" if site.second_step else HERE  # where it must be, whoever sets it up was on the way somewhere else
    return page(request, "codes.html", codes=codes, why=WHY, on_to=on_to)


async def turn_off(request: Request) -> Response:
    """Signing in asks for the password alone."""
    await form_of(request)
    site, visit = site_of(request), await surely(request, HERE)
    async with site.store.erasing() as c:
        await second_steps.end(c, visit.account_id)
        await spare_codes.forget(c, visit.account_id, Purpose.SECOND)
        mine = await visits.of(c, visit.account_id, site.clock())
    for one in mine if site.second_step else ():
        await site.live.visit_ended(one.id)  # they stay signed in, and sit nowhere without it
    return RedirectResponse(HERE if site.second_step else "/account", 303)


async def new_codes(request: Request) -> Response:
    """Other codes in the place of those that were written down."""
    await form_of(request)
    site, visit = site_of(request), await surely(request, HERE)
    async with site.store.writing() as c:
        if await second_steps.standing(c, visit.account_id) is None:
            return RedirectResponse(HERE, 303)
        codes = await spare_codes.make(c, visit.account_id, Purpose.SECOND, site.clock())
    return page(request, "codes.html", codes=codes, why=WHY, on_to=HERE)


async def go_on(request: Request, account: AccountId, to: str) -> Response:
    """After the password: signed in, or asked for the second step."""
    site = site_of(request)
    async with site.store.reading() as c:
        asked = await second_steps.standing(c, account)
        mark = await _mark(c, account)
    if asked is None:
        return admit(request, RedirectResponse(to, 303), await begin_visit(request, account))
    return page(request, "second_ask.html", half=_half(request, account, mark), to=to)


def _half(request: Request, account: AccountId, mark: str) -> str:
    """Who has typed their password, for the form of the second step: sealed, for this browser, for ten minutes."""
    until = site_of(request).clock() + HALF_LASTS
    sealed = site_of(request).locker.seal(f"{account} {until} {mark}", HALF, form_code(request))
    return base64.urlsafe_b64encode(sealed).decode()


async def _mark(c: AsyncConnection, account: AccountId) -> str:
    """Which password it is: with another one, whoever has typed the one before begins anew."""
    kept = await accounts.credentials(c, account)
    return hashlib.sha256(kept.password_hash.encode()).hexdigest() if kept else ""


async def _whose(request: Request, half: str) -> AccountId | None:
    site = site_of(request)
    try:
        opened = site.locker.open(base64.urlsafe_b64decode(half.encode("utf-8", "replace")), HALF, form_code(request))
    except (Unopenable, binascii.Error):
        return None
    account, until, mark = opened.split(" ")
    async with site.store.reading() as c:
        same = mark == await _mark(c, AccountId(account))
    return AccountId(account) if same and int(until) > site.clock() else None


async def step(request: Request) -> Response:
    """The second step: the device's code, or one that was written down."""
    form = await form_of(request)
    account, to = await _whose(request, form("half")), within(form("to")) or "/"
    if account is None:
        return page(request, "sign_in.html", 422, to=to, action="/sign-in", errors={"": LATE})
    if wrong := await _tried(request, account, form):
        said = {"half": form("half"), "to": to, "errors": {"code": wrong.words}}
        return page(request, "second_ask.html", wrong.status, **said)
    return admit(request, RedirectResponse(to, 303), await begin_visit(request, account))


async def _tried(request: Request, account: AccountId, form: Form, *, devices_alone: bool = False) -> Asked | None:
    """None: the code was right, and is used up."""
    site, now, who = site_of(request), site_of(request).clock(), f"second step {account}"
    address = request.client.host if request.client else ""
    async with site.store.writing() as c:
        wait = await site.throttle.allowed(c, who, address, now)
        many = await site.throttle.failures(c, who, now) > TRIES_A_DAY
    if wait:
        return Asked(f"There were many tries. Please wait {seconds(wait)} and try again.", 429)
    async with site.store.writing() as c:
        right = not many and await _device(c, site, account, form("code"), now)
        if not right and not devices_alone:
            right = await spare_codes.use(c, account, Purpose.SECOND, form("code"))
        if right:
            await site.throttle.succeeded(c, who, address, now)
    return None if right else Asked(WRONG)


async def _device(c: AsyncConnection, site: Site, account: AccountId, typed: str, now: Millis) -> bool:
    found = await second_steps.find(c, account)
    secret = _opened(site, account, found) if found else None
    which = totp.step_of(secret, typed, now) if secret else None
    return which is not None and await second_steps.use(c, account, which, now)
