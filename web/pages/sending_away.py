"""A link has got about: it is taken back, and all who came by it are sent away, once a facilitator has seen who.

Each of them is barred until a facilitator lets them come back, so each can ask for another look, one by one.
"""

import hashlib

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chat.core.ids import GroupId, MemberId, RoomId
from chat.core.wire.facilitating import Act
from chat.core.wire.frame import Reason, Role
from chat.records import access, acts, bars, invitations, meetings
from chat.records.invitations import Invitation
from chat.records.keys import fresh_id
from web import history
from web.pages.groups import group_id
from web.render import page
from web.site import Site, site_of
from web.visit import form_of, signed_in

CHANGED = "Meanwhile somebody has come or gone. Please look again at who it is about."
Some = list[tuple[MemberId, str]]


async def ask(request: Request) -> Response:
    """The question: how many, and who."""
    return await _asked(request, 200, {})


async def _asked(request: Request, status: int, errors: dict[str, str]) -> Response:
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        group, _ = await access.group_for(c, visit.account_id, group_id(request), Role.FACILITATOR)
        invitation = await _found(c, site, group.id, request.path_params["invitation"])
        some = await invitations.who_came(c, group.id, invitation.id, site.clock())
    said = {"group": group, "invitation": invitation, "some": some, "seal": _seal(some)}
    return page(request, "sending_away.html", status, errors=errors, **said)


async def send_away(request: Request) -> Response:
    """Does it to exactly those who were shown."""
    form = await form_of(request)
    site, visit = site_of(request), await signed_in(request)
    async with site.store.erasing() as c:
        group, me = await access.group_for(c, visit.account_id, group_id(request), Role.FACILITATOR)
        invitation = await _found(c, site, group.id, request.path_params["invitation"])
        # Taken back first: whoever comes by it at this very moment has come, and is seen below, or cannot any more.
        await invitations.revoke(c, group.id, invitation.id, site.clock())
        some = await invitations.who_came(c, group.id, invitation.id, site.clock())
        meeting = await meetings.current(c, group.id)
        as_shown = _seal(some) == form("people")
        said = await history.said_by(c, {who for who, _ in some}) if as_shown else {}
        if as_shown:
            await _bar(c, site, (group.id, meeting.id if meeting else None), me.id, some)
    if some and not as_shown:
        return await _asked(request, 409, {"": CHANGED})
    if some and meeting:
        await site.live.sends_away(meeting.id, tuple(who for who, _ in some))
    await history.forget_said(site, said)
    return RedirectResponse(f"/groups/{group.id}/people", 303)


async def _found(c: AsyncConnection, site: Site, group: GroupId, which: str) -> Invitation:
    found = next((one for one in await invitations.of(c, group, site.clock()) if one.id == which), None)
    if found is None:
        raise access.NotYours
    return found


async def _bar(c: AsyncConnection, site: Site, where: tuple[GroupId, RoomId | None], by: MemberId, some: Some) -> None:
    """Each act has the id of its bar, as one in a room has."""
    group, room = where
    for who, _ in some:
        made = acts.ActId(fresh_id())
        deed = acts.Deed(room, Act.BAR, by, who, Reason.INVITATION, site.clock(), id=made, group=group)
        await acts.open(c, site.ledger, deed)
        await bars.set_(c, group, who, None, None, Reason.INVITATION, by, bar_id=made)
        await acts.close(c, site.ledger, made, "done")


def _seal(some: Some) -> str:
    """Of whom the question was."""
    return hashlib.sha256(" ".join(sorted(who for who, _ in some)).encode()).hexdigest()[:16]
