"""What somebody has typed is theirs and stays what it was, whatever breaks on its way: line, room, part of the page."""

import asyncio
import json
from collections.abc import Callable

import pytest
from playwright.async_api import Route, WebSocketRoute, expect

from tests.browser.conftest import Circle, Group, Server, Sit
from tests.browser.people import WITHIN, Come, Somebody
from tests.browser.test_aside import a_second_facilitator, goes_aside
from tests.browser.test_holding import NUMBER
from tests.faults.link import Link

pytestmark = pytest.mark.browser


class Between:
    """Sits between a page and the server. From the first frame that `ends` is true of nothing comes any more, and the
    page's line is lost; while it is `down` no new one opens.
    """

    def __init__(self, ends: Callable[[dict[str, object]], bool]) -> None:
        self.ends = ends
        self.broke = asyncio.Event()
        self.down = False
        self._closing: list[asyncio.Future[None]] = []

    async def of(self, person: Somebody, room: str) -> "Between":
        """Of this person's page, which enters anew."""
        await person.page.route_web_socket("**/socket*", self._line)
        await person.enters(room)
        return self

    def _line(self, line: WebSocketRoute) -> None:
        if self.down:
            self._closing.append(asyncio.ensure_future(line.close(code=4000)))
            return
        server = line.connect_to_server()

        def hears(frame: str | bytes) -> None:
            if self.broke.is_set() and self.down:
                return
            if not self.broke.is_set() and self.ends(json.loads(frame)):
                self.broke.set()
                self.down = True
                for end, code in (line, 4000), (server, 3000):
                    self._closing.append(asyncio.ensure_future(end.close(code=code)))
                return
            line.send(frame)

        server.on_message(hears)


class Fails:
    """A part of the page does not come, until it is `mended`."""

    def __init__(self) -> None:
        self.mended = False
        self.times = 0

    async def of(self, person: Somebody, part: str, room: str) -> "Fails":
        """For this person, who enters anew."""
        await person.page.route(f"**/{part}.*js", self._answers)
        await person.enters(room)
        return self

    async def _answers(self, route: Route) -> None:
        self.times += not self.mended
        await (route.continue_() if self.mended else route.abort())

    async def has_failed(self) -> None:
        async with asyncio.timeout(10):
            while not self.times:
                await asyncio.sleep(0.05)
        await asyncio.sleep(0.5)
        self.mended = True


@pytest.fixture
async def narrow(server: Server, group: Group, come: Come, sit: Sit) -> Circle:
    """On small screens; another facilitator holds the group while one is aside."""
    circle = await sit(viewport={"width": 320, "height": 640})
    await a_second_facilitator(circle, group, server, come)
    return circle


async def is_here(person: Somebody) -> None:
    await expect(person.page.locator(".state")).to_have_text("You are here", timeout=WITHIN)


async def has_forms(person: Somebody) -> None:
    """They have opened one before: the part is there without a network."""
    await person.presses("A word to the facilitators")
    await person.page.get_by_label("Your words").wait_for()
    await person.presses("Close")


async def private_word(person: Somebody, text: str) -> None:
    await person.presses("A word to the facilitators")
    await person.page.get_by_label("Your words").fill(text)
    await person.presses("Send aside")


async def opens_message(person: Somebody, text: str) -> None:
    await person.line(text).hover()
    await person.line(text).locator("button.more").click()


async def test_a_content_note_outlasts_a_talk_aside_like_the_words_it_belongs_to(narrow: Circle) -> None:
    ann = narrow.ann
    await ann.begins("My mother died in March.")
    await ann.presses("Content note")
    await ann.page.locator("label.noted input").fill("loss of a parent")
    await goes_aside(narrow.fran, ann)
    await ann.presses("Back to the group")
    await ann.is_shown("You are back with the group.")
    await expect(ann.composer).to_have_value("My mother died in March.", timeout=WITHIN)
    await ann.page.locator(".send.strong").wait_for()
    await ann.presses("Send")
    await narrow.bob.hears("My mother died in March.")
    await expect(narrow.bob.line("My mother died in March.")).to_contain_text(
        "Content note: loss of a parent", timeout=WITHIN
    )


@pytest.mark.parametrize("how", ["given back", "taken back"])
async def test_a_message_that_is_put_back_where_its_writer_writes_keeps_its_content_note(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody, how: str
) -> None:
    await ann.begins(NUMBER)
    await ann.presses("Content note")
    await ann.page.locator("label.noted input").fill("self-harm")
    await ann.presses("Send")
    await ann.presses("Send it anyway")
    await expect(ann.line(NUMBER)).to_contain_text("Waiting for a facilitator", timeout=WITHIN)
    if how == "taken back":
        await ann.presses("Take back")
    else:
        await fran.presses("Give it back…")
        await fran.presses("Give it back")
        await ann.presses("Put it where I write")
    await expect(ann.composer).to_have_value(NUMBER, timeout=WITHIN)
    await ann.says("It was hard, without the number.")
    await bob.hears("It was hard, without the number.")
    await expect(bob.line("It was hard")).to_contain_text("Content note: self-harm", timeout=WITHIN)


async def test_words_begun_aside_are_not_lost_when_the_other_ends_it(narrow: Circle) -> None:
    fran, ann = narrow.fran, narrow.ann
    await goes_aside(fran, ann)
    await fran.begins("Please call your doctor tomorrow, and")
    await ann.presses("Back to the group")
    await fran.is_shown("You are back with the group.")
    await fran.is_shown("This message was not sent, because you left.")
    await fran.is_shown("Please call your doctor tomorrow, and")


async def test_words_that_were_on_their_way_aside_are_not_lost_by_going_back(narrow: Circle) -> None:
    fran, ann = narrow.fran, narrow.ann
    await goes_aside(fran, ann)
    await ann.begins("I could not say it in the group.")
    await ann.context.set_offline(True)
    await ann.presses("Send")
    await ann.is_shown("Not sent yet")
    await ann.presses("Back to the group")
    await ann.context.set_offline(False)
    await ann.is_shown("You are back with the group.")
    await ann.is_shown("Whether this message was sent before you went back is not known.")
    await ann.is_shown("I could not say it in the group.")


async def test_private_words_that_are_begun_outlast_a_talk_aside(narrow: Circle) -> None:
    fran, ann = narrow.fran, narrow.ann
    await ann.opens("More")
    await ann.presses("A word to the facilitators")
    await ann.page.get_by_label("Your words").fill("There is something about Bob that")
    await ann.presses("Close")
    await ann.opens("More")
    await goes_aside(fran, ann)
    await ann.presses("Back to the group")
    await ann.is_shown("You are back with the group.")
    await ann.opens("More")
    await ann.presses("A word to the facilitators")
    await expect(ann.page.get_by_label("Your words")).to_have_value("There is something about Bob that", timeout=WITHIN)


async def test_what_somebody_was_writing_in_the_group_is_theirs_though_their_page_ends_aside(narrow: Circle) -> None:
    fran, ann = narrow.fran, narrow.ann
    await ann.begins("What I was going to say")
    await goes_aside(fran, ann)
    second = Somebody("Ann", ann.address, ann.context, await ann.context.new_page())
    await second.goes_to(narrow.room)
    await ann.is_shown("You opened the room somewhere else")
    await expect(ann.page.locator("main")).to_contain_text("What I was going to say", timeout=WITHIN)


async def test_what_the_room_has_heard_is_not_said_to_be_unsent_because_the_meeting_ended_before_the_answer(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    text = "Thank you, and good night."

    line = await Between(lambda frame: frame["type"] == "said" and frame["text"] == text).of(ann, circle.room)
    await ann.begins(text)
    await ann.presses("Send")
    await line.broke.wait()
    await bob.hears(text)
    await fran.closes_the_meeting()
    await fran.is_shown("The meeting has ended")
    line.down = False
    await ann.is_shown("The meeting has ended")
    await expect(ann.page.get_by_text("This was not sent to the room.")).to_have_count(0, timeout=WITHIN)


async def test_a_private_word_that_is_refused_after_its_form_was_closed_is_said_to_be_so(
    circle: Circle, fran: Somebody, ann: Somebody
) -> None:
    await has_forms(ann)
    await ann.context.set_offline(True)
    await ann.is_shown("You are offline.")
    await private_word(ann, "I want to kill myself.")
    await ann.presses("Close")
    await fran.presses("Leave the room")
    await fran.presses("Leave and pause the room")
    await fran.is_shown("You have left the room")
    await ann.context.set_offline(False)
    await is_here(ann)
    await expect(ann.page.locator("main")).to_contain_text("so nobody would read this", timeout=WITHIN)
    await expect(ann.page.locator("main")).to_contain_text("you do not have to carry it alone", timeout=WITHIN)


async def test_a_flag_that_is_answered_late_does_not_stand_at_another_message(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    for text in ("This is unkind.", "This is kind."):
        await bob.says(text)
    await ann.hears("This is kind.")
    await has_forms(ann)
    await ann.context.set_offline(True)
    await ann.is_shown("You are offline.")
    await opens_message(ann, "This is unkind.")
    await ann.presses("Flag it")
    await ann.presses("Cancel")
    await opens_message(ann, "This is kind.")
    await expect(ann.page.get_by_role("button", name="Flag it")).to_be_visible(timeout=WITHIN)
    await ann.context.set_offline(False)
    await fran.is_shown("was flagged by 1 person.")
    await is_here(ann)
    await expect(ann.page.get_by_role("button", name="Flag it")).to_be_visible(timeout=3000)


async def test_a_rule_that_could_not_be_proposed_after_its_form_was_closed_is_said_to_be_so(
    circle: Circle, fran: Somebody, ann: Somebody
) -> None:
    await ann.presses("Propose a rule…")
    await ann.page.get_by_label("The rule, in a sentence").fill("We let each other finish.")
    await ann.context.set_offline(True)
    await ann.is_shown("You are offline.")
    await ann.presses("Propose it")
    await ann.presses("Cancel")
    await fran.presses("Pause the room")
    await fran.page.get_by_role("button", name="Resume the room").first.wait_for()
    await ann.context.set_offline(False)
    await is_here(ann)
    await expect(ann.composer).to_have_value("We let each other finish.", timeout=WITHIN)


async def test_a_part_that_did_not_come_at_first_hears_in_order_what_it_is_told(
    circle: Circle, fran: Somebody, ann: Somebody
) -> None:
    broken = [True]

    async def fails(route: Route) -> None:
        await (route.abort() if broken[0] else route.continue_())

    await ann.page.route("**/holding*.js", fails)
    await ann.enters(circle.room)
    await ann.writes(NUMBER)
    await ann.presses("Send")  # and at once it waits, and the part fails again
    await fran.presses("Give it back…")
    broken[0] = False
    await fran.presses("Give it back")
    await ann.is_shown("A facilitator gave this message back to you.")
    await ann.does_not_show("Waiting for a facilitator")


async def test_who_is_acted_on_is_told_though_the_part_that_shows_it_did_not_come_at_first(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    part = await Fails().of(ann, "sheets", circle.room)
    await fran.acts_on("Ann", "Mute for a while", words="Please wait a moment.")
    await part.has_failed()
    await bob.says("Something else happens.")
    await ann.hears("Something else happens.")
    await expect(ann.page.locator("main")).to_contain_text("Please wait a moment.", timeout=WITHIN)


async def test_a_page_that_ends_says_how_though_that_part_did_not_come_at_first(
    circle: Circle, fran: Somebody, ann: Somebody
) -> None:
    part = await Fails().of(ann, "ending", circle.room)
    await ann.begins("What I was going to say")
    await fran.closes_the_meeting()
    await part.has_failed()
    await expect(ann.page.locator("main")).to_contain_text("What I was going to say", timeout=WITHIN)


async def test_a_form_that_is_asked_for_without_a_network_opens_with_it(circle: Circle, ann: Somebody) -> None:
    await ann.page.set_viewport_size({"width": 320, "height": 640})
    await ann.context.set_offline(True)
    await ann.is_shown("You are offline.")
    await ann.opens("More")
    await ann.presses("A word to the facilitators")
    await ann.context.set_offline(False)
    await is_here(ann)
    await expect(ann.page.get_by_label("Your words")).to_be_visible(timeout=3000)


async def test_help_stands_beside_words_of_danger_though_the_line_broke_before_they_were_answered(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    text = "I want to kill myself."
    line = await Between(lambda frame: frame["type"] == "said" and frame["text"] == text).of(ann, circle.room)
    await ann.begins(text)
    await ann.presses("Send")
    await line.broke.wait()
    await fran.is_shown("Ann may be in danger, or speaks of it.")
    line.down = False
    await is_here(ann)
    await ann.hears(text)
    await expect(ann.line(text)).to_contain_text("you do not have to carry it alone", timeout=WITHIN)


async def test_help_stands_beside_words_of_danger_that_wait_though_the_line_broke_before_they_were_answered(
    circle: Circle, fran: Somebody, ann: Somebody
) -> None:
    text = f"I am going to kill myself tonight. {NUMBER}"
    line = await Between(lambda frame: frame["type"] in ("held", "withheld", "cared")).of(ann, circle.room)
    await ann.begins(text)
    await ann.presses("Send")
    await ann.presses("Send it anyway")
    await line.broke.wait()
    await fran.is_shown("Ann may be in danger, or speaks of it.")
    line.down = False
    await is_here(ann)
    waiting = ann.line(text).filter(has_text="Waiting for a facilitator")
    await expect(waiting).to_contain_text("you do not have to carry it alone", timeout=WITHIN)
    await expect(ann.line(text)).to_have_count(1, timeout=WITHIN)


async def test_several_messages_that_cannot_be_said_come_back_in_their_order_each_with_its_content_note(
    circle: Circle, group: Group, server: Server, come: Come
) -> None:
    host, port = server.address.removeprefix("http://").split(":")
    async with Link.open((host, int(port))) as link:
        bob = await come("Bob", Server(f"http://{host}:{link.port}", server.begin, server.data, server.pid))
        await bob.signs_in_with(group.visits["Bob"])
        await bob.enters(circle.room)
        await bob.begins("Something.")
        for name in ("Content note", "No content note"):  # with that their page has all that it needs
            await bob.presses(name)
        await bob.page.get_by_text("grief").wait_for(state="detached")
        link.holding = True
        for words, note in ("One.", "grief"), ("Two.", ""), ("Three.", "anger"):
            await bob.writes(words)
            if note:
                await bob.presses("Content note")
                await bob.page.locator("label.noted input").fill(note)
            await bob.presses("Send")
        await bob.writes("And so on.")
        await circle.fran.presses("Pause the room")
        await circle.ann.is_shown("The room is paused.")
        link.let_go()
        await expect(bob.composer).to_have_value("One.\n\nTwo.\n\nThree.\n\nAnd so on.", timeout=WITHIN)
        await expect(bob.page.locator("label.noted input")).to_have_value("grief, anger", timeout=WITHIN)
