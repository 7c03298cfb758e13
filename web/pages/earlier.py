"""What was said before in a room whose group keeps it, for its page to show to whoever is in it."""

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from chat.core.ids import Millis, Number, RoomId
from chat.live import frames
from chat.live.earlier import Mark
from chat.live.table import NoSuchRoom
from chat.records import access
from web import history
from web.site import site_of
from web.visit import signed_in

NOT_HERE = "This is shown to the people in the room, and not to a supervisor."


async def show(request: Request) -> Response:
    """A page of it as JSON, before what the address names; 409 to whoever may not read it here.

    Raises SignInFirst, NotYours, BarredFrom, NotConsented, BusGone, RecordsGone.
    """
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        meeting, me = await access.entering(c, visit.account_id, RoomId(request.path_params["room"]), site.clock())
        reading = await history.reading(c, meeting, me.id, site.clock())
    try:
        sheet = await site.live.earlier(meeting.id, me.id, reading, _mark(request.query_params.get("before", "")))
    except NoSuchRoom:
        sheet = None
    if sheet is None:
        return JSONResponse({"words": NOT_HERE}, 409)
    body = frames.page(msgspec.json.encode(sheet))
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})


def _mark(asked: str) -> Mark | None:
    """`here.<number>` or `<ms>.<number>`, as a page was given it; anything else begins with the newest."""
    at, _, n = asked.partition(".")
    if not (n.isascii() and n.isdigit() and len(asked) < 40):
        return None
    if at == "here":
        return Mark(Number(int(n)))
    return Mark(Number(int(n)), Millis(int(at))) if at.isascii() and at.isdigit() else None
