"""Whoever is in the room sees, by one press, what the server holds of it right now; also on a small phone."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Sit
from tests.browser.people import WITHIN

pytestmark = pytest.mark.browser


async def test_what_the_server_holds_is_one_press_away_and_counts_down(sit: Sit) -> None:
    circle = await sit(viewport={"width": 320, "height": 640})
    ann, bob = circle.ann, circle.bob
    await ann.says("Only passing through.")
    await bob.hears("Only passing through.")
    await bob.opens("More")
    await bob.presses("What the server holds")
    sheet = bob.page.get_by_role("region", name="What the server holds now")
    await expect(sheet.get_by_role("heading")).to_be_focused(timeout=WITHIN)
    await expect(sheet).to_contain_text(
        re.compile(r"1 message, sealed. The oldest was said \d+ seconds? ago"), timeout=WITHIN
    )
    await expect(sheet).to_contain_text("3 people are in the room.")
    await expect(sheet).not_to_contain_text("passing through")
    await sheet.get_by_text("All of it, key by key").click()
    await expect(sheet).to_contain_text("words: a message, for whoever was present and lost the connection.")
    assert await bob.page.evaluate("document.documentElement.scrollWidth") <= 320
    await ann.says("And once more.")
    await expect(sheet).to_contain_text("2 messages, sealed", timeout=WITHIN)  # while it is open, it looks again
    await expect(sheet.get_by_role("link", name="Everything about you")).to_have_attribute(
        "href", "/account/everything"
    )
    await bob.presses("Close")
    await expect(sheet).to_have_count(0, timeout=WITHIN)
