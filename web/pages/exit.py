"""Leave now: the way out that always works, also without script, without a form and without the records."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chat.core.errors import ChatError
from web import kiosk
from web.pages.front import EVERYTHING
from web.site import site_of
from web.visit import came_from_us, end_visit, forget

QUICKLY = '"cookies", "storage"'
"""Emptying the cache can take a browser seconds, in which the next page would not show."""


async def by_link(request: Request) -> Response:
    """Signs out and leads away; from a kiosk, to its first page.

    A link on somebody else's page leads away only, and signs nobody out.
    """
    away = RedirectResponse("/" if kiosk.minutes(request) else site_of(request).exit_url, 303)
    return await _leave(request, away, QUICKLY)


async def by_script(request: Request) -> Response:
    """Signs out while the script leads away: it sends this and waits for nothing."""
    return await _leave(request, Response(status_code=204), EVERYTHING)


async def _leave(request: Request, away: Response, clear: str) -> Response:
    if not came_from_us(request):
        return away
    try:
        return await end_visit(request, away, clear)
    except ChatError:  # whoever wants to leave is not kept by the records' troubles
        return forget(request, away, clear)
