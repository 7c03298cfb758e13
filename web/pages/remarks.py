"""Short notes that a group's facilitators leave each other, about a person or a meeting. For them alone."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chat.core.ids import MemberId
from chat.core.wire.frame import Role
from chat.records import access, members, remarks
from chat.records.keys import fresh_id
from web.customs import customs_of
from web.noting import SEALED, notes_of
from web.pages.groups import group_id
from web.render import page
from web.site import site_of
from web.visit import form_of, signed_in

WORDS_MAX = 300
WORDS = f"Please write a few words, at most {WORDS_MAX} characters."
NOBODY = "That person is not in the group any more."


async def listed(request: Request) -> Response:
    """All that still stand, and the form for another."""
    return await _listed(request, 200, {}, {})


async def _listed(request: Request, status: int, errors: dict[str, str], typed: dict[str, str]) -> Response:
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        group, _ = await access.group_for(c, visit.account_id, group_id(request), Role.FACILITATOR)
        everybody = await members.of(c, group.id)
        noted = await notes_of(c, site, group.id)
        days = (await customs_of(c, group.id)).remarks_days
    said = {"everybody": everybody, "noted": noted, "errors": errors, "typed": typed, "days": days}
    return page(request, "remarks.html", status, group=group, **said)


async def write(request: Request) -> Response:
    """Keeps another one, sealed."""
    form = await form_of(request)
    site, visit = site_of(request), await signed_in(request)
    about, words = form("about"), form("words").replace("\r\n", "\n")
    errors = {} if 0 < len(words) <= WORDS_MAX else {"words": WORDS}
    async with site.store.writing() as c:
        group, me = await access.group_for(c, visit.account_id, group_id(request), Role.FACILITATOR)
        if about and await members.by_id(c, group.id, MemberId(about)) is None:
            errors["about"] = NOBODY
        if not errors:
            made = fresh_id()
            people = (MemberId(about) if about else None, me.id)
            sealed = site.locker.seal(words, SEALED, made)
            days = (await customs_of(c, group.id)).remarks_days
            await remarks.keep(c, remarks.new(made, (group.id, days), people, sealed, site.clock()))
    if errors:
        return await _listed(request, 422, errors, {"about": about, "words": words})
    return RedirectResponse(f"/groups/{group.id}/remarks", 303)


async def erase(request: Request) -> Response:
    """Takes one away before its time."""
    await form_of(request)
    site, visit = site_of(request), await signed_in(request)
    async with site.store.erasing() as c:
        group, _ = await access.group_for(c, visit.account_id, group_id(request), Role.FACILITATOR)
        await remarks.erase(c, group.id, request.path_params["remark"])
    return RedirectResponse(f"/groups/{group.id}/remarks", 303)
