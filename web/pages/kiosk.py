"""Staff make a browser a kiosk, once, and end it; whoever comes finds its first page, which knows of nobody."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chat.records import access
from web import kiosk
from web.pages.sure import surely
from web.render import page
from web.site import site_of
from web.visit import NotOurForm, came_from_us, cookie_name, end_visit, form_of, new_door, seal, visit_of

HERE = "/device/kiosk"
KEPT_FOR = 400 * 24 * 3600
"""Seconds; browsers keep no cookie longer (RFC 6265bis section 4.1.2.2)."""
SHOWN = '"cache", "storage"'
"""What a browser is asked to forget where a cookie must stay: it forgets also those of the same answer."""
NO_LINK = "This is not a link into a group here. Please look at it again, letter by letter."


def first(request: Request, errors: dict[str, str] | None = None) -> Response:
    """The first page: the same for everybody. No form from before it is taken, and no cookie of a visit is left."""
    new_door(request)
    response = page(request, "first.html", 422 if errors else 200, errors=errors or {})
    response.delete_cookie(
        cookie_name(site_of(request), "visit"), path="/", secure=site_of(request).https, httponly=True, samesite="lax"
    )
    return response


async def link(request: Request) -> Response:
    """Opens a link that somebody has typed on the first page; from here on it opens in this sitting alone."""
    form = await form_of(request)
    path = kiosk.path_of(form("link"))
    if not path:
        return first(request, {"link": NO_LINK})
    away = RedirectResponse(path, 303)
    if await visit_of(request) is None:
        new_door(request, path)
    return seal(request, away)


async def ask(request: Request) -> Response:
    """What a kiosk is, to everybody; and the form, to somebody who may make one. Raises SureFirst."""
    visit = await visit_of(request)
    may = False
    if visit:
        async with site_of(request).store.reading() as c:
            may = await access.looks_after(c, visit.account_id)
    if may:
        await surely(request)
    return page(request, "kiosk.html", may=may, choices=kiosk.MINUTES, usual=kiosk.USUAL)


async def begin(request: Request) -> Response:
    """This browser is a kiosk from now on, and nobody is signed in there. Raises SureFirst, NotYours."""
    form = await form_of(request)
    await _allowed(request)
    chosen = next((one for one in kiosk.MINUTES if form.whole("minutes") == one), kiosk.USUAL)
    response = await end_visit(request, RedirectResponse("/", 303), SHOWN)
    response.set_cookie(kiosk.name(request), str(chosen), max_age=KEPT_FOR, **_how(request))  # type: ignore[arg-type]
    return response


async def end(request: Request) -> Response:
    """It is an ordinary browser again, with nobody signed in. Raises SureFirst, NotYours."""
    await form_of(request)
    await _allowed(request)
    response = await end_visit(request, RedirectResponse("/", 303), SHOWN)
    response.delete_cookie(kiosk.name(request), **_how(request))  # type: ignore[arg-type]
    return response


async def here(request: Request) -> Response:
    """Somebody has touched the page: their visit goes on. 409: it is over. Raises NotOurForm."""
    if not came_from_us(request):
        raise NotOurForm
    return Response(status_code=204 if await visit_of(request) else 409)


async def _allowed(request: Request) -> None:
    visit = await surely(request, HERE)
    async with site_of(request).store.reading() as c:
        if not await access.looks_after(c, visit.account_id):
            raise access.NotYours


def _how(request: Request) -> dict[str, object]:
    return {"path": "/", "secure": site_of(request).https, "httponly": True, "samesite": "lax"}
