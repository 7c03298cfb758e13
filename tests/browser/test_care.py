"""Kind cards, content notes, and what somebody hides for themself alone."""

import asyncio
import re

import pytest
from playwright.async_api import Locator, Route, expect

from tests.browser.conftest import Circle
from tests.browser.people import WITHIN, Somebody

pytestmark = pytest.mark.browser


def voice(person: Somebody, text: str) -> Locator:
    """What a screen reader is given to read out."""
    return person.page.locator("[data-voice=status]").filter(has_text=text)


def words(person: Somebody, text: str) -> Locator:
    """What somebody said, as it stands in the log."""
    return person.page.locator(".words").filter(has_text=text)


async def test_a_kind_card_is_seen_by_one_person_alone(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    before = await bob.page.get_by_role("log").locator("li").all_inner_texts()
    await fran.acts_on("Ann", "A kind card", reason="too-much", words="Take your time.")
    await ann.is_shown("A quiet word from a facilitator, for you alone.")
    await ann.is_shown("Take your time.")
    await expect(voice(ann, "They write: Take your time.")).to_have_count(1, timeout=WITHIN)
    await bob.does_not_show("quiet word")
    await bob.does_not_show("Take your time.")
    assert await bob.page.get_by_role("log").locator("li").all_inner_texts() == before


async def test_a_message_that_a_facilitator_folds_is_hidden_for_all_and_its_author_is_told(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    await ann.says("It was the night my father died.")
    await bob.hears("my father died")
    await fran.line("my father died").hover()
    await fran.line("my father died").locator("button.more").click()
    await fran.page.get_by_label("Put a content note before it").fill("loss of a parent")
    await fran.presses("Fold the message")
    await bob.is_shown("Content note: loss of a parent")
    await expect(words(bob, "my father died")).to_be_hidden(timeout=WITHIN)
    await expect(voice(bob, "A message of Ann is hidden now. Content note: loss of a parent")).to_have_count(1)
    await ann.is_shown("A facilitator put one of your messages behind a content note.")
    await expect(words(ann, "my father died")).to_be_visible(timeout=WITHIN)
    await bob.page.locator("summary", has_text="Content note: loss of a parent").first.click()
    await expect(words(bob, "my father died")).to_be_visible(timeout=WITHIN)


async def test_who_comes_back_finds_a_folded_message_folded(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    await ann.says("It was the night my father died.")
    await bob.hears("my father died")
    await bob.context.set_offline(True)
    await bob.is_shown("You are offline.")
    await fran.line("my father died").hover()
    await fran.line("my father died").locator("button.more").click()
    await fran.page.get_by_label("Put a content note before it").fill("loss of a parent")
    await fran.presses("Fold the message")
    await ann.is_shown("behind a content note")
    await bob.context.set_offline(False)
    await bob.is_shown("Content note:")
    await expect(words(bob, "my father died")).to_be_hidden(timeout=WITHIN)


async def test_a_topic_that_is_no_trouble_today_stays_open(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    for text in ("First of three.", "Second of three."):
        await ann.presses("Content note")
        await ann.page.get_by_label("Content note").fill("Grief")
        await ann.says(text)
    await bob.page.locator("summary", has_text="Content note: Grief").first.click()
    await bob.presses("Always open “Grief” today")
    await expect(words(bob, "Second of three.")).to_be_visible(timeout=WITHIN)
    await ann.presses("Content note")
    await ann.page.get_by_label("Content note").fill("grief")
    await ann.says("Third of three.")
    await expect(words(bob, "Third of three.")).to_be_visible(timeout=WITHIN)
    await expect(voice(bob, "Ann says: Third of three.")).to_have_count(1)
    await bob.presses("Hide “Grief” again")
    await expect(words(bob, "Second of three.")).to_be_hidden(timeout=WITHIN)


async def test_what_somebody_hides_for_themself_is_told_to_nobody_not_even_the_server(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    sent: list[str] = []
    again = Somebody("Bob", bob.address, bob.context, await bob.context.new_page())
    again.page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(str(frame))))
    await again.enters(circle.room)
    await ann.says("Before.")
    await again.hears("Before.")
    sent.clear()
    asked: list[str] = []
    again.page.on("request", lambda request: asked.append(request.url))
    await again.presses("Hide something…")
    care = again.page.locator(".care")
    await care.get_by_label("Ann").check()
    await care.get_by_label("Fold messages with this word").fill("Exam")
    await care.get_by_role("button", name="Add the word").click()
    await care.get_by_label("Hide answers without words").check()
    await again.presses("Close")
    await ann.says("Now Ann speaks.")
    await fran.says("My EXAMS are near.")
    await expect(again.page.get_by_text("Hidden by you: a message of Ann")).to_have_count(2, timeout=WITHIN)
    await again.is_shown("Hidden by you: a word you do not want to see")
    for hidden in ("Before.", "Now Ann speaks.", "My EXAMS are near."):
        await expect(words(again, hidden)).to_be_hidden(timeout=WITHIN)
    await fran.says("Who would like to begin?")
    await expect(voice(again, "Who would like to begin?")).to_have_count(1, timeout=WITHIN)
    await expect(voice(again, "Now Ann speaks.")).to_have_count(0)  # would be read before it, or with it
    await expect(voice(again, "EXAMS")).to_have_count(0)
    await expect(again.page.locator(".answer")).to_have_count(0)
    await again.presses("Hide something…")
    await care.get_by_label("Ann").uncheck()
    await expect(words(again, "Now Ann speaks.")).to_be_visible(timeout=WITHIN)
    assert sent == []
    assert all(re.search(r"/static/(room/\w+/(care|sheets)\.js|parts\.css)", url) for url in asked), asked


async def test_a_fold_that_somebody_opened_stays_open_when_the_rest_of_the_page_has_come(
    circle: Circle, ann: Somebody, bob: Somebody
) -> None:
    """On a slow network the message is there before the script that knows what else somebody hides."""
    comes = asyncio.Event()

    async def late(route: Route) -> None:
        await comes.wait()
        await route.continue_()

    await bob.page.route("**/care.js*", late)
    await ann.presses("Content note")
    await ann.page.get_by_label("Content note").fill("loss of a parent")
    await ann.writes("He did not come home.")
    await ann.presses("Send")
    await bob.is_shown("Content note: loss of a parent")
    summary = bob.page.locator("summary").filter(has_text="loss of a parent")
    await summary.press("Enter")
    await expect(words(bob, "He did not come home.")).to_be_visible()
    comes.set()
    await expect(bob.page.get_by_role("button", name="Always open")).to_be_visible(timeout=WITHIN)
    await expect(words(bob, "He did not come home.")).to_be_visible()
    await expect(summary).to_be_focused()
