"""A page is a template filled in; every page has the same frame, with help and the way out in the same place."""

import hashlib
import re
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from chat.core.ids import Millis
from chat.core.wire import UNTIL_LOOKED
from chat.records.visits import Visit
from web import kiosk
from web.helplines import numbers
from web.prose import blocks
from web.site import site_of
from web.visit import form_code, said_shared, seal

LOOKED = "a facilitator has looked"
HERE = Path(__file__).parent
STATIC = HERE / "static"
_IMPORT = re.compile(r'^import .*from "(?:\./|/static/)(.+)";$', re.MULTILINE)
_FILLED = re.compile(r'autocomplete="(?!new-password)[a-z-]+"')
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December")  # fmt: skip


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals["static"] = static
    templates.globals["script"] = script
    templates.globals["scripts"] = scripts
    templates.filters["prose"] = blocks
    templates.filters["day"] = day
    templates.filters["time"] = time
    templates.filters["moment"] = moment
    templates.filters["left"] = left
    templates.filters["call"] = call
    return templates


@cache
def static(name: str) -> str:
    """The address of a file under static/, with a mark of its content: a browser may keep it for good."""
    mark = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:8]
    return f"/static/{name}?v={mark}"


@cache
def mark() -> str:
    """One of all scripts together, since one of them is of no use beside another's earlier version."""
    every = b"".join(path.read_bytes() for path in sorted(STATIC.glob("*.js")))
    return hashlib.sha256(every).hexdigest()[:8]


def script(name: str) -> str:
    """The address of a script of the room's page; `*.js`: of any, for what is loaded later.

    The mark stands in the folder: whatever a script imports from beside it is marked as well, and has one address.
    A script with two would run twice, and the page would know its room twice.
    """
    return f"/static/room/{mark()}/{name}"


@cache
def scripts(name: str = "room.js") -> tuple[str, ...]:
    """The addresses of a script and of all that it imports, and these in turn: a page asks for all of them at once."""
    names = [name]
    for each in names:  # and each that is added
        names += [new for new in _IMPORT.findall((STATIC / each).read_text("utf-8")) if new not in names]
    return tuple(f"/static/{each}" if each.startswith("vendor/") else script(each) for each in names)


def day(at: date | Millis) -> str:
    """`21 November 2026`: days are enough, and nobody has to know which zone the server is in.

    A mute by flags has no end that could be named: `until` it is this, in place of a day.
    """
    if at == UNTIL_LOOKED:
        return LOOKED
    on = at if isinstance(at, date) else datetime.fromtimestamp(at / 1000, UTC).date()
    return f"{on.day} {_MONTHS[on.month - 1]} {on.year}"


def time(at: Millis) -> str:
    """`18:37 UTC`: whoever reads it may be anywhere."""
    return f"{datetime.fromtimestamp(at / 1000, UTC):%H:%M} UTC"


def moment(at: Millis) -> str:
    """`21 November 2026, 18:37 UTC`: for what was done in a meeting, of which there are many in an hour."""
    return LOOKED if at == UNTIL_LOOKED else f"{day(at)}, {time(at)}"


def left(at: Millis, now: Millis) -> str:
    """`9 more minutes`: what somebody in a hurry needs to know, wherever they are."""
    minutes = max(1, -(-(at - now) // 60_000))
    return "1 more minute" if minutes == 1 else f"{minutes} more minutes"


@pass_context
def call(context: Context, text: str) -> Markup:
    """`112 or 999` with each number as a link that a phone dials; a kiosk cannot, and shows it large."""
    link = Markup('<b class="large">{1}</b>') if context["kiosk"] else Markup('<a href="tel:{0}">{1}</a>')
    return Markup().join(link.format(number, piece) if number else piece for piece, number in numbers(text))


def page(request: Request, template: str, status: int = 200, /, **said: object) -> Response:
    """The filled-in `template`. `said`: what it speaks of; one that is missing is an error."""
    site = site_of(request)
    visit: Visit | None = getattr(request.state, "visit", None)
    frame = {
        "site": site,
        "signed_in": visit is not None,
        "of_group": "" if status == 404 else _of_group(request),
        "shared": bool(visit and visit.shared),
        "kiosk": kiosk.minutes(request),
        "way_out": "I'm done" if kiosk.minutes(request) else "Leave now",
        "said_shared": said_shared(request),
        "form_code": lambda: form_code(request),
        "emergency": site.helplines.emergency,
        "errors": {},
        "typed": {},
    }
    body = _templates().get_template(template).render({**frame, **said})
    return seal(request, HTMLResponse(_unfilled(body) if frame["kiosk"] else body, status))


def _of_group(request: Request) -> str:
    """The group whose page it is: what it has agreed on stands on each of them. Empty: none."""
    return str(request.path_params.get("group", "")) if request.url.path.startswith("/groups/") else ""


def _unfilled(body: str) -> str:
    """The page with no field that a browser fills in, whatever form it stands in: what it knows is somebody else's.

    Browsers fill a password's field also where it says `off`, and leave one for a new password alone.
    """
    return _FILLED.sub('autocomplete="off"', body.replace('"current-password"', '"new-password"'))
