"""A group agrees to keep what is said for a day: all see it at the top of the room, and read what they missed."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Circle, Group
from tests.browser.people import WITHIN, Come, Somebody

pytestmark = pytest.mark.browser
KEPT = "Kept for 1 day, sealed"


async def chooses(desk: Somebody, group: Group, label: str) -> None:
    """Fran, on the page "How we meet"."""
    await desk.goes_to(f"/groups/{group.id}/customs")
    await desk.page.get_by_label(label).check()
    await desk.presses("Save")
    await expect(desk.page.get_by_role("heading", name="Tuesday evening")).to_be_visible(timeout=WITHIN)


async def test_a_group_keeps_what_is_said_for_a_day_and_then_does_not_any_more(
    circle: Circle, group: Group, come: Come
) -> None:
    fran, ann, bob = circle.fran, circle.ann, circle.bob
    await ann.says("Before anybody agreed")
    desk = await come("Fran")
    await desk.signs_in_with(group.visits["Fran"])
    await chooses(desk, group, "Keep it for 1 day")
    await desk.is_shown("3 of 3 have not answered yet.")
    for person in (fran, ann):
        await person.is_shown("Our agreement has changed")
        await person.presses("I agree")
        await person.does_not_show("Our agreement has changed")
    await expect(ann.page.get_by_text(KEPT)).to_have_count(0)
    await bob.is_shown("Our agreement has changed")
    await bob.presses("I agree")
    for person in (fran, ann, bob):
        await expect(person.page.locator(".room-top .kept")).to_have_text(KEPT, timeout=WITHIN)
        await person.hears("what is said from now on is kept for 1 day, sealed")

    await bob.presses("Leave the room")
    await bob.is_shown("You have left the room")
    await ann.hears("Bob left.")
    await ann.says("My sister came back")
    await fran.says("Tea is at nine")
    await bob.page.set_viewport_size({"width": 320, "height": 640})
    await bob.enters(circle.room)
    await expect(bob.page.locator(".room-top .kept")).to_be_visible(timeout=WITHIN)
    await bob.does_not_show("My sister came back")
    await bob.page.get_by_role("button", name="Earlier", exact=True).press("Enter")
    earlier = bob.page.locator("li.earlier")
    await expect(earlier).to_have_count(2, timeout=WITHIN)
    await expect(earlier.first).to_contain_text("Ann")
    await expect(earlier.first).to_contain_text("My sister came back")
    await expect(earlier.first).to_be_focused()
    await bob.does_not_show("Before anybody agreed")
    assert await bob.page.evaluate("() => document.documentElement.scrollWidth") <= 320

    await fran.retracts("My sister came back")
    await expect(earlier).to_have_count(1, timeout=WITHIN)
    await chooses(desk, group, "Keep nothing")
    for person in (fran, ann, bob):
        await person.hears("What is said here is not kept any more. What was kept is gone.")
        await expect(person.page.locator(".room-top .kept")).to_have_count(0, timeout=WITHIN)
    await expect(earlier).to_have_count(0)
    await bob.does_not_show("Tea is at nine")
