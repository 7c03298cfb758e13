"""A held message's whole way, on both sides; a kind question before contact details; slow mode; help beside danger."""

import asyncio
import json

import pytest
from playwright.async_api import WebSocketRoute, expect

from chat.core.wire import Role
from chat.records import accounts, agreements, invitations, members, visits
from chat.records.keys import now
from chat.records.store import Store
from tests.browser.conftest import Circle, Group, Server, Sit
from tests.browser.people import WITHIN, Somebody
from tests.cast import Person

pytestmark = pytest.mark.browser
PATIENCE = 11
"""Seconds; a page gives a line ten for an answer."""
NUMBER = "You can reach me on 07700 900123."


async def sends(person: Somebody, text: str, *, sure: bool = False) -> None:
    """Presses Send; `sure`: and says so when asked."""
    await person.begins(text)
    await person.presses("Send")
    if sure:
        await person.presses("Send it anyway")


async def waits(person: Somebody, text: str) -> None:
    """Says something that waits."""
    await sends(person, text, sure=True)
    await expect(person.line(text)).to_contain_text("Waiting for a facilitator", timeout=WITHIN)


async def test_a_held_messages_whole_way(circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody) -> None:
    await waits(ann, NUMBER)
    await bob.does_not_show(NUMBER)
    await fran.is_shown("1 message waits for you.")
    await fran.is_shown("It waits because it may tell how to find somebody outside the room.")
    await fran.presses("With a content note…")
    await fran.page.get_by_label("Content note", exact=True).last.fill("a phone number")
    await fran.presses("Let it through with the note")
    await expect(bob.line("let through by a facilitator")).to_contain_text(
        "Content note: a phone number", timeout=WITHIN
    )
    await expect(ann.line(NUMBER)).to_have_count(1, timeout=WITHIN)
    await expect(ann.line(NUMBER)).not_to_contain_text("Waiting", timeout=WITHIN)
    await fran.does_not_show("1 message waits for you.")


async def test_it_comes_back_with_a_note_and_can_be_changed(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    await waits(ann, NUMBER)
    await fran.presses("Give it back…")
    await fran.page.get_by_label("A few words for Ann").fill("Without the number, please.")
    await fran.presses("Give it back")
    await ann.is_shown("A facilitator gave this message back to you.")
    await ann.is_shown("They write: Without the number, please.")
    await ann.presses("Put it where I write")
    await expect(ann.composer).to_have_value(NUMBER, timeout=WITHIN)
    await ann.says("You can find me here next week.")
    await bob.hears("You can find me here next week.")
    await bob.does_not_show(NUMBER)
    await bob.does_not_show("Without the number")


async def test_what_waits_is_in_sight_where_a_facilitator_on_a_phone_is_asked_to_look(sit: Sit) -> None:
    circle = await sit(viewport={"width": 320, "height": 568})
    await waits(circle.ann, NUMBER)
    await circle.fran.presses("Look")
    await expect(circle.fran.page.get_by_role("heading", name="Waiting for you")).to_be_focused(timeout=WITHIN)
    for what in (circle.fran.page.locator(".drafts blockquote"), circle.fran.page.get_by_role("button", name="Let it")):
        await expect(what).to_be_in_viewport(ratio=1, timeout=WITHIN)


async def test_its_writer_takes_it_back(circle: Circle, fran: Somebody, ann: Somebody) -> None:
    await waits(ann, NUMBER)
    await fran.is_shown("Waiting for you")
    await ann.presses("Take back")
    await expect(ann.composer).to_have_value(NUMBER, timeout=WITHIN)
    await fran.does_not_show("Waiting for you")


async def test_what_waits_is_returned_to_whoever_is_asked_to_leave_and_when_the_meeting_ends(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    await waits(ann, NUMBER)
    await waits(bob, "Mine is 07700 900124.")
    await fran.is_shown("2 messages wait for you.")
    await fran.acts_on("Ann", "Ask to leave this meeting")
    returned = ann.page.get_by_label("What was not sent, seen by you alone")
    await expect(returned).to_contain_text(NUMBER, timeout=WITHIN)
    await fran.is_shown("1 message waits for you.")
    await fran.closes_the_meeting()
    returned = bob.page.get_by_label("What was not sent, seen by you alone")
    await expect(returned).to_contain_text("Mine is 07700 900124.", timeout=WITHIN)
    await bob.does_not_show(NUMBER)


async def test_whoever_loads_the_page_again_still_sees_what_waits(
    circle: Circle, fran: Somebody, ann: Somebody
) -> None:
    await waits(ann, NUMBER)
    for person in (ann, fran):
        await person.enters(circle.room)
    await expect(ann.line(NUMBER)).to_contain_text("Waiting for a facilitator", timeout=WITHIN)
    await fran.presses("Let it through")
    await ann.hears("let through by a facilitator")


async def test_what_was_let_through_while_its_writers_line_was_lost_is_not_said_to_be_back(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    await waits(ann, NUMBER)
    await fran.is_shown("1 message waits for you.")
    await ann.context.set_offline(True)
    await ann.is_shown("You are offline.")
    await fran.presses("Let it through")
    await bob.hears(NUMBER)
    await ann.context.set_offline(False)
    await ann.hears("let through by a facilitator")
    await ann.does_not_show("This message does not wait any more.")
    await ann.does_not_show("It was not sent")


async def test_help_stands_beside_words_of_danger_that_the_room_cannot_be_told_of_yet_and_says_so(
    circle: Circle, ann: Somebody
) -> None:
    def interrupts(line: WebSocketRoute) -> None:
        server = line.connect_to_server()

        def answers(frame: str | bytes) -> None:
            if (asked := json.loads(frame))["type"] != "say":
                return server.send(frame)
            no = {"type": "refused", "code": "interrupted", "words": "The room cannot be reached.", "help": True}
            return line.send(json.dumps(no | {"ref": asked["ref"]}))

        line.on_message(answers)

    await ann.page.route_web_socket("**/socket*", interrupts)
    await ann.enters(circle.room)
    await sends(ann, "I want to die.")
    await ann.is_shown("Your message could not be sent just now.")
    await ann.is_shown("The facilitators are told that you may need somebody as soon as the room can be reached")
    await ann.does_not_show("The facilitators know")
    await expect(ann.composer).to_have_value("I want to die.")


async def test_before_contact_details_are_sent_the_page_asks_kindly(
    circle: Circle, ann: Somebody, fran: Somebody
) -> None:
    await sends(ann, "Write to me at ann@circle.example")
    await ann.is_shown("This looks like an e-mail address.")
    await ann.presses("Change it")
    await ann.does_not_show("This looks like")
    await expect(ann.composer).to_be_focused(timeout=WITHIN)
    await fran.does_not_show("1 message waits for you")


async def test_help_stands_beside_words_of_danger_and_facilitators_hear_at_once(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    await sends(ann, "I want to kill myself.")
    await bob.hears("I want to kill myself.")
    await expect(ann.line("I want to kill myself.")).to_contain_text(
        "you do not have to carry it alone", timeout=WITHIN
    )
    await fran.is_shown("Ann may be in danger, or speaks of it.")
    await fran.presses("Show it")
    await expect(fran.line("I want to kill myself.")).to_be_focused(timeout=WITHIN)
    await fran.presses("I am looking after it")
    await fran.does_not_show("may be in danger")
    await bob.does_not_show("carry it alone")


async def test_a_facilitator_whose_line_was_lost_meanwhile_hears_of_danger_once_they_are_back(
    circle: Circle, fran: Somebody, ann: Somebody
) -> None:
    await fran.context.set_offline(True)
    await ann.is_shown("Fran lost the connection.")
    await sends(ann, "I want to kill myself.")
    await ann.hears("I want to kill myself.")
    await fran.context.set_offline(False)
    await fran.is_shown("Ann may be in danger, or speaks of it.")
    await fran.presses("Show it")
    await expect(fran.line("I want to kill myself.")).to_be_focused(timeout=WITHIN)
    await fran.presses("I am looking after it")
    await fran.context.set_offline(True)
    await fran.is_shown("You are offline.")
    await fran.context.set_offline(False)
    await expect(fran.page.locator(".state")).to_have_text("You are here", timeout=WITHIN)
    await fran.does_not_show("may be in danger")
    await fran.enters(circle.room)
    await fran.is_shown("You are looking after Ann.")
    await fran.page.locator("[data-one=worry] summary").press("Enter")
    await fran.presses("Show it")
    await expect(fran.line("I want to kill myself.")).to_be_focused(timeout=WITHIN)


async def test_help_stands_in_sight_beside_words_of_danger_that_wait_and_taken_back_they_still_worry(sit: Sit) -> None:
    circle = await sit(viewport={"width": 320, "height": 640})
    ann, text = circle.ann, f"I am going to kill myself tonight. {NUMBER}"
    await waits(ann, text)
    await expect(ann.line(text)).to_contain_text("you do not have to carry it alone", timeout=WITHIN)
    await expect(ann.line(text)).to_contain_text("Only something else in your message makes it wait", timeout=WITHIN)
    await expect(ann.line(text).get_by_text("you do not have to carry it alone")).to_be_in_viewport(timeout=WITHIN)
    await circle.fran.is_shown("Their message waits for you.")
    await ann.presses("Take back")
    await circle.fran.is_shown("Ann may be in danger, or speaks of it.")
    await circle.fran.is_shown("It went back to them before anybody let it through")
    await circle.fran.presses("I am looking after it")
    await circle.fran.does_not_show("may be in danger")


async def test_on_a_small_phone_danger_stands_above_all_else_and_its_words_are_shown_over_whatever_is_open(
    sit: Sit,
) -> None:
    circle = await sit(viewport={"width": 320, "height": 568})
    fran, ann, bob = circle.fran, circle.ann, circle.bob
    await bob.opens("More")
    await bob.presses("A word to the facilitators")
    await bob.page.get_by_label("Your words").fill("May I say something?")
    await bob.presses("Send aside")
    await fran.is_shown("Bob writes to the facilitators alone.")
    await sends(ann, "I want to kill myself.")
    for name in ("Show it", "What to do, step by step", "I am looking after it"):
        await expect(fran.page.get_by_role("button", name=name)).to_be_in_viewport(ratio=1, timeout=WITHIN)
    await fran.opens("Tools")
    await fran.presses("Show it")
    await expect(fran.line("I want to kill myself.")).to_be_focused(timeout=WITHIN)


async def test_while_nobody_holds_the_room_help_says_so_and_its_number_is_in_sight(sit: Sit) -> None:
    circle = await sit(viewport={"width": 320, "height": 568})
    fran, ann = circle.fran, circle.ann
    await fran.context.set_offline(True)
    await ann.is_shown("No facilitator is connected.")
    await sends(ann, "I want to kill myself.")
    beside = ann.line("I want to kill myself.")
    await expect(beside).to_contain_text("No facilitator is connected just now", timeout=WITHIN)
    await expect(beside.get_by_role("link", name="112")).to_be_in_viewport(ratio=1, timeout=WITHIN)
    await fran.context.set_offline(False)
    await expect(beside).to_contain_text("A facilitator sees your words, too.", timeout=WITHIN)


async def test_that_a_message_waits_is_an_answer_and_the_line_is_not_taken_for_dead(ann: Somebody) -> None:
    lines: list[object] = []
    ann.page.on("websocket", lambda line: lines.append(line))
    await waits(ann, NUMBER)
    await asyncio.sleep(PATIENCE)
    assert lines == []


async def test_slow_mode_shows_the_time_left(circle: Circle, fran: Somebody, ann: Somebody) -> None:
    await fran.page.get_by_text("What waits, and how slow the talk is").click()
    await fran.page.get_by_label("Slow mode").select_option("120")
    await ann.says("One.")
    await ann.writes("Two.")
    await ann.is_shown("You can write again in 1")
    await ann.composer.press("Enter")
    await ann.does_not_show("Sending…")
    await expect(ann.composer).to_have_value("Two.", timeout=WITHIN)
    await fran.page.get_by_label("Slow mode").select_option("0")
    await ann.presses("Send")
    await fran.hears("Two.")


async def test_one_person_who_is_slowed_down_is_told_so_and_how_to_ask_for_another_look(
    fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    await fran.presses("Options for Bob")
    await fran.page.get_by_label("Slow mode for Bob").select_option("30")
    await bob.is_shown("A facilitator asks you to write more slowly")
    await expect(bob.page.get_by_role("link", name="Ask for another look")).to_be_visible(timeout=WITHIN)
    await bob.says("One.")
    await ann.hears("One.")
    await bob.is_shown("Slow mode: one message every 30 seconds.")
    await ann.does_not_show("Slow mode")


async def test_how_strict_a_rule_is_can_be_changed_while_people_talk(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    await waits(ann, NUMBER)
    await fran.page.get_by_text("What waits, and how slow the talk is").click()
    await fran.page.get_by_text("What each rule lets wait, in this meeting").click()
    await fran.page.get_by_label("Phone numbers, addresses, links").select_option("Go through")
    await fran.says("From now on you may give each other your numbers.")
    await ann.hears("you may give each other your numbers")
    await sends(ann, "So it is 07700 900124.")
    await bob.hears("So it is 07700 900124.")


async def strangers(server: Server, group: Group, room: str, count: int, links: int = 1) -> list[Person]:
    """So many who have joined by so many invitations, each with a page that asks to come in."""
    async with Store.open(f"sqlite+aiosqlite:///{server.data / 'hearth.sqlite'}") as store, store.writing() as c:
        version = (await agreements.current(c, group.id)).version
        eve = (await accounts.create(c, "eve", "x")).id
        made = [(await invitations.create(c, group.id, Role.MEMBER, eve, now()))[0] for _ in range(links)]
        cookies = {}
        for n in range(count):
            account = await accounts.create(c, "stranger", "nobody signs in with a password here")
            member = await members.join(
                c, group.id, account.id, f"Stranger {n}", Role.MEMBER, version, by=made[n % links]
            )
            cookies[member.id] = await visits.start(c, account.id, now(), "")
    address = f"{server.address.replace('http', 'ws')}{room}/socket"
    people = [Person("Stranger", member, address, cookie) for member, cookie in cookies.items()]
    for n in range(0, count, 20):
        await asyncio.gather(*(person.connects() for person in people[n : n + 20]))
    return people


async def test_the_shield_during_a_storm_of_200(
    server: Server, group: Group, circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    storm = asyncio.create_task(strangers(server, group, circle.room, 200))
    card = fran.page.get_by_label("A suggestion")
    await expect(card).to_be_visible(timeout=2 * WITHIN)
    await card.get_by_role("button", name="Put the shield up").click()
    await ann.is_shown("a facilitator reads every message before the room does")
    people = await storm
    await fran.is_shown("The shield is up")
    assert not [person for person in people if person.heard("said")]
    await sends(ann, "It is quieter now.")
    await expect(ann.line("It is quieter now.")).to_contain_text("Waiting for a facilitator", timeout=WITHIN)
    await fran.presses("Let it through")
    await bob.hears("It is quieter now.")
    outside = [person for person in people if person.heard("waiting-room") or person.closed]
    inside = [person for person in people if person.heard("room")]
    assert len(outside) + len(inside) == 200
    await fran.presses("Take the shield down")
    await ann.hears("The shield is down.")
    await fran.presses("Put the shield up")  # in one press also without a suggestion
    await ann.is_shown("a facilitator reads every message before the room does")
    await fran.presses("Take the shield down")
    await expect(ann.page.locator(".banner")).to_have_count(0, timeout=WITHIN)
    for person in people:
        await person.rests()


async def test_many_who_come_at_once_by_ordinary_links_are_a_suggestion_and_no_act(
    server: Server, group: Group, circle: Circle, fran: Somebody, ann: Somebody
) -> None:
    people = await strangers(server, group, circle.room, 20, links=5)
    card = fran.page.get_by_label("A suggestion")
    await expect(card).to_contain_text("Many people are coming at once.", timeout=2 * WITHIN)
    await ann.says("Good evening, all of you.")  # nothing has been done
    await card.get_by_role("button", name="It is our group").click()
    await expect(card).to_have_count(0, timeout=WITHIN)
    for person in people:
        await person.rests()


async def test_it_all_works_on_a_small_screen(sit: Sit) -> None:
    circle = await sit(viewport={"width": 320, "height": 640})
    await waits(circle.ann, NUMBER)
    await circle.fran.presses("Look")
    await circle.fran.presses("Let it through")
    await circle.bob.hears("let through by a facilitator")
    for person in (circle.ann, circle.fran, circle.bob):
        assert await person.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def apart(first: str, second: str) -> str:
    """A script: the pixels between two things, down or across."""
    return f"""() => {{
        const find = (words) => [...document.querySelectorAll("button, .note-small, blockquote, .side")].filter((one) =>
            one.matches(words) || one.textContent.trim() === words).pop().getBoundingClientRect();
        const [one, other] = ["{first}", "{second}"].map(find);
        return Math.max(other.top - one.bottom, other.left - one.right);
    }}"""


async def test_on_the_smallest_screen_nothing_touches_and_what_waits_has_its_width(sit: Sit) -> None:
    circle = await sit(viewport={"width": 320, "height": 640})
    fran, ann = circle.fran.page, circle.ann.page
    await sends(circle.ann, NUMBER)
    await circle.ann.is_shown("This looks like a phone number.")
    assert await ann.evaluate(apart("Change it", "Send it anyway")) >= 4
    await circle.ann.presses("Send it anyway")
    await expect(circle.ann.line(NUMBER).locator(".by")).to_contain_text("You", timeout=WITHIN)
    await circle.fran.is_shown("1 message waits for you.")
    await circle.fran.presses("Look")
    wide = "document.querySelector('.drafts blockquote').clientWidth / document.querySelector('.side').clientWidth"
    assert await fran.evaluate(wide) > 0.85
    await circle.ann.opens("More")
    await circle.ann.presses("Take a break")
    await circle.ann.is_shown("You are taking a break")
    assert await ann.evaluate(apart("I am back", "Leave the room")) >= 4


async def test_asked_whether_to_begin_with_so_few_nothing_touches(sit: Sit) -> None:
    circle = await sit(viewport={"width": 320, "height": 640})
    fran = circle.fran
    await circle.bob.opens("More")
    await circle.bob.presses("Leave the room")
    await fran.opens("Tools")
    await fran.presses("Begin: Gathering")
    await fran.presses("Go on to: Opening")
    await fran.is_shown("Only 2 people are here.")
    assert await fran.page.evaluate(apart(".note-small", "Pause the room")) >= 4


@pytest.mark.parametrize("screen", [(1200, 800), (320, 640)], ids=["a desk", "a phone"])
async def test_help_beside_words_that_cannot_be_said_is_in_sight_though_a_message_has_come_back(
    circle: Circle, fran: Somebody, ann: Somebody, screen: tuple[int, int]
) -> None:
    await ann.page.set_viewport_size({"width": screen[0], "height": screen[1]})
    await waits(ann, NUMBER)
    await fran.presses("Give it back…")
    await fran.presses("Give it back")
    await ann.is_shown("A facilitator gave this message back to you.")
    await fran.acts_on("Ann", "Mute for a while")
    await ann.is_shown("A facilitator muted you until")
    await sends(ann, "I want to kill myself.")
    await ann.is_shown("Your message could not be sent just now.")
    help_ = ann.page.get_by_label("Help, seen by you alone").get_by_role("link", name="find somebody to talk to")
    await expect(help_).to_be_in_viewport(ratio=0.9, timeout=WITHIN)
