"""Leaving suddenly: a quiet note to the facilitators, and one press for whoever has gone."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Circle, Sit
from tests.browser.people import WITHIN, Somebody
from tests.browser.test_axe import finds_nothing

pytestmark = pytest.mark.browser
NARROW: dict[str, object] = {"viewport": {"width": 320, "height": 640}, "reduced_motion": "reduce"}


async def leaves(person: Somebody) -> None:
    await person.opens("More")
    await person.presses("Leave the room")
    await person.is_shown("You have left the room")


async def test_whoever_leaves_can_say_that_they_are_ok_and_the_facilitators_alone_hear_it(sit: Sit) -> None:
    circle = await sit(**NARROW)
    fran, ann, bob = circle.fran, circle.ann, circle.bob
    await leaves(ann)
    await ann.is_shown("Would you like to tell the facilitators how you are?")
    await finds_nothing(ann, "left")
    await ann.page.get_by_role("button", name="I\u2019m OK").focus()
    await ann.page.keyboard.press("Enter")
    await ann.is_shown("The facilitators know that you are OK.")
    await fran.is_shown("Ann has left and lets you know: “I\u2019m OK.”")
    await finds_nothing(fran, "a word from outside")
    await bob.does_not_show("lets you know")
    await fran.presses("I have seen this")
    await fran.does_not_show("lets you know")


async def test_whoever_is_worried_about_is_noticed_when_they_leave(sit: Sit) -> None:
    circle = await sit(**NARROW)
    fran, ann, bob = circle.fran, circle.ann, circle.bob
    await ann.says("I do not know how to go on.")
    await fran.hears("I do not know how to go on.")
    await fran.line("I do not know how to go on.").locator("button.more").click()
    await fran.presses("Keep an eye on Ann")
    await fran.is_shown("An eye is kept on Ann for two minutes.")
    await leaves(ann)
    await fran.is_shown("Ann left soon after a message that worried somebody.")
    await bob.does_not_show("worried somebody")
    await ann.presses("Please reach out")
    await ann.is_shown("The facilitators know that you would like them to reach out.")
    await ann.is_shown("If you are in danger now, call")
    await finds_nothing(ann, "asked to be reached")
    await fran.is_shown("Ann has left and asks you to reach out.")
    await ann.goes_to(circle.room)
    await fran.is_shown("They are in the room again.")


async def test_whoever_loses_the_connection_in_their_turn_can_still_say_so_once_the_network_is_back(
    circle: Circle, fran: Somebody, ann: Somebody
) -> None:
    await fran.page.get_by_label("How we speak").select_option("queue")
    await fran.presses("Give floor to Ann")
    await ann.is_shown("It is your turn.")
    await ann.page.route("**/socket*", lambda route: route.abort())
    await ann.context.set_offline(True)
    await ann.presses("Please reach out")
    await ann.is_shown("It goes as soon as the network is back.")
    await expect(fran.page.get_by_label("For facilitators")).to_have_count(0, timeout=WITHIN)
    await ann.context.set_offline(False)
    await fran.is_shown("Ann has left and asks you to reach out.")


async def test_with_no_facilitator_there_it_is_said_that_nobody_would_read_it(
    circle: Circle, fran: Somebody, ann: Somebody
) -> None:
    await leaves(ann)
    await fran.presses("Leave the room")
    await fran.presses("Leave and pause the room")
    await fran.is_shown("You have left the room")
    await fran.does_not_show("Would you like to tell")
    await ann.presses("I\u2019m OK")
    await ann.is_shown("No facilitator is in the room at the moment, so nobody would read this.")


async def test_on_the_smallest_screen_all_of_the_page_after_leaving_is_reached(sit: Sit) -> None:
    circle = await sit(viewport={"width": 320, "height": 480})
    ann = circle.ann
    await ann.opens("More")
    await ann.presses("Leave the room")
    await ann.is_shown("Would you like to tell the facilitators how you are?")
    await ann.page.mouse.move(160, 300)
    await ann.page.mouse.wheel(0, 2000)
    await expect(ann.page.get_by_role("link", name="Find somebody to talk to")).to_be_in_viewport(
        ratio=1, timeout=WITHIN
    )
