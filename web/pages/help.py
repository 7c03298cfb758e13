"""Where to find a person to talk to, now."""

from starlette.requests import Request
from starlette.responses import Response

from chat.records import helplines
from chat.records.store import RecordsUnreachable
from web.render import page
from web.site import site_of


async def show(request: Request) -> Response:
    """The emergency number always, and the confirmed lines. Needs neither a visit nor the records."""
    site = site_of(request)
    try:
        async with site.store.reading() as c:
            confirmed = await helplines.confirmed(c, site.clock())
    except RecordsUnreachable:
        confirmed = {}
    lines = [line for line in site.helplines.lines if line.digest in confirmed]
    return page(request, "help.html", lines=lines)
