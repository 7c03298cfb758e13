"""A guest's whole way: a link, a name, the agreement, the room; and with the browser closed nothing of them is left."""

import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import select

from chat.records import tables
from chat.records.expiry import expire
from chat.records.keys import HOUR, later, now
from chat.records.ledger import Ledger
from chat.records.store import Store
from tests.browser.conftest import Circle, Group, Server
from tests.browser.people import WITHIN, Somebody
from tests.browser.test_agreeing import ASKED
from tests.browser.test_axe import finds_nothing

pytestmark = pytest.mark.browser
NAME = "Green Harbour"


async def makes_a_link_for_guests(circle: Circle, group: Group) -> str:
    """Fran, on the page beside her room; everybody is asked to agree that guests can come, and all of them do."""
    fran = await circle.fran.context.new_page()
    await fran.goto(f"/groups/{group.id}/invitations")
    await fran.get_by_label("They may also come as a guest").check()
    await fran.get_by_role("button", name="Make a link").click()
    link = await fran.get_by_label("The link", exact=True).input_value()
    await fran.close()
    for one in (circle.fran, circle.ann, circle.bob):
        await one.is_shown(ASKED)
        await one.presses("I agree")
        await one.does_not_show(ASKED)
    return link


async def test_a_guest_comes_by_a_link_talks_closes_the_browser_and_nothing_is_left(
    circle: Circle, group: Group, server: Server, browser: Browser
) -> None:
    link = await makes_a_link_for_guests(circle, group)
    guest = await Somebody.at(browser, NAME, server.address, viewport={"width": 320, "height": 640})
    await guest.page.emulate_media(reduced_motion="reduce")
    await guest.goes_to(link.removeprefix(server.address))
    await guest.page.get_by_text("What you should know before you come in").click()
    await guest.is_shown("People can come as guests")
    await finds_nothing(guest, "invited as a guest")
    await guest.presses("Come as a guest")
    await guest.page.get_by_label("I agree", exact=False).check()
    await guest.page.get_by_label("Your name in this group").fill(NAME)
    await guest.presses("Join the group")
    await guest.page.get_by_role("link", name="Go into the room").click()
    await expect(guest.page.locator(".state")).to_have_text("You are here", timeout=WITHIN)
    await guest.says("I only wanted to see how it is.")
    await circle.ann.hears("I only wanted to see how it is.")
    row = circle.ann.page.locator("#people .person", has_text=NAME)
    await expect(row.get_by_text("guest")).to_be_visible(timeout=WITHIN)
    cookies = await guest.context.cookies()
    assert {one["expires"] for one in cookies} == {-1}, "all of them end with the browser"
    await guest.context.close()
    await circle.fran.sees_here("Fran", "Ann", "Bob")
    again = await Somebody.at(browser, NAME, server.address)
    await again.goes_to(circle.room)
    await again.is_shown("Good to see you")
    await again.context.close()
    assert await left(server) == ([], [])


async def left(server: Server) -> tuple[list[str], list[str]]:
    """Guests, and members of that name, once their evening is over and what is due was erased."""
    async with Store.open(f"sqlite+aiosqlite:///{server.data / 'hearth.sqlite'}") as store, store.erasing() as c:
        assert list(await c.scalars(select(tables.members.c.name).where(tables.members.c.name == NAME))) == [NAME]
        await expire(c, later(now(), 7 * HOUR), Ledger(b"s" * 32))
        guests = await c.scalars(select(tables.accounts.c.id).where(tables.accounts.c.guest_until.is_not(None)))
        members = await c.scalars(select(tables.members.c.id).where(tables.members.c.name == NAME))
        return list(guests), list(members)
