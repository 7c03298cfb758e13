"""Flagging a message: one press, seen by the facilitators as a number; and what it does when nobody watches."""

import pytest
from playwright.async_api import expect

from chat.core.wire import Role
from chat.records import agreements, members, visits
from chat.records.accounts import create
from chat.records.keys import now
from chat.records.store import Store
from tests.browser.conftest import Circle, Group, Server, Sit
from tests.browser.people import WITHIN, Come, Somebody

pytestmark = pytest.mark.browser


async def flags(person: Somebody, text: str) -> None:
    """From the menu beside a message."""
    await person.hears(text)
    await person.line(text).hover()
    await person.line(text).locator("button.more").click()
    await person.presses("Flag it")
    await person.is_shown("Flagged.")
    await person.presses("Cancel")


async def others(server: Server, group: Group, come: Come, room: str, *names: str) -> list[Somebody]:
    """More members come in."""
    here = []
    for name in names:
        async with Store.open(f"sqlite+aiosqlite:///{server.data / 'hearth.sqlite'}") as store, store.writing() as c:
            account = await create(c, name.lower(), "no password")
            await members.join(
                c, group.id, account.id, name, Role.MEMBER, (await agreements.current(c, group.id)).version
            )
            cookie = await visits.start(c, account.id, now(), "")
        person = await come(name, viewport={"width": 320, "height": 640})
        await person.signs_in_with(cookie)
        await person.enters(room)
        here.append(person)
    return here


async def test_the_facilitators_see_how_many_flagged_it_and_nobody_sees_who(
    server: Server, group: Group, come: Come, circle: Circle
) -> None:
    ann, bob, fran = circle.ann, circle.bob, circle.fran
    [cem] = await others(server, group, come, circle.room, "Cem")
    await bob.says("I do not care for this.")
    await flags(ann, "I do not care for this.")
    await fran.is_shown("was flagged by 1 person.")
    await flags(cem, "I do not care for this.")
    await fran.is_shown("was flagged by 2 people.")
    for person in (ann, bob, cem):
        await person.does_not_show("was flagged by")
    await fran.presses("I have looked")
    await fran.does_not_show("was flagged by")
    assert await cem.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_when_nobody_watches_three_flags_mute_and_the_person_is_told_why(
    server: Server, group: Group, come: Come, circle: Circle
) -> None:
    ann, bob, fran = circle.ann, circle.bob, circle.fran
    cem, dee = await others(server, group, come, circle.room, "Cem", "Dee")
    await bob.says("I do not care for this.")
    await fran.presses("Pause the room")
    await fran.presses("Take a break")
    await bob.is_shown("taking a break")
    for person in (ann, cem, dee):
        await flags(person, "I do not care for this.")
    await bob.is_shown("You are muted until a facilitator has looked, at the longest until this meeting ends.")
    await bob.is_shown("Several people flagged what you wrote while no facilitator was watching.")
    await bob.is_shown("Write to care@circle.example")
    await ann.is_shown("Bob is muted until a facilitator has looked.")
    await expect(bob.page.get_by_role("button", name="Send")).to_have_attribute("aria-disabled", "true")
    await fran.presses("I am back")
    await fran.presses("Resume the room")
    await fran.is_shown("was flagged by 3 people.")
    await fran.is_shown("Bob is muted until you have looked.")
    await fran.presses("I have looked, let Bob write again")
    await fran.does_not_show("was flagged by")
    await bob.says("I am sorry.")
    await ann.hears("I am sorry.")


async def test_about_a_facilitator_the_page_says_to_report(sit: Sit) -> None:
    circle = await sit(viewport={"width": 320, "height": 640})
    await circle.fran.says("Pull yourself together.")
    await circle.ann.hears("Pull yourself together.")
    await circle.ann.line("Pull yourself together.").locator("button.more").click()
    await circle.ann.presses("Flag it")
    await expect(circle.ann.page.locator(".sheet .error")).to_contain_text("Report…", timeout=WITHIN)
