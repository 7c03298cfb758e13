"""A round, a queue and a quiet moment, as people at their browsers live through them."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Circle
from tests.browser.people import WITHIN, Somebody

pytestmark = pytest.mark.browser


async def speaks_like(fran: Somebody, how: str) -> None:
    """Fran says how everybody speaks from now on."""
    await fran.opens("Tools")
    await fran.unfolds("Who speaks")
    await fran.page.get_by_label("How we speak").select_option(how)


async def whose_turn(people: tuple[Somebody, ...]) -> Somebody:
    """Who is told that it is their turn."""
    ann, bob = people
    await expect(ann.page.locator(".floor-now")).to_contain_text("turn", timeout=WITHIN)
    return ann if "your turn" in await ann.page.locator(".floor-now").inner_text() else bob


async def test_a_round_goes_from_one_to_the_next(circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody) -> None:
    await speaks_like(fran, "round")
    now = await whose_turn((ann, bob))
    then = bob if now is ann else ann
    await then.is_shown(f"It is the turn of {now.name}.")
    await then.is_shown("You can keep what you are writing.")
    await now.says("It was a long week.")
    await then.hears("It was a long week.")
    await now.presses("done", exact=False)
    await then.is_shown("It is your turn.")
    await then.says("Mine too.")
    await then.presses("Pass")
    for person in (fran, ann, bob):
        await person.hears("The round is complete.")
    await fran.says("Thank you both.")
    await speaks_like(fran, "open")
    await ann.is_shown("Everybody may speak again.")
    await expect(ann.page.locator(".floor")).to_have_count(0, timeout=WITHIN)


async def test_somebody_who_passes_is_not_asked_why(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    await speaks_like(fran, "round")
    now = await whose_turn((ann, bob))
    then = bob if now is ann else ann
    await then.presses("Pass")
    await now.is_shown(f"Passed: {then.name}.")
    await expect(then.page.get_by_role("button", name="Pass", exact=True)).to_have_count(0, timeout=WITHIN)


async def test_hands_are_served_in_order(circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody) -> None:
    await speaks_like(fran, "queue")
    await ann.is_shown("Raise your hand if you want to speak.")
    await bob.presses("Raise hand")
    await fran.presses("Next: Bob")
    await bob.is_shown("It is your turn.")
    await expect(bob.page.get_by_role("button", name="Raise hand")).to_be_visible(timeout=WITHIN)
    await bob.says("Thank you for waiting.")
    await ann.is_shown("It is the turn of Bob.")


async def test_just_listening_is_shown_to_all_and_ends_by_one_press(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    await ann.presses("Just listen today")
    await bob.is_shown("just listening")
    await ann.is_shown("You are here to listen today.")
    await speaks_like(fran, "round")
    await bob.is_shown("It is your turn.")
    await ann.presses("Take part")
    await bob.is_shown("Then Ann.")


async def test_a_quiet_moment_is_calm_and_ends(circle: Circle, fran: Somebody, ann: Somebody) -> None:
    await speaks_like(fran, "quiet")
    await ann.is_shown("The group is quiet for a moment.")
    await ann.writes("I keep this for later.")
    await speaks_like(fran, "open")
    await ann.presses("Send")
    await fran.hears("I keep this for later.")


async def test_whoever_has_the_first_turn_of_a_meeting_is_called_and_all_read_that_a_round_begins(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    await speaks_like(fran, "round")
    now = await whose_turn((ann, bob))
    called = now.page.locator("[data-voice=alert]").filter(has_text="It is your turn.")
    await expect(called).to_have_count(1, timeout=WITHIN)
    for one in (fran, ann, bob):
        await one.hears("A round begins.")
