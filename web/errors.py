"""When something goes wrong, people read a calm sentence; what broke stays inside and quotes nobody."""

import re
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import quote

import structlog
from msgspec import Struct
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chat.live.bus import BusGone
from chat.live.keeping import RecordsGone
from chat.records.access import BarredFrom, NotConsented, NotYours
from chat.records.passwords import TooBusy
from chat.records.store import RecordsUnreachable
from web import kiosk
from web.pages.people import REASONS
from web.pages.sure import SureFirst, sure_first
from web.render import page
from web.visit import NotOurForm, SecondStepFirst, SignInFirst

log = structlog.get_logger()
Handler = Callable[[Request, Exception], Awaitable[Response]]


class Trouble(Struct, frozen=True):
    """What somebody reads when there is no page for them."""

    title: str
    words: str
    again: bool = False
    """Whether trying again may help."""


NOT_FOUND = Trouble("There is nothing here", "The address may be mistyped, or what was here is gone.")
STALE = Trouble(
    "This page was open for a while",
    "So we could not be sure that it was you, and nothing was changed. Please go back, load the page again, and try.",
)
MADE = Trouble(
    "You are signed in already",
    "If you have just made your sign-in name, all is well: it stands under “Your account”, below. The codes were shown "
    "once; if you have not written them down, make new ones there. Nothing was changed just now.",
)
BUSY = Trouble(
    "Please try again soon",
    "This place cannot be reached properly at the moment. It is not your fault, and nothing was lost.",
    again=True,
)
BROKEN = Trouble(
    "Something broke",
    "It is our fault, not yours. Please try again. If it happens again, tell the people who run this place.",
    again=True,
)
OTHERS = {
    403: Trouble("This is not open to you", "If you think it should be, please ask a facilitator."),
    404: NOT_FOUND,
    405: NOT_FOUND,
    413: Trouble("That was too long", "Please make it shorter and try again."),
    503: BUSY,
}
_MAKES = re.compile(r"/(begin/[^/]+|recover/[^/]+|invitations/[^/]+/account)")
"""Where an account is made."""
_ODD = Trouble("That did not work", "Your browser sent something we do not understand. Please load the page again.")


def trouble(request: Request, status: int, said: Trouble, **headers: str) -> Response:
    """A page that says `said`."""
    response = page(request, "trouble.html", status, said=said)
    response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return response


async def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    response = trouble(request, status, OTHERS.get(status, _ODD))
    if isinstance(error, HTTPException):
        response.headers.update(error.headers or {})
    return response


async def _not_found(request: Request, _: Exception) -> Response:
    return trouble(request, 404, NOT_FOUND)


async def _stale(request: Request, _: Exception) -> Response:
    """Whoever loads the page with their new name again sends the form that made it, which is of before they were in."""
    signed_in = getattr(request.state, "visit", None) is not None
    return trouble(request, 403, MADE if signed_in and _MAKES.fullmatch(request.url.path) else STALE)


async def _busy(request: Request, _: Exception) -> Response:
    return trouble(request, 503, BUSY, Retry_After="5")


async def _sign_in(request: Request, _: Exception) -> Response:
    if kiosk.minutes(request):  # where somebody else was before is nobody's business
        return RedirectResponse("/", 303)
    to = f"?to={quote(request.url.path)}" if request.method == "GET" else ""
    return RedirectResponse(f"/sign-in{to}", 303)


async def _second_step(_: Request, __: Exception) -> Response:
    return RedirectResponse("/account/second", 303)


async def _agreement(_: Request, error: Exception) -> Response:
    if not isinstance(error, NotConsented):
        raise error
    return RedirectResponse(f"/groups/{error.member.group}/agreement", 303)


async def _barred(request: Request, error: Exception) -> Response:
    if not isinstance(error, BarredFrom):
        raise error
    return page(request, "barred.html", 403, bar=error.bar, reason=REASONS[error.bar.reason])


HANDLERS: Mapping[type[Exception], Handler] = {
    HTTPException: _http,
    NotYours: _not_found,
    NotOurForm: _stale,
    SignInFirst: _sign_in,
    SureFirst: sure_first,
    SecondStepFirst: _second_step,
    NotConsented: _agreement,
    BarredFrom: _barred,
    TooBusy: _busy,
    RecordsUnreachable: _busy,
    RecordsGone: _busy,
    BusGone: _busy,
}


class LastResort:
    """Answers for whatever nobody foresaw. Starlette's own would hand the error on to a log that quotes it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Web requests only; sockets have closing codes of their own."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            log.error("A page broke.", method=scope["method"], exc_info=error)
            if not begun:
                await trouble(Request(scope, receive), 500, BROKEN)(scope, receive, send)
