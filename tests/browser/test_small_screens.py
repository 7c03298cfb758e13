"""On a screen that is small, or made large, nothing that is said and nothing to write with is out of reach."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import async_playwright, expect

from tests.browser.conftest import Circle, Sit
from tests.browser.people import WITHIN, Somebody
from tests.browsers import CHROMIUM, LIGHT

pytestmark = pytest.mark.browser
SMALL = pytest.mark.parametrize("screen", [(320, 568), (640, 400)], ids=["an old phone", "a desk at 200 %"])
UNCOVERED = """(node) => {
  const { left, right, top, bottom } = node.getBoundingClientRect();
  return node.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2));
}"""

TALK_IN_SIGHT = """() => document.querySelector(".composer").getBoundingClientRect().top
  - Math.max(...[".talk", "[role=log]"].map((one) => document.querySelector(one).getBoundingClientRect().top))"""


async def sit_down(sit: Sit, screen: tuple[int, int]) -> tuple[Somebody, Somebody]:
    """Fran, at her tools, and Ann, on whose page a private word stands above the talk."""
    circle = await sit(viewport={"width": screen[0], "height": screen[1]}, reduced_motion="reduce")
    fran = circle.fran
    await fran.opens("People")
    await fran.presses("Options for Ann")
    await fran.presses("A private word…")
    await fran.page.get_by_label("Your words").fill("It is good to see you.")
    await fran.presses("Send aside")
    await fran.presses("Close")
    await fran.opens("Tools")
    return fran, circle.ann


async def scrolls(person: Somebody, what: str) -> None:
    """With a finger, as it were, near its top: as far down as it goes."""
    box = await person.page.locator(what).bounding_box()
    assert box
    await person.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
    for _ in range(3):
        await person.page.mouse.wheel(0, 600)


@SMALL
async def test_what_is_said_and_where_one_writes_are_in_reach_whatever_stands_above(
    sit: Sit, screen: tuple[int, int]
) -> None:
    fran, ann = await sit_down(sit, screen)
    await fran.presses("Begin: Gathering")
    await fran.presses("Go on to: Opening")
    await ann.is_shown("Fran writes to you alone.")
    await ann.is_shown("Only the facilitators speak at the moment.")
    for name in ("Raise hand", "Content note", "Send"):
        await expect(ann.page.get_by_role("button", name=name)).to_be_in_viewport(ratio=0.95, timeout=WITHIN)
    newest = ann.page.get_by_role("log").locator("li").last
    await scrolls(ann, ".talk")
    await expect(newest).to_be_in_viewport(ratio=0.9, timeout=WITHIN)
    assert await newest.evaluate(UNCOVERED)
    await ann.page.locator(".agreed summary").click()
    await expect(ann.page.locator(".agreed-text p").first).to_be_in_viewport(ratio=0.3, timeout=WITHIN)


@SMALL
async def test_who_could_not_say_that_they_are_in_danger_reaches_help_and_their_own_words(
    sit: Sit, screen: tuple[int, int]
) -> None:
    fran, ann = await sit_down(sit, screen)
    await fran.presses("Pause the room")
    await ann.is_shown("The room is paused.")
    await ann.writes("I want to kill myself.")
    await ann.composer.press("Enter")
    help_ = ann.page.get_by_label("Help, seen by you alone")
    await expect(help_).to_be_visible(timeout=WITHIN)
    await expect(help_.get_by_text("Your message could not be sent")).to_be_in_viewport(timeout=WITHIN)
    await scrolls(ann, ".composer")
    await expect(ann.page.get_by_role("button", name="Send")).to_be_in_viewport(ratio=0.95, timeout=WITHIN)
    await expect(ann.composer).to_be_in_viewport(ratio=0.95, timeout=WITHIN)


async def test_two_large_cards_at_once_leave_the_talk_in_sight(sit: Sit) -> None:
    """A screen reader's user hears both; whoever looks sees that the talk goes on."""
    circle = await sit(viewport={"width": 320, "height": 568}, reduced_motion="reduce")
    ann, bob, fran = circle.ann, circle.bob, circle.fran
    await bob.says("I hear you.")
    await fran.opens("People")
    await fran.acts_on("Ann", "Mute for a while", words="Take a moment. You can write to us meanwhile, and we answer.")
    await ann.is_shown("Take a moment.")
    await ann.writes("I want to kill myself.")
    await ann.composer.press("Enter")
    await expect(ann.page.get_by_label("Help, seen by you alone")).to_be_visible(timeout=WITHIN)
    assert await ann.page.evaluate(TALK_IN_SIGHT) >= 79  # px: a line, and who says it


LARGE = 32
"""Pixels: letters twice as large as browsers have them."""
PHONES = (320, 360, 412)


@pytest.fixture
async def large(circle: Circle) -> AsyncIterator[Somebody]:
    """Ann, with a browser whose letters are large."""
    async with async_playwright() as playwright:
        args = ["--no-sandbox", f"--blink-settings=defaultFontSize={LARGE}"]
        browser = await playwright.chromium.launch(executable_path=LIGHT or CHROMIUM, args=args)
        ann = await Somebody.at(browser, "Ann", circle.ann.address)
        await ann.context.add_cookies((await circle.ann.context.storage_state())["cookies"])  # type: ignore[arg-type]
        yield ann
        await browser.close()


@pytest.mark.parametrize("path", ["/help", "/kept", "/rooms/{room}"])
async def test_with_large_letters_the_way_out_is_on_the_screen_of_a_phone(
    circle: Circle, large: Somebody, path: str
) -> None:
    for width in PHONES:
        await large.page.set_viewport_size({"width": width, "height": 740})
        await large.goes_to(path.format(room=circle.room.rpartition("/")[2]))
        await expect(large.page.get_by_role("link", name="Leave now")).to_be_in_viewport(ratio=1, timeout=WITHIN)
        assert await large.page.evaluate("document.documentElement.scrollWidth") <= width


async def test_with_large_letters_on_a_phone_one_reads_what_is_said_and_answers(
    circle: Circle, large: Somebody, bob: Somebody
) -> None:
    await large.page.set_viewport_size({"width": 320, "height": 640})
    await large.enters(circle.room)
    await expect(large.page.locator("link[href*='parts.css']")).to_have_count(1, timeout=WITHIN)
    await bob.says("The nights are long.")
    said = large.page.locator(".words", has_text="The nights are long.")
    await expect(said).to_be_in_viewport(ratio=0.8, timeout=WITHIN)
    assert await said.evaluate("(node) => node.getBoundingClientRect().width") > 320 / 2
    await large.says("They are.")
    await bob.hears("They are.")
