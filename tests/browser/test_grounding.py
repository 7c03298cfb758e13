"""A quiet corner, one press away and back, for whoever needs to breathe; it needs no network."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Sit
from tests.browser.people import WITHIN
from tests.browser.test_axe import finds_nothing

pytestmark = pytest.mark.browser
PHONE: dict[str, object] = {"viewport": {"width": 320, "height": 640}, "reduced_motion": "reduce"}
COME = "() => performance.getEntriesByType('resource').some((one) => /grounding/.test(one.name) && one.responseEnd)"


async def test_somebody_breathes_in_a_quiet_corner_without_a_network_and_finds_the_room_as_it_was(sit: Sit) -> None:
    circle = await sit(**PHONE)
    ann, bob = circle.ann, circle.bob
    await ann.writes("I am not sure that")
    await ann.page.wait_for_function(COME, timeout=WITHIN)
    await ann.context.set_offline(True)
    corner = ann.page.get_by_role("button", name="A quiet corner, to breathe")
    await corner.focus()
    await ann.page.keyboard.press("Enter")
    await expect(ann.page.get_by_role("heading", name="A quiet corner")).to_be_focused(timeout=WITHIN)
    await ann.presses("Breathe with me")
    await ann.is_shown("Breathe in, slowly.")
    moving = "() => getComputedStyle(document.querySelector('.breathing')).transitionDuration"
    assert await ann.page.evaluate(moving) == "0s"
    await ann.presses("Next")
    await ann.is_shown("Feel four things")
    await finds_nothing(ann, "the quiet corner")
    assert await ann.page.locator(".room[inert]").count() == 1
    await ann.is_shown("If you or somebody else is in danger now")

    await ann.context.set_offline(False)
    await bob.says("It is quiet tonight.")
    await ann.is_shown("1 message since you came here.")
    await expect(ann.page.locator("[data-voice=status]", has_text="It is quiet")).to_have_count(0, timeout=WITHIN)
    await ann.page.keyboard.press("Escape")
    await expect(corner).to_be_focused(timeout=WITHIN)
    await ann.hears("It is quiet tonight.")
    await expect(ann.composer).to_have_value("I am not sure that", timeout=WITHIN)
    await bob.sees_here("Fran", "Ann", "Bob")
