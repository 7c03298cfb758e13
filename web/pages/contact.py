"""Somebody to be called for a member in an emergency: their own choice, locked as it is given, and not shown again."""

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chat.core.ids import GroupId
from chat.records import access, boxes, contact_keys, contacts, openings
from chat.records.contact_keys import Key
from chat.records.members import Member
from web.opening import WHY, Contact
from web.pages.groups import group_id
from web.render import page
from web.site import site_of
from web.visit import Form, form_of, signed_in

NAME_MAX, REACH_MAX = 60, 200
NAME = f"Please write who it is, with at most {NAME_MAX} characters."
REACH = f"Please write how to reach them, with at most {REACH_MAX} characters."
NOT_NOW = "Nothing can be left here now: nobody here has a key that could open it."


async def show(request: Request) -> Response:
    """What it is, who can open it and when; and the form. What was given is not shown."""
    return await _shown(request, 200, {}, {})


async def _shown(request: Request, status: int, errors: dict[str, str], typed: dict[str, str]) -> Response:
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        group, me = await access.group_for(c, visit.account_id, group_id(request))
        key, given = await contact_keys.used(c), await contacts.find(c, me.id, site.clock())
        told = await openings.told_to(c, me.id)
    said = {"key": key, "given": given, "told": told, "why": WHY, "months": site.contact_months}
    most = {"name_most": NAME_MAX, "reach_most": REACH_MAX}
    return page(request, "contact.html", status, group=group, me=me, errors=errors, typed=typed, **said, **most)


async def give(request: Request) -> Response:
    """Closes it in a box, in the place of one that was given before."""
    form = await form_of(request)
    site = site_of(request)
    errors = _wrong_with(form)
    async with site.store.erasing() as c:
        group, me, key = await _giving(c, request)
        if key is None:
            errors = {"": NOT_NOW}
        elif not errors:
            words = msgspec.json.encode(Contact(form("name"), form("reach"))).decode()
            box = boxes.close(words, key.public, contacts.bound(group, me.id, key))
            now = site.clock()
            await contacts.give(c, me.id, key, box, (now, contacts.until(now, site.contact_months)))
    if errors:
        return await _shown(request, 422, errors, {"name": form("name"), "reach": form("reach")})
    return RedirectResponse(f"/groups/{group}/contact", 303)


async def renew(request: Request) -> Response:
    """It is still right: its time begins anew."""
    await form_of(request)
    site = site_of(request)
    async with site.store.writing() as c:
        group, me, _ = await _giving(c, request)
        now = site.clock()
        await contacts.renew(c, me.id, now, contacts.until(now, site.contact_months))
    return RedirectResponse(f"/groups/{group}/contact", 303)


async def take_back(request: Request) -> Response:
    """Erases it."""
    await form_of(request)
    site = site_of(request)
    async with site.store.erasing() as c:
        group, me, _ = await _giving(c, request)
        await contacts.take_back(c, me.id)
    return RedirectResponse(f"/groups/{group}/contact", 303)


async def _giving(c: AsyncConnection, request: Request) -> tuple[GroupId, Member, Key | None]:
    """Of guests nothing stays, so there is nothing to give it to. Raises NotYours."""
    visit = await signed_in(request)
    group, me = await access.group_for(c, visit.account_id, group_id(request))
    if me.guest:
        raise access.NotYours
    return group.id, me, await contact_keys.used(c)


def _wrong_with(form: Form) -> dict[str, str]:
    errors = {} if 0 < len(form("name")) <= NAME_MAX else {"name": NAME}
    return errors if 0 < len(form("reach")) <= REACH_MAX else {**errors, "reach": REACH}
