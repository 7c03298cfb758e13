"""Leave now: blank at once, signed out, nothing to go back to, and nothing of it in the browser's files afterwards."""

import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect
from sqlalchemy import update

from chat.records.keys import hashed
from chat.records.store import Store
from chat.records.tables import visits
from tests.browser.conftest import Circle, Group, Server, Sit
from tests.browser.people import WITHIN, Come, Somebody
from tests.browser.test_axe import finds_nothing
from tests.browsers import CHROMIUM

pytestmark = pytest.mark.browser

CANARY = "xylograph periwinkle"
WEATHER = "https://www.bbc.com/**"


@pytest.fixture
def browser(whole_browser: Browser) -> Browser:
    """Without a script the light one is not led on to a page that only a test knows."""
    return whole_browser


def traces(profile: Path, words: str = CANARY) -> Iterator[str]:
    """Files of a browser that hold these words, in any way a browser writes text."""
    ways = [
        words.encode(),
        words.encode("utf-16-le"),
        words.replace(" ", "+").encode(),
        words.replace(" ", "%20").encode(),
    ]
    for path in profile.rglob("*"):
        if not path.is_file():
            continue
        held = path.read_bytes()
        if (at := held.find(b"\x1f\x8b")) >= 0:
            with suppress(zlib.error):
                held += zlib.decompressobj(31).decompress(held[at:])
        if any(way in held for way in ways):
            yield str(path.relative_to(profile))


async def weather(context: BrowserContext) -> None:
    await context.route(WEATHER, lambda route: route.fulfill(body="The weather", content_type="text/html"))


async def goes_back(page: Page) -> None:
    """As far as it goes, and looks at each page."""
    for _ in range(4):
        await page.go_back(wait_until="load")
        for words in (CANARY, "Tuesday"):
            await expect(page.get_by_text(words)).to_have_count(0, timeout=WITHIN)


async def test_after_leave_now_back_shows_nothing_and_the_browsers_files_hold_no_word(
    circle: Circle, group: Group, server: Server, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            profile, executable_path=CHROMIUM, args=["--no-sandbox"], base_url=server.address
        )
        await weather(context)
        bob = Somebody("Bob", server.address, context, context.pages[0])
        await bob.signs_in_with(group.visits["Bob"])
        await bob.goes_to("/")
        await bob.page.get_by_role("link", name="Tuesday evening").click()
        await bob.page.get_by_role("link", name="Go into the room").click()
        await expect(bob.page.locator(".state")).to_have_text("You are here", timeout=WITHIN)
        assert urlsplit(bob.page.url).path == circle.room
        await bob.says(CANARY)
        await circle.ann.says(f"I heard: {CANARY}")
        await bob.hears("I heard:")
        await bob.writes(f"And once more {CANARY}")
        for _ in range(3):
            await bob.page.keyboard.press("Shift")
        await bob.page.wait_for_url(WEATHER)
        await circle.ann.hears("Bob left.")
        await goes_back(bob.page)
        await bob.goes_to("/account")
        await bob.is_shown("Good to see you")
        assert await context.cookies(server.address) == [] or "visit" not in {
            one["name"] for one in await context.cookies(server.address)
        }
        await context.close()
    assert list(profile.rglob("History"))
    assert list(traces(profile)) == []


async def test_the_page_is_blank_in_the_same_instant_also_with_the_network_dead(sit: Sit) -> None:
    circle = await sit(viewport={"width": 1200, "height": 800})
    bob = circle.bob
    await weather(bob.context)
    await bob.says(CANARY)
    await bob.context.set_offline(True)
    at_once = """() => {
        document.querySelector("[data-leave]").click();
        return [document.documentElement.hidden, document.title, document.body.childElementCount].join();
    }"""
    assert await bob.page.evaluate(at_once) == "true,,0"
    await bob.is_shown("The weather")


async def test_without_a_script_the_link_signs_out_and_leads_away(group: Group, come: Come) -> None:
    bob = await come("Bob", java_script_enabled=False)
    await weather(bob.context)
    await bob.signs_in_with(group.visits["Bob"])
    await bob.goes_to("/account")
    await bob.page.get_by_role("link", name="Leave now").click()
    await bob.is_shown("The weather")
    await bob.goes_to("/account")
    await bob.is_shown("Good to see you")


async def test_somebody_tries_it_out_and_is_still_signed_in(group: Group, come: Come) -> None:
    ann = await come("Ann")
    await ann.signs_in_with(group.visits["Ann"])
    await ann.goes_to("/device")
    await ann.page.get_by_role("link", name="Try it now").click()
    await ann.is_shown("Try “Leave now”")
    for _ in range(3):
        await ann.page.keyboard.press("Shift")
    await ann.is_shown("That was it")
    await ann.page.go_back()
    await ann.is_shown("Is this device safe for you?")
    await ann.goes_to("/account")
    await ann.is_shown("Where you are signed in")


async def test_on_a_shared_device_the_screen_covers_itself(circle: Circle, group: Group, server: Server) -> None:
    bob = circle.bob
    async with Store.open(f"sqlite+aiosqlite:///{server.data / 'hearth.sqlite'}") as store, store.writing() as c:
        his = visits.c.token_hash == hashed(group.visits["Bob"])
        await c.execute(update(visits).where(his).values(shared=True))
    await bob.page.clock.install()
    await bob.enters(circle.room)
    await bob.says(CANARY)
    await bob.page.clock.fast_forward(181_000)
    again = bob.page.get_by_role("button", name="Show the page again")
    await expect(again).to_be_focused(timeout=WITHIN)
    await bob.page.emulate_media(reduced_motion="reduce")
    await finds_nothing(bob, "covered")
    covered = "() => document.elementFromPoint(innerWidth / 2, innerHeight / 2).closest('.cover') !== null"
    assert await bob.page.evaluate(covered)
    await again.click()
    await expect(bob.page.locator(".cover")).to_have_count(0, timeout=WITHIN)
    await expect(bob.line(CANARY).first).to_be_visible(timeout=WITHIN)


async def test_help_opens_beside_the_room_and_there_too_one_leaves_everything_at_once(circle: Circle) -> None:
    ann = circle.ann
    await weather(ann.context)
    await ann.writes(CANARY)
    async with ann.context.expect_page() as opened:
        await ann.page.get_by_role("link", name="Get help now (opens beside this page)", exact=True).click()
    beside = await opened.value
    await expect(beside.get_by_role("heading", name="Somebody to talk to, now")).to_be_visible(timeout=WITHIN)
    assert await beside.evaluate("opener") is None
    await expect(ann.composer).to_have_value(CANARY)
    await circle.fran.sees_here("Fran", "Ann", "Bob")
    other = beside.get_by_role("link", name="Get help now", exact=True)  # not in the room: as ever
    await expect(other).not_to_have_attribute("target", "_blank")
    await beside.get_by_role("link", name="Leave now").click()
    await expect(beside.get_by_text("The weather")).to_be_visible(timeout=WITHIN)
    await ann.is_shown("You are signed out")
    await ann.does_not_show(CANARY)
