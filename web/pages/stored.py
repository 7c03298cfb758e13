"""What the server holds of a room at this moment, for its page to show to whoever is in it."""

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from chat.core.ids import RoomId
from chat.live.table import NoSuchRoom
from chat.records import access
from web import history
from web.site import site_of
from web.visit import signed_in

NOT_HERE = "This is shown to the people in the room."


async def show(request: Request) -> Response:
    """Counts and seconds, as JSON; 409 to whoever is not in the room.

    Also to somebody there who has not agreed yet to what has changed: they read along until they do. Who was asked to
    leave is in it no more. Raises SignInFirst, NotYours, BusGone, RecordsGone.
    """
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        meeting, me = await access.meeting_for(c, visit.account_id, RoomId(request.path_params["room"]))
        reading = await history.all_of(c, meeting)
    try:
        holds = await site.live.holds(meeting.id, me.id, reading)
    except NoSuchRoom:
        holds = None
    if holds is None:
        return JSONResponse({"words": NOT_HERE}, 409)
    return Response(msgspec.json.encode(holds), media_type="application/json", headers={"Cache-Control": "no-store"})
