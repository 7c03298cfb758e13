"""One's own account: the password, and where one is signed in."""

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from chat.core.ids import VisitId
from chat.records import accounts, acts, spare_codes, visits
from chat.records.accounts import Credentials
from chat.records.spare_codes import Purpose
from web.pages.another_look import DONE
from web.pages.people import REASONS
from web.pages.sign_in import known_again
from web.render import page
from web.site import site_of
from web.visit import Form, admit, begin_visit, code_of, form_of, json_of, signed_in


async def show(request: Request) -> Response:
    """The form for another password, and every browser that is signed in."""
    return await _shown(request, 200, {})


async def _shown(request: Request, status: int, errors: dict[str, str]) -> Response:
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        if await accounts.is_guest(c, visit.account_id):
            return page(request, "guest.html")
        me = await accounts.find(c, visit.account_id)
        everywhere = await visits.of(c, visit.account_id, site.clock())
        about = await acts.about(c, visit.account_id)
        left = await spare_codes.left(c, visit.account_id, Purpose.PASSWORD)
    changed = "changed" in request.query_params and not errors
    shown = [(group, one) for group, one in about if one.act in DONE and one.outcome != "refused"]
    said: dict[str, object] = {"about": shown, "done": DONE, "reasons": REASONS, "changed": changed, "left": left}
    said["login"] = me.login if me else ""
    return page(request, "account.html", status, everywhere=everywhere, this=visit.id, errors=errors, **said)


async def change_password(request: Request) -> Response:
    """Takes another password from somebody who knows the present one; signs out everywhere, and in again here.

    A cookie that somebody has copied from this very browser is worth nothing after that, either.
    """
    form = await form_of(request)
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        kept = await accounts.credentials(c, visit.account_id)
    errors = await _wrong_with(request, form, kept)
    if errors:
        return await _shown(request, 422, errors)
    fresh = await site.passwords.hash(form.secret("fresh"))
    async with site.store.erasing() as c:
        await accounts.set_password(c, visit.account_id, fresh)
        ended = await visits.end_all(c, visit.account_id, visit.id)
    for one in ended:
        await site.live.visit_ended(one)
    return admit(request, RedirectResponse("/account?changed", 303), await begin_visit(request, visit.account_id))


async def _wrong_with(request: Request, form: Form, kept: Credentials | None) -> dict[str, str]:
    """By field. First whether it is them: to judge the fresh one is work, and guessing is slowed."""
    if wrong := await known_again(request, kept, form.secret("present")):
        return wrong
    known_to_all = kept.account.login if kept else "", form.secret("present")
    weak = await site_of(request).passwords.weakness(form.secret("fresh"), *known_to_all)
    return {"fresh": weak} if weak else {}


async def end_visit(request: Request) -> Response:
    """Signs out one other browser of one's own, or, with `others`, all of them."""
    await form_of(request)
    site, visit = site_of(request), await signed_in(request)
    which = request.path_params["visit"]
    async with site.store.writing() as c:
        if which == "others":
            ended = await visits.end_all(c, visit.account_id, visit.id)
        else:
            ended = [VisitId(which)] if await visits.end(c, VisitId(which), visit.account_id) else []
    for one in ended:
        await site.live.visit_ended(one)
    return RedirectResponse("/account", 303)


class Pace(Struct, frozen=True, forbid_unknown_fields=True):
    """Whether messages are to wait."""

    calm: bool


async def calm_code(request: Request) -> Response:
    """What a change must carry so that it is known to come from our page."""
    return JSONResponse({"form": code_of(await signed_in(request))})


async def set_calm(request: Request) -> Response:
    """Messages wait in this visit's room until they are wanted, or come as they are said."""
    site, visit = site_of(request), await signed_in(request)
    pace = await json_of(request, Pace)
    async with site.store.writing() as c:
        await visits.set_calm(c, visit.id, pace.calm)
    return Response(status_code=204)
