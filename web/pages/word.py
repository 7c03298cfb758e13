"""A word to the facilitators from somebody who has left the room: “I'm OK”, or “Please reach out”."""

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from chat.core.decision import SendWord
from chat.core.errors import Code, sentence
from chat.core.ids import RoomId
from chat.core.wire import Word
from chat.core.wire.frame import Asked
from chat.live.table import NoSuchRoom
from chat.records import access
from web.site import site_of
from web.visit import NotOurForm, came_from_us, signed_in


class Sent(Asked, frozen=True, tag=False):
    """What the page sends; `ref` is its name for it, so that a second try is not told twice."""

    word: Word


_decoder = msgspec.json.Decoder(Sent)


async def send(request: Request) -> Response:
    """204 once the facilitators are told; else a sentence that says why not.

    Only a page of ours can send JSON here: a browser asks first before it does so for another site's (Fetch standard,
    "CORS-preflight fetch"), and nobody answers. Raises SignInFirst, NotOurForm, NotYours, BarredFrom, NotConsented,
    BusGone, RecordsGone.
    """
    site, visit = site_of(request), await signed_in(request)
    if not came_from_us(request) or request.headers.get("content-type") != "application/json":
        raise NotOurForm
    async with site.store.reading() as c:
        meeting, me = await access.entering(c, visit.account_id, RoomId(request.path_params["room"]), site.clock())
    try:
        sent = _decoder.decode(await request.body())
    except (msgspec.MsgspecError, UnicodeError):
        return _no(Code.BAD_VALUE, 422)
    try:
        no = await site.live.sends_word(meeting.id, SendWord(me.id, me.name, sent.word), sent.ref)
    except NoSuchRoom:
        no = Code.NOBODY_HOLDS if meeting.closed_on is None else Code.ROOM_CLOSED
    return _no(no, 409) if no else Response(status_code=204)


def _no(code: Code, status: int) -> Response:
    return JSONResponse({"words": sentence(code)}, status)
