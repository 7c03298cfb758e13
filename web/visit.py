"""Who is at the door: the cookie of a visit, and the proof that a form was ours and theirs.

A form is believed if three things agree: the browser says the page that sent it was ours (`Sec-Fetch-Site`, else
`Origin`), the cookie came along (`SameSite=Lax`), and the form carries what only our page could have put in it: a code
computed from the cookie. Before somebody has signed in, the cookie of the door stands in for the visit's, so that
nobody can be signed in to an account that is not theirs.

With `Referrer-Policy: no-referrer` browsers send `Origin: null` with their own forms (Fetch standard, "append a
request Origin header"), so `null` says nothing; where there is no `Sec-Fetch-Site` (plain http), the code decides.
"""

import hmac
import secrets
from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from chat.core.errors import ChatError
from chat.core.ids import AccountId
from chat.records import second_steps, visits
from chat.records.visits import Visit
from web import kiosk
from web.guests import erase_guest
from web.site import Site, site_of

T = TypeVar("T")
FIELD, HEADER = "form", "x-form"
"""The name of the hidden field; and of the header, where a script sends JSON."""
_FIELDS_MAX = 40
_AS_WE_SEND = "application/x-www-form-urlencoded"
"""How each form of ours is sent. The other way (RFC 7578) lets its sender choose by what codec of Python's it is read:
one answers with letters that no page can show, another takes half a second for 120 KB, in which no room moves.
"""
WITHOUT_SECOND_STEP = ("/account", "/sure", "/sign-out")
"""Where one sets it up, or does what anybody may do with what is theirs."""


class SignInFirst(ChatError):
    """This page is for somebody who is signed in."""


class SecondStepFirst(ChatError):
    """Whoever facilitates or administers here signs in with a second step, and must set it up first."""


class NotOurForm(ChatError):
    """Sent from another site, or by a page that was open since before somebody signed in or out."""


class Form:
    """What somebody typed. Shows nothing of itself."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self._fields = fields

    def __repr__(self) -> str:
        return f"<Form of {len(self._fields)} fields>"

    def __call__(self, name: str) -> str:
        """As typed, without spaces around it; empty if it is not there."""
        return self._fields.get(name, "").strip()

    def secret(self, name: str) -> str:
        """A password: spaces belong to it."""
        return self._fields.get(name, "")

    def whole(self, name: str) -> int | None:
        """A whole number, or None."""
        typed = self(name)
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None


def cookie_name(site: Site, kind: str) -> str:
    """`__Host-` keeps other hosts of the same domain from setting it (RFC 6265bis section 4.1.3.2)."""
    return f"__Host-{kind}" if site.https else kind


def token_of(request: HTTPConnection) -> str:
    """What the visit's cookie holds; empty if there is none."""
    return request.cookies.get(cookie_name(site_of(request), "visit"), "")


async def visit_of(request: HTTPConnection) -> Visit | None:
    """The visit of this request or socket, looked up once; used just now, so it does not end for being idle."""
    if not hasattr(request.state, "visit"):
        request.state.visit = await _find(request)
    found: Visit | None = request.state.visit
    return found


async def _find(request: HTTPConnection) -> Visit | None:
    site = site_of(request)
    token = token_of(request)
    if not token:
        return None
    now = site.clock()
    async with site.store.reading() as c:
        visit = await visits.find(c, token, now)
    idle = kiosk.idle(request, site.idle)
    if visit and visit.needs_keeping_alive(now, idle):
        async with site.store.writing() as c:
            await visits.keep_alive(c, visit, now, idle=idle)
    return visit


async def signed_in(request: Request) -> Visit:
    """The visit of this request. Raises SignInFirst, SecondStepFirst."""
    visit = await visit_of(request)
    if visit is None:
        raise SignInFirst
    site = site_of(request)
    if site.second_step and not request.url.path.startswith(WITHOUT_SECOND_STEP):
        async with site.store.reading() as c:
            if await second_steps.wanting(c, visit.account_id):
                raise SecondStepFirst
    return visit


async def form_of(request: Request) -> Form:
    """What was typed, once it is sure that our page sent it. Raises NotOurForm, HTTPException."""
    if not came_from_us(request):
        raise NotOurForm
    if _kind_of(request) not in ("", _AS_WE_SEND):
        raise HTTPException(400)
    async with request.form(max_files=0, max_fields=_FIELDS_MAX) as sent:
        fields = {name: value for name, value in sent.items() if isinstance(value, str)}
    expected = await _expected(request)
    if not expected or not hmac.compare_digest(expected.encode(), fields.get(FIELD, "").encode("utf-8", "replace")):
        raise NotOurForm
    request.state.shared = fields.get("shared") == "yes"
    return Form(fields)


def _kind_of(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def said_shared(request: Request) -> bool:
    """Whether whoever signs in has just said that others use the device."""
    return bool(getattr(request.state, "shared", False))


async def json_of(request: Request, kind: type[T]) -> T:
    """What our script sent, once it is sure that it did; its code comes in a header. Raises NotOurForm, HTTPException.

    A page of another site can send neither this header nor JSON without asking first, and is not answered.
    """
    code = request.headers.get(HEADER, "")
    if not came_from_us(request) or request.headers.get("content-type") != "application/json":
        raise NotOurForm
    expected = await _expected(request)
    if not expected or not hmac.compare_digest(expected.encode(), code.encode("utf-8", "replace")):
        raise NotOurForm
    try:
        return msgspec.json.decode(await request.body(), type=kind)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        pass
    raise HTTPException(400)  # outside the handler: msgspec's error may quote what somebody wrote


def code_of(visit: Visit) -> str:
    """What our script must send along with JSON."""
    return visit.csrf


def came_from_us(request: Request) -> bool:
    """Whether nothing says that another site sent this."""
    if whence := request.headers.get("sec-fetch-site"):
        return whence in ("same-origin", "none")
    origin = request.headers.get("origin")
    if origin in (None, "null"):
        return True
    site = site_of(request)
    scheme, _, host = origin.partition("://")  # never urlsplit: it raises on what an attacker writes
    ours = {request.headers.get("host", ""), urlsplit(site.address).netloc}
    return host in ours and (scheme == "https" or not site.https)


async def _expected(request: Request) -> str:
    if visit := await visit_of(request):
        return visit.csrf
    door = door_of(request)
    return visits.csrf_of(door) if door else ""


def door_of(request: HTTPConnection) -> str:
    """What the cookie of the door holds; empty if there is none."""
    return request.cookies.get(cookie_name(site_of(request), "door"), "")


async def may_open(request: Request) -> bool:
    """Whether the page of this link shows: at a kiosk, to somebody who has typed it there or is signed in."""
    if not kiosk.minutes(request) or await visit_of(request):
        return True
    return kiosk.opens(request.url.path, door_of(request))


def new_door(request: Request, path: str = "") -> None:
    """The forms of this page, and no earlier ones, are believed. `path`: of a link that may be opened now."""
    request.state.new_door = kiosk.fresh_door(path)


def form_code(request: Request) -> str:
    """What our form carries. Makes a cookie of the door if there is neither it nor a visit (`seal` sends it)."""
    visit: Visit | None = getattr(request.state, "visit", None)
    if visit is not None:
        return visit.csrf
    if hasattr(request.state, "new_door"):
        return visits.csrf_of(str(request.state.new_door))
    door = door_of(request)
    if not door:
        door = request.state.new_door = secrets.token_urlsafe(32)
    return visits.csrf_of(door)


def seal(request: Request, response: Response) -> Response:
    """Sends the cookie of the door if a form of this page needs it."""
    if hasattr(request.state, "new_door"):
        _set(site_of(request), response, "door", request.state.new_door)
    return response


async def begin_visit(
    request: Request, account: AccountId, sure_for: int = visits.SURE_FOR, lasts: tuple[int, int] | None = None
) -> str:
    """Signs this browser in as `account`; a visit it had before ends. The cookie's value, for `admit`.

    If the form said that others use the device, it holds for this visit, and for the next in its place; at a kiosk it
    holds for every one.
    """
    site, before = site_of(request), await visit_of(request)
    shared = said_shared(request) or bool(before and before.shared) or kiosk.minutes(request) > 0
    now, agent = site.clock(), request.headers.get("user-agent", "")
    async with site.store.writing() as c:
        if before:
            await visits.end(c, before.id)
        idle, longest = lasts or (site.idle, site.longest)
        how = {"idle": kiosk.idle(request, idle), "longest": longest, "sure_for": sure_for}
        token = await visits.start(c, account, now, agent, shared=shared, **how)
        request.state.visit = await visits.find(c, token, now)
    if before:
        await site.live.visit_ended(before.id)
        await erase_guest(site, before.account_id)
    return token


def admit(request: Request, response: Response, token: str) -> Response:
    """Sends the visit's cookie; that of the door is not needed any more."""
    site = site_of(request)
    _set(site, response, "visit", token)
    response.delete_cookie(cookie_name(site, "door"), path="/", secure=site.https, httponly=True, samesite="lax")
    return response


async def end_visit(request: Request, response: Response, clear: str) -> Response:
    """Signs this browser out, closes its rooms, and asks it to forget `clear` (the Clear-Site-Data header)."""
    site, visit = site_of(request), await visit_of(request)
    if visit:
        async with site.store.writing() as c:
            await visits.end(c, visit.id)
        request.state.visit = None
        await site.live.visit_ended(visit.id)
        await erase_guest(site, visit.account_id)
    return forget(request, response, clear)


def forget(request: Request, response: Response, clear: str) -> Response:
    """Asks the browser alone to forget; the visit goes on. That it is a kiosk it keeps, of all cookies alone."""
    site = site_of(request)
    if kiosk.minutes(request):
        clear = ", ".join(part for part in clear.split(", ") if part != '"cookies"')
    for kind in ("visit", "door"):
        response.delete_cookie(cookie_name(site, kind), path="/", secure=site.https, httponly=True, samesite="lax")
    response.headers["Clear-Site-Data"] = clear
    return response


def _set(site: Site, response: Response, kind: str, value: str) -> None:
    response.set_cookie(cookie_name(site, kind), value, path="/", secure=site.https, httponly=True, samesite="lax")
