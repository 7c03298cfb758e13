"""Stepping aside, as three people see it: asked first, told what it means, and back by one press."""

import pytest
from playwright.async_api import WebSocketRoute, expect

from chat.core.wire import Role
from chat.records import accounts, agreements, members, visits
from chat.records.keys import now
from chat.records.store import Store
from tests.browser.conftest import Circle, Group, Server, Sit
from tests.browser.people import WITHIN, Come, Somebody
from tests.browser.test_axe import finds_nothing
from tests.browser.test_holding import NUMBER, waits

pytestmark = pytest.mark.browser
PAUSED = 45_000
"""Milliseconds within which a room that nobody holds pauses, on a busy machine."""
DOUBTED = 8_000
"""Milliseconds of quiet after which a facilitator's page says that the room does not answer; and a little more."""
NARROW: dict[str, object] = {"viewport": {"width": 320, "height": 640}, "reduced_motion": "reduce"}


@pytest.fixture
async def circle(sit: Sit) -> Circle:
    """Fran, Ann and Bob on the smallest screens."""
    return await sit(**NARROW)


@pytest.fixture
async def gus(circle: Circle, group: Group, server: Server, come: Come) -> Somebody:
    """Facilitates too."""
    return await a_second_facilitator(circle, group, server, come)


async def a_second_facilitator(circle: Circle, group: Group, server: Server, come: Come) -> Somebody:
    """Gus, who comes into the room."""
    async with Store.open(f"sqlite+aiosqlite:///{server.data / 'hearth.sqlite'}") as store, store.writing() as c:
        account = await accounts.create(c, "gus", "nobody signs in with a password here")
        version = (await agreements.current(c, group.id)).version
        await members.join(c, group.id, account.id, "Gus", Role.FACILITATOR, version)
        cookie = await visits.start(c, account.id, now(), "")
    gus = await come("Gus", **NARROW)
    await gus.signs_in_with(cookie)
    await gus.enters(circle.room)
    return gus


async def asks_aside(fran: Somebody, name: str) -> None:
    """With the form a facilitator uses."""
    await fran.opens("People")
    await fran.presses(f"Options for {name}")
    await fran.presses(f"Ask {name} to talk aside")
    await fran.opens("People")


async def goes_aside(fran: Somebody, ann: Somebody) -> None:
    """Fran asks, and Ann goes along."""
    await asks_aside(fran, "Ann")
    await ann.presses("Go")
    await ann.is_shown("You are aside with Fran.")
    await fran.is_shown("You are aside with Ann.")


async def presses_by_key(person: Somebody, name: str) -> None:
    """Reached by the keyboard alone, without leaving the page's order."""
    for _ in range(60):
        await person.page.keyboard.press("Tab")
        if await person.page.evaluate("document.activeElement.textContent.trim()") == name:
            await person.page.keyboard.press("Enter")
            return
    raise AssertionError(f"{name} is not reached with the Tab key")


async def test_the_whole_way_aside_and_back_with_the_keyboard(
    circle: Circle, fran: Somebody, gus: Somebody, ann: Somebody, bob: Somebody
) -> None:
    await ann.says("Before.")
    await ann.writes("Not sent yet")
    await asks_aside(fran, "Ann")
    await gus.is_shown("Fran asked Ann to talk aside.")
    await ann.is_shown("Fran would like to talk with you aside.")
    await finds_nothing(ann, "asked aside")
    await presses_by_key(ann, "Go")
    await ann.is_shown("You are aside with Fran.")
    await fran.is_shown("You are aside with Ann.")
    for person in (ann, fran):
        await person.does_not_show("Before.")
        await finds_nothing(person, "aside")
    await bob.is_shown("Ann and Fran stepped aside.")
    await bob.opens("People")
    await expect(bob.page.locator("#people .person", has_text="stepped aside")).to_have_count(2, timeout=WITHIN)
    await finds_nothing(bob, "with two people aside")
    await bob.opens("People")
    await ann.says("It is hard to say.")
    await fran.hears("It is hard to say.")
    await bob.says("Meanwhile.")
    await gus.hears("Meanwhile.")
    await presses_by_key(ann, "Back to the group")
    await ann.hears("Before.")
    await ann.is_shown("You are back with the group.")
    await expect(ann.composer).to_have_value("Not sent yet", timeout=WITHIN)
    await bob.is_shown("Ann is back.")
    for person in (bob, gus):
        await person.does_not_show("It is hard to say.")
    await fran.is_shown("The talk aside is over. You are back with the group.")
    await bob.is_shown("Fran is back.")
    for person in (ann, fran):
        await person.does_not_show("It is hard to say.")
        await person.does_not_show("Meanwhile.")
    await bob.says("Welcome back.")
    await ann.hears("Welcome back.")
    await fran.hears("Welcome back.")


async def test_what_is_asked_after_a_talk_aside_is_not_taken_for_what_was_asked_before_it(
    circle: Circle, fran: Somebody, gus: Somebody, ann: Somebody, bob: Somebody
) -> None:
    """The server knows a retry by its name, and answers it without doing it again."""
    for words in ("One.", "Two."):
        await ann.says(words)
        await fran.says(words)
    await asks_aside(fran, "Ann")
    await ann.presses("Go")
    await ann.is_shown("You are aside with Fran.")
    await ann.presses("Back to the group")
    await fran.is_shown("The talk aside is over.")
    await ann.says("I do not want to live.")
    await bob.hears("I do not want to live.")
    await fran.opens("People")
    await fran.acts_on("Bob", "Mute for a while")
    await bob.is_shown("A facilitator muted you until")
    await ann.opens("More")
    await ann.presses("Leave the room")
    await bob.is_shown("Ann left.")


async def test_whoever_is_back_from_a_talk_aside_is_not_told_that_the_room_does_not_answer(
    circle: Circle, fran: Somebody, gus: Somebody, ann: Somebody
) -> None:
    await asks_aside(fran, "Ann")
    await ann.presses("Go")
    await fran.is_shown("You are aside with Ann.")
    await fran.presses("Back to the group")
    await fran.is_shown("You are back with the group.")
    await fran.page.wait_for_timeout(DOUBTED)
    await expect(fran.page.locator(".state")).to_have_text("You are here")


async def test_words_of_danger_that_nobody_was_there_for_aside_are_known_in_the_group_and_said_there_to_nobody(
    circle: Circle, fran: Somebody, gus: Somebody, ann: Somebody, bob: Somebody
) -> None:
    await ann.page.set_viewport_size({"width": 320, "height": 568})
    await asks_aside(gus, "Ann")
    await ann.presses("Go")
    await ann.is_shown("You are aside with Gus.")
    await gus.context.set_offline(True)
    await expect(ann.page.get_by_text("The room paused because")).to_be_visible(timeout=PAUSED)
    back = ann.page.get_by_role("button", name="Back to the group")
    await expect(back).to_be_in_viewport(ratio=0.95, timeout=WITHIN)
    await ann.writes("I want to kill myself.")
    await ann.page.get_by_role("button", name="Send").click(force=True)
    await ann.is_shown("Your message could not be sent just now.")
    await ann.is_shown("those of the group are told that you may need somebody")
    await fran.is_shown("Ann may be in danger, or speaks of it.")
    await back.click()
    await ann.is_shown("The facilitators know that you may need somebody")
    await expect(ann.composer).to_have_value("")
    await ann.presses("Write to the facilitators")
    await expect(ann.page.get_by_label("Your words")).to_have_value("I want to kill myself.", timeout=WITHIN)
    await ann.presses("Send aside")
    await fran.is_shown("I want to kill myself.")
    await bob.does_not_show("I want to kill myself.")


async def test_what_is_taken_back_or_folded_meanwhile_does_not_stand_on_the_page_of_whoever_is_back(
    circle: Circle, fran: Somebody, gus: Somebody, ann: Somebody, bob: Somebody
) -> None:
    await bob.says("I am called Bob Example.")
    await bob.says("It was in the hospital.")
    await ann.hears("It was in the hospital.")
    await goes_aside(fran, ann)
    await gus.retracts("I am called Bob Example.")
    await gus.hears("was taken back by a facilitator")
    await gus.line("It was in the hospital.").hover()
    await gus.line("It was in the hospital.").locator("button.more").click()
    await gus.page.get_by_label("Put a content note before it").fill("hospital")
    await gus.presses("Fold the message")
    await ann.presses("Back to the group")
    await ann.hears("A message was taken back while you were away.")
    await ann.does_not_show("I am called Bob Example.")
    await expect(ann.line("It was in the hospital.")).to_contain_text("Content note", timeout=WITHIN)
    await fran.hears("A message was taken back while you were away.")
    await ann.does_not_show("did not reach you.")


@pytest.mark.parametrize("becomes", ["said", "waiting"])
async def test_what_waits_in_the_group_is_not_said_to_be_back_because_its_writer_is_aside(
    circle: Circle, fran: Somebody, gus: Somebody, ann: Somebody, bob: Somebody, becomes: str
) -> None:
    await waits(ann, NUMBER)
    await gus.is_shown("1 message waits for you.")
    await goes_aside(fran, ann)
    await ann.says("I am here.")
    await fran.hears("I am here.")
    await ann.does_not_show("It was not sent")
    await fran.does_not_show("1 message waits for you.")
    if becomes == "said":
        await gus.opens("Tools")
        await gus.presses("Let it through")
        await gus.opens("Tools")
        await bob.hears(NUMBER)
    await ann.presses("Back to the group")
    await ann.is_shown("You are back with the group.")
    if becomes == "said":
        await ann.is_shown("This message does not wait any more.")
        await ann.does_not_show("It was not sent")
        return
    await expect(ann.line(NUMBER)).to_contain_text("Waiting for a facilitator", timeout=WITHIN)
    await fran.is_shown("1 message waits for you.")
    await ann.does_not_show("This message does not wait any more.")
    await ann.does_not_show("It was not sent")


async def test_what_waits_in_a_side_room_is_given_back_to_whoever_goes(
    circle: Circle, fran: Somebody, gus: Somebody, ann: Somebody
) -> None:
    await goes_aside(fran, ann)
    await waits(ann, NUMBER)
    await fran.is_shown("1 message waits for you.")
    await ann.presses("Back to the group")
    await ann.is_shown("This message was not sent, because you left.")
    await fran.is_shown("You are back with the group.")
    await fran.does_not_show("1 message waits for you.")


async def test_words_that_were_on_their_way_when_somebody_stepped_aside_are_where_they_write_after_it(
    circle: Circle, fran: Somebody, gus: Somebody, ann: Somebody
) -> None:
    def loses_words(line: WebSocketRoute) -> None:
        server = line.connect_to_server()
        line.on_message(lambda frame: None if '"say"' in str(frame) else server.send(frame))

    await fran.page.route_web_socket("**/socket*", loses_words)
    await fran.enters(circle.room)
    await asks_aside(fran, "Ann")
    await ann.is_shown("Fran would like to talk with you aside.")
    await fran.writes("I am back in a moment.")
    await fran.presses("Send")
    await ann.presses("Go")
    await fran.is_shown("You are aside with Ann.")
    await expect(fran.composer).to_have_value("")
    await ann.presses("Back to the group")
    await fran.is_shown("Whether your last words were sent before you stepped aside is not known.")
    await expect(fran.composer).to_have_value("I am back in a moment.", timeout=WITHIN)


async def test_what_somebody_hides_for_themself_and_what_waits_to_be_read_outlast_a_talk_aside(
    circle: Circle, fran: Somebody, gus: Somebody, ann: Somebody, bob: Somebody
) -> None:
    await ann.opens("More")
    await ann.presses("Hide something…")
    await ann.page.locator(".care").get_by_label("Bob").check()
    await ann.presses("Close")
    await ann.opens("More")
    await bob.opens("More")
    await bob.presses("A word to the facilitators")
    await bob.page.get_by_label("Your words").fill("May I talk with one of you?")
    await bob.presses("Send aside")
    await bob.presses("Close")
    await bob.presses("Leave the room")
    await bob.presses("Please reach out")
    for person in (fran, gus):
        await person.is_shown("Bob writes to the facilitators alone.")
        await person.is_shown("Bob has left and asks you to reach out.")
    await goes_aside(fran, ann)
    await fran.does_not_show("Bob writes to the facilitators alone.")
    await ann.presses("Back to the group")
    await fran.is_shown("You are back with the group.")
    await fran.is_shown("Bob writes to the facilitators alone.")
    await fran.is_shown("Bob has left and asks you to reach out.")
    await bob.enters(circle.room)
    await bob.says("Good evening.")
    await ann.hears("Hidden by you: a message of Bob")


async def test_saying_not_now_is_as_easy(
    circle: Circle, fran: Somebody, gus: Somebody, ann: Somebody, bob: Somebody
) -> None:
    await asks_aside(fran, "Ann")
    await fran.is_shown("There is no answer yet.")
    await finds_nothing(fran, "a question that can be taken back")
    await fran.presses("Take the question back")
    await ann.does_not_show("would like to talk with you aside")
    await fran.does_not_show("There is no answer yet.")
    await asks_aside(fran, "Ann")
    await ann.presses("Not now")
    await fran.does_not_show("There is no answer yet.")
    await ann.does_not_show("would like to talk with you aside")
    await fran.is_shown("Ann would rather not talk aside now.")
    await bob.does_not_show("aside")


async def test_a_page_that_is_loaded_again_is_aside_as_before_and_finds_the_way_back(
    circle: Circle, fran: Somebody, gus: Somebody, ann: Somebody
) -> None:
    await asks_aside(fran, "Ann")
    await ann.presses("Go")
    await ann.is_shown("You are aside with Fran.")
    await ann.page.reload()
    await ann.is_shown("You are aside with Fran.")
    await gus.opens("Tools")
    await gus.presses("Leave the room")
    await gus.presses("Leave and pause the room")
    await fran.is_shown("No other facilitator is with the group at the moment.")
    await finds_nothing(fran, "needed by the group")
    await ann.does_not_show("No other facilitator is with the group")
    await fran.presses("Go back to the group")
    await fran.is_shown("The room paused because no facilitator was here.")
    await ann.is_shown("The facilitator is not here at the moment. You can wait here, or go back.")
    await finds_nothing(ann, "alone aside")
    await ann.presses("Back to the group")
    await ann.is_shown("You are back with the group.")


async def test_with_nobody_else_to_hold_the_group_it_is_not_offered(circle: Circle, fran: Somebody) -> None:
    await fran.opens("People")
    await fran.presses("Options for Ann")
    await fran.is_shown("another facilitator has to be here to hold the group")
    await expect(fran.page.get_by_role("button", name="Ask Ann to talk aside")).to_have_count(0, timeout=WITHIN)


async def test_from_the_steps_too_it_is_offered_only_then_and_a_no_stands_beside_the_button(
    circle: Circle, fran: Somebody, ann: Somebody, group: Group, server: Server, come: Come
) -> None:
    async def opens_the_steps() -> None:
        await fran.opens("People")
        await fran.presses("Options for Ann")
        await fran.presses("Ann may be in danger…")

    await opens_the_steps()
    await fran.is_shown("To talk with Ann aside, another facilitator has to be here")
    offer = fran.page.get_by_role("button", name="Ask Ann to talk aside")
    await expect(offer).to_have_count(0, timeout=WITHIN)
    gus = await a_second_facilitator(circle, group, server, come)
    await offer.click()
    await asks_aside(gus, "Ann")
    await expect(fran.page.get_by_text("You asked Ann")).to_have_count(0, timeout=WITHIN)  # now Gus does
    await offer.click()
    await gus.does_not_show("You asked Ann")
    await ann.presses("Not now")
    step = fran.page.locator(".step").filter(has=offer)
    await expect(step.locator(".error")).to_be_in_viewport(timeout=WITHIN)
    await fran.page.route("**/crisis/steps", lambda route: route.abort())
    done = fran.page.get_by_role("button", name="Done: Tell them what happens next")
    await done.click()
    await expect(fran.page.locator(".step").filter(has=done).locator(".error")).to_be_in_viewport(timeout=WITHIN)
    await expect(fran.page.locator(".sheet .error")).to_have_count(1, timeout=WITHIN)


async def test_the_steps_stay_open_when_somebody_is_asked_aside_and_say_what_comes_of_it(
    circle: Circle, fran: Somebody, ann: Somebody, gus: Somebody
) -> None:
    await fran.opens("People")
    await fran.presses("Options for Ann")
    await fran.presses("Ann may be in danger…")
    offer = fran.page.get_by_role("button", name="Ask Ann to talk aside")
    step = fran.page.locator(".step", has_text="Step aside with them")
    await offer.press("Enter")
    await expect(step.get_by_text("You asked Ann. There is no answer yet.")).to_be_in_viewport(timeout=WITHIN)
    await expect(offer).to_be_focused(timeout=WITHIN)
    await finds_nothing(fran, "asked from the steps")
    await ann.presses("Not now")
    await expect(step.get_by_text("Ann would rather not talk aside now.")).to_be_in_viewport(timeout=WITHIN)
    await expect(offer).to_be_focused(timeout=WITHIN)
    await fran.page.keyboard.press("Enter")
    await ann.presses("Go")
    await fran.is_shown("You are aside with Ann.")


async def test_aside_a_facilitator_still_reads_who_of_the_group_may_be_in_danger(
    circle: Circle, fran: Somebody, gus: Somebody, ann: Somebody, bob: Somebody
) -> None:
    await bob.says("I want to kill myself.")
    await fran.is_shown("Bob may be in danger, or speaks of it.")
    await goes_aside(fran, ann)
    worry = fran.page.locator("[data-one=worry]")
    await expect(worry).to_contain_text("Bob may be in danger, or speaks of it.", timeout=WITHIN)
