"""Making the key for emergency contacts: administrators begin, and two people each write down half of it."""

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chat.records import access, accounts, contact_keys
from chat.records.contact_keys import Key, Which, at
from web import ceremony, qr
from web.ceremony import ASKED_FOR
from web.pages.begin import gone
from web.pages.sure import surely
from web.render import page
from web.site import Site, site_of
from web.visit import Form, form_of, signed_in

PAGE = "/admin/contact-key"
NAME_MAX = 40
NAME = "Please write who keeps the {} half, with at most {} characters."
HALVES = {"one": "first", "two": "second"}
SAME = "These must be two people."
NOT_RIGHT = "That is not what was shown. Please look at your paper: it may be the wrong line."
ENOUGH = "There were too many tries that were not right. Please let an administrator begin anew."


async def show(request: Request) -> Response:
    """Whether there is a key, who keeps its halves, and the form for another."""
    await surely(request)
    return await _shown(request, 200, {}, {})


async def _shown(request: Request, status: int, errors: dict[str, str], typed: dict[str, str]) -> Response:
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        await access.administrator(c, visit.account_id)
        key, making = await contact_keys.used(c), await contact_keys.making(c, site.clock())
        closed = await contact_keys.boxes_closed(c)
    said = {"key": key, "making": making, "closed": closed, "now": site.clock(), "most": NAME_MAX}
    return page(request, "contact_key.html", status, errors=errors, typed=typed, **said)


async def begin(request: Request) -> Response:
    """Makes one; shows the two links by which its halves can be seen, once each."""
    form = await form_of(request)
    site, visit = site_of(request), await surely(request)
    names = (form("one"), form("two"))
    errors = _wrong_with(names)
    async with site.store.reading() as c:
        await access.administrator(c, visit.account_id)
    if errors:
        return await _shown(request, 422, errors, {"one": names[0], "two": names[1]})
    begun = await ceremony.begin(site, names)
    links = [f"{site.address}/contact-key/{token}" for token in begun.tokens]
    pictures = [qr.picture(link, f"The link for {name}") for link, name in zip(links, names, strict=True)]
    return page(request, "contact_key_links.html", both=list(zip(names, links, pictures, strict=True)))


async def give_up(request: Request) -> Response:
    """The one that is being made will not be used."""
    await form_of(request)
    site, visit = site_of(request), await surely(request, PAGE)
    async with site.store.erasing() as c:
        await access.administrator(c, visit.account_id)
        await contact_keys.given_up(c)
    return RedirectResponse(PAGE, 303)


def _wrong_with(names: tuple[str, str]) -> dict[str, str]:
    pairs = zip(HALVES, names, strict=True)
    errors = {one: NAME.format(HALVES[one], NAME_MAX) for one, name in pairs if not 0 < len(name) <= NAME_MAX}
    return errors or ({"two": SAME} if names[0].casefold() == names[1].casefold() else {})


class Mine(Struct, frozen=True):
    """The half that a link is about."""

    key: Key
    which: Which

    @property
    def name(self) -> str:
        """Who is to keep it."""
        return self.key.names[at(self.which)]


async def half(request: Request) -> Response:
    """What it is about; once the half was shown, the question for some of its words."""
    site, visit = site_of(request), await surely(request)
    async with site.store.reading() as c:
        mine = await _mine(c, request)
    if mine is None:
        return gone(request)
    holder = mine.key.holders[at(mine.which)]
    asks = await ceremony.asked(site, mine.key, mine.which) if holder == visit.account_id else []
    if asks:
        return page(request, "contact_half_back.html", mine=mine, asks=asks, token=_token(request))
    others = mine.key.holders[1 - at(mine.which)] == visit.account_id
    lost = holder is not None
    return page(request, "contact_half.html", mine=mine, others=others, lost=lost)


async def see(request: Request) -> Response:
    """The words, for the only time."""
    await form_of(request)
    site, visit = site_of(request), await surely(request)
    async with site.store.reading() as c:
        mine, guest = await _mine(c, request), await accounts.is_guest(c, visit.account_id)
    if guest:
        raise access.NotYours
    if mine is None:
        return gone(request)
    words = await ceremony.show(site, mine.key, mine.which, visit.account_id)
    if words is None:
        return RedirectResponse(request.url.path, 303)
    return page(request, "contact_half_words.html", mine=mine, words=words, at=request.url.path)


async def back(request: Request) -> Response:
    """Some of the words, typed from the paper. Their password is not asked again: writing them down took its time."""
    form = await form_of(request)
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        mine = await _mine(c, request)
    if mine is None or mine.key.holders[at(mine.which)] != visit.account_id:
        return gone(request)
    asks = await ceremony.asked(site, mine.key, mine.which)
    if not asks:
        return RedirectResponse(f"/contact-key/{_token(request)}", 303)
    if wrong := await _wrong(site, visit.account_id, asks, form):
        said = {"mine": mine, "asks": asks, "token": _token(request), "errors": {"word1": wrong}}
        return page(request, "contact_half_back.html", 422, **said)
    begins = await ceremony.written_down(site, mine.key, mine.which)
    return page(request, "contact_half_done.html", mine=mine, begins=begins)


async def _wrong(site: Site, account: str, asks: list[ceremony.Asked], form: Form) -> str:
    typed = [form(f"word{n}") for n in range(1, ASKED_FOR + 1)]
    async with site.store.writing() as c:
        if await site.throttle.exhausted(c, ceremony.TRIES, account, ceremony.MOST, site.clock()):
            return ENOUGH
        if ceremony.right(asks, typed):
            return ""
        await site.throttle.failed(c, ceremony.TRIES, account, site.clock())
    return NOT_RIGHT


async def _mine(c: AsyncConnection, request: Request) -> Mine | None:
    found = await contact_keys.by_link(c, _token(request), site_of(request).clock())
    return Mine(*found) if found else None


def _token(request: Request) -> str:
    return str(request.path_params["token"])
