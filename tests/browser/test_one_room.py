"""Somebody who is in one room and opens another is asked, and goes over with one press."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from chat.core.customs import DROP_IN
from chat.core.wire import Role
from chat.records import accounts, agreements, groups, members, visits
from chat.records.keys import now
from chat.records.meetings import open as opened
from chat.records.store import Store
from tests.browser.conftest import Circle, Server
from tests.browser.people import WITHIN, Come
from web.customs import keep

pytestmark = pytest.mark.browser


async def another_group(data: Path, cookie: str) -> tuple[str, str]:
    """A group that Gus facilitates and whoever has `cookie` is in, too; its open room, and Gus' cookie."""
    async with Store.open(f"sqlite+aiosqlite:///{data / 'hearth.sqlite'}") as store, store.writing() as c:
        made = await groups.create(c, "Friday")
        await keep(c, made.id, DROP_IN)
        version = (await agreements.current(c, made.id)).version
        gus = await accounts.create(c, "gus", "nobody signs in with a password here")
        leads = await members.join(c, made.id, gus.id, "Gus", Role.FACILITATOR, version)
        visit = await visits.find(c, cookie, now())
        assert visit
        await members.join(c, made.id, visit.account_id, "Winter Wren", Role.MEMBER, version)
        room = await opened(c, made.id, leads.id, now())
        return f"/rooms/{room.id}", await visits.start(c, gus.id, now(), "")


async def test_ann_goes_from_one_room_to_the_other_with_one_press(circle: Circle, server: Server, come: Come) -> None:
    cookie = next(one for one in await circle.ann.context.cookies() if one.get("name") == "visit").get("value", "")
    friday, his = await another_group(server.data, cookie)
    gus = await come("Gus")
    await gus.signs_in_with(his)
    await gus.enters(friday)
    page = await circle.ann.context.new_page()
    await page.goto(friday)
    await expect(page.get_by_role("heading", name="You are in another room just now")).to_be_visible(timeout=WITHIN)
    await expect(page.get_by_text("Tuesday")).to_have_count(0)
    await circle.bob.sees_here("Fran", "Ann", "Bob")
    await page.get_by_role("link", name="Leave the other room and come in").click()
    await expect(page.locator(".state")).to_have_text("You are here", timeout=WITHIN)
    await expect(circle.ann.page.get_by_role("heading", name="You have left the room")).to_be_visible(timeout=WITHIN)
    await circle.bob.sees_here("Fran", "Bob")
    await gus.sees_here("Gus", "Winter Wren")
    assert page.url.endswith(friday)
