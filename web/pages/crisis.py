"""When somebody may be in danger: the steps, which were taken, and who is to be reached out to. For facilitators."""

from typing import get_args

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from chat.core.ids import MemberId
from chat.core.wire.frame import Role
from chat.records import access, crises, members
from chat.records.crises import Step, Taken
from web.pages.groups import group_id
from web.pages.remarks import NOBODY
from web.render import page
from web.site import Site, site_of
from web.visit import code_of, form_of, json_of, signed_in

CHOOSE = "Please choose a person and a step."
STEPS: dict[str, Step] = {step: step for step in get_args(Step)}


class Mark(Struct, frozen=True, forbid_unknown_fields=True):
    """A step that was taken, as the room's page says it."""

    member: str
    step: Step


async def show(request: Request) -> Response:
    """The protocol, for reading and, without a script, for marking steps."""
    return await _shown(request, 200, {})


async def _shown(request: Request, status: int, errors: dict[str, str]) -> Response:
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        group, _ = await access.group_for(c, visit.account_id, group_id(request), Role.FACILITATOR)
        everybody = await members.of(c, group.id)
        taken = await crises.of(c, group.id, site.clock())
    names = {one.id: one.name for one in everybody}
    due = [names[who] for who in crises.to_follow_up(taken, site.clock()) if who in names]
    said = {"everybody": everybody, "taken": taken, "names": names, "due": due, "errors": errors}
    titles = {one.step: one.title for one in site.crisis}
    return page(request, "crisis.html", status, group=group, steps=site.crisis, titles=titles, **said)


async def mark(request: Request) -> Response:
    """Writes down that a step was taken."""
    form = await form_of(request)
    site, visit = site_of(request), await signed_in(request)
    step = STEPS.get(form("step"))
    async with site.store.writing() as c:
        group, me = await access.group_for(c, visit.account_id, group_id(request), Role.FACILITATOR)
        wrong = CHOOSE if step is None else "" if await _taken(c, site, me, Mark(form("member"), step)) else NOBODY
    if wrong:
        return await _shown(request, 422, {"member": wrong})
    return RedirectResponse(f"/groups/{group.id}/crisis", 303)


async def steps(request: Request) -> Response:
    """For the room's page: which steps were taken, and what a change must carry."""
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        group, _ = await access.group_for(c, visit.account_id, group_id(request), Role.FACILITATOR)
        taken = await crises.of(c, group.id, site.clock())
        names = {one.id: one.name for one in await members.of(c, group.id)}
    told = [
        {"member": one.about, "step": one.step, "by": names.get(one.by) if one.by else None, "at": one.at}
        for one in taken
    ]
    return JSONResponse({"form": code_of(visit), "taken": told})


async def mark_by_script(request: Request) -> Response:
    """As `mark`, from the room."""
    site, visit = site_of(request), await signed_in(request)
    asked = await json_of(request, Mark)
    async with site.store.writing() as c:
        _, me = await access.group_for(c, visit.account_id, group_id(request), Role.FACILITATOR)
        known = await _taken(c, site, me, asked)
    return Response(status_code=204 if known else 422)


async def _taken(c: AsyncConnection, site: Site, me: members.Member, asked: Mark) -> bool:
    """Whether there is such a person in the group; then the step is written down."""
    about = await members.by_id(c, me.group, MemberId(asked.member))
    if about is not None:
        await crises.take(c, me.group, Taken(about.id, asked.step, me.id, site.clock()))
    return about is not None
