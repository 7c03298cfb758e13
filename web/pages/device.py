"""What others could see on somebody's device, what helps, and a place to try out leaving."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from web import kiosk
from web.render import page
from web.visit import visit_of


async def show(request: Request) -> Response:
    """In plain words; needs no visit. Of a kiosk there is something else to say."""
    await visit_of(request)
    if kiosk.minutes(request):
        return RedirectResponse("/device/kiosk", 303)
    return page(request, "device.html")


async def practice(request: Request) -> Response:
    """Where leaving can be tried, and nothing happens to anybody's visit."""
    await visit_of(request)
    return page(request, "practice.html", done=False)


async def practised(request: Request) -> Response:
    """Where it leads."""
    await visit_of(request)
    return page(request, "practice.html", done=True)
