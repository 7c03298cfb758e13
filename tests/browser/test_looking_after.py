"""Two facilitators and one alarm: each sees whether the other has it."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Group, Server, Sit
from tests.browser.people import WITHIN, Come, Somebody
from tests.browser.test_aside import NARROW, a_second_facilitator, goes_aside
from tests.browser.test_axe import finds_nothing
from tests.browser.test_holding import sends

pytestmark = pytest.mark.browser


async def shown_to(person: Somebody) -> str:
    """What stands above the talk of somebody in danger."""
    return " ".join(await person.page.locator("[data-one=worry]").all_inner_texts())


async def test_who_looks_after_somebody_says_so_to_the_others_and_it_is_theirs_again_when_that_ends(
    sit: Sit, group: Group, server: Server, come: Come
) -> None:
    circle = await sit(**NARROW)
    ann, fran = circle.ann, circle.fran
    gus = await a_second_facilitator(circle, group, server, come)
    await sends(ann, "I want to kill myself.")
    for facilitator in (fran, gus):
        await facilitator.is_shown("Ann may be in danger, or speaks of it.")
    await fran.presses("I am looking after it")
    await gus.is_shown("Fran is looking after Ann.")
    assert "may be in danger" not in await shown_to(gus)
    await fran.is_shown("You are looking after Ann.")
    assert "may be in danger" not in await shown_to(fran)
    await expect(fran.page.get_by_role("button", name="What to do, step by step")).to_be_hidden()
    await finds_nothing(gus, "the room, while another looks after somebody")

    await sends(ann, "I cannot go on living.")
    for facilitator in (fran, gus):
        await facilitator.is_shown("Ann may be in danger, or speaks of it.")
    await fran.presses("I am looking after it")
    await gus.is_shown("Fran is looking after Ann.")

    await fran.context.set_offline(True)
    called = gus.page.locator("[data-voice=alert]").filter(has_text="Fran cannot look after it now.")
    await expect(called).to_have_count(1, timeout=WITHIN)
    await gus.is_shown("Fran was looking after it, and cannot now.")
    await fran.context.set_offline(False)
    await gus.is_shown("Fran is looking after Ann.")
    await gus.page.locator("[data-one=worry] summary").first.press("Enter")
    await gus.presses("Put it away")
    await gus.does_not_show("is looking after")

    await fran.enters(circle.room)
    await fran.is_shown("You are looking after Ann.")
    assert "may be in danger" not in await shown_to(fran)


async def test_whoever_talks_aside_is_not_told_there_what_became_of_the_groups_worries(
    sit: Sit, group: Group, server: Server, come: Come
) -> None:
    """Who else is with the group a page that is aside does not know: what somebody looked after stays theirs."""
    circle = await sit(**NARROW)
    ann, bob, fran = circle.ann, circle.bob, circle.fran
    gus = await a_second_facilitator(circle, group, server, come)
    await sends(bob, "I want to kill myself.")
    await fran.is_shown("Bob may be in danger, or speaks of it.")
    await gus.presses("I am looking after it")
    await fran.is_shown("Gus is looking after Bob.")
    await sends(ann, "I cannot go on living.")
    await fran.is_shown("Ann may be in danger, or speaks of it.")
    await goes_aside(fran, ann)
    told = await shown_to(fran)
    assert "Ann may be in danger" in told
    assert "cannot now" not in told
    assert "has left" not in told
    await expect(fran.page.locator("[data-voice=alert]").filter(has_text="cannot look after it now.")).to_have_count(0)
    await fran.presses("Back to the group")
    await fran.is_shown("Gus is looking after Bob.")
    assert "cannot now" not in await shown_to(fran)


async def test_who_is_aside_hears_of_danger_in_the_group_that_nobody_else_is_left_to_hear(
    sit: Sit, group: Group, server: Server, come: Come
) -> None:
    circle = await sit(**NARROW)
    ann, bob, fran = circle.ann, circle.bob, circle.fran
    gus = await a_second_facilitator(circle, group, server, come)
    await goes_aside(fran, ann)
    await gus.opens("Tools")
    await gus.presses("Leave the room")
    await gus.presses("Leave and pause the room")
    await fran.is_shown("No other facilitator is with the group")
    await bob.is_shown("The room paused")
    await bob.writes("I want to kill myself.")
    await bob.page.get_by_role("button", name="Send").click(force=True)
    await fran.is_shown("Bob may be in danger, or speaks of it. They are with the group")
    called = fran.page.locator("[data-voice=alert]").filter(has_text="Bob may be in danger")
    await expect(called).to_have_count(1, timeout=WITHIN)
    await fran.page.reload()
    await fran.is_shown("Somebody in the group may be in danger, or speaks of it.")
    await fran.presses("Go back to the group")
    await fran.is_shown("Bob may be in danger, or speaks of it.")
    await fran.presses("I am looking after it")
    await fran.is_shown("You are looking after Bob.")
    await expect(fran.page.locator("[data-one=worry]")).to_have_count(1)
