"""Style and scripts: compressed, and kept by the browser for as long as they are the same."""

from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.render import STATIC

FOR_GOOD, ASK_ANEW = "public, max-age=31536000, immutable", "no-cache"


def static_files() -> BaseRoute:
    """Only these are compressed: a page with a form's code beside what somebody typed must not be (BREACH)."""
    return Mount("/static", GZipMiddleware(_Kept(StaticFiles(directory=STATIC))), name="static")


class _Kept:
    """A file whose address names its content (`?v=`, vendor/) is kept for good; others are asked for anew."""

    def __init__(self, files: ASGIApp) -> None:
        self._files = files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        marked = scope["query_string"].startswith(b"v=") or "/vendor/" in scope["path"]

        async def kept(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in (200, 304):
                MutableHeaders(scope=message)["Cache-Control"] = FOR_GOOD if marked else ASK_ANEW
            await send(message)

        await self._files(scope, receive, kept)
