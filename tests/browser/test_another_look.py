"""Somebody is muted, speaks of danger all the same, asks for another look, and another facilitator answers."""

import pytest
from playwright.async_api import Page, expect

from chat.core.wire import Role
from chat.records import accounts, agreements, members, visits
from chat.records.keys import now
from chat.records.store import Store
from tests.browser.conftest import Circle, Group, Server
from tests.browser.people import WITHIN, Come, Somebody
from tests.browser.test_axe import finds_nothing

pytestmark = pytest.mark.browser
DANGER = "I want to kill myself."


async def another_facilitator(server: Server, group: Group, come: Come) -> Somebody:
    """Gil, on a phone, who has not been in the room."""
    async with Store.open(f"sqlite+aiosqlite:///{server.data / 'hearth.sqlite'}") as store, store.writing() as c:
        account = await accounts.create(c, "gil", "no password")
        version = (await agreements.current(c, group.id)).version
        await members.join(c, group.id, account.id, "Gil", Role.FACILITATOR, version)
        cookie = await visits.start(c, account.id, now(), "")
    gil = await come("Gil", viewport={"width": 320, "height": 640})
    await gil.signs_in_with(cookie)
    return gil


async def fits(page: Page) -> bool:
    """Nothing has to be scrolled sideways."""
    return bool(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


NAME = """() => { const one = document.activeElement;
  return one.getAttribute("aria-label") || (one.labels && one.labels[0] || one).textContent.trim(); }"""


async def by_keyboard(page: Page, name: str, typed: str = "") -> None:
    """Tabs to what has this name, and types into it; without anything to type, presses it."""
    for _ in range(60):
        if (await page.evaluate(NAME)).startswith(name):
            await (page.keyboard.type(typed) if typed else page.keyboard.press("Enter"))
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"{name} is not reached with the Tab key")


async def test_words_of_danger_of_somebody_muted_are_answered_with_help_and_facilitators_hear(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    await ann.page.set_viewport_size({"width": 320, "height": 640})
    await fran.acts_on("Ann", "Mute for a while")
    await ann.is_shown("A facilitator muted you until")
    await ann.presses("I have read this")
    await ann.writes(DANGER)
    await ann.composer.press("Enter")
    await ann.is_shown("The facilitators know that you may need somebody")
    await expect(ann.composer).to_have_value(DANGER, timeout=WITHIN)
    await fran.is_shown("Ann may be in danger, or speaks of it.")
    await fran.is_shown("it was not sent, and nobody has read it")
    await fran.presses("I am looking after it")
    await ann.presses("Write to the facilitators")
    await ann.page.get_by_label("Your words").fill(DANGER)
    await ann.presses("Send aside")
    await ann.is_shown("you do not have to carry it alone")
    assert await fits(ann.page)
    await fran.is_shown("They wrote it to the facilitators aside.")
    await fran.presses("Read it")
    await expect(fran.page.locator(".asides")).to_contain_text(DANGER, timeout=WITHIN)
    for words in ("kill myself", "may be in danger", "carry it alone"):
        await bob.does_not_show(words)


async def test_the_whole_way_of_asking_for_another_look(
    server: Server, group: Group, come: Come, circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    gil = await another_facilitator(server, group, come)
    await ann.page.set_viewport_size({"width": 320, "height": 640})
    await fran.acts_on("Ann", "Mute for a while", words="Let us listen for a while.")
    await ann.is_shown("Let us listen for a while.")
    async with ann.page.expect_popup() as opened:
        await ann.page.get_by_role("link", name="Ask for another look").click()
    asking = await opened.value
    await asking.emulate_media(reduced_motion="reduce")
    hers = Somebody("Ann", ann.address, ann.context, asking)
    await expect(asking.get_by_label("What should be looked at again?")).to_be_visible(timeout=WITHIN)
    await finds_nothing(hers, "asking for another look")
    await by_keyboard(asking, "Ask for another look")
    await expect(asking.get_by_role("alert")).to_be_focused(timeout=WITHIN)
    await finds_nothing(hers, "asked without a word of why")
    await by_keyboard(asking, "In a few words, why?", "I told my own story.")
    await by_keyboard(asking, "Ask for another look")
    await expect(asking.get_by_text("It has not been answered yet.")).to_be_visible(timeout=WITHIN)
    await finds_nothing(hers, "asked")

    await fran.goes_to(f"/groups/{group.id}/looks")
    await fran.does_not_show("I told my own story.")  # whoever acted does not answer
    await gil.goes_to(f"/groups/{group.id}")
    await gil.page.get_by_role("link", name="Asked to look again (1 new)").click()
    await gil.is_shown("I told my own story.")
    await gil.page.emulate_media(reduced_motion="reduce")
    await finds_nothing(gil, "asked to look again")
    await by_keyboard(gil.page, "Answer Ann, number 1")
    await expect(gil.page.get_by_role("alert")).to_be_focused(timeout=WITHIN)
    await finds_nothing(gil, "an answer without what comes of it")
    await by_keyboard(gil.page, "What comes of it?", "It is")
    await expect(gil.page.get_by_label("What comes of it?")).to_have_value("lifted", timeout=WITHIN)
    await by_keyboard(gil.page, "A few words for Ann", "You were right, I am sorry.")
    await by_keyboard(gil.page, "Answer Ann, number 1")
    await gil.does_not_show("I told my own story.")

    await expect(ann.page.get_by_role("button", name="Raise hand")).to_be_visible(timeout=WITHIN)
    await ann.does_not_show("You are muted")
    await ann.says("Thank you.")
    await bob.hears("Thank you.")
    await asking.reload()
    await expect(asking.get_by_text("It has been lifted.")).to_be_visible(timeout=WITHIN)
    await expect(asking.get_by_text("You were right, I am sorry.")).to_be_visible(timeout=WITHIN)
    await expect(asking.get_by_text("Gil")).to_have_count(0)
    await gil.goes_to(f"/groups/{group.id}/acts")
    await gil.is_shown("Gil let Ann speak again")
    await finds_nothing(gil, "what facilitators did")
    await finds_nothing(hers, "answered")
