"""In a demonstration, a printed link signs somebody in with one press."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chat.records import agreements, groups, meetings, starts
from chat.records.starts import Purpose
from web.pages.begin import gone
from web.site import site_of
from web.visit import admit, begin_visit


async def come(request: Request) -> Response:
    """Signs in and goes on to the room, if it is open, or to the groups."""
    site = site_of(request)
    async with site.store.writing() as c:
        start = await starts.take(c, request.path_params["token"], Purpose.DEMO, site.clock())
    if start is None or start.account is None:
        return gone(request)
    token, to = await begin_visit(request, start.account, site.longest), "/"
    async with site.store.reading() as c:
        for one in await groups.of(c, start.account):
            meeting = await meetings.current(c, one.group.id)
            agreed = await agreements.consented(c, one.member.id)
            to = f"/rooms/{meeting.id}" if meeting and agreed else f"/groups/{one.group.id}"
    return admit(request, RedirectResponse(to, 303), token)
