"""The page of a link that whoever is on call was sent: one press says that they know; another ends a mute by flags.

It asks for no sign-in: whoever is on call may have no account here, and the link is theirs alone, for one call of one
meeting. It shows no name and no word, so it makes nobody a reader of the room; all it can do is what flags did, undone,
and only while no facilitator is there to look. That is an act, with its place in the list of acts.
"""

from starlette.requests import Request
from starlette.responses import Response

from chat.core.ids import RoomId
from chat.core.wire import CallReason
from chat.live.calling import Standing
from chat.live.table import NoSuchRoom
from web.render import page
from web.site import site_of
from web.visit import form_of

WHY = {
    CallReason.UNHELD: "The room is paused: no facilitator is in it, and people are waiting there.",
    CallReason.ASKED: "A facilitator in the room asks for you.",
    CallReason.FLAGGED: "People flagged what somebody said, and no facilitator is there to look.",
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


async def let_write(request: Request) -> Response:
    """They need not have said before that they know. As `ask`."""
    await form_of(request)
    room, token = _named(request)
    try:
        await site_of(request).live.acknowledge(room, token)
        ended = await site_of(request).live.let_write(room, token)
    except NoSuchRoom:
        return _gone(request)
    return await _shown(request, ended=ended)


async def _shown(request: Request, *, ended: bool = False) -> Response:
    room, token = _named(request)
    try:
        standing: Standing | None = await site_of(request).live.call_standing(room, token)
    except NoSuchRoom:
        standing = None
    if standing is None:
        return _gone(request)
    said = {"muted": standing.muted, "watched": standing.watched, "ended": ended, "here": f"/on-call/{room}/{token}"}
    return page(request, "on_call.html", call=standing.call, why=WHY[standing.call.reason], **said)


def _gone(request: Request) -> Response:
    return page(request, "on_call_gone.html", 404)


def _named(request: Request) -> tuple[RoomId, str]:
    return RoomId(request.path_params["room"]), request.path_params["token"]
