"""Invitations into a group: made, shown once, counted, taken back."""

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chat.core.ids import AccountId
from chat.core.wire.frame import Role
from chat.records import access, invitations
from chat.records.groups import Group
from chat.records.invitations import DAYS_MAX, USES_MAX, Invitation
from web import qr
from web.pages.groups import group_id
from web.render import page
from web.site import site_of
from web.terms import settle
from web.visit import Form, form_of, signed_in


async def show(request: Request) -> Response:
    """The invitations into this group that can still be used; for its facilitators."""
    return await listed(request, Role.MEMBER)


async def invite(request: Request) -> Response:
    """A new link for members, listeners or a supervisor."""
    return await made(request, Role.MEMBER)


async def revoke(request: Request) -> Response:
    """Takes a link back."""
    return await taken_back(request, Role.MEMBER)


def _place(request: Request, role: Role) -> str:
    """Where facilitators invite members, or administrators facilitators."""
    return f"{'/admin' if role is Role.FACILITATOR else ''}/groups/{group_id(request)}/invitations"


KINDS: dict[Role, dict[str, tuple[Role, bool]]] = {
    Role.MEMBER: {"": (Role.MEMBER, False), "listen": (Role.MEMBER, True), "supervisor": (Role.SUPERVISOR, False)},
    Role.FACILITATOR: {"": (Role.FACILITATOR, False), "supervisor": (Role.SUPERVISOR, False)},
}
"""By whose page it is: as what somebody can be invited, and whether just to listen."""


def _of_page(role: Role, one: Invitation) -> bool:
    return (one.role, one.listens) in KINDS[role].values()


async def _group(c: AsyncConnection, request: Request, account: AccountId, role: Role) -> Group:
    return await access.inviting(c, account, group_id(request), role)


async def listed(request: Request, role: Role, status: int = 200, **said: object) -> Response:
    """The links by which somebody can still come as `role`, or has come; and the form for another one."""
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        group = await _group(c, request, visit.account_id, role)
        every = [one for one in await invitations.of(c, group.id, site.clock()) if _of_page(role, one)]
    frame: dict[str, object] = {
        "link": "",
        "ending": "",
        "typed": {"days": "7", "uses": "1", "how": "", "guests": ""},
        "here": _place(request, role),
    }
    standing = [one for one in every if one.works(site.clock())]
    spent = [one for one in every if one.came and one not in standing and role is Role.MEMBER]
    shown = {"group": group, "standing": standing, "spent": spent, "for_facilitators": role is Role.FACILITATOR}
    return page(request, "invitations.html", status, **{**frame, **shown, **said})


async def made(request: Request, role: Role) -> Response:
    """Makes a link and shows it, this once."""
    form = await form_of(request)
    site, visit = site_of(request), await signed_in(request)
    async with site.store.writing() as c:
        group = await _group(c, request, visit.account_id, role)
        days, uses, errors = _counts(form)
        as_, listens = KINDS[role].get(form("how"), KINDS[role][""])
        if not errors:
            counted = (site.clock(), days, uses)
            which, guests = (c, group.id, as_, visit.account_id), form("guests") == "yes"
            one, token = await invitations.create(*which, *counted, listens=listens, guests=guests)
            asked = await settle(c, site.limits, group.id) if guests else False
    if errors:
        typed = {name: form(name) for name in ("days", "uses", "how", "guests")}
        return await listed(request, role, 422, errors=errors, typed=typed)
    if asked:
        await site.live.agreement_changed(group.id)
    link = f"{site.address}/invitations/{token}"
    return await listed(request, role, link=link, ending=one.ending, picture=qr.picture(link, "The link as a picture"))


async def taken_back(request: Request, role: Role) -> Response:
    """Takes a link for `role` back; one that is gone already is gone."""
    await form_of(request)
    site, visit = site_of(request), await signed_in(request)
    async with site.store.erasing() as c:
        group = await _group(c, request, visit.account_id, role)
        which = request.path_params["invitation"]
        if any(one.id == which and _of_page(role, one) for one in await invitations.of(c, group.id, site.clock())):
            await invitations.revoke(c, group.id, which, site.clock())
    return RedirectResponse(_place(request, role), 303)


def _counts(form: Form) -> tuple[int, int, dict[str, str]]:
    days, uses, errors = form.whole("days") or 0, form.whole("uses") or 0, {}
    if not 1 <= days <= DAYS_MAX:
        errors["days"] = f"Please give a number of days from 1 to {DAYS_MAX}."
    if not 1 <= uses <= USES_MAX:
        errors["uses"] = f"Please give a number of people from 1 to {USES_MAX}."
    return days, uses, errors
