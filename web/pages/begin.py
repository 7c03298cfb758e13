"""The first administrator comes by a link that works once, printed where the server was started."""

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chat.records import starts
from chat.records.starts import Purpose
from web import kiosk
from web.pages.new_account import New, make
from web.render import page
from web.site import site_of
from web.visit import door_of, form_of


async def ask(request: Request) -> Response:
    """The form for the first account. Looking does not use the link up."""
    return page(request, "begin.html") if await _works(request) else gone(request)


async def begin(request: Request) -> Response:
    """Makes the first administrator."""
    form, site = await form_of(request), site_of(request)
    if not await _works(request):
        return gone(request)

    async def allowed(c: AsyncConnection) -> bool:
        return await starts.take(c, request.path_params["token"], Purpose.BEGIN, site.clock()) is not None

    made = await make(request, form, New(allowed, "/admin", administrator=True))
    if isinstance(made, dict):
        return page(request, "begin.html", 422, errors=made, typed={"word": form("word")})
    return made or gone(request)


async def _works(request: Request) -> bool:
    site = site_of(request)
    async with site.store.reading() as c:
        return await starts.look(c, request.path_params["token"], Purpose.BEGIN, site.clock())


def gone(request: Request) -> Response:
    """The same words for a link that never was, was used, has lapsed or was taken back."""
    if kiosk.minutes(request) and not kiosk.opens(request.url.path, door_of(request)):
        return RedirectResponse("/", 303)
    return page(request, "link_gone.html", 404)
