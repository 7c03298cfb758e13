"""Beside the talk: a word to the facilitators, support without words, a break."""

import pytest
from playwright.async_api import ViewportSize, expect

from tests.browser.conftest import Circle, Sit
from tests.browser.people import WITHIN, Somebody

pytestmark = pytest.mark.browser
PHONE: ViewportSize = {"width": 320, "height": 640}
LISTENS = """() => {
    window.heard = [];
    const listens = new MutationObserver((changes) => changes.forEach(({ target, addedNodes }) => {
        if (target.dataset && target.dataset.voice && addedNodes.length) window.heard.push(addedNodes[0].textContent);
    }));
    listens.observe(document.body, { subtree: true, childList: true });
}"""
"""What a screen reader would say from now on."""


async def writes_aside(person: Somebody, text: str) -> None:
    """Into the open form."""
    await person.page.get_by_label("Your words").fill(text)
    await person.presses("Send aside")


async def test_a_word_to_the_facilitators_and_their_answer(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    await ann.presses("A word to the facilitators")
    await ann.is_shown("Read by Fran.")
    await writes_aside(ann, "I am not sure I can stay.")
    await fran.presses("Private words (1 new)")
    await fran.is_shown("I am not sure I can stay.")
    await writes_aside(fran, "Thank you for saying so.")
    await ann.is_shown("Thank you for saying so.")
    await bob.does_not_show("I am not sure I can stay.")
    await bob.does_not_show("Thank you for saying so.")
    await expect(fran.page.get_by_role("log").get_by_text("not sure")).to_have_count(0, timeout=WITHIN)


async def test_a_private_word_is_seen_at_once_on_a_phone_and_each_stays_new_until_it_is_read(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    for person in (fran, ann):
        await person.page.set_viewport_size(PHONE)
    for person in (bob, ann):
        await person.opens("More")
        await person.presses("A word to the facilitators")
        await writes_aside(person, f"I feel shaky. {person.name}.")
        await person.presses("Close")
    await fran.is_shown("Ann writes to the facilitators alone.")
    await fran.opens("Tools (2)")
    await expect(fran.page.get_by_text("Ann writes to the facilitators alone.")).to_be_in_viewport(timeout=WITHIN)
    await fran.presses("Read and answer")
    await fran.is_shown("I feel shaky. Ann.")
    await fran.does_not_show("I feel shaky. Bob.")
    await writes_aside(fran, "Are you safe at this moment?")
    await expect(ann.page.get_by_text("Fran writes to you alone.")).to_be_in_viewport(timeout=WITHIN)
    await fran.presses("Close")
    await fran.is_shown("Bob writes to the facilitators alone.")
    await ann.presses("Read and answer")
    await ann.is_shown("Are you safe at this moment?")
    await ann.does_not_show("writes to you alone")
    await bob.does_not_show("writes to you alone")


async def test_support_without_words_is_counted_for_all_and_named_for_its_receiver(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    await ann.says("It was a hard day.")
    await bob.hears("It was a hard day.")
    await bob.page.get_by_role("button", name="without words").click()
    await bob.presses("with you")
    await expect(ann.line("It was a hard day.")).to_contain_text("with you (Bob)", timeout=WITHIN)
    await expect(fran.line("It was a hard day.")).to_contain_text("with you", timeout=WITHIN)
    await expect(fran.line("It was a hard day.").locator(".given")).not_to_contain_text("Bob", timeout=WITHIN)


async def test_a_break_hides_the_room_and_loses_nothing(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    await ann.presses("Take a break")
    await ann.is_shown("You are taking a break")
    await bob.is_shown("taking a break")
    await bob.says("While Ann rests.")
    await ann.does_not_show("While Ann rests.")
    await ann.presses("I am back")
    await ann.hears("While Ann rests.")
    await bob.does_not_show("taking a break")


async def test_it_all_works_on_a_small_screen(sit: Sit) -> None:
    circle = await sit(viewport={"width": 320, "height": 640})
    await circle.ann.says("It was a hard day.")
    await circle.bob.hears("It was a hard day.")
    await circle.bob.page.get_by_role("button", name="without words").click()
    await circle.bob.presses("thank you")
    await circle.bob.opens("More")
    await circle.bob.presses("A word to the facilitators")
    await writes_aside(circle.bob, "May I go last?")
    await circle.bob.is_shown("May I go last?")
    assert await circle.bob.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_a_turn_is_answered_without_words_and_only_its_speaker_sees_by_whom(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    await fran.page.get_by_label("How we speak").select_option("queue")
    await fran.presses("Give floor to Ann")
    await bob.presses("Answer the turn of Ann without words")
    await bob.presses("strength")
    await expect(ann.page.locator(".floor .given")).to_have_text("strength (Bob)", timeout=WITHIN)
    await expect(fran.page.locator(".floor .given")).to_have_text("strength", timeout=WITHIN)


async def test_somebody_reads_at_their_own_pace_and_it_is_remembered(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    async with ann.page.expect_response(lambda answer: answer.request.method == "POST"):
        await ann.presses("At my own pace")
    await ann.page.reload()
    await expect(ann.page.get_by_role("button", name="At my own pace")).to_have_attribute(
        "aria-pressed", "true", timeout=WITHIN
    )
    await ann.page.evaluate(LISTENS)
    for words in ("Apples.", "Pears.", "Plums."):
        await bob.says(words)
    await fran.says("And me.")
    await expect(ann.page.get_by_role("button", name="Show 4 new messages")).to_be_visible(timeout=WITHIN)
    await ann.does_not_show("Apples.")
    await ann.says("I do not wait for myself.")
    await ann.page.get_by_role("button", name="Show 4 new messages").click()
    for words in ("Apples.", "Pears.", "Plums.", "And me."):
        await ann.hears(words)
    await expect(ann.line("Apples.")).to_be_focused(timeout=WITHIN)
    await ann.page.wait_for_function("() => heard.join().includes('New messages')", timeout=WITHIN)
    said = " ".join(await ann.page.evaluate("window.heard"))
    assert said.count("New messages wait for you.") == 1, "once, and not for each"
    assert "Apples." not in said


async def test_the_answers_to_the_newest_message_of_a_full_log_come_into_view(sit: Sit) -> None:
    circle = await sit(viewport={"width": 390, "height": 700})
    ann, bob = circle.ann, circle.bob
    broken: list[str] = []
    bob.page.on("pageerror", lambda error: broken.append(str(error)))
    for n in range(3):
        await ann.says("\n".join([f"It was day {n}.", *["And on it went."] * 9]))
    await bob.hears("It was day 2.")
    newest = bob.line("It was day 2.").get_by_role("button", name="without words")
    await newest.press("Enter")
    answer = bob.page.get_by_role("button", name="with you", exact=True)
    await expect(answer).to_be_in_viewport(ratio=1, timeout=WITHIN)
    edges = "[...document.querySelectorAll('.gestures, .composer')].map((one) => one.getBoundingClientRect())"
    row, composer = await bob.page.evaluate(edges)
    assert row["bottom"] <= composer["top"]
    await newest.press("Escape")
    await expect(answer).to_have_count(0, timeout=WITHIN)
    await newest.press("Enter")
    await answer.press("Escape")
    await expect(answer).to_have_count(0, timeout=WITHIN)
    await expect(newest).to_be_focused(timeout=WITHIN)
    await newest.press("Enter")
    await answer.press("Enter")
    await expect(newest).to_be_focused(timeout=WITHIN)
    assert broken == []
