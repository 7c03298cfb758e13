"""Scripts come without the comments they were written with, and otherwise as they are."""

import re

import pytest

from tests.web.place import Browser
from web.render import STATIC

SCRIPTS = sorted(path.name for path in STATIC.glob("*.js"))


def code(lines: list[str]) -> list[str]:
    """The lines that are not a comment, without the comment at their end."""
    kept, inside = [], False
    for line in lines:
        inside = inside or line.strip().startswith("/**")
        if not inside and not line.strip().startswith("//"):
            kept.append(re.split(r"(?<=[;,{}]) +// ", line)[0])
        inside = inside and not line.strip().endswith("*/")
    return kept


@pytest.mark.parametrize("name", SCRIPTS)
async def test_a_script_loses_its_comments_and_nothing_else(nobody: Browser, name: str) -> None:
    answer = await nobody.sees(f"/static/{name}")
    assert answer.headers["content-type"].startswith("text/javascript")
    written = (STATIC / name).read_text()
    assert answer.text.splitlines() == code(written.splitlines())
    assert len(answer.text) < len(written)


async def test_a_script_that_a_browser_has_is_not_sent_again(nobody: Browser) -> None:
    first = await nobody.sees("/static/connection.js")
    again = await nobody.client.get("/static/connection.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == "no-cache"


async def test_what_is_borrowed_comes_as_it_was_borrowed(nobody: Browser) -> None:
    [bundle] = (STATIC / "vendor").glob("ui.*.js")
    assert (await nobody.sees(f"/static/vendor/{bundle.name}")).content == bundle.read_bytes()
