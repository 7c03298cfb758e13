"""Every script of ours parses and finds what it imports: without this a missing bracket is seen by nobody but members.

Not marked `browser`: it takes two seconds, and belongs to what is run after each step.
"""

from pathlib import Path

from playwright.async_api import Browser, Route

from web.static_files import lean

STATIC = Path(__file__).parents[2] / "web" / "static"
SCRIPTS = sorted(path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*.js"))
TRIES = "(path) => import(path).then(() => '', (error) => error instanceof SyntaxError ? error.message : '')"
"""What a module does when it runs is another matter: there is no room around it here."""


async def gives(route: Route) -> None:
    """A file of ours as it is sent, or an empty page."""
    path = STATIC / route.request.url.split("/static/")[-1].split("?")[0]
    script = path.suffix == ".js" and path.is_file()
    kind = "text/javascript" if script else "text/html"
    body = lean(path, 0)[0] if script and path.parent == STATIC else path.read_bytes() if script else b""
    await route.fulfill(status=200, content_type=kind, body=body)


async def test_every_script_parses_and_finds_what_it_imports(browser: Browser) -> None:
    page = await browser.new_page()
    try:
        await page.route("**/*", gives)
        await page.goto("http://hearth.test/")
        wrong = {script: await page.evaluate(TRIES, f"/static/{script}") for script in SCRIPTS}
        assert {script: why for script, why in wrong.items() if why} == {}
    finally:
        await page.close()
