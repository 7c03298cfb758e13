"""The front door: sign in, see your groups, sign out."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chat.core.wire.frame import Role
from chat.records import accounts, agreements, groups, meetings, partings
from web import kiosk
from web.pages import taking_out
from web.pages.contact_opening import asked_of
from web.pages.kiosk import first
from web.pages.second import go_on
from web.pages.sign_in import Wrong, attempt
from web.render import page
from web.site import site_of
from web.visit import end_visit, form_of, signed_in, visit_of
from web.within import within

EVERYTHING = '"cache", "cookies", "storage"'


async def front(request: Request) -> Response:
    """Somebody's groups, or the form to sign in."""
    visit, site = await visit_of(request), site_of(request)
    if visit is None:
        return first(request) if kiosk.minutes(request) else page(request, "sign_in.html", to="", action="/sign-in")
    async with site.store.reading() as c:
        account = await accounts.find(c, visit.account_id)
        mine = await groups.of(c, visit.account_id)
        open_now = {one.group.id for one in mine if await meetings.current(c, one.group.id)}
        parted = await partings.of(c, visit.account_id, site.clock())
        asked = await asked_of(c, visit.account_id, site.clock())
        agreed = await agreements.consented_of(c, {one.member.id for one in mine})
    administrator = bool(account and account.administrator)
    said: dict[str, object] = {"mine": mine, "open_now": open_now, "agreed": agreed, "FACILITATOR": Role.FACILITATOR}
    said |= {"asked": asked, "partings": parted, "told": taking_out.TOLD}
    return page(request, "groups.html", administrator=administrator, **said)


async def ask(request: Request) -> Response:
    """The form to sign in; `to`: where to go on to."""
    to = within(request.query_params.get("to", ""))
    if await visit_of(request):
        return RedirectResponse(to or "/", 303)
    if kiosk.minutes(request):
        return RedirectResponse("/", 303)
    return page(request, "sign_in.html", to=to, action="/sign-in")


async def sign_in(request: Request) -> Response:
    """Signs in, or says the same whether the name or the password was wrong."""
    form = await form_of(request)
    to = within(form("to"))
    account = await attempt(request, form)
    if isinstance(account, Wrong):
        said = {"typed": {"login": form("login")}, "errors": account.errors, "to": to, "action": "/sign-in"}
        return account.answer(page(request, "sign_in.html", account.status, **said))
    return await go_on(request, account.id, to or "/")


async def sign_out(request: Request) -> Response:
    """Ends this visit everywhere at once, and asks the browser to forget."""
    await form_of(request)
    await signed_in(request)
    return await end_visit(request, RedirectResponse("/goodbye", 303), EVERYTHING)


async def goodbye(request: Request) -> Response:
    """What somebody sees who has signed out, or was erased; at a kiosk the next one might see it."""
    if kiosk.minutes(request):
        return RedirectResponse("/", 303)
    return page(request, "goodbye.html", erased="erased" in request.query_params)
