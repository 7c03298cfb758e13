"""The whole way of taking somebody out: Fran is asked first, Ann leaves the room and reads why, and the others see."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Group, Server, Sit
from tests.browser.people import WITHIN
from tests.browser.test_axe import PHONE, finds_nothing
from tests.browser.test_contacts import is_sure_of_everybody

pytestmark = pytest.mark.browser


async def test_somebody_is_taken_out_of_the_group(server: Server, group: Group, sit: Sit) -> None:
    circle = await sit(**PHONE)
    await is_sure_of_everybody(server)
    fran, ann, bob = circle.fran, circle.ann, circle.bob
    page = await fran.context.new_page()  # beside the room
    room, fran.page = fran.page, page
    await fran.goes_to(f"/groups/{group.id}/people")
    await page.get_by_role("link", name="Take Ann out of the group").click()
    await fran.is_shown("Take Ann out of the group?")
    await finds_nothing(fran, "taking somebody out")
    await fran.presses("Yes, take Ann out")
    await fran.is_shown("Please choose why.")
    await finds_nothing(fran, "with nothing chosen")
    await page.get_by_label("They have not been here for a long while").check()
    await fran.presses("Yes, take Ann out")
    await fran.is_shown("Asked to stay away")
    await expect(page.get_by_text("Take Ann out of the group")).to_have_count(0, timeout=WITHIN)
    fran.page = room

    await expect(ann.page.get_by_role("heading", level=1)).to_have_text("A facilitator took you out of this group")
    await ann.is_shown("You had not been here for a long while.")
    await finds_nothing(ann, "taken out, in the room")
    await bob.hears("A facilitator asked Ann to leave.")
    await ann.page.get_by_role("link", name="Go to my groups").click()
    await ann.is_shown("You are not in “Tuesday evening” any more")
    await finds_nothing(ann, "taken out, among her groups")
    await ann.presses("I have read this")
    await ann.is_shown("You are not in a group yet.")
    await ann.does_not_show("any more")
