"""The agreement changes while they meet: each is asked where they sit, and answers for themself."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Circle, Group
from tests.browser.people import WITHIN, Come

pytestmark = pytest.mark.browser
ASKED = "Our agreement has changed"


async def test_the_agreement_changes_in_a_running_room_and_everybody_answers_for_themself(
    circle: Circle, group: Group, come: Come
) -> None:
    fran, ann, bob = circle.fran, circle.ann, circle.bob
    await ann.says("Before")
    await ann.writes("What I was just writing")
    desk = await come("Fran")
    await desk.signs_in_with(group.visits["Fran"])
    await desk.goes_to(f"/groups/{group.id}/agreement/edit")
    words = await desk.page.get_by_label("The agreement").input_value()
    await desk.page.get_by_label("The agreement").fill(f"{words}\n\nWe end on time.")
    await desk.presses("Save and ask everybody")
    for person in (fran, ann, bob):
        await person.is_shown(ASKED)
        await person.is_shown("New in the agreement: “We end on time.”")
    await expect(ann.page.locator("#composer-words")).to_have_text(
        "Please say first whether you agree to what has changed. You can keep what you are writing. "
        "If you press “Send” now, nobody reads it; it is only looked at for words of danger."
    )
    await expect(ann.page.get_by_role("button", name="Send", exact=True)).not_to_have_class(re.compile("strong"))
    assert await ann.composer.input_value() == "What I was just writing"
    await ann.page.get_by_role("button", name="I agree", exact=True).press("Enter")
    await ann.does_not_show(ASKED)
    await expect(ann.page.get_by_role("button", name="Send", exact=True)).to_have_class(re.compile("strong"))
    await ann.presses("Send")
    for person in (fran, bob):
        await person.hears("What I was just writing")
        await person.is_shown(ASKED)
    await bob.presses("No, I leave")
    await expect(bob.page.get_by_role("heading", name="You have left the room")).to_be_visible(timeout=WITHIN)
    await ann.hears("Bob left.")
    assert "agree" not in (await ann.page.get_by_role("log").inner_text()).lower()
    await fran.presses("I agree")
    await fran.says("Thank you")
    await ann.hears("Thank you")
    await bob.goes_to(circle.room)
    await bob.is_shown("What has changed")
    await bob.is_shown("New in the agreement: “We end on time.”")
    await bob.page.get_by_label("I have read both and I agree.").check()
    await bob.presses("I agree")
    await expect(bob.page.locator(".state")).to_have_text("You are here", timeout=WITHIN)


async def test_a_member_proposes_a_rule_and_it_becomes_one_by_a_facilitators_press(circle: Circle) -> None:
    fran, ann, bob = circle.fran, circle.ann, circle.bob
    await ann.presses("Propose a rule…")
    await ann.page.get_by_label("The rule, in a sentence").fill("We end on time.")
    await ann.presses("Propose it")
    for person in (ann, bob, fran):
        await person.hears("We end on time.")
        await person.is_shown("Proposed as a rule of our own.")
    make = "Make it a rule and ask everybody"
    await expect(bob.page.get_by_role("button", name=make)).to_have_count(0)
    await fran.presses(make)
    for person in (ann, bob, fran):
        await person.is_shown("New in the agreement: “We end on time.”")
        await person.presses("I agree")
        await person.does_not_show(ASKED)
    await fran.is_shown("It is in the agreement now.")
    await ann.says("Thank you")


async def test_help_is_shown_to_whoever_proposes_words_of_danger_at_a_moment_when_nothing_can_be_said(
    circle: Circle,
) -> None:
    fran, ann = circle.fran, circle.ann
    await fran.presses("Pause the room")
    await ann.is_shown("The room is paused.")
    await ann.presses("Propose a rule…")
    await ann.page.get_by_label("The rule, in a sentence").fill("I want to kill myself.")
    await ann.presses("Propose it")
    await ann.is_shown("you do not have to carry it alone")
    await expect(ann.composer).to_have_value("I want to kill myself.", timeout=WITHIN)
    await fran.is_shown("Ann may be in danger, or speaks of it.")
