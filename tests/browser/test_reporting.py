"""A report's whole way through real browsers, by keyboard, on a small screen: what was said arrives as it was said."""

import json
import re

import pytest
from playwright.async_api import WebSocketRoute, expect

from chat.core import receipt
from chat.core.ids import Epoch, MemberId, Millis, Number, RoomId
from chat.live.sealing import derived
from chat.records import meetings
from chat.records.keys import now
from chat.records.store import Store
from tests.browser.conftest import Circle, Group, Server, Sit
from tests.browser.people import WITHIN, Somebody

pytestmark = pytest.mark.browser
SMALL = {"width": 320, "height": 640}
ODD = [
    "first line\n\nthird line\n\n  indented",
    "👩‍👩‍👧‍👦 and 🏳️‍🌈 and 👍🏽",
    "é as two, ñ, and Z̷̢̛a̵l̸g̶o̴",
    "no\u00a0break and narrow\u202fone, \u200eleft, \u2028line",
    '"quotes" \\back\\ <b>&amp;</b> \u0000?',
    "The bus was late and it rained, and my sister had made soup. " * 32 + "That was all.",
]


async def opens_the_report_of(person: Somebody, text: str) -> None:
    """From the menu beside a message."""
    await person.line(text).hover()
    await person.line(text).locator("button.more").click()
    await person.presses("Report…")


async def says_why_and_sends(person: Somebody) -> None:
    await person.page.get_by_label("Why").select_option("hurtful")
    await person.presses("Send the report")


async def sends_it(person: Somebody) -> None:
    await says_why_and_sends(person)
    await person.is_shown("Thank you. Your report is with the facilitators.")


async def is_read_by(fran: Somebody, group: Group) -> None:
    """Fran opens the newest report on a page beside the room."""
    page = await fran.context.new_page()
    fran.page = page
    await page.goto(f"/groups/{group.id}/reports")
    await page.get_by_role("link", name="Open the report", exact=False).first.click()


@pytest.mark.parametrize("text", ODD, ids=["lines", "joiners", "marks", "spaces", "markup", "long"])
async def test_whatever_was_said_is_known_again(group: Group, circle: Circle, text: str) -> None:
    await circle.bob.writes(text)
    await circle.bob.presses("Send")
    last = circle.ann.page.locator("li.said").last
    await expect(last).to_be_visible(timeout=WITHIN)
    await last.hover()
    await last.locator("button.more").click()
    await circle.ann.presses("Report…")
    await sends_it(circle.ann)
    await is_read_by(circle.fran, group)
    read = await circle.fran.page.locator(".quoted .words").inner_text()
    assert re.sub(r"\s+", " ", read) == re.sub(r"\s+", " ", text.replace("\0", "")) or "\0" in text


async def test_a_message_of_a_whole_second_is_known_again(server: Server, sit: Sit) -> None:
    """One in a thousand is said at a whole second; here the room says that all are, and signs them so."""
    circle = await sit(viewport={"width": 1200, "height": 800})
    room, secret = RoomId(circle.room.rsplit("/", 1)[1]), bytes.fromhex((server.data / "secret").read_text())
    async with Store.open(f"sqlite+aiosqlite:///{server.data / 'hearth.sqlite'}") as store, store.reading() as c:
        salt = await meetings.receipt_salt(c, room, now())
    assert salt
    key, epochs, changed = receipt.keyed(derived(secret, salt, b"receipt")), [], []

    def signed(frame: dict[str, object]) -> dict[str, object]:
        if frame["type"] == "room":
            epochs.append(Epoch(int(str(frame["epoch"]))))
        if frame["type"] == "said":
            at = Millis(int(str(frame["at"])) // 1000 * 1000)
            said = (MemberId(str(frame["by"])), at, "", str(frame["text"]))
            tag = receipt.tag(key, (room, epochs[-1]), Number(int(str(frame["n"]))), said)
            changed.append(at)
            return frame | {"at": at, "receipt": tag}
        return frame

    def between(page: WebSocketRoute) -> None:
        line = page.connect_to_server()
        page.on_message(line.send)
        line.on_message(lambda text: page.send(json.dumps(signed(json.loads(text)))))

    await circle.ann.page.route_web_socket("**/socket*", between)
    await circle.ann.enters(circle.room)
    await circle.bob.says("On the dot.")
    await circle.ann.hears("On the dot.")
    assert [at % 1000 for at in changed] == [0]
    await opens_the_report_of(circle.ann, "On the dot.")
    await sends_it(circle.ann)


async def test_the_whole_way_by_keyboard_on_a_small_screen(group: Group, sit: Sit) -> None:
    circle = await sit(viewport=SMALL)
    ann, bob, fran = circle.ann, circle.bob, circle.fran
    for number in range(1, 6):
        await bob.says(f"Number {number} of Bob.")
    await ann.hears("Number 5 of Bob.")
    keys = ann.page.keyboard
    await ann.page.get_by_role("log").focus()
    await keys.press("ArrowUp")
    await keys.press("ArrowUp")  # from the newest to the one before
    await keys.press("Tab")
    await expect(ann.line("Number 4 of Bob.").locator("button.more")).to_be_focused()
    await keys.press("Enter")
    await expect(ann.page.locator("#sheet-title")).to_be_focused()
    await tabs_to(ann, "Report…")
    await keys.press("Enter")
    await expect(ann.page.locator("#sheet-title")).to_have_text("Report something")
    await expect(ann.page.locator("#sheet-title")).to_be_focused()
    boxes = ann.page.locator(".around input")
    await expect(boxes).to_have_count(5)
    await expect(ann.page.locator(".around input:checked")).to_have_count(1)
    first = ann.page.get_by_role("checkbox", name="Number 1 of Bob.")
    while not await first.evaluate("box => box === document.activeElement"):
        await keys.press("Tab")
    await keys.press("Space")
    await ann.page.get_by_label("Why").focus()
    await keys.press("ArrowDown")
    await keys.press("ArrowDown")
    await keys.press("Tab")
    await keys.type("He did not stop.")
    await keys.press("Tab")
    await keys.press("Tab")
    assert await ann.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await keys.press("Enter")
    await ann.is_shown("Thank you. Your report is with the facilitators.")
    await ann.is_shown("They see that messages 2 to 3 in between are not part of it.")
    await expect(ann.page.locator("[data-voice=status]").filter(has_text="Your report is sent.")).to_have_count(1)
    for person in (bob, fran):
        await person.does_not_show("report is")

    await fran.page.goto(f"/groups/{group.id}")
    await tabs_to(fran, "Reports (1 new)")
    await fran.page.keyboard.press("Enter")
    await fran.is_shown("Not opened yet.")
    await tabs_to(fran, "Open")
    await fran.page.keyboard.press("Enter")
    await fran.is_shown("Messages 2 to 3 were said here and are not part of the report.")
    for words in ("Somebody was put under pressure.", "Number 1 of Bob.", "Number 4 of Bob.", "He did not stop."):
        await fran.is_shown(words)
    await fran.is_shown("wishes not to be known")
    await fran.does_not_show("Ann")
    assert await fran.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await tabs_to(fran, "acted", "document.activeElement.value")
    await fran.page.keyboard.press("ArrowDown")
    await fran.page.keyboard.press("Tab")
    await fran.page.keyboard.type("Thank you for telling us.")
    await fran.page.keyboard.press("Tab")
    await fran.page.keyboard.press("Enter")
    await fran.is_shown("Somebody talked with the person.")

    await ann.page.goto(f"/groups/{group.id}/reports/mine")
    await ann.is_shown("Somebody talked with the person.")
    await ann.is_shown("Thank you for telling us.")
    await ann.does_not_show("Fran")


async def tabs_to(person: Somebody, words: str, what: str = "document.activeElement.textContent.trim()") -> None:
    """Presses Tab until the focus is there."""
    for _ in range(60):
        await person.page.keyboard.press("Tab")
        if await person.page.evaluate(what) == words:
            return
    raise AssertionError(f"{words} cannot be reached by Tab")


async def test_what_was_taken_back_can_be_reported_and_is_not_shown_again(group: Group, circle: Circle) -> None:
    await circle.bob.says("Something nobody should have to read.")
    await circle.ann.hears("Something nobody should have to read.")
    await circle.bob.retracts("Something nobody should have to read.")
    await circle.ann.hears("Bob took this message back.")
    await circle.ann.line("Bob took this message back.").get_by_role("button", name="taken back").click()
    await circle.ann.is_shown("(taken back)")
    await circle.ann.does_not_show("Something nobody should have to read.")
    await sends_it(circle.ann)
    await is_read_by(circle.fran, group)
    await circle.fran.is_shown("Something nobody should have to read.")


async def test_from_a_page_whose_meeting_is_over_it_can_still_be_reported(group: Group, sit: Sit) -> None:
    circle = await sit(viewport=SMALL)
    await circle.bob.says("Just before the end.")
    await circle.ann.hears("Just before the end.")
    await circle.fran.opens("Tools")
    await circle.fran.closes_the_meeting()
    await circle.ann.is_shown("The meeting has ended")
    await circle.ann.is_shown("Nothing that was said is kept, unless somebody handed it over in a report.")
    await circle.ann.does_not_show("Just before the end.")
    await circle.ann.presses("Report something…")
    await circle.ann.presses("Just before the end.", exact=False)
    await circle.ann.is_shown("About what Bob wrote.")
    await sends_it(circle.ann)
    await is_read_by(circle.fran, group)
    await circle.fran.is_shown("Just before the end.")


async def test_leaving_by_choice_leaves_nothing_to_report_on_the_page(circle: Circle) -> None:
    await circle.bob.says("Between us.")
    await circle.ann.hears("Between us.")
    await circle.ann.presses("Leave the room")
    await circle.ann.is_shown("You have left the room")
    await circle.ann.does_not_show("Report something…")


async def test_facilitators_in_the_room_hear_of_a_report_whose_reporter_they_may_know(circle: Circle) -> None:
    await circle.bob.says("I do not care for this.")
    await opens_the_report_of(circle.ann, "I do not care for this.")
    await circle.ann.page.get_by_label("They may know that it was me").check()
    await sends_it(circle.ann)
    await circle.fran.is_shown("A report came.")
    await expect(circle.fran.page.get_by_role("link", name="Reports")).to_be_visible(timeout=WITHIN)
    for person in (circle.ann, circle.bob):
        await person.does_not_show("A report came.")
    await circle.fran.presses("I have seen this")
    await circle.fran.does_not_show("A report came.")


async def test_a_report_about_a_facilitator_says_who_reads_it(circle: Circle) -> None:
    await circle.fran.says("Pull yourself together.")
    await circle.ann.hears("Pull yourself together.")
    await opens_the_report_of(circle.ann, "Pull yourself together.")
    await circle.ann.is_shown("The facilitators are not told.")
    await says_why_and_sends(circle.ann)
    await circle.ann.is_shown("Your report is with the people who run this place.")


async def test_words_changed_on_the_page_are_refused_and_marked(circle: Circle) -> None:
    await circle.bob.says("Something harmless.")
    await circle.ann.hears("Something harmless.")
    await circle.ann.page.route(
        "**/reports",
        lambda route: route.continue_(
            post_data=(route.request.post_data or "").replace("harmless", "terrible")
            if route.request.method == "POST"
            else None
        ),
    )
    await opens_the_report_of(circle.ann, "Something harmless.")
    await says_why_and_sends(circle.ann)
    await circle.ann.is_shown("does not match")
    await circle.ann.is_shown("Not sent: the marked messages do not match")


async def test_why_is_never_chosen_for_whoever_reports(circle: Circle) -> None:
    ann = circle.ann
    await circle.bob.says("Something hurtful.")
    await ann.hears("Something hurtful.")
    await opens_the_report_of(ann, "Something hurtful.")
    await ann.page.get_by_label("Anything they should know").fill("It was about my brother.")
    await ann.presses("Send the report")
    await ann.is_shown("Please choose why, so that they know what to look for.")
    await expect(ann.page.get_by_label("Why")).to_be_focused(timeout=WITHIN)
    await expect(ann.page.get_by_label("Anything they should know")).to_have_value("It was about my brother.")
    await sends_it(ann)
