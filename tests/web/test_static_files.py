"""Scripts come without the comments they were written with, and otherwise as they are."""

import re

import pytest

from tests.web.place import Browser
from web.render import STATIC, mark, script, scripts

ADDRESSED = re.compile(r'import {[\w, ]+} from "(\./[a-z]+\.js|/static/vendor/ui\.[0-9a-f]{8}\.js)";')
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


@pytest.mark.parametrize("name", SCRIPTS)
def test_what_a_script_imports_has_one_address(name: str) -> None:
    """By two it would run twice: the page would know its room twice."""
    imports = re.findall(r"^(?:import\b|export [*{]).*", (STATIC / name).read_text(), re.MULTILINE)
    assert [one for one in imports if not ADDRESSED.fullmatch(one)] == []


async def test_the_rooms_scripts_are_kept_for_good_and_whatever_they_import_too(nobody: Browser) -> None:
    for address in scripts():
        answer = await nobody.sees(address)
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-type"].startswith("text/javascript")
    assert (await nobody.sees(script("aloud.js"))).text == (await nobody.sees("/static/aloud.js")).text
    other = await nobody.sees(script("aloud.js").replace(mark(), "01234567"))
    assert other.headers["cache-control"] == "no-cache"  # a page that was open when the server was made anew
    assert (await nobody.sees(script("nothing.js"))).status_code == 404
    assert (await nobody.sees(script("../render.py"))).status_code == 404


async def test_a_script_that_a_browser_has_is_not_sent_again(nobody: Browser) -> None:
    first = await nobody.sees("/static/connection.js")
    again = await nobody.client.get("/static/connection.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == "no-cache"


async def test_what_is_borrowed_comes_as_it_was_borrowed(nobody: Browser) -> None:
    [bundle] = (STATIC / "vendor").glob("ui.*.js")
    assert (await nobody.sees(f"/static/vendor/{bundle.name}")).content == bundle.read_bytes()
