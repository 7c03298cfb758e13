"""Style and scripts: compressed, and kept by the browser for as long as they are the same."""

import hashlib
import os
import re
from functools import cache
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.render import STATIC, mark

FOR_GOOD, ASK_ANEW = "public, max-age=31536000, immutable", "no-cache"


def static_files() -> list[BaseRoute]:
    """Only these are compressed: a page with a form's code beside what somebody typed must not be (BREACH).

    The room's scripts are addressed in a folder whose name is their mark, see `script`.
    """
    files = GZipMiddleware(_Kept(_Lean(directory=STATIC)))
    return [Mount("/static/room/{mark}", files, name="room"), Mount("/static", files, name="static")]


_COMMENT = re.compile(rb"^[ ]*(//[^\n]*|/\*\*.*?\*/)\n|(?<=[;,{}]) +// [^\n]*$", re.MULTILINE | re.DOTALL)
"""One that has its lines to itself, or ends a line of code; our words and templates hold nothing that looks so."""


class _Lean(StaticFiles):
    """Our scripts without their comments: a page must be light on a weak network."""

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """As Starlette's; answers 304 to who has it already."""
        path = Path(full_path)
        if path.suffix != ".js" or path.parent != STATIC:
            return super().file_response(full_path, stat_result, scope, status_code)
        content, tag = lean(path, stat_result.st_mtime_ns)
        known = Headers(scope=scope).get("if-none-match") == tag
        return Response(b"" if known else content, 304 if known else status_code, {"etag": tag}, "text/javascript")


@cache
def lean(path: Path, changed: int) -> tuple[bytes, str]:
    """The script and its mark; `changed`: when it was, so that one that is worked on is read anew."""
    content = _COMMENT.sub(b"", path.read_bytes())
    return content, f'"{hashlib.sha256(content).hexdigest()[:16]}"'


class _Kept:
    """A file whose address names its content is kept for good; others are asked for anew.

    Of the room's scripts those with another version's mark are not: pages that were open before come for them.
    """

    def __init__(self, files: ASGIApp) -> None:
        self._files = files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        of_now = scope["path_params"].get("mark") == mark()
        marked = of_now or scope["query_string"].startswith(b"v=") or "/vendor/" in scope["path"]

        async def kept(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in (200, 304):
                MutableHeaders(scope=message)["Cache-Control"] = FOR_GOOD if marked else ASK_ANEW
            await send(message)

        await self._files(scope, receive, kept)
