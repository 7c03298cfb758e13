"""Somebody may be in danger: a facilitator goes by steps, with words ready, and nothing is sent by itself."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Sit
from tests.browser.people import WITHIN
from tests.browser.test_axe import finds_nothing

pytestmark = pytest.mark.browser
LOOK: dict[str, object] = {"viewport": {"width": 1200, "height": 800}, "reduced_motion": "reduce"}


async def test_a_facilitator_goes_by_the_steps_with_ready_words(sit: Sit) -> None:
    circle = await sit(**LOOK)
    fran, ann, bob = circle.fran, circle.ann, circle.bob
    await fran.presses("Options for Ann")
    await fran.presses("Ann may be in danger…")
    await fran.is_shown("1. Tell them what happens next")
    await finds_nothing(fran, "the steps")
    link = fran.page.get_by_role("link", name="Has Ann left somebody to call?", exact=False)
    await expect(link).to_have_attribute("href", re.compile("/groups/[0-9a-f]+/contacts/[0-9a-f]+$"), timeout=WITHIN)
    await fran.presses("Are you safe at this moment?", exact=False)
    words = fran.page.locator(".sheet textarea")
    await expect(words).to_have_value("Are you safe at this moment? Is somebody with you?", timeout=WITHIN)
    await ann.does_not_show("Are you safe at this moment?")
    await fran.presses("Send aside")
    await expect(words).to_have_value("", timeout=WITHIN)
    await expect(fran.page.locator("[data-voice=status]", has_text="Sent.")).to_have_count(1, timeout=WITHIN)
    await ann.presses("A word to the facilitators", exact=False)
    await ann.is_shown("Are you safe at this moment?")
    await bob.does_not_show("Are you safe at this moment?")
    await fran.presses("Back to the steps")
    await fran.presses("Done: Tell them what happens next")
    await fran.is_shown("by Fran")
    await fran.presses("One of us needs some care just now", exact=False)
    await expect(fran.composer).to_be_focused(timeout=WITHIN)
    await fran.presses("Send")
    await bob.hears("One of us needs some care just now")
