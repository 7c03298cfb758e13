"""The whole way, by the pages alone: from the first link of a new server to the end of a meeting."""

from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import Server
from tests.browser.people import Come, Somebody

pytestmark = pytest.mark.browser
PASSWORD = "seven grey herons by the canal"


async def _makes_an_account(somebody: Somebody, word: str, button: str) -> None:
    await somebody.page.get_by_label("A word that you choose").fill(word)
    await somebody.page.get_by_label("A password").fill(PASSWORD)
    await somebody.presses(button)
    await somebody.is_shown("Please write this down")
    await somebody.page.get_by_role("link", name="I have written it down").click()


async def _makes_a_link(somebody: Somebody, uses: int) -> str:
    await somebody.page.get_by_label("How many people").fill(str(uses))
    await somebody.presses("Make a link")
    return urlsplit(await somebody.page.get_by_label("The link", exact=True).input_value()).path


async def _joins(somebody: Somebody, invitation: str, word: str) -> None:
    await somebody.goes_to(invitation)
    await _makes_an_account(somebody, word, "Go on")
    await somebody.page.get_by_label("I have read both and I agree.").check()
    await somebody.page.get_by_label("Your name in this group").fill(somebody.name)
    await somebody.presses("Join the group")
    await somebody.is_shown(f"Here you are {somebody.name}")


async def test_from_the_first_link_to_the_end_of_a_meeting(new_server: Server, come: Come) -> None:
    ada, fran, ann, bob = [await come(name, new_server) for name in ("Ada", "Quiet Heron", "Slow River", "Birch")]
    await ada.goes_to(new_server.begin)
    await _makes_an_account(ada, "heather", "Make my account")
    await ada.page.get_by_label("A new group").fill("Tuesday evening")
    await ada.presses("Make the group")
    await _joins(fran, await _makes_a_link(ada, 1), "lantern")

    await fran.page.get_by_role("link", name="Invite people").click()
    invitation = await _makes_a_link(fran, 2)
    await _joins(ann, invitation, "river")
    await _joins(bob, invitation, "birch")
    await fran.page.get_by_role("link", name="Back to the group").click()
    await fran.presses("Open the meeting")
    for member in (ann, bob):
        await member.page.get_by_role("link", name="Look again").click()
        await member.page.get_by_role("link", name="Go into the room").click()
    await fran.presses("Let all 2 in")
    await fran.sees_here("Quiet Heron", "Birch", "Slow River")

    await fran.says("Welcome. Shall we begin with a short round?")
    await ann.hears("Welcome. Shall we begin with a short round?")
    await ann.says("It was a long week.")
    await bob.says("I only listen tonight.")
    for person in (fran, ann, bob):
        await person.hears("It was a long week.")
        await person.hears("I only listen tonight.")

    await fran.closes_the_meeting()
    for person in (fran, ann, bob):
        await person.is_shown("The meeting has ended")
        await person.does_not_show("It was a long week.")
    await ann.page.get_by_role("link", name="Go to the group").click()
    await ann.is_shown("No meeting at the moment")
