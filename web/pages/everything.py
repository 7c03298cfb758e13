"""What is kept: of everybody, as a map; of oneself, to the last row; and how to have it erased."""

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chat.records import accounts, everything, groups, histories, members, visits
from web import data_map, history, kiosk
from web.pages.front import EVERYTHING
from web.pages.sign_in import known_again
from web.render import page
from web.site import site_of
from web.visit import forget, form_of, signed_in


async def kept(request: Request) -> Response:
    """The map of all that is kept of anybody, for everybody to read."""
    site = site_of(request)
    database, redis = data_map.in_database(site.limits), data_map.in_redis()
    return page(request, "kept.html", database=database, redis=redis, outside=data_map.OUTSIDE + data_map.IN_BROWSERS)


async def mine(request: Request) -> Response:
    """Every row about whoever asks, in words."""
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        found = await everything.about(c, visit.account_id)
        mine = [one.group for one in await groups.of(c, visit.account_id)]
        keeping = [one.name for one in mine if await histories.hours(c, one.id)]
    tables = data_map.in_database(site.limits)
    fields, until = {kept.name: dict(kept.fields) for kept in tables}, {kept.name: kept.until for kept in tables}
    said = {"fields": fields, "until": until, "times": everything.TIMES, "keeping": keeping}
    return page(request, "everything.html", found=found, **said)


async def mine_as_file(request: Request) -> Response:
    """The same, for taking away; not onto a device where the next person would find the file."""
    if kiosk.minutes(request):
        return RedirectResponse("/account/everything", 303)
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        found = await everything.about(c, visit.account_id)
    headers = {"Content-Disposition": 'attachment; filename="everything.json"', "Cache-Control": "no-store"}
    body = msgspec.json.format(msgspec.json.encode(found), indent=2)
    return Response(body, media_type="application/json", headers=headers)


async def ask_erase(request: Request) -> Response:
    """What being erased means. A guest has no password to type, and is erased by signing out."""
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        guest = await accounts.is_guest(c, visit.account_id)
    return page(request, "guest.html" if guest else "erase.html")


async def erase(request: Request) -> Response:
    """Erases the account at once: everywhere signed out, out of every group and room, every row about it gone."""
    form = await form_of(request)
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        known = await accounts.credentials(c, visit.account_id)
    if errors := await known_again(request, known, form.secret("present")):
        return page(request, "erase.html", 422, errors=errors)
    async with site.store.erasing() as c:
        ended = await visits.end_all(c, visit.account_id)
        said = await history.said_by(c, await members.ids_of(c, visit.account_id))
        gone = await members.leave_all(c, visit.account_id)
        await accounts.erase(c, visit.account_id)
    for one in ended:
        await site.live.visit_ended(one)
    for member in gone:
        await site.live.member_gone(member)
    await history.forget_said(site, said)
    request.state.visit = None
    return forget(request, RedirectResponse("/goodbye?erased", 303), EVERYTHING)
