"""The page of a group: into the room, the agreement, and what facilitators look after."""

from contextlib import suppress

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chat.core.ids import GroupId, Millis
from chat.core.wire.frame import Role
from chat.live.bus import BusGone
from chat.live.keeping import RecordsGone
from chat.live.table import NoSuchRoom
from chat.records import (
    access,
    agreements,
    appeals,
    bars,
    contact_keys,
    contacts,
    crises,
    histories,
    meetings,
    members,
    openings,
)
from chat.records.keys import DAY
from web import history
from web.noting import Notes, notes_of
from web.opening import WHY
from web.render import page
from web.reporting import unread
from web.site import site_of
from web.visit import form_of, signed_in

TOLD_FOR = 14 * DAY
"""So long it stands on the group's page that somebody's emergency contact was opened; elsewhere longer."""
ALONE = "You are the only facilitator here. Please ask an administrator to invite another one first."


async def show(request: Request) -> Response:
    """Who I am here, whether a meeting is open, and what to do next."""
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        group, me = await access.group_for(c, visit.account_id, group_id(request))
        meeting = await meetings.current(c, group.id)
        bar = await bars.standing(c, group.id, me.id, meeting.id if meeting else None, site.clock())
        agreed, before = await agreements.consented(c, me.id), await agreements.agreed_last(c, me.id)
        leads = me.role is Role.FACILITATOR
        reported = await unread(c, site, group.id, visit.account_id) if leads else 0
        looks = await appeals.waiting(c, group.id, {me.id}, site.clock()) if leads else 0
        noted = await notes_of(c, site, group.id) if leads else Notes()
        key = await contact_keys.used(c)
        given = await contacts.find(c, me.id, site.clock())
        told = [one for one in await openings.told_to(c, me.id) if (one.opened_at or 0) > site.clock() - TOLD_FOR]
        due = await _to_reach_out_to(c, group.id, site.clock()) if leads else []
        holds = await histories.hours(c, group.id)
        stands = await history.standing(c, group.id, site.clock()) if leads else history.Standing(holds, holds)
    said: dict[str, object] = {"group": group, "me": me, "meeting": meeting, "bar": bar, "agreed": agreed, "due": due}
    said |= {"agreed_before": before > 0}
    said |= {"again": given is not None and given.box is None, "told": told, "why": WHY}
    said |= {"key": key, "hidden_from_help": given is None or given.box is None}
    said |= {"history": stands, "in_words": history.in_words}
    return page(request, "group.html", leads=leads, reported=reported, looks=looks, noted=noted, **said)


async def _to_reach_out_to(c: AsyncConnection, group: GroupId, at: Millis) -> list[str]:
    """By name: who was in need of care lately."""
    due = set(crises.to_follow_up(await crises.of(c, group, at), at))
    return [one.name for one in await members.of(c, group) if one.id in due] if due else []


async def open_meeting(request: Request) -> Response:
    """Opens the group's room and goes in; if it is open already, goes in. Raises NotConsented, BarredFrom, BusGone."""
    site, visit = site_of(request), await signed_in(request)
    await form_of(request)
    await site.live.ping()  # before anything is written: a refusal is one
    async with site.store.writing() as c:
        group, me = await access.group_for(c, visit.account_id, group_id(request), Role.FACILITATOR)
        if not await agreements.consented(c, me.id):
            raise access.NotConsented(me)
        if bar := await bars.standing(c, group.id, me.id, None, site.clock()):
            raise access.BarredFrom(bar)
        meeting = await meetings.open(c, group.id, me.id, site.clock())
    # From here on it is open, whatever happens: its facilitator's seat begins the room, or somebody has closed it.
    with suppress(BusGone, RecordsGone, NoSuchRoom):
        await site.live.begin(meeting.id)
    return RedirectResponse(f"/rooms/{meeting.id}", 303)


async def ask_leave(request: Request) -> Response:
    """What leaving the group means."""
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        group, me = await access.group_for(c, visit.account_id, group_id(request))
    return page(request, "leave_group.html", group=group, me=me)


async def leave(request: Request) -> Response:
    """Erases somebody's name and place in a group. Its last facilitator stays."""
    site, visit = site_of(request), await signed_in(request)
    await form_of(request)
    async with site.store.erasing() as c:
        group, me = await access.group_for(c, visit.account_id, group_id(request))
        stays = await members.leading(c, group.id) == [me]
        said = await history.said_by(c, {me.id})
        if not stays:
            await members.leave(c, me.id)
    if stays:
        return page(request, "leave_group.html", 422, group=group, me=me, errors={"": ALONE})
    await site.live.member_gone(me.id)
    await history.forget_said(site, said)
    return RedirectResponse("/", 303)


def group_id(request: Request) -> GroupId:
    """The group that the address names."""
    return GroupId(request.path_params["group"])
