"""An administrator comes by a link that works once: the first by one that is printed where the server was started, any
other by one that whoever runs it has asked for (`hearth administrator`).
"""

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
    """The form for the account. Looking does not use the link up."""
    which = await _works(request)
    return page(request, "begin.html", first=which is Purpose.BEGIN) if which else gone(request)


async def begin(request: Request) -> Response:
    """Makes an administrator."""
    form, site = await form_of(request), site_of(request)
    which = await _works(request)
    if not which:
        return gone(request)

    async def allowed(c: AsyncConnection) -> bool:
        return await starts.take(c, request.path_params["token"], which, site.clock()) is not None

    made = await make(request, form, New(allowed, "/admin", administrator=True))
    if isinstance(made, dict):
        return page(request, "begin.html", 422, first=which is Purpose.BEGIN, errors=made, typed={"word": form("word")})
    return made or gone(request)


async def _works(request: Request) -> Purpose | None:
    """What the link is for, if it still works."""
    site, token = site_of(request), request.path_params["token"]
    async with site.store.reading() as c:
        for which in (Purpose.BEGIN, Purpose.ADMINISTER):
            if await starts.look(c, token, which, site.clock()):
                return which
    return None


def gone(request: Request) -> Response:
    """The same words for a link that never was, was used, has lapsed or was taken back."""
    if kiosk.minutes(request) and not kiosk.opens(request.url.path, door_of(request)):
        return RedirectResponse("/", 303)
    return page(request, "link_gone.html", 404)
