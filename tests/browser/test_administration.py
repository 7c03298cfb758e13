"""Whoever looks after the installation finds their place again, on a phone and by keyboard."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Group
from tests.browser.people import WITHIN, Come
from tests.browser.test_axe import PHONE, finds_nothing

pytestmark = pytest.mark.browser


async def test_what_is_wrong_with_a_help_line_stands_beside_it_and_so_does_whoever_confirms_it(
    group: Group, come: Come
) -> None:
    ada = await come("Ada", **PHONE)
    await ada.signs_in_with(group.visits["Ada"])
    await ada.goes_to("/admin")
    germany = ada.page.locator("details.country").filter(has=ada.page.get_by_text("Germany", exact=True))
    await germany.locator("summary").click()
    one = germany.locator("li").first
    await one.get_by_role("button", name="It is right").click()
    words = "Please write who opened the page of the source, called the number and found it right."
    await expect(ada.page.get_by_role("alert")).to_be_focused(timeout=WITHIN)
    await expect(one.get_by_text(words)).to_be_visible(timeout=WITHIN)
    await finds_nothing(ada, "confirmed by nobody")
    await ada.page.keyboard.press("Tab")
    await ada.page.keyboard.press("Enter")
    by = one.get_by_label("Checked by")
    await expect(by).to_be_focused(timeout=WITHIN)
    await expect(by).to_be_in_viewport(timeout=WITHIN)
    await expect(by).to_have_accessible_description(words)
    await ada.page.keyboard.type("Ada, care team")
    await ada.page.keyboard.press("Enter")
    await expect(one.get_by_text("by Ada, care team")).to_be_in_viewport(timeout=WITHIN)
    await one.get_by_role("button", name="Hide it").click()
    await expect(one.get_by_text("Not confirmed, so not shown.")).to_be_in_viewport(timeout=WITHIN)
