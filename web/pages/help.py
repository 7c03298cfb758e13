"""Where to find a person to talk to, now."""

from contextlib import suppress

from starlette.requests import Request
from starlette.responses import Response

from chat.records import helplines
from chat.records.keys import day
from chat.records.store import RecordsUnreachable
from web.helplines import ANYWHERE
from web.render import page
from web.site import site_of
from web.visit import visit_of


async def show(request: Request) -> Response:
    """The emergency number always, and the confirmed lines of every country. Needs neither a visit nor the records.

    Every country comes with the page and is opened there, so nobody guesses or is told where somebody is.
    """
    site = site_of(request)
    confirmed: dict[bytes, helplines.Confirmed] = {}
    with suppress(RecordsUnreachable):
        async with site.store.reading() as c:
            confirmed = await helplines.confirmed(c, site.clock())
        await visit_of(request)  # whoever has one finds the way back
    shown = {one.line for one in site.helplines.checked(confirmed, day(site.clock())) if one.by}
    return page(request, "help.html", shown=shown, ANYWHERE=ANYWHERE)
