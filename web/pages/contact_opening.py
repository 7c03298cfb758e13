"""Where two people type their halves of the key, each their own, and where it can be read what they opened, once."""

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chat.core.ids import AccountId, Millis
from chat.records import access, accounts, contact_keys, groups, in_words, members, openings
from chat.records.contact_keys import Key, Which
from chat.records.in_words import Slip
from chat.records.openings import Opening
from chat.records.sealed import Unopenable
from chat.records.visits import Visit
from web import opening
from web.opening import WHY, Half
from web.pages.sure import surely
from web.render import page
from web.site import Site, site_of
from web.visit import Form, form_of, signed_in

STAYS = 300
"""Seconds that what was opened stays on a screen."""
NOT_THIS = "These are 24 words as they should be, but not those of this key. Please look whether it is the right paper."
ENOUGH = "There were too many tries that were not right. Please try again tomorrow, or let somebody else type."
CAME: dict[str, str] = {
    "gone": "There is nothing to open any more: it was taken back, or its time is over.",
    "broken": "The box does not open with the right key: what lies there is not what was given here. Please tell the "
    "people who run this server.",
}


class Seen(Struct, frozen=True):
    """One that somebody may look at, with what is said of it."""

    asked: Opening
    key: Key | None
    name: str
    group: str
    by: str
    reads: bool
    """Whether they are one of those who may read what was opened."""
    looks_after: bool
    """Whether they look after the group, and so call the two."""

    def __repr__(self) -> str:
        return f"<Seen {self.asked.id}>"


async def show(request: Request) -> Response:
    """Why it is asked, which half has been typed, and the form for the other one."""
    await surely(request)
    return await _shown(request, 200, {}, {})


async def _shown(request: Request, status: int, errors: dict[str, str], typed: dict[str, str]) -> Response:
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        seen = await _seen(c, request, visit.account_id)
    asked, now = seen.asked, site.clock()
    over = asked.salt is None or (asked.opened_at is None and asked.until <= now)
    ready = not over and asked.opened_at is not None and await opening.is_there(site, asked)
    waits = {} if over or asked.opened_at else await opening.there(site, asked)
    said = {"seen": seen, "asked": asked, "over": over, "ready": ready, "waits": waits, "now": now}
    more = {"words": _words(site, asked), "why": WHY, "typed": typed, "stays": STAYS // 60}
    return page(request, "contact_opening.html", status, errors=errors, **said, **more)


async def type_(request: Request) -> Response:
    """A half, typed. Their password is not asked again here: it would take away what they have typed in minutes."""
    form = await form_of(request)
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        seen = await _seen(c, request, visit.account_id)
    asked, key = seen.asked, seen.key
    if asked.salt is None or asked.until <= site.clock() or asked.opened_at or key is None:
        return RedirectResponse(f"/contact-openings/{asked.id}", 303)
    found = await _half(site, visit, key, form)
    if isinstance(found, str):
        return await _shown(request, 422, {"words": found}, {"words": form("words"), "risk": form("risk")})
    which, half = found
    came = await opening.typed(site, asked, key, which, half)
    if came in CAME:
        return await _shown(request, 422, {"": CAME[came]}, {})
    return RedirectResponse(f"/contact-openings/{asked.id}", 303)


async def _half(site: Site, visit: Visit, key: Key, form: Form) -> tuple[Which, Half] | str:
    """Which half it is, or in words why it is none. Only words that could be one are counted as tries."""
    typed = in_words.half(form("words"))
    if isinstance(typed, Slip):
        return _slip(typed)
    async with site.store.writing() as c:
        if await site.throttle.exhausted(c, opening.TRIES, visit.account_id, opening.MOST, site.clock()):
            return ENOUGH
        which = key.which(typed)
        if which is None:
            await site.throttle.failed(c, opening.TRIES, visit.account_id, site.clock())
            return NOT_THIS
    return which, Half(typed, visit.account_id, form("risk") == "yes", site.clock())


def _slip(slip: Slip) -> str:
    if slip.at:
        return f"Word {slip.at} is not one of the words that are used for this. Please look at it again."
    if slip.count != in_words.COUNT:
        return f"These are {slip.count} words. There must be {in_words.COUNT}."
    return "One of the words is not right, or two have changed places. Please compare them with your paper."


async def read(request: Request) -> Response:
    """Shows it, for the only time. After some minutes the page goes away by itself, also without a script."""
    await form_of(request)
    at = f"/contact-openings/{request.path_params['opening']}"
    site, visit = site_of(request), await surely(request, at)
    async with site.store.reading() as c:
        seen = await _seen(c, request, visit.account_id)
    if not seen.reads:
        raise access.NotYours
    contact = await opening.read(site, seen.asked)
    if contact is None:
        return RedirectResponse(at, 303)
    shown = page(request, "contact_opened.html", seen=seen, contact=contact, at=at, stays=STAYS // 60)
    shown.headers["Refresh"] = f"{STAYS};url={at}"
    return shown


async def give_up(request: Request) -> Response:
    """It is not needed any more."""
    await form_of(request)
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        seen = await _seen(c, request, visit.account_id)
    await opening.give_up(site, seen.asked)
    return RedirectResponse(f"/contact-openings/{seen.asked.id}", 303)


async def _seen(c: AsyncConnection, request: Request, account: AccountId) -> Seen:
    """For whoever looks after the group, administers, or keeps half of the key; never for whom it is about.

    Raises NotYours.
    """
    asked, key = await openings.find(c, request.path_params["opening"]), await contact_keys.used(c)
    if asked is None:
        raise access.NotYours
    mine = await openings.facilitator(c, account, asked.group, site_of(request).clock())
    known = await accounts.find(c, account)
    keeps = key is not None and account in key.holders
    who, group = await members.by_id(c, asked.group, asked.member), await groups.find(c, asked.group)
    if who is None or group is None or who.account == account or not (mine or keeps or (known and known.administrator)):
        raise access.NotYours
    by = await members.by_id(c, asked.group, asked.by) if asked.by else None
    reads = account in asked.typed_by or (mine is not None and mine == asked.by)
    return Seen(asked, key, who.name, group.name, by.name if by else "Somebody who has left", reads, mine is not None)


async def asked_of(c: AsyncConnection, account: AccountId, now: Millis) -> list[Opening]:
    """What waits for somebody because they keep half of the key; never what is about themselves."""
    key = await contact_keys.used(c)
    if key is None or account not in key.holders:
        return []
    found = [(one, await members.by_id(c, one.group, one.member)) for one in await openings.waiting(c, now)]
    return [one for one, who in found if who is not None and who.account != account]


def _words(site: Site, asked: Opening) -> str:
    try:
        return site.locker.open(asked.words, opening.ASKING, asked.id) if asked.words else ""
    except Unopenable:
        return ""
