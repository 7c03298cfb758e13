"""Before what matters much, somebody who is signed in types their password again; that holds for five minutes.

For making a facilitator, opening a report, an emergency contact, and for whatever opens an account: a browser left open
is then not enough.
"""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chat.core.errors import ChatError
from chat.records import accounts, visits
from chat.records.visits import Visit
from web.pages.sign_in import known_again
from web.render import page
from web.site import site_of
from web.visit import form_of, signed_in
from web.within import within


class SureFirst(ChatError):
    """It must be sure first that this is still them; `to`: the page that they wanted, or that the form stood on."""

    def __init__(self, to: str) -> None:
        super().__init__("sure first")
        self.to = to


async def surely(request: Request, to: str = "") -> Visit:
    """As `signed_in`, for somebody who has typed their password within five minutes. Raises SignInFirst, SureFirst.

    `to`: where to go on to then, if that is not the address that was asked for.
    """
    visit = await signed_in(request)
    if visit.sure_until <= site_of(request).clock():
        raise SureFirst(to or request.url.path)
    return visit


async def sure_first(_: Request, error: Exception) -> Response:
    """Leads to the question."""
    if not isinstance(error, SureFirst):
        raise error
    return RedirectResponse(f"/sure?to={quote(error.to)}", 303)


async def ask(request: Request) -> Response:
    """The question."""
    await signed_in(request)
    return page(request, "sure.html", to=within(request.query_params.get("to", "")))


async def answer(request: Request) -> Response:
    """It is them."""
    form = await form_of(request)
    site, visit, to = site_of(request), await signed_in(request), within(form("to"))
    async with site.store.reading() as c:
        kept = await accounts.credentials(c, visit.account_id)
    if errors := await known_again(request, kept, form.secret("present")):
        return page(request, "sure.html", 422, to=to, errors=errors)
    async with site.store.writing() as c:
        await visits.sure(c, visit.id, site.clock())
    return RedirectResponse(to or "/", 303)
