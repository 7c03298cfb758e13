"""For whoever looks after a group: who has left an emergency contact, and asking two people to open one."""

import os

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chat.core.ids import AccountId, MemberId, Millis
from chat.core.wire.frame import Role
from chat.records import access, boxes, contact_keys, contacts, groups, members, openings
from chat.records.groups import Group
from chat.records.keys import DAY, fresh_id
from chat.records.members import Member
from chat.records.openings import LASTS, Opening
from web.opening import ASKING, WHY
from web.pages.groups import group_id
from web.pages.sure import surely
from web.render import page
from web.site import site_of
from web.visit import form_of, signed_in

WORDS_MAX = 300
CHOOSE = "Please choose why."
WORDS = f"Please write a few words for the two, at most {WORDS_MAX} characters."
NONE = "There is nothing to open any more."


async def listed(request: Request) -> Response:
    """Who has given one, and what was opened."""
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        group, me = await _looking_after(c, request, visit.account_id)
        everybody = [one for one in await members.of(c, group.id) if one.id != me.id]
        given, key = await contacts.of(c, group.id, site.clock()), await contact_keys.used(c)
        every = [one for one in await openings.of(c, group.id) if one.member != me.id]
    names = {one.id: one.name for one in everybody} | {me.id: me.name}
    said: dict[str, object] = {
        "everybody": everybody,
        "given": given,
        "key": key,
        "every": every,
        "names": names,
        "why": WHY,
    }
    said["leads"] = me.role is Role.FACILITATOR
    return page(request, "contacts.html", group=group, now=site.clock(), **said)


async def show(request: Request) -> Response:
    """Whether somebody has given one, and the form that asks for it to be opened."""
    return await _shown(request, 200, {}, {})


async def _shown(request: Request, status: int, errors: dict[str, str], typed: dict[str, str]) -> Response:
    site, visit = site_of(request), await surely(request)
    async with site.store.reading() as c:
        group, me = await _looking_after(c, request, visit.account_id)
        who = await _who(c, request, group, me)
        given, key = await contacts.find(c, who.id, site.clock()), await contact_keys.used(c)
    said = {"who": who, "given": given, "key": key, "why": WHY, "most": WORDS_MAX}
    return page(request, "contact_ask.html", status, group=group, errors=errors, typed=typed, **said)


async def ask(request: Request) -> Response:
    """Writes down that it is asked; the two have two hours."""
    form = await form_of(request)
    site, visit = site_of(request), await surely(request)
    why = next((one for one in WHY if one == form("why")), None)
    words = form("words").replace("\r\n", "\n")
    errors = {} if why else {"why": CHOOSE}
    if not 0 < len(words) <= WORDS_MAX:
        errors["words"] = WORDS
    made, now = fresh_id(), site.clock()
    async with site.store.erasing() as c:
        group, me = await _looking_after(c, request, visit.account_id)
        who = await _who(c, request, group, me)
        contact = await contacts.find(c, who.id, now)
        if contact is None or contact.box is None:
            errors = {"": NONE}
        if why and not errors:
            sealed, salt = site.locker.seal(words, ASKING, made), os.urandom(boxes.SIZE)
            what = (made, group.id, who.id, me.id, why, sealed, form("risk") == "yes")
            asked = Opening(*what, now, Millis(now + LASTS), salt)
            await openings.ask(c, asked, Millis(now + site.ledger.days * DAY))
    if errors:
        return await _shown(request, 422, errors, {"why": form("why"), "words": words, "risk": form("risk")})
    return RedirectResponse(f"/contact-openings/{made}", 303)


async def _looking_after(c: AsyncConnection, request: Request, account: AccountId) -> tuple[Group, Member]:
    """A group and who they are in it: its facilitators and its supervisors alone, and of those nobody who is asked to
    stay away. Raises NotYours.
    """
    group = await groups.find(c, group_id(request))
    mine = await openings.facilitator(c, account, group_id(request), site_of(request).clock())
    me = await members.by_id(c, group_id(request), mine) if mine else None
    if group is None or me is None:
        raise access.NotYours
    return group, me


async def _who(c: AsyncConnection, request: Request, group: Group, me: Member) -> Member:
    """Of oneself one asks for nothing here. Raises NotYours."""
    who = await members.by_id(c, group.id, MemberId(request.path_params["member"]))
    if who is None or who.id == me.id:
        raise access.NotYours
    return who
