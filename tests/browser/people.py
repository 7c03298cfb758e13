"""People at their browsers: what they do in the room, and what they see there."""

import asyncio
import re
from collections.abc import Awaitable, Callable

from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

WITHIN = 20_000
"""Milliseconds: generous, as several browsers share a small machine, and it costs nothing where all goes well."""
HOLDS = """async () => {
    const state = performance.getEntriesByType("resource").find((one) => one.name.includes("/state."));
    return Boolean((await import(state.name)).parts.value.holding);
}"""


class Somebody:
    """One person with a browser of their own."""

    def __init__(self, name: str, address: str, context: BrowserContext, page: Page) -> None:
        self.name = name
        self.address = address
        self.context = context
        self.page = page

    @classmethod
    async def at(cls, browser: Browser, name: str, address: str, **looks: object) -> "Somebody":
        """With a new browser that knows nothing. `looks`: viewport, color_scheme and the like."""
        context = await browser.new_context(base_url=address, **looks)  # type: ignore[arg-type]
        context.set_default_timeout(WITHIN)
        return cls(name, address, context, await context.new_page())

    async def goes_to(self, path: str) -> None:
        """Opens a page by its path."""
        await self.page.goto(path)

    async def signs_in_with(self, cookie: str) -> None:
        """Has the cookie of a visit, as after signing in."""
        await self.context.add_cookies([{"name": "visit", "value": cookie, "url": self.address}])

    async def enters(self, room: str) -> None:
        """Opens the room's page and is there."""
        await self.goes_to(room)
        await expect(self.page.locator(".state")).to_have_text("You are here", timeout=WITHIN)

    # In the room.

    @property
    def composer(self) -> Locator:
        return self.page.get_by_role("textbox", name="Your message", exact=True)

    def line(self, text: str) -> Locator:
        """Something in the log."""
        return self.page.get_by_role("log").locator("li", has_text=text)

    async def writes(self, text: str) -> None:
        await self.composer.fill(text)

    async def begins(self, text: str) -> None:
        """Writes, and has what comes to the page with the first word."""
        await self.writes(text)
        async with asyncio.timeout(WITHIN / 1000):
            while not await self.page.evaluate(HOLDS):
                await asyncio.sleep(0.02)

    async def says(self, text: str) -> None:
        """Says something, and it is accepted."""
        await self.writes(text)
        await self.page.locator(".send.strong").wait_for()  # their page knows that they can
        await self.presses("Send")
        await expect(self.page.locator("li.said.mine:not(.waiting)", has_text=text)).to_be_visible(timeout=WITHIN)

    async def presses(self, name: str, exact: bool = True) -> None:
        await self.page.get_by_role("button", name=name, exact=exact).first.click()

    async def opens(self, panel: str) -> None:
        """Shows or hides a panel on a small screen; on a large one it is always there."""
        tab = self.page.locator("button.tab", has_text=panel)
        if await tab.is_visible():
            await tab.click()

    async def unfolds(self, title: str) -> None:
        """Opens a part of the tools; on a large screen most of them are open."""
        fold = self.page.locator("details.fold").filter(has=self.page.locator("summary", has_text=title)).first
        if not await fold.evaluate("fold => fold.open"):
            await fold.locator("summary").click()

    async def hears(self, text: str) -> None:
        """It is in the log, once."""
        await expect(self.line(text)).to_have_count(1, timeout=WITHIN)

    async def does_not_show(self, text: str) -> None:
        await expect(self.page.get_by_text(text)).to_have_count(0, timeout=WITHIN)

    async def is_shown(self, text: str) -> None:
        await expect(self.page.get_by_text(text).first).to_be_visible(timeout=WITHIN)

    async def sees_here(self, *names: str) -> None:
        """Exactly these people are on the list."""
        here = self.page.locator("#people .person b")
        await expect(here).to_have_text([re.compile(f"^{re.escape(name)}$") for name in names], timeout=WITHIN)

    # As a facilitator.

    async def acts_on(self, name: str, what: str, reason: str = "hurtful", words: str = "") -> None:
        """Mutes or removes somebody, with the form a facilitator uses."""
        await self.presses(f"Options for {name}")
        sheet = self.page.locator(".sheet")
        await sheet.get_by_label(what).check()
        await sheet.get_by_label("Why").select_option(reason)
        await sheet.get_by_label("A few words").fill(words)
        await sheet.locator("button.strong").click()
        await expect(sheet).to_have_count(0, timeout=WITHIN)

    async def retracts(self, text: str) -> None:
        """Takes a message back."""
        await self.line(text).hover()
        await self.line(text).locator("button.more").click()
        take = self.page.get_by_role("button", name="Take the message back")
        await take.wait_for()
        if await (why := self.page.locator(".sheet").get_by_label("Why")).is_visible():  # it is somebody else's
            await why.select_option("hurtful")
        await take.click()

    async def closes_the_meeting(self) -> None:
        await self.unfolds("More")
        await self.presses("Close the meeting…")
        await self.presses("Close the meeting for everybody")


Come = Callable[..., Awaitable[Somebody]]
"""Somebody new at a browser."""
