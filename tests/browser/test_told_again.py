"""What is told to one person alone, while their line is lost, is shown to them once they are back."""

import json
import re
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import WebSocketRoute, expect

from tests.browser.conftest import Circle, Group, Server
from tests.browser.people import WITHIN, Come, Somebody
from tests.browser.test_another_look import another_facilitator

pytestmark = pytest.mark.browser
TAKEN_BACK = "A facilitator took one of your messages back."


async def is_lost(person: Somebody, other: Somebody) -> None:
    """Their network is gone, and the others have seen it."""
    await person.context.set_offline(True)
    await other.is_shown(f"{person.name} lost the connection.")


async def is_back(person: Somebody) -> None:
    """Their network is there again, and their page in the room."""
    await person.context.set_offline(False)
    await expect(person.page.locator(".state")).to_have_text("You are here", timeout=WITHIN)


async def test_what_was_done_to_somebody_is_shown_once_they_are_back_until_they_say_that_they_have_read_it(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    await ann.says("You should try this.")
    await is_lost(ann, fran)
    await fran.retracts("You should try this.")
    await is_back(ann)
    await ann.is_shown(TAKEN_BACK)
    await is_lost(ann, bob)
    await is_back(ann)
    await expect(ann.page.get_by_text(TAKEN_BACK)).to_have_count(1, timeout=WITHIN)
    await ann.enters(circle.room)
    await ann.is_shown(TAKEN_BACK)
    await ann.presses("I have read this")
    await ann.does_not_show(TAKEN_BACK)
    await ann.says("I understand.")  # which is answered after what was asked before
    await ann.enters(circle.room)
    await bob.hears("I understand.")
    await ann.does_not_show(TAKEN_BACK)


async def test_a_mute_that_is_shown_again_says_that_there_were_words_and_one_that_is_over_that_it_is(
    circle: Circle, fran: Somebody, ann: Somebody
) -> None:
    await fran.acts_on("Ann", "Mute for a while", words="Please wait a moment.")
    await ann.is_shown("Please wait a moment.")
    await ann.enters(circle.room)
    await ann.is_shown("A facilitator muted you until")
    await ann.is_shown("There were a few words with it.")
    await fran.presses("Options for Ann")
    await fran.presses("End the mute now")
    await ann.does_not_show("A facilitator muted you until")
    await ann.enters(circle.room)
    await ann.is_shown("You had been muted for a while")
    await ann.does_not_show("Please wait a moment.")


async def test_a_private_word_that_did_not_reach_a_page_is_said_to_be_missing(
    server: Server, group: Group, come: Come, circle: Circle, fran: Somebody, ann: Somebody
) -> None:
    gil = await another_facilitator(server, group, come)
    await gil.enters(circle.room)
    await write_aside(ann, "May I speak to you?")
    await gil.is_shown("Ann writes to the facilitators alone.")
    await is_lost(gil, fran)
    await write_aside(ann, "I am not safe.")
    await is_back(gil)
    await gil.is_shown("1 private word did not reach you, from Ann. It is not kept; please ask for it again.")
    await gil.presses("I have read this")
    await gil.does_not_show("did not reach you")
    await is_lost(gil, ann)
    await is_back(gil)
    await gil.does_not_show("did not reach you")
    await gil.enters(circle.room)
    await gil.does_not_show("did not reach you")


async def write_aside(person: Somebody, text: str) -> None:
    """A word to the facilitators, which is accepted."""
    await person.presses("A word to the facilitators")
    await person.page.get_by_label("Your words").fill(text)
    await person.presses("Send aside")
    await expect(person.page.locator(".asides")).to_contain_text(text, timeout=WITHIN)
    await person.presses("Close")


async def test_a_private_word_that_nobody_would_read_stays_where_it_was_written(
    circle: Circle, fran: Somebody, ann: Somebody
) -> None:
    await ann.presses("A word to the facilitators")
    await is_lost(fran, ann)
    await ann.is_shown("Read by nobody at the moment.")
    words = ann.page.get_by_label("Your words")
    await words.fill("I want to kill myself.")
    await ann.presses("Send aside")
    await ann.is_shown("No facilitator is in the room at the moment, so nobody would read this.")
    await ann.is_shown("you do not have to carry it alone")
    await expect(words).to_have_value("I want to kill myself.", timeout=WITHIN)
    await is_back(fran)
    await fran.is_shown("Ann may be in danger, or speaks of it.")
    await ann.is_shown("Read by Fran.")
    await ann.presses("Send aside")
    await expect(ann.page.locator(".asides")).to_contain_text("I want to kill myself.", timeout=WITHIN)
    await ann.does_not_show("nobody would read this")


async def test_what_was_taken_back_before_its_writer_was_answered_does_not_stand_on_their_page_as_said(
    circle: Circle, fran: Somebody, ann: Somebody
) -> None:
    breaks = await with_a_line_that_falls_silent(circle, ann, "say")
    await ann.writes("You should try this.")
    await ann.presses("Send")
    await fran.hears("You should try this.")
    await fran.retracts("You should try this.")
    await breaks()
    await ann.is_shown("Your message was taken back by a facilitator.")
    await ann.is_shown(TAKEN_BACK)
    await expect(ann.line("You should try this.")).to_have_count(0, timeout=WITHIN)
    await ann.says("I understand.")


async def test_ones_own_private_word_whose_answer_was_lost_stands_among_them_and_is_not_said_to_be_missing(
    circle: Circle, fran: Somebody, ann: Somebody
) -> None:
    breaks = await with_a_line_that_falls_silent(circle, ann, "confide")
    await ann.presses("A word to the facilitators")
    await ann.page.get_by_label("Your words").fill("I am not safe.")
    await ann.presses("Send aside")
    await fran.is_shown("Ann writes to the facilitators alone.")
    await fran.presses("Read and answer")
    await fran.page.get_by_label("Your words").fill("I am here.")
    await fran.presses("Send aside")
    await breaks()
    await expect(ann.page.locator(".asides li")).to_have_text([re.compile("You.*I am not safe.")], timeout=WITHIN)
    await ann.is_shown("1 private word did not reach you, from Fran.")
    await ann.page.get_by_label("Your words").fill("Please say that again.")
    await ann.presses("Send aside")
    await expect(ann.page.locator(".asides li")).to_have_count(2, timeout=WITHIN)


async def with_a_line_that_falls_silent(circle: Circle, person: Somebody, asking: str) -> Callable[[], Awaitable[None]]:
    """They come in again by a line on which nothing is told once they ask for something; what is returned breaks it."""
    lines: list[tuple[WebSocketRoute, WebSocketRoute]] = []

    def falls_silent(line: WebSocketRoute) -> None:
        lines.append((line, line.connect_to_server()))
        server, silent = lines[-1][1], False

        def asks(frame: str | bytes) -> None:
            nonlocal silent
            silent = silent or (len(lines) == 1 and json.loads(frame)["type"] == asking)
            server.send(frame)

        line.on_message(asks)
        server.on_message(lambda frame: None if silent else line.send(frame))

    async def breaks() -> None:
        for end in lines[0]:
            await end.close()

    await person.page.route_web_socket("**/socket**", falls_silent)
    await person.enters(circle.room)
    return breaks


async def test_what_somebody_said_stands_once_though_the_room_was_put_together_again_before_it_was_answered(
    circle: Circle, ann: Somebody, bob: Somebody
) -> None:
    def is_mended_first(line: WebSocketRoute) -> None:
        server, room = line.connect_to_server(), {}

        def hears(frame: str | bytes) -> None:
            told = json.loads(frame)
            if told["type"] == "room":
                room.update(told)
            if told["type"] == "accepted" and "n" in told:
                goes_on = {"epoch": room["epoch"] + 1, "before": [room["epoch"]], "n": told["n"], "replay": 0}
                line.send(json.dumps(room | goes_on))
            line.send(frame)

        server.on_message(hears)

    await ann.page.route_web_socket("**/socket**", is_mended_first)
    await ann.enters(circle.room)
    await ann.says("It is only me.")
    await bob.hears("It is only me.")
    await expect(ann.line("It is only me.")).to_have_count(1, timeout=WITHIN)
