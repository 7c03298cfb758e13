"""The page of a room: an empty frame that its script fills once it has a seat."""

from collections.abc import Mapping
from datetime import date

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chat.core.ids import GroupId, RoomId
from chat.core.wire.frame import Role
from chat.records import access, helplines
from chat.records.keys import day
from web.crisis import as_json
from web.helplines import Helplines
from web.plan import plan_of
from web.render import page
from web.site import site_of
from web.visit import signed_in


async def show(request: Request) -> Response:
    """The room of an open meeting; one that has closed leads back to its group.

    Raises SignInFirst, NotYours, BarredFrom, NotConsented.
    """
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        room = RoomId(request.path_params["room"])
        meeting, me = await access.entering(c, visit.account_id, room, site.clock())
        leads = me.role is Role.FACILITATOR
        plan = await plan_of(c, GroupId(meeting.group)) if leads else None
        confirmed = await helplines.confirmed(c, site.clock())
    if meeting.closed_on is not None:
        return RedirectResponse(f"/groups/{meeting.group}", 303)
    listens = request.query_params.get("listens") == "1"
    said = {"meeting": meeting, "me": me, "listens": listens, "plan": plan and msgspec.json.encode(plan).decode()}
    said["crisis"] = as_json(site.crisis)
    said["lines"] = _lines(site.helplines, confirmed, day(site.clock()))
    gestures = msgspec.json.encode(site.gestures).decode()
    return page(request, "room.html", gestures=gestures, calm=visit.calm, **said)


def _lines(known: Helplines, confirmed: Mapping[bytes, helplines.Confirmed], today: date) -> str:
    """The operator's own country's, as JSON: they are in the page before they are needed, and without a network."""
    shown = [one.line for one in known.checked(confirmed, today) if one.by and one.line.country == known.own]
    given = [
        {
            "name": line.name,
            "hours": line.hours,
            "phone": line.phone,
            "tel": line.tel,
            "text": line.text,
            "sms": line.sms,
        }
        for line in shown
    ]
    return msgspec.json.encode(given).decode()
