"""What people do in a room, and what the others see of it."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Circle, Group, Sit
from tests.browser.people import WITHIN, Come, Somebody
from tests.browser.test_axe import finds_nothing

pytestmark = pytest.mark.browser


async def test_what_somebody_says_reaches_everybody_once(fran: Somebody, ann: Somebody, bob: Somebody) -> None:
    await ann.says("I am glad to be here.")
    for person in (fran, ann, bob):
        await person.hears("I am glad to be here.")


async def test_a_content_note_is_read_first_and_the_words_only_by_choice(ann: Somebody, bob: Somebody) -> None:
    await ann.presses("Content note")
    await ann.page.get_by_label("Content note").fill("loss of a parent")
    await ann.writes("He did not come home.")
    await ann.presses("Send")
    await bob.is_shown("Content note: loss of a parent")
    await expect(bob.page.get_by_text("He did not come home.")).to_be_hidden()
    await bob.page.get_by_text("Content note: loss of a parent").click()
    await expect(bob.page.get_by_text("He did not come home.")).to_be_visible()


async def test_hands_stand_in_the_order_in_which_they_went_up(fran: Somebody, ann: Somebody, bob: Somebody) -> None:
    await bob.presses("Raise hand")
    await expect(fran.page.locator(".hands li")).to_have_text(["Bob"])
    await ann.presses("Raise hand")
    await expect(fran.page.locator(".hands li")).to_have_text(["Bob", "Ann"])
    await bob.presses("Hand down")
    await expect(fran.page.locator(".hands li")).to_have_text(["Ann"])


async def test_a_muted_person_reads_why_and_until_when_and_the_others_only_that(
    fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    await fran.acts_on("Ann", "Mute for a while", reason="advice", words="Let us listen a little longer.")
    await ann.is_shown("A facilitator muted you until")
    await ann.is_shown("In this group people share their own experience and do not give advice.")
    await ann.is_shown("Let us listen a little longer.")
    await ann.is_shown("Write to care@circle.example")
    heard = ann.page.locator("[data-voice=status]").filter(has_text="A facilitator muted you until")
    await expect(heard).to_have_count(1, timeout=WITHIN)
    await bob.is_shown("Ann is muted by a facilitator until")
    await bob.does_not_show("Let us listen a little longer.")
    await bob.does_not_show("do not give advice")

    await ann.writes("But I")
    await expect(ann.page.get_by_role("button", name="Send")).to_have_attribute("aria-disabled", "false")
    await ann.composer.press("Enter")
    refused = ann.page.locator("[data-voice=status]").filter(has_text="Your message was not sent")
    await expect(refused).to_have_count(1, timeout=WITHIN)
    await fran.presses("Options for Ann")
    await fran.presses("End the mute now")
    await ann.hears("You can write again.")
    await ann.does_not_show("A facilitator muted you until")
    await expect(ann.page.locator("#composer-words")).to_have_text("", timeout=WITHIN)
    await ann.presses("Send")
    await bob.hears("But I")


async def test_in_a_pause_send_looks_quieter_says_what_comes_of_it_and_does_it(sit: Sit) -> None:
    circle = await sit(viewport={"width": 320, "height": 568}, reduced_motion="reduce")
    fran, ann = circle.fran, circle.ann
    await fran.opens("Tools")
    await fran.presses("Pause the room")
    send, words = ann.page.get_by_role("button", name="Send"), ann.page.locator("#composer-words")
    await expect(words).to_have_text("The room is paused. You can keep what you are writing.", timeout=WITHIN)
    await expect(send).to_have_attribute("aria-disabled", "true")
    await ann.writes("I wanted to say")
    what = "If you press “Send” now, nobody reads it; it is only looked at for words of danger."
    await expect(send).to_have_accessible_description(re.compile(what), timeout=WITHIN)
    await expect(send).to_have_attribute("aria-disabled", "false")
    await expect(send).not_to_have_class(re.compile("strong"))
    await expect(send).to_be_in_viewport(ratio=1)
    await finds_nothing(ann, "writing in a pause")
    await send.press("Enter")
    await expect(words).to_contain_text("Your message was not sent.", timeout=WITHIN)
    await expect(ann.composer).to_have_value("I wanted to say")
    await ann.writes("I want to kill myself.")
    await send.press("Enter")
    await ann.is_shown("The facilitators know that you may need somebody")
    await fran.is_shown("Ann may be in danger, or speaks of it.")
    await fran.presses("Resume the room", exact=False)
    await expect(send).to_have_class(re.compile("strong"), timeout=WITHIN)


async def test_a_removed_persons_page_empties_itself_and_says_why(fran: Somebody, ann: Somebody, bob: Somebody) -> None:
    await bob.says("Something only the room should know.")
    await ann.hears("Something only the room should know.")
    await fran.acts_on("Ann", "Ask to leave this meeting", reason="hurtful", words="We can talk next week.")
    await ann.is_shown("A facilitator asked you to leave")
    await ann.is_shown("You are welcome at the next one.")
    await ann.is_shown("We can talk next week.")
    await ann.does_not_show("Something only the room should know.")
    await bob.hears("A facilitator asked Ann to leave.")
    await bob.sees_here("Fran", "Bob")
    await bob.does_not_show("We can talk next week.")


async def test_somebody_removed_is_not_let_in_again(circle: Circle) -> None:
    await circle.fran.acts_on("Ann", "Ask to leave this meeting")
    await circle.ann.is_shown("A facilitator asked you to leave")
    await circle.ann.goes_to(circle.room)
    await expect(circle.ann.page.locator("#words")).to_have_count(0)
    await circle.fran.sees_here("Fran", "Bob")


async def test_why_is_never_chosen_for_whoever_acts(fran: Somebody, ann: Somebody, bob: Somebody) -> None:
    await ann.says("My number is on the door.")
    await fran.hears("My number is on the door.")
    await fran.line("My number is on the door.").locator("button.more").click()
    await fran.presses("Take the message back")
    await fran.is_shown("Please choose why. They will read it.")
    await fran.presses("Cancel")
    await fran.presses("Options for Ann")
    await fran.page.get_by_label("A few words").fill("Let us listen.")
    await fran.presses("Mute Ann")
    await fran.is_shown("Please choose why. They will read it.")
    await expect(fran.page.get_by_label("Why")).to_be_focused(timeout=WITHIN)
    await expect(fran.page.get_by_label("A few words")).to_have_value("Let us listen.")
    await fran.page.get_by_label("Why").select_option("too-much")
    await fran.does_not_show("Please choose why. They will read it.")
    await bob.hears("My number is on the door.")
    await bob.does_not_show("is muted")
    await fran.presses("Mute Ann")
    await ann.is_shown("Let us listen.")


async def test_a_retracted_message_is_gone_from_every_page_and_its_writer_told_why(
    fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    await ann.says("My number is on the door.")
    await bob.hears("My number is on the door.")
    await fran.hears("My number is on the door.")
    await fran.retracts("My number is on the door.")
    for person in (fran, ann, bob):
        await person.does_not_show("My number is on the door.")
    await bob.hears("message was taken back by a facilitator.")
    await ann.is_shown("A facilitator took one of your messages back.")
    await bob.does_not_show("A facilitator took one of your messages back.")


async def test_somebody_takes_their_own_message_back(ann: Somebody, bob: Somebody) -> None:
    await ann.says("Too early for this.")
    await bob.hears("Too early for this.")
    await ann.retracts("Too early for this.")
    await bob.does_not_show("Too early for this.")
    await bob.hears("Ann took this message back.")


async def test_by_tab_only_the_newest_message_stands_before_where_one_writes_and_by_arrow_each_is_reached(
    ann: Somebody, bob: Somebody
) -> None:
    for number in range(1, 5):
        await ann.says(f"Number {number} of Ann.")
    await bob.hears("Number 4 of Ann.")
    keys = bob.page.keyboard
    heart = [bob.line(f"Number {n} of Ann.").locator("button.answer") for n in range(5)]
    more = [bob.line(f"Number {n} of Ann.").locator("button.more") for n in range(5)]
    await bob.page.get_by_role("log").focus()
    for stop in (more[4], heart[4], bob.composer):
        await keys.press("Tab")
        await expect(stop).to_be_focused(timeout=WITHIN)
    await keys.press("Shift+Tab")
    await expect(heart[4]).to_be_focused(timeout=WITHIN)
    await keys.press("ArrowUp")
    await keys.press("ArrowUp")
    await expect(bob.line("Number 2 of Ann.")).to_be_focused(timeout=WITHIN)
    await keys.press("Tab")
    await keys.press("Tab")
    await expect(heart[2]).to_be_focused(timeout=WITHIN)
    await keys.press("Enter")
    await bob.presses("with you")
    await expect(heart[2]).to_be_focused(timeout=WITHIN)
    await keys.press("ArrowDown")
    await expect(bob.line("Number 3 of Ann.")).to_be_focused(timeout=WITHIN)
    await expect(more[2]).to_have_attribute("tabindex", "-1")


async def test_a_member_has_no_tools_for_others(ann: Somebody, bob: Somebody) -> None:
    await ann.says("Hello Bob.")
    await bob.hears("Hello Bob.")
    await expect(bob.page.get_by_role("button", name=re.compile("Options|Pause|Announce|Close"))).to_have_count(0)


async def test_a_pause_holds_everybody_and_keeps_what_they_were_writing(fran: Somebody, ann: Somebody) -> None:
    await ann.writes("I was just about to")
    await fran.presses("Pause the room")
    await ann.is_shown("The room is paused. A facilitator will open it again.")
    await ann.composer.press("Enter")
    await expect(ann.composer).to_have_value("I was just about to")
    await fran.presses("Announce…")
    await fran.page.get_by_label("What everybody should see").fill("Two minutes of quiet.")
    await fran.presses("Announce")
    await ann.hears("Two minutes of quiet.")
    await fran.presses("Resume the room")
    await ann.does_not_show("The room is paused.")  # until then “Send” is pressed in a pause
    await ann.presses("Send")
    await fran.hears("I was just about to")


async def test_somebody_too_fast_gets_their_words_back_and_hears_when(ann: Somebody) -> None:
    for number in range(5):
        await ann.says(f"Line {number}")
    await ann.writes("One more")
    await ann.presses("Send")
    await ann.is_shown("It can go in")
    await expect(ann.composer).to_have_value("One more")
    await expect(ann.page.locator("#composer-words")).to_be_empty(timeout=8000)
    await ann.presses("Send")
    await ann.hears("One more")


async def test_a_message_never_moves_the_focus_or_what_is_being_written(ann: Somebody, bob: Somebody) -> None:
    await bob.composer.press_sequentially("Half a thou")
    await ann.says("Hello.")
    await bob.hears("Hello.")
    await bob.composer.press_sequentially("ght")
    await expect(bob.composer).to_be_focused()
    await expect(bob.composer).to_have_value("Half a thought")


async def test_a_screen_reader_is_told_of_a_message_but_not_of_folded_words(ann: Somebody, bob: Somebody) -> None:
    voice = bob.page.locator("[data-voice=status]")
    await ann.says("Good evening.")
    await expect(voice.filter(has_text="Ann says: Good evening.")).to_have_count(1)
    await ann.presses("Content note")
    await ann.page.get_by_label("Content note").fill("grief")
    await ann.says("It was in May.")
    await expect(voice.filter(has_text="Ann, hidden. Content note: grief")).to_have_count(1)
    await expect(voice.filter(has_text="It was in May.")).to_have_count(0)


async def test_a_second_page_of_the_same_person_ends_the_first(circle: Circle) -> None:
    second = await circle.ann.context.new_page()
    await second.goto(circle.room)
    await circle.ann.is_shown("You opened the room somewhere else")
    await expect(second.locator(".state")).to_have_text("You are here")
    await circle.bob.sees_here("Fran", "Ann", "Bob")


async def test_what_somebody_was_writing_stays_theirs_when_their_page_ends_and_not_when_they_leave(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    for person in (ann, bob):
        await person.begins("I never told anybody that")
    second = await ann.context.new_page()
    await second.goto(circle.room)
    await ann.is_shown("You opened the room somewhere else")
    mine = ann.page.get_by_label("What was not sent, seen by you alone")
    await expect(mine).to_contain_text("I never told anybody that")
    await bob.presses("Leave the room")
    await bob.is_shown("You have left the room")
    await bob.does_not_show("I never told anybody that")


async def test_a_meeting_that_ends_while_somebody_writes_leaves_them_their_words(fran: Somebody, ann: Somebody) -> None:
    await ann.begins("I never told anybody that")
    await fran.closes_the_meeting()
    await ann.is_shown("The meeting has ended")
    await expect(ann.page.get_by_label("What was not sent, seen by you alone")).to_contain_text("I never told")


async def test_leaving_the_room_is_seen_by_all_and_empties_the_page(ann: Somebody, bob: Somebody) -> None:
    await bob.says("Take care.")
    await ann.hears("Take care.")
    await ann.presses("Leave the room")
    await ann.is_shown("You have left the room")
    await ann.does_not_show("Take care.")
    await bob.hears("Ann left.")
    await bob.sees_here("Fran", "Bob")


async def test_leave_now_goes_elsewhere_at_once_and_looks_like_any_leaving(ann: Somebody, bob: Somebody) -> None:
    await bob.context.route("https://www.bbc.com/**", lambda route: route.fulfill(body="The weather"))
    await ann.says("Between us.")
    await bob.hears("Between us.")
    await bob.page.get_by_role("link", name="Leave now").click()
    await bob.is_shown("The weather")
    await ann.hears("Bob left.")
    await bob.page.go_back()
    await bob.does_not_show("Between us.")


async def test_when_the_meeting_closes_every_page_empties_itself(fran: Somebody, ann: Somebody, bob: Somebody) -> None:
    await bob.says("Good night, everybody.")
    await ann.hears("Good night, everybody.")
    await fran.closes_the_meeting()
    for person in (fran, ann, bob):
        await person.is_shown("The meeting has ended")
        await person.does_not_show("Good night, everybody.")


async def test_f6_goes_round_the_parts_of_the_room(ann: Somebody) -> None:
    await ann.composer.focus()
    parts = []
    for _ in range(4):
        await ann.page.keyboard.press("F6")
        parts.append(
            await ann.page.evaluate("document.activeElement.id || document.activeElement.getAttribute('role')")
        )
    assert parts == ["side", "people", "log", "words"]


async def test_without_a_script_the_rooms_page_shows_what_can_be_done_and_scrolls_on_a_small_phone(
    circle: Circle, group: Group, come: Come
) -> None:
    ann = await come("Ann", java_script_enabled=False, viewport={"width": 320, "height": 480})
    await ann.signs_in_with(group.visits["Ann"])
    await ann.goes_to(circle.room)
    await expect(ann.page.get_by_role("heading", name="The room needs JavaScript")).to_be_in_viewport()
    await ann.page.mouse.move(160, 300)
    await ann.page.mouse.wheel(0, 2000)
    await expect(ann.page.get_by_role("link", name="112", exact=True)).to_be_in_viewport(timeout=WITHIN)
    for name in ("What you should know", "Our agreement"):
        await ann.goes_to(circle.room)
        await ann.page.get_by_role("link", name=name).click()
        await expect(ann.page.get_by_role("heading", name=name).first).to_be_visible(timeout=WITHIN)


async def test_where_something_stops_the_scripts_the_room_says_so_and_the_way_back_is_there(
    circle: Circle, ann: Somebody
) -> None:
    await ann.page.route("**/*.js*", lambda asked: asked.abort())
    await ann.goes_to(circle.room)
    await expect(ann.page.get_by_role("heading", name="The room needs JavaScript")).to_be_in_viewport(timeout=WITHIN)
    await expect(ann.page.get_by_role("link", name="Back to the group")).to_be_visible()
    await ann.page.unroute("**/*.js*")
    await ann.page.get_by_role("link", name="try again").click()
    await ann.is_shown("You are here")
    await expect(ann.page.get_by_role("heading", name="The room needs JavaScript")).to_have_count(0)
