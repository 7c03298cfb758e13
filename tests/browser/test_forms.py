"""The form over the talk belongs to whom it was opened for, also while the answer to the one before is due."""

import asyncio
import json
from collections.abc import Callable

import pytest
from playwright.async_api import Locator, WebSocketRoute, expect

from tests.browser.conftest import Circle
from tests.browser.people import WITHIN, Somebody

pytestmark = pytest.mark.browser


@pytest.fixture
async def tells(circle: Circle) -> Callable[[], None]:
    """Fran's page hears no answer to what it asks until this is called."""
    told = asyncio.Event()

    def late(page: WebSocketRoute) -> None:
        line = page.connect_to_server()
        page.on_message(line.send)

        async def hears(frame: str) -> None:
            if json.loads(frame)["type"] in ("accepted", "refused"):
                await told.wait()
            page.send(frame)

        line.on_message(lambda frame: asyncio.ensure_future(hears(str(frame))) and None)

    await circle.fran.page.route_web_socket("**/socket*", late)
    await circle.fran.enters(circle.room)
    return told.set


def sheet(person: Somebody) -> Locator:
    return person.page.locator(".sheet")


async def begins_to_mute(fran: Somebody, name: str, words: str) -> None:
    await fran.presses(f"Options for {name}")
    await expect(sheet(fran).get_by_role("heading", name=name)).to_be_visible(timeout=WITHIN)
    await sheet(fran).get_by_label("Why").select_option("too-much")
    await sheet(fran).get_by_label("A few words").fill(words)


async def test_an_answer_about_one_person_leaves_the_form_about_the_next_as_it_is(
    tells: Callable[[], None], fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    await begins_to_mute(fran, "Ann", "Ann, a moment please.")
    await fran.presses("Mute Ann")
    await ann.is_shown("A facilitator muted you until")
    await begins_to_mute(fran, "Bob", "Bob, a moment please.")
    tells()
    await bob.says("Good evening.")
    await fran.hears("Good evening.")  # which comes after the answer
    await expect(sheet(fran).get_by_label("A few words")).to_have_value("Bob, a moment please.")
    await fran.presses("Mute Bob")
    await bob.is_shown("Bob, a moment please.")
    await expect(sheet(fran)).to_have_count(0, timeout=WITHIN)


async def test_words_about_one_person_do_not_stand_in_the_form_about_another(circle: Circle, fran: Somebody) -> None:
    await begins_to_mute(fran, "Ann", "Ann, you are not yourself today.")
    await fran.presses("Options for Bob")
    await expect(sheet(fran).get_by_role("heading", name="Bob")).to_be_focused(timeout=WITHIN)
    await expect(sheet(fran).get_by_label("A few words")).to_have_value("")


async def test_private_words_that_are_begun_before_the_ones_before_are_answered_stay(
    tells: Callable[[], None], fran: Somebody, ann: Somebody
) -> None:
    await fran.presses("Options for Ann")
    await fran.presses("A private word…")
    words = sheet(fran).get_by_label("Your words")
    await words.fill("Are you well?")
    await fran.presses("Send aside")
    await ann.is_shown("Fran writes to you alone.")
    await words.press_sequentially(" I am here until nine.")
    tells()
    await expect(words).to_have_value("I am here until nine.", timeout=WITHIN)


async def test_private_words_that_are_begun_do_not_become_somebody_elses(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    """The card about Ann is pressed while words to Bob are being typed."""
    await fran.presses("Options for Bob")
    await fran.presses("A private word…")
    words = sheet(fran).get_by_label("Your words")
    await words.fill("Bob, what you told me")
    await ann.presses("A word to the facilitators", exact=False)
    await sheet(ann).get_by_label("Your words").fill("I want to kill myself.")
    await ann.presses("Send aside")
    await fran.presses("Read it")
    await expect(sheet(fran)).to_contain_text("I want to kill myself.", timeout=WITHIN)
    await expect(words).to_have_value("")
    await words.fill("I am with you.")
    await fran.presses("Send aside")
    await ann.is_shown("I am with you.")
    await expect(words).to_have_value("", timeout=WITHIN)
    await sheet(fran).get_by_label("With").select_option(label="Bob")
    await expect(words).to_have_value("Bob, what you told me")
