"""A quiet corner, one press away and back, for whoever needs to breathe; it needs no network."""

import pytest
from playwright.async_api import Locator, expect

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


async def test_the_emergency_number_is_dialled_by_one_tap_wherever_it_stands(sit: Sit) -> None:
    circle = await sit(viewport={"width": 1200, "height": 800})
    fran, ann = circle.fran, circle.ann

    async def dials(part: Locator) -> None:
        await expect(part.locator("a[href^='tel:']").first).to_be_visible(timeout=WITHIN)

    await dials(ann.page.locator(".own"))
    await ann.says("I want to kill myself.")
    await dials(ann.page.locator("li.said"))
    await fran.presses("What to do, step by step")
    await dials(fran.page.locator(".crisis"))
    await fran.presses("Pause the room")
    await ann.is_shown("The room is paused.")
    await ann.writes("I will kill myself.")
    await ann.composer.press("Enter")  # its button says that it cannot be sent
    await dials(ann.page.locator(".card"))
    await ann.presses("Take a break")
    await ann.is_shown("You are taking a break")
    await dials(ann.page.locator(".ending"))
    await ann.presses("Leave the room")
    await ann.is_shown("You have left the room")
    await dials(ann.page.locator(".ending"))
    await ann.presses("Please reach out")
    await dials(ann.page.locator(".after"))
