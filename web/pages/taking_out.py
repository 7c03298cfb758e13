"""A facilitator takes somebody out of the group who does not come any more; it keeps nobody away.

As long as somebody is in a group, they are asked what it asks of everybody: whoever never comes back holds all up.
"""

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chat.core.ids import AccountId, MemberId, Millis
from chat.core.wire.facilitating import Act
from chat.core.wire.frame import Reason, Role
from chat.records import access, acts, histories, invitations, meetings, members, partings, starts
from chat.records.groups import Group
from chat.records.members import Member
from web import history
from web.pages.groups import group_id
from web.pages.sure import surely
from web.render import page
from web.site import site_of
from web.visit import form_of, signed_in

WHY = {
    Reason.AWAY: "They have not been here for a long while",
    Reason.ASKED: "They have asked for it",
    Reason.ANOTHER_GROUP: "Another group may fit better",
    Reason.OTHER: "Something else",
}
TOLD = {
    Reason.AWAY: "You had not been there for a long while.",
    Reason.ASKED: "You had asked for it.",
    Reason.ANOTHER_GROUP: "Another group may help you more.",
    Reason.OTHER: "The facilitator had a reason that is not on the list.",
}
"""Why, as whoever it is about reads it."""
CHOOSE = "Please choose why."


async def ask(request: Request) -> Response:
    """The question, and what it means."""
    return await _asked(request, 200, {})


async def _asked(request: Request, status: int, errors: dict[str, str]) -> Response:
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        group, who = await _whom(c, request, visit.account_id)
        holds = await histories.hours(c, group.id)
    await surely(request)
    return page(request, "taking_out.html", status, group=group, who=who, why=WHY, holds=holds, errors=errors)


async def take_out(request: Request) -> Response:
    """Erases somebody's place in the group, as if they had left, and tells them why. At least one facilitator stays."""
    form = await form_of(request)
    site, visit = site_of(request), await signed_in(request)
    why = next((one for one in WHY if one.value == form("why")), None)
    async with site.store.reading() as c:
        await _whom(c, request, visit.account_id)
    await surely(request)
    if why is None:
        return await _asked(request, 422, {"why": CHOOSE})
    now = site.clock()
    async with site.store.erasing() as c:
        await members.leading(c, group_id(request))  # of two who take each other out at once, one stays
        group, who = await _whom(c, request, visit.account_id)
        me = await members.find(c, group.id, visit.account_id)
        said, meeting = await history.said_by(c, {who.id}), await meetings.current(c, group.id)
        deed = acts.Deed(None, Act.TAKE_OUT, me.id if me else None, who.id, why, now, group=group.id)
        await acts.close(c, site.ledger, await acts.open(c, site.ledger, deed), "done")
        await partings.keep(c, who, why, now)
        if who.role is Role.FACILITATOR:
            await _without_their_links(c, who, now)
        await members.leave(c, who.id)
    if meeting and who.role is not Role.FACILITATOR:
        await site.live.takes_out(meeting.id, who.id, why)
    else:
        await site.live.member_gone(who.id)
    await history.forget_said(site, said)
    return RedirectResponse(f"/groups/{group.id}/people", 303)


async def _without_their_links(c: AsyncConnection, who: Member, now: Millis) -> None:
    """Whoever facilitated may have kept some, and would come back by one, or as somebody they have vouched for."""
    await invitations.revoke_of_facilitator(c, who.group, who.account, now)
    await starts.forget_vouched(c, who.group)


async def read(request: Request) -> Response:
    """Whoever was taken out has read it."""
    await form_of(request)
    site, visit = site_of(request), await signed_in(request)
    async with site.store.erasing() as c:
        await partings.read(c, visit.account_id, request.path_params["parting"])
    return RedirectResponse("/", 303)


async def _whom(c: AsyncConnection, request: Request, account: AccountId) -> tuple[Group, Member]:
    """Somebody else in a group that this account facilitates; guests go by themselves. Raises NotYours."""
    group, me = await access.group_for(c, account, group_id(request), Role.FACILITATOR)
    who = await members.by_id(c, group.id, MemberId(request.path_params["member"]))
    if who is None or who.id == me.id or who.guest:
        raise access.NotYours
    return group, who
