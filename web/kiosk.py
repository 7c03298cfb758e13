"""A device on a ward or in a library, used by one person after another: of nobody is anything left for the next.

Such a browser has one more cookie. It says after how many minutes without a touch the page clears itself, the same for
everybody, and nothing else. It only takes away: whoever gave it to themselves would make their own visits shorter.

The pages of invitations show to whoever has the link. Here a link stands in the history of a browser that the next
person uses, so it opens only after it was typed on the first page, in the same sitting: the door's cookie has its mark.
"""

import hashlib
import re
import secrets

from starlette.requests import HTTPConnection

from web.site import site_of

MINUTES = (2, 5, 10)
"""Without a touch, to choose from; then a minute's warning."""
USUAL = 5
_GRACE = 4
"""Minutes on top, after which the server itself ends the visit: of a page that was closed, or has no network."""
_MINUTE = 60_000
_LINK = re.compile(r"/(invitations|recover)/([\w-]{1,100})/?$")
_TOKEN = re.compile(r"[\w-]{1,100}")


def name(request: HTTPConnection) -> str:
    """Of the cookie."""
    return "__Host-kiosk" if site_of(request).https else "kiosk"


def minutes(request: HTTPConnection) -> int:
    """Until the page clears itself; 0: this is no such device."""
    said = request.cookies.get(name(request), "")
    if not said:
        return 0
    return next((one for one in MINUTES if str(one) == said), USUAL)


def idle(request: HTTPConnection, usual: int) -> int:
    """Milliseconds without a sign of life after which a visit here ends; `usual`: anywhere else."""
    here = minutes(request)
    return min(usual, (here + _GRACE) * _MINUTE) if here else usual


def path_of(typed: str) -> str:
    """Where a link leads that somebody typed, or only its last part; empty: it is none of ours."""
    if found := _LINK.search(typed):
        return f"/{found[1]}/{found[2]}"
    return f"/invitations/{typed}" if _TOKEN.fullmatch(typed) else ""


def fresh_door(path: str = "") -> str:
    """A new door's cookie, so that no form of an earlier sitting is taken; `path`: of the link that was typed."""
    return f"{secrets.token_urlsafe(32)}.{_mark(path)}"


def opens(path: str, door: str) -> bool:
    """Whether the link that leads to `path`, or on from there, was typed in this sitting."""
    found = re.match(r"/(?:invitations|recover)/[\w-]+", path)
    return found is not None and door.rpartition(".")[2] == _mark(found[0])


def _mark(path: str) -> str:
    return hashlib.sha256(path.encode()).hexdigest()[:16]
