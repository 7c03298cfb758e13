"""The page of a link that whoever is on call was sent: one press says that they know."""

from starlette.requests import Request
from starlette.responses import Response

from chat.core.ids import RoomId
from chat.core.wire import CallReason, OnCall
from chat.live.table import NoSuchRoom
from web.render import page
from web.site import site_of
from web.visit import form_of

WHY = {
    CallReason.UNHELD: "The room is paused: no facilitator is in it, and people are waiting there.",
    CallReason.ASKED: "A facilitator in the room asks for you.",
}


async def ask(request: Request) -> Response:
    """Looking uses nothing up: programs look at links before people do. Raises BusGone, RecordsGone."""
    return await _shown(request)


async def acknowledge(request: Request) -> Response:
    """The one press. A second one finds that it was pressed. As `ask`."""
    await form_of(request)
    room, token = _named(request)
    try:
        await site_of(request).live.acknowledge(room, token)
    except NoSuchRoom:
        return _gone(request)
    return await _shown(request)


async def _shown(request: Request) -> Response:
    room, token = _named(request)
    try:
        call: OnCall | None = await site_of(request).live.call_standing(room, token)
    except NoSuchRoom:
        call = None
    return _gone(request) if call is None else page(request, "on_call.html", call=call, why=WHY[call.reason])


def _gone(request: Request) -> Response:
    return page(request, "on_call_gone.html", 404)


def _named(request: Request) -> tuple[RoomId, str]:
    return RoomId(request.path_params["room"]), request.path_params["token"]
