"""Whoever uses the keyboard stays where they were, also when the button that they pressed goes with what it was for."""

import pytest
from playwright.async_api import Locator, expect

from tests.browser.conftest import Circle, Group
from tests.browser.people import WITHIN, Come, Somebody
from tests.browser.test_holding import NUMBER, waits
from tests.browser.test_waiting import room as room  # a group in which people wait
from tests.browser.test_waiting import waits as waits_outside

pytestmark = pytest.mark.browser
HERE = "() => performance.getEntriesByType('resource').some((one) => /onward/.test(one.name) && one.responseEnd)"


def a_button(person: Somebody, name: str) -> Locator:
    return person.page.get_by_role("button", name=name, exact=True).first


async def by_key(person: Somebody, name: str) -> None:
    """Presses a button with the keyboard."""
    await person.page.wait_for_function(HERE, timeout=WITHIN)
    await a_button(person, name).press("Enter")


async def writes_next(person: Somebody) -> None:
    await expect(person.composer).to_be_focused(timeout=WITHIN)


async def test_from_each_who_waits_outside_to_the_next(room: tuple[str, Somebody], group: Group, come: Come) -> None:
    path, fran = room
    for name in ("Ann", "Bob"):
        await waits_outside(come, group, path, name)
    await a_button(fran, "Let in Bob").wait_for()
    await by_key(fran, "Let in Ann")
    await expect(a_button(fran, "Let in Bob")).to_be_focused(timeout=WITHIN)
    await by_key(fran, "Let in Bob")
    await writes_next(fran)


async def test_from_each_message_that_waits_to_the_next_and_from_one_that_came_back_to_writing(
    circle: Circle, fran: Somebody, ann: Somebody
) -> None:
    await waits(ann, NUMBER)
    await waits(ann, f"Or later. {NUMBER}")
    await expect(fran.page.locator(".drafts li")).to_have_count(2, timeout=WITHIN)
    await by_key(fran, "Let it through")
    await expect(fran.page.locator(".drafts li")).to_have_count(1, timeout=WITHIN)
    await expect(a_button(fran, "Let it through")).to_be_focused(timeout=WITHIN)
    await by_key(fran, "Give it back…")
    await by_key(fran, "Give it back")
    await writes_next(fran)
    await by_key(ann, "Let it go")
    await writes_next(ann)


async def test_from_what_was_read_looked_after_or_resumed_to_writing(
    circle: Circle, fran: Somebody, ann: Somebody
) -> None:
    await ann.says("I want to kill myself.")
    await by_key(fran, "I am looking after it")
    await writes_next(fran)
    for words in ("Take your time.", "We are here."):
        await fran.acts_on("Ann", "A kind card", words=words)
        await ann.is_shown(words)
    await by_key(ann, "I have read this")
    await ann.does_not_show("Take your time.")
    await expect(a_button(ann, "I have read this")).to_be_focused(timeout=WITHIN)
    await by_key(ann, "I have read this")
    await writes_next(ann)
    await fran.presses("Pause the room")
    await by_key(fran, "Resume the room")  # the one above the talk
    await writes_next(fran)


async def test_whoever_has_pressed_beside_everything_is_left_alone(circle: Circle, fran: Somebody) -> None:
    await fran.presses("Pause the room")
    await a_button(fran, "Resume the room").focus()
    await fran.page.locator(".state").click()
    await circle.bob.is_shown("The room is paused.")
    await fran.page.locator(".side").get_by_role("button", name="Resume the room").evaluate("one => one.click()")
    await fran.does_not_show("The room is paused.")
    await fran.page.wait_for_timeout(300)
    await expect(fran.page.locator("#main")).to_be_focused()
