"""A meeting goes through its parts, and one of its facilitators leads."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Circle
from tests.browser.people import WITHIN, Somebody

pytestmark = pytest.mark.browser


async def test_a_facilitator_moves_the_meeting_on(circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody) -> None:
    await fran.presses("Begin: Gathering")
    await ann.is_shown("We wait a little until everybody is here.")
    await ann.is_shown("about 5 minutes left")
    await fran.presses("Go on to: Opening")
    await ann.is_shown("Only the facilitators speak at the moment.")
    for person in (fran, ann, bob):
        await person.is_shown("We speak from our own life and we listen.")
    await ann.page.locator(".agreed summary").click()
    await expect(ann.page.get_by_text("We speak from our own life")).to_be_hidden(timeout=WITHIN)
    await bob.enters(circle.room)  # whoever comes late reads it, too
    await bob.is_shown("We speak from our own life and we listen.")
    await fran.presses("Go on to: Check-in")
    await ann.is_shown("How are you here today?")
    await bob.does_not_show("We speak from our own life")
    await expect(bob.page.locator(".floor-now")).to_contain_text("turn", timeout=WITHIN)
    await fran.page.get_by_label("Another part").select_option(label="Goodbye")
    await bob.is_shown("Be kind to yourself afterwards.")
    await bob.says("See you next week.")


async def test_time_stands_still_in_a_pause_and_goes_on_from_there(circle: Circle, fran: Somebody) -> None:
    most = re.compile("(5 min|4 min 5[05] s) left")
    phase = fran.page.locator(".phase small")
    await fran.presses("Begin: Gathering")
    await expect(phase).to_have_text(most, timeout=WITHIN)
    await fran.presses("Pause the room")
    await fran.is_shown("The room is paused.")
    await fran.page.wait_for_timeout(16_000)
    await expect(phase).to_have_text(most)
    await fran.presses("Resume the room")
    await fran.does_not_show("The room is paused.")
    await fran.page.wait_for_timeout(5_000)  # the clock is looked at so often
    await expect(phase).to_have_text(re.compile("4 min (5[05]|45) s left"))


async def test_ready_words_go_where_one_writes_and_are_not_sent(fran: Somebody, ann: Somebody) -> None:
    await fran.unfolds("Ready words")
    await fran.presses("Let us slow down", exact=False)
    await expect(fran.composer).to_have_value(
        "Let us slow down for a moment. There is no hurry, and everybody will have room.", timeout=WITHIN
    )
    await ann.does_not_show("Let us slow down")
    await fran.presses("Send")
    await ann.hears("Let us slow down for a moment.")


async def test_how_the_talking_is_shared_is_seen_by_facilitators_only(
    fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    for words in ("One.", "Two.", "Three."):
        await ann.says(words)
    await fran.hears("Three.")
    await fran.page.get_by_text("How the talking is shared").click()
    await fran.is_shown("3 messages, 100 %, spoke just now")
    await fran.page.get_by_label("How we speak").select_option("queue")
    await fran.presses("Give floor to Bob")
    await expect(fran.page.locator(".airtime li", has_text="Bob")).to_contain_text("1 turn", timeout=WITHIN)
    await expect(fran.page.locator(".airtime li", has_text="Bob")).to_contain_text("nothing yet", timeout=WITHIN)
    await expect(bob.page.locator(".airtime")).to_have_count(0, timeout=WITHIN)


async def test_the_newest_message_stays_in_sight_while_what_stands_above_comes_and_goes(
    fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    for person in (fran, ann, bob):
        await person.page.set_viewport_size({"width": 1200, "height": 560})
    for words in ("One.", "Two.", "Three.", "Four."):
        await ann.says(words)
        await bob.says(words)
    await fran.presses("Begin: Gathering")
    for part in ("Opening", "Check-in", "Sharing", "Closing round", "Goodbye"):
        await fran.presses(f"Go on to: {part}")
        for person in (fran, ann, bob):
            await person.is_shown("left")
            await expect(person.page.get_by_role("log").locator("li").last).to_be_in_viewport(timeout=WITHIN)
            await expect(person.page.get_by_role("button", name="New messages")).to_have_count(0)
