"""A kiosk on a ward: one person after another at one device, and nobody finds anything of whoever was there before."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import async_playwright, expect

from chat.core.ids import GroupId
from chat.core.wire import Role
from chat.records import accounts, invitations
from chat.records.keys import now
from chat.records.store import Store
from tests.browser.conftest import Circle, Group, Server
from tests.browser.people import WITHIN, Somebody
from tests.browser.test_axe import finds_nothing
from tests.browser.test_leave_now import CANARY, traces
from tests.browsers import CHROMIUM

pytestmark = pytest.mark.browser
NAME = "Winter Wren"
PUBLIC = re.compile("^(Welcome|A device for many people)$")


@asynccontextmanager
async def the_device(server: Server, profile: Path) -> AsyncIterator[Somebody]:
    """A browser that keeps its files in `profile`, narrow and with large type, as on a small screen by a bed."""
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            profile,
            executable_path=CHROMIUM,
            args=["--no-sandbox"],
            base_url=server.address,
            viewport={"width": 320, "height": 640},
            reduced_motion="reduce",
        )
        context.set_default_timeout(WITHIN)
        yield Somebody("somebody", server.address, context, context.pages[0])
        await context.close()


async def a_guests_link(server: Server, group: GroupId) -> str:
    """Into the group, without an account."""
    async with Store.open(f"sqlite+aiosqlite:///{server.data / 'hearth.sqlite'}") as store, store.writing() as c:
        anybody = await accounts.create(c, "somebody", "nobody signs in with a password here")
        how = {"guests": True}
        _, token = await invitations.create(c, group, Role.MEMBER, anybody.id, now(), 7, 5, **how)
    return f"{server.address}/invitations/{token}"


async def becomes_a_kiosk(device: Somebody, adas: str) -> None:
    """Ada signs in there and makes it one."""
    await device.signs_in_with(adas)
    await device.goes_to("/device/kiosk")
    await device.page.get_by_label("Clear after how many minutes").select_option("2")
    await device.presses("Make this browser a kiosk")
    await device.is_shown("This device is here for everybody.")


async def comes_as_a_guest(device: Somebody, link: str) -> None:
    """Types the link, agrees, and goes into the room."""
    await device.page.get_by_label("Your link").fill(link)
    await device.presses("Open it")
    await device.presses("Come as a guest")
    await device.page.get_by_label("I agree", exact=False).check()
    await device.page.get_by_label("name", exact=False).last.fill(NAME)
    await device.page.locator("main button.strong").click()
    await device.page.get_by_role("link", name="Go into the room").click()
    await expect(device.page.locator(".state")).to_have_text("You are here", timeout=WITHIN)


async def reads_the_agreement_over_the_room(device: Somebody) -> None:
    """No window opens, and their place is kept."""
    await device.opens("More")
    await device.page.get_by_role("link", name="Our agreement", exact=False).click()
    beside = device.page.get_by_role("dialog", name="Beside the page")
    await expect(beside).to_contain_text("Who can read what you write", timeout=WITHIN)
    await finds_nothing(device, "a page over the room")
    await device.page.get_by_role("link", name="Get help now", exact=False).click()
    await expect(beside).to_contain_text("This device cannot call", timeout=WITHIN)
    await device.presses("Back to where I was")
    await device.opens("More")
    await expect(device.composer).to_have_value(f"And once more {CANARY}", timeout=WITHIN)
    assert len(device.context.pages) == 1


async def goes_without_a_network(device: Somebody) -> None:
    """Nothing is shown from that moment, and the device is ready for the next one once it can be."""
    done = device.page.get_by_role("link", name="I'm done")
    await expect(done).to_be_in_viewport(timeout=WITHIN)
    await device.context.set_offline(True)
    await done.click()
    await device.is_shown("There is no network now")
    await device.does_not_show(CANARY)
    await device.context.set_offline(False)
    await device.is_shown("This device is here for everybody.")


async def finds_nobody(device: Somebody) -> None:
    """As far back as it goes, and forward again: pages that are there for everybody, and no word of anybody."""
    for way in [device.page.go_back] * 5 + [device.page.go_forward] * 5:
        await way(wait_until="load")
        if device.page.url.startswith("http"):
            await expect(device.page.get_by_role("heading", name=PUBLIC)).to_be_visible(timeout=WITHIN)
        for words in (CANARY, "Tuesday", NAME):
            await device.does_not_show(words)


async def test_of_whoever_was_there_before_the_next_one_finds_nothing(
    circle: Circle, group: Group, server: Server, tmp_path: Path
) -> None:
    profile, link = tmp_path / "profile", await a_guests_link(server, group.id)
    async with the_device(server, profile) as device:
        await becomes_a_kiosk(device, group.visits["Ada"])
        await finds_nothing(device, "the first page of a kiosk")
        await comes_as_a_guest(device, link)
        await device.says(CANARY)
        await circle.ann.hears(CANARY)
        await device.writes(f"And once more {CANARY}")
        await finds_nothing(device, "the room at a kiosk")
        await reads_the_agreement_over_the_room(device)
        await goes_without_a_network(device)
        await circle.fran.sees_here("Fran", "Ann", "Bob")
        await finds_nobody(device)
        assert link.rpartition("/")[2] not in await device.page.content()
    assert [*traces(profile), *traces(profile, NAME)] == []


async def test_whoever_goes_away_without_a_word_is_asked_and_then_everything_clears(
    circle: Circle, group: Group, server: Server, tmp_path: Path
) -> None:
    link = await a_guests_link(server, group.id)
    async with the_device(server, tmp_path / "profile") as device:
        await becomes_a_kiosk(device, group.visits["Ada"])
        await device.page.clock.install()
        await device.goes_to("/")
        await comes_as_a_guest(device, link)
        await device.says(CANARY)
        asked = device.page.get_by_role("alertdialog", name="Are you still there?")
        await device.page.clock.fast_forward(121_000)
        await expect(asked).to_be_visible(timeout=WITHIN)
        await expect(device.page.get_by_role("alert").filter(has_text=re.compile("clears itself in"))).to_have_count(1)
        await finds_nothing(device, "asked whether somebody is there")
        covered = "() => document.elementFromPoint(innerWidth / 2, innerHeight / 2).closest('.still') !== null"
        assert await device.page.evaluate(covered)
        await device.page.keyboard.press("x")
        await expect(asked).to_have_count(0, timeout=WITHIN)
        await expect(device.line(CANARY).first).to_be_visible(timeout=WITHIN)
        await expect(device.composer).to_have_value("")
        await device.page.clock.fast_forward(121_000)
        await expect(asked).to_be_visible(timeout=WITHIN)
        await device.page.clock.fast_forward(61_000)
        await device.is_shown("This device is here for everybody.")
        await circle.ann.hears(f"{NAME} left.")
        await device.does_not_show(NAME)
