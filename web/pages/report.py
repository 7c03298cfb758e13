"""Where the room's page hands in a report; and where its reporter sees what came of it.

It is sent as JSON: a form would turn line ends into others, and a genuine message would look altered. It needs the
records alone: neither Redis nor an open room, and no seat in it, so somebody who was asked to leave can still report.
"""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from chat.core.ids import RoomId
from chat.core.report import WORDS_MAX
from chat.records import access, accounts, meetings, reports
from web.pages.groups import group_id
from web.pages.reports import OUTCOMES
from web.render import page
from web.reporting import Answered, Sent, answer_of, has_no_reader, is_mine, take
from web.site import site_of
from web.visit import code_of, json_of, signed_in

STATUS = {"kept": 201, "not-kept": 422, "too-many": 429}


async def ask(request: Request) -> Response:
    """What a report must carry so that it is known to come from our page."""
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        await access.meeting_for(c, visit.account_id, RoomId(request.path_params["room"]))
    return _json({"form": code_of(visit)}, 200)


async def send(request: Request) -> Response:
    """Takes a report of a meeting, open or over, from whoever is in its group."""
    sent = await json_of(request, Sent)
    site, visit = site_of(request), await signed_in(request)
    async with site.store.writing() as c:
        where = await access.meeting_for(c, visit.account_id, RoomId(request.path_params["room"]))
        if len(sent.own) > WORDS_MAX:
            return _json(Answered("not-kept"), 422)
        answered = await take(c, site, where, sent)
        meeting = await meetings.current(c, where[0].group) if _is_told(answered, sent) else None
    if meeting:
        await site.live.reported(meeting.id)
    return _json(answered, STATUS[answered.result])


def _is_told(answered: Answered, sent: Sent) -> bool:
    """Whether facilitators in the room hear at once that a report came: of one who hides from them they do not, for
    whoever looks around then might guess whose it is; and of one about a facilitator none of them may know.
    """
    return answered.result == "kept" and answered.reader == "facilitators" and sent.named


async def mine(request: Request) -> Response:
    """One's own reports in a group, and what came of each."""
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        group, _ = await access.group_for(c, visit.account_id, group_id(request))
        every, heads = await reports.of(c, group.id, site.clock()), await accounts.administrators(c)
    own = [one for one in every if is_mine(site.locker, one, visit.account_id)]
    answers = {one.id: answer_of(site.locker, one) for one in own}
    waits = {one.id for one in own if has_no_reader(site.locker, one, heads)}
    return page(request, "my_reports.html", group=group, own=own, answers=answers, waits=waits, outcomes=OUTCOMES)


def _json(said: object, status: int) -> Response:
    return Response(msgspec.json.encode(said), status, media_type="application/json")
