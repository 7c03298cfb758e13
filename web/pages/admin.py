"""For administrators: groups, who may facilitate them, and the help lines; not who is in a group."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chat.core.ids import GroupId
from chat.core.wire.frame import Role
from chat.records import access, appeals, contact_keys, groups, helplines, members, openings
from chat.records import invitations as links
from chat.records.groups import UnfitGroupName
from chat.records.keys import day
from web.helplines import Line, nagging
from web.limits import written
from web.pages.invitations import listed, made, taken_back
from web.pages.sure import surely
from web.render import page
from web.reporting import unread
from web.site import site_of
from web.terms import standing
from web.visit import form_of, signed_in

NOBODY = "Please write who opened the page of the source, called the number and found it right."
UNFIT = "Please give the group a name of 1 to 80 characters."


async def show(request: Request) -> Response:
    """Every group by name, and the help lines with what is confirmed."""
    return await _shown(request, 200, {}, {})


async def _shown(request: Request, status: int, errors: dict[str, str], typed: dict[str, str]) -> Response:
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        await access.administrator(c, visit.account_id)
        every, confirmed = await groups.all_(c), await helplines.confirmed(c, site.clock())
        checked = site.helplines.checked(confirmed, day(site.clock()))
        reported = await unread(c, site, None, visit.account_id)
        said_of_key = {"key": await contact_keys.used(c), "asked": await openings.waiting(c, site.clock())}
        mine = await members.ids_of(c, visit.account_id)
        looks = await appeals.waiting(c, None, mine, site.clock())
    said: dict[str, object] = {"looks": looks, "every": every, "checked": checked, "reported": reported}
    said |= said_of_key
    said["nagging"] = nagging(checked, site.helplines.own)
    said["unnamed"] = next((one.country for one in site.helplines.lines if _field(one) in errors), "")
    return page(request, "admin.html", status, errors=errors, typed=typed, **said)


async def new_group(request: Request) -> Response:
    """Makes a group and goes on to inviting its first facilitator."""
    form = await form_of(request)
    site, visit = site_of(request), await signed_in(request)
    try:
        async with site.store.writing() as c:
            await access.administrator(c, visit.account_id)
            group = await groups.create(c, form("name"), site.ledger.days, written(await standing(c, site.limits)))
    except UnfitGroupName:
        return await _shown(request, 422, {"name": UNFIT}, {"name": form("name")})
    return RedirectResponse(f"/admin/groups/{group.id}/invitations", 303)


async def invitations(request: Request) -> Response:
    """The links for facilitators of one group."""
    await surely(request)
    return await listed(request, Role.FACILITATOR)


async def invite(request: Request) -> Response:
    """A new link for facilitators."""
    await surely(request)
    return await made(request, Role.FACILITATOR)


async def revoke(request: Request) -> Response:
    """Takes a link for facilitators back."""
    return await taken_back(request, Role.FACILITATOR)


async def step_in(request: Request) -> Response:
    """An administrator comes into a group as everybody does, by an invitation: seen, named, and with its agreement."""
    await form_of(request)
    which = GroupId(request.path_params["group"])
    site, visit = site_of(request), await surely(request, f"/admin/groups/{which}/invitations")
    async with site.store.writing() as c:
        group = await access.group_for_administrator(c, visit.account_id, which)
        _, token = await links.create(c, group.id, Role.SUPERVISOR, visit.account_id, site.clock(), 1)
    return RedirectResponse(f"/invitations/{token}", 303)


async def help_line(request: Request) -> Response:
    """Confirms a help line as it reads now, by name, or hides it again. Raises NotYours for one that is not listed."""
    form = await form_of(request)
    site, visit = site_of(request), await signed_in(request)
    line = next((one for one in site.helplines.lines if one.digest.hex() == request.path_params["line"]), None)
    if line is not None and form("right") == "yes" and not form("by"):
        return await _shown(request, 422, {_field(line): NOBODY}, {})
    async with site.store.writing() as c:
        await access.administrator(c, visit.account_id)
        if line is None:
            raise access.NotYours
        if form("right") == "yes":
            await helplines.confirm(c, line.digest, site.clock(), form("by"))
        else:
            await helplines.withdraw(c, line.digest)
    return RedirectResponse(f"/admin#{line.digest.hex()}", 303)  # where they were: a browser opens its country


def _field(line: Line) -> str:
    """Where somebody writes that they have checked it."""
    return f"by-{line.digest.hex()}"
