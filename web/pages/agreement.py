"""What a group has agreed on: read it, accept it, and, for facilitators, change it."""

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chat.core.wire.frame import Role
from chat.records import access, agreements, meetings
from chat.records.agreements import NotCurrent, UnfitAgreement
from web import history
from web.pages.groups import group_id
from web.prose import blocks
from web.render import page
from web.site import site_of
from web.terms import differences, shown
from web.visit import form_of, signed_in

CHANGED = "The agreement changed while you were reading. This is how it stands now; please read it again."
UNTICKED = "Please tick the box if you agree. If you do not, you can leave the group; nobody will ask why."
ALSO_EDITED = (
    "Somebody else changed the agreement while you were writing. Your text is still here. Saving replaces theirs."
)
UNFIT = "Please write something, at most 20,000 characters."


async def show(request: Request) -> Response:
    """The version that holds now; with the question, for somebody who has not accepted it yet."""
    return await _shown(request, 200, {})


async def limits(request: Request) -> Response:
    """What somebody should know of this place, on a page of its own."""
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        group, _ = await access.group_for(c, visit.account_id, group_id(request))
        words = await shown(c, site, group.id, (await agreements.current(c, group.id)).limits)
    return page(request, "limits.html", group=group, limits=words)


async def consent(request: Request) -> Response:
    """Accepts the version that was shown; another one that holds by now is asked anew."""
    form = await form_of(request)
    site, visit = site_of(request), await signed_in(request)
    if form("agree") != "yes":
        return await _shown(request, 422, {"agree": UNTICKED})
    try:
        async with site.store.writing() as c:
            group, me = await access.group_for(c, visit.account_id, group_id(request))
            await agreements.consent(c, me.id, form.whole("version") or 0)
            kept = await history.settle(c, group.id, site.clock())
            meeting = await meetings.current(c, group.id)
    except NotCurrent:
        return await _shown(request, 409, {"agree": CHANGED})
    await history.tell(site, group.id, kept)
    return RedirectResponse(f"/rooms/{meeting.id}" if meeting else f"/groups/{group.id}", 303)


async def text(request: Request) -> Response:
    """The version that holds now, for the page of a room in which it is read: its headings, paragraphs and points."""
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        group, _ = await access.group_for(c, visit.account_id, group_id(request))
        agreement = await agreements.current(c, group.id)
    body = msgspec.json.encode(blocks(agreement.text))
    return Response(body, media_type="application/json")


async def _shown(request: Request, status: int, errors: dict[str, str]) -> Response:
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        group, me = await access.group_for(c, visit.account_id, group_id(request))
        agreement, agreed = await agreements.current(c, group.id), await agreements.consented(c, me.id)
        words = await shown(c, site, group.id, agreement.limits)
        last = await agreements.agreed_last(c, me.id)
        before = (await agreements.versions(c, group.id, {last})).get(last)
    if agreed:  # on another page of theirs: there is no form that anything could be wrong in
        status, errors = 200, {}
    changed = differences(before, agreement) if before and not agreed else ()
    leads = me.role is Role.FACILITATOR
    said = {
        "group": group,
        "agreement": agreement,
        "agreed": agreed,
        "leads": leads,
        "errors": errors,
        "limits": words,
        "changed": changed,
    }
    return page(request, "agreement.html", status, **said)


async def ask_edit(request: Request) -> Response:
    """The text, to be changed."""
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        group, _ = await access.group_for(c, visit.account_id, group_id(request), Role.FACILITATOR)
        now = await agreements.current(c, group.id)
    return page(request, "agreement_edit.html", group=group, version=now.version, typed={"text": now.text})


async def edit(request: Request) -> Response:
    """Saves a new version; everybody is asked again. One who wrote on an older version is told first."""
    form = await form_of(request)
    site, visit = site_of(request), await signed_in(request)
    wrong = ""
    async with site.store.writing() as c:
        group, me = await access.group_for(c, visit.account_id, group_id(request), Role.FACILITATOR)
        now = await agreements.current(c, group.id)
        if form.whole("version") != now.version:
            wrong = ALSO_EDITED
        else:
            try:
                await agreements.edit(c, group.id, form("text"), me.id)
            except UnfitAgreement:
                wrong = UNFIT
    if wrong:
        said = {"group": group, "version": now.version, "typed": {"text": form("text")}, "errors": {"text": wrong}}
        return page(request, "agreement_edit.html", 422, **said)
    await site.live.agreement_changed(group.id)
    return RedirectResponse(f"/groups/{group.id}/agreement", 303)
