"""The waiting room as people see it: a calm page, a cue for the facilitator, and one press to let somebody in."""

import asyncio
import re
from urllib.parse import urlsplit

import pytest
from playwright.async_api import expect

from chat.core.customs import Customs
from chat.core.ids import GroupId
from chat.core.wire import Role
from chat.records import accounts, agreements, invitations, members, visits
from chat.records.keys import now
from chat.records.store import Store
from tests.browser.conftest import Group, Server
from tests.browser.people import WITHIN, Come, Somebody
from tests.browser.test_axe import finds_nothing
from web.customs import keep

pytestmark = pytest.mark.browser
PHONE = {"viewport": {"width": 320, "height": 640}}


@pytest.fixture
async def room(group: Group, server: Server, come: Come) -> tuple[str, Somebody]:
    """Fran has opened a meeting of a group in which people wait; the path of its room, and Fran in it."""
    async with Store.open(f"sqlite+aiosqlite:///{server.data / 'hearth.sqlite'}") as store, store.writing() as c:
        await keep(c, GroupId(group.id), Customs())
    fran = await come("Fran", viewport={"width": 1200, "height": 800})
    await fran.signs_in_with(group.visits["Fran"])
    await fran.goes_to(f"/groups/{group.id}")
    await fran.presses("Open the meeting", exact=False)
    await fran.page.wait_for_url("**/rooms/*")
    await fran.is_shown("You are here")
    return urlsplit(fran.page.url).path, fran


async def waits(come: Come, group: Group, room: str, name: str, **looks: object) -> Somebody:
    """Somebody opens the room's page and is shown that they wait."""
    person = await come(name, **looks)
    await person.signs_in_with(group.visits[name])
    await person.goes_to(room)
    await expect(person.page.get_by_role("heading", name="You are waiting to come in")).to_be_focused(timeout=WITHIN)
    return person


async def test_somebody_waits_on_a_phone_and_is_let_in_by_one_press(
    room: tuple[str, Somebody], group: Group, come: Come
) -> None:
    path, fran = room
    ann = await waits(come, group, path, "Ann", **PHONE)
    await ann.is_shown("Fran knows that you are here and will let you in.")
    width = await ann.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 320
    await fran.is_shown("is waiting")
    await expect(fran.page).to_have_title("(1) Room", timeout=WITHIN)
    heard = fran.page.locator('[data-voice="status"]', has_text="Ann is waiting to come in.")
    await expect(heard).to_have_count(1, timeout=WITHIN)
    await fran.says("Nobody outside reads this.")
    await fran.presses("Let in Ann")
    await expect(ann.page.locator(".state")).to_have_text("You are here", timeout=WITHIN)
    await ann.sees_here("Fran", "Ann")
    await ann.does_not_show("Nobody outside reads this.")
    await fran.says("Welcome, Ann.")
    await ann.hears("Welcome, Ann.")
    await expect(fran.page).to_have_title("Room", timeout=WITHIN)


async def test_what_a_facilitator_wrote_to_somebody_who_waited_is_not_new_once_they_are_in(
    room: tuple[str, Somebody], group: Group, come: Come
) -> None:
    path, fran = room
    ann = await waits(come, group, path, "Ann", **PHONE)
    await fran.presses("Answer Ann")
    await fran.presses("A word to Ann…")
    await fran.page.get_by_label("Your words").fill("Come in when you like.")
    await fran.presses("Send aside")
    await ann.is_shown("Come in when you like.")
    await fran.presses("Let in Ann")
    await expect(ann.page.locator(".state")).to_have_text("You are here", timeout=WITHIN)
    await fran.page.get_by_label("Your words").fill("There you are.")
    await fran.presses("Send aside")
    await expect(ann.page.locator("button.tab", has_text="More")).to_have_text("More (1)", timeout=WITHIN)


async def test_out_of_the_room_the_tab_says_no_more_that_somebody_waits(
    room: tuple[str, Somebody], group: Group, come: Come
) -> None:
    path, fran = room
    await waits(come, group, path, "Ann")
    await expect(fran.page).to_have_title("(1) Room", timeout=WITHIN)
    await fran.closes_the_meeting()
    await fran.is_shown("The meeting has ended")
    await expect(fran.page).to_have_title("Room", timeout=WITHIN)


async def test_all_who_wait_come_in_by_one_press(room: tuple[str, Somebody], group: Group, come: Come) -> None:
    path, fran = room
    ann, bob = await asyncio.gather(*(waits(come, group, path, name) for name in ("Ann", "Bob")))
    await fran.presses("Let all 2 in")
    for person in (ann, bob):
        await expect(person.page.locator(".state")).to_have_text("You are here", timeout=WITHIN)


async def test_the_waiting_page_is_used_with_the_keyboard(room: tuple[str, Somebody], group: Group, come: Come) -> None:
    path, fran = room
    ann = await waits(come, group, path, "Ann", **PHONE, reduced_motion="reduce")
    keys = ann.page.keyboard
    await keys.press("Tab")
    await expect(ann.page.get_by_label("I take part")).to_be_focused(timeout=WITHIN)
    await keys.press("ArrowDown")
    await fran.is_shown("is waiting, just to listen")
    for number in ("112", "911", "999"):
        await keys.press("Tab")
        await expect(ann.page.get_by_role("link", name=number)).to_be_focused(timeout=WITHIN)
    await keys.press("Tab")
    await expect(ann.page.get_by_role("link", name="What you should know")).to_be_focused(timeout=WITHIN)
    await keys.press("Tab")
    await keys.press("Enter")
    await ann.is_shown("We speak from our own life and we listen.")
    await finds_nothing(ann, "waiting, with the agreement")
    await keys.press("Tab")
    await keys.press("Enter")
    await keys.press("Tab")
    await keys.type("May I bring tea?")
    await keys.press("Tab")
    await keys.press("Enter")
    await ann.is_shown("May I bring tea?")
    await fran.presses("Private words", exact=False)
    await fran.page.get_by_label(re.compile("^With")).select_option(label="Ann ·")
    await fran.is_shown("May I bring tea?")
    await fran.page.get_by_label("Your words").fill("Please do.")
    await fran.presses("Send aside")
    await ann.is_shown("Please do.")
    await ann.presses("Leave")
    await ann.is_shown("You have left the room")
    await expect(fran.page.locator(".callers")).to_have_count(0, timeout=WITHIN)


async def test_a_kind_no_is_read_with_its_reason_and_can_be_taken_back(
    room: tuple[str, Somebody], group: Group, come: Come
) -> None:
    path, fran = room
    ann = await waits(come, group, path, "Ann")
    await fran.presses("Answer Ann")
    await fran.page.get_by_label("A few words").fill("Next week there is a place.")
    await fran.presses("Tell Ann that it cannot be today")
    await fran.is_shown("Please choose why. They will read it.")
    await expect(fran.page.get_by_label("Why")).to_be_focused(timeout=WITHIN)
    await fran.page.get_by_label("Why").select_option("full-today")
    await fran.presses("Tell Ann that it cannot be today")
    await ann.is_shown("It cannot be today")
    await ann.is_shown("The group is as large as it can be today.")
    await ann.is_shown("Next week there is a place.")
    await fran.presses("Let Ann come after all")
    await ann.goes_to(path)
    await ann.is_shown("You are waiting to come in")


async def test_behind_a_closed_door_somebody_knocks(room: tuple[str, Somebody], group: Group, come: Come) -> None:
    path, fran = room
    await fran.presses("Close the door now")
    await fran.hears("The door is closed now.")
    bob = await come("Bob")
    await bob.signs_in_with(group.visits["Bob"])
    await bob.goes_to(path)
    await bob.is_shown("The meeting has begun, and the group wants to be undisturbed.")
    await fran.is_shown("Came after that: Bob")
    assert await fran.page.title() == "Room"
    await bob.presses("Knock")
    await bob.is_shown("Fran has heard that you knocked.")
    await fran.is_shown("knocks")
    await fran.presses("Let in Bob")
    await bob.is_shown("You are here")


async def test_without_a_facilitator_the_page_says_so_and_goes_on_by_itself(
    room: tuple[str, Somebody], group: Group, come: Come
) -> None:
    path, fran = room
    ann = await waits(come, group, path, "Ann")
    await fran.presses("Leave the room")
    await fran.presses("Leave and pause the room")
    await ann.is_shown("The room is paused")
    await ann.is_shown("No facilitator is there at the moment.")
    await fran.enters(path)
    await fran.presses("Let in Ann")
    await ann.is_shown("A facilitator will open it again.")


async def test_two_facilitators_hand_over_and_a_supervisor_stands_by(
    room: tuple[str, Somebody], group: Group, server: Server, come: Come
) -> None:
    path, fran = room
    gus = await one_more(server, group, come, "Gus", Role.FACILITATOR)
    sue = await one_more(server, group, come, "Sue", Role.SUPERVISOR)
    ann = await waits(come, group, path, "Ann")
    await fran.presses("Let in Ann")
    await gus.enters(path)
    await sue.enters(path)
    await ann.hears("Sue is here as supervisor.")
    await expect(ann.page.locator(".person", has_text="Sue")).to_contain_text("supervisor", timeout=WITHIN)
    await sue.is_shown("You are here to listen today.")
    await fran.unfolds("More")
    await fran.presses("Hand over to Gus")
    for person in (ann, gus):
        await person.hears("Gus leads now.")
    await expect(ann.page.locator(".person", has_text="Gus")).to_contain_text("facilitator, leads", timeout=WITHIN)
    await sue.presses("A word to the facilitators", exact=False)
    await sue.is_shown("Read by Fran and Gus and Sue.")
    await sue.page.get_by_label("Your words").fill("You are doing well.")
    await sue.presses("Send aside")
    await gus.presses("Private words", exact=False)
    await gus.is_shown("You are doing well.")
    await gus.page.get_by_label("Your words").fill("Thank you, Sue.")
    await gus.presses("Send aside")
    await sue.is_shown("Thank you, Sue.")
    await sue.presses("Close")
    await sue.presses("Take part")
    await sue.says("Good evening from me, too.")
    await ann.hears("Good evening from me, too.")
    await ann.does_not_show("Thank you, Sue.")
    await ann.context.set_offline(True)
    await ann.is_shown("You are offline.")
    await gus.unfolds("More")
    await gus.presses("Hand over to Fran")
    await fran.hears("Fran leads now.")
    await ann.context.set_offline(False)
    await ann.hears("Fran leads now.")


async def one_more(
    server: Server, group: Group, come: Come, name: str, role: Role, *, to_listen: bool = False
) -> Somebody:
    """Somebody more of the group, signed in."""
    async with Store.open(f"sqlite+aiosqlite:///{server.data / 'hearth.sqlite'}") as store, store.writing() as c:
        account = await accounts.create(c, name.lower(), "nobody signs in with a password here")
        version = (await agreements.current(c, GroupId(group.id))).version
        by, _ = await invitations.create(c, GroupId(group.id), role, account.id, now(), listens=to_listen)
        await members.join(c, GroupId(group.id), account.id, name, role, version, by=by)
        cookie = await visits.start(c, account.id, now(), "")
    person = await come(name, viewport={"width": 1200, "height": 800})
    await person.signs_in_with(cookie)
    return person


async def test_with_hardly_anybody_here_the_facilitator_is_asked_whether_to_start(
    room: tuple[str, Somebody], group: Group, come: Come
) -> None:
    path, fran = room
    ann = await waits(come, group, path, "Ann")
    await fran.presses("Let in Ann")
    await ann.is_shown("You are here")
    await fran.presses("Begin: Gathering")
    await ann.is_shown("We wait a little until everybody is here.")
    await fran.presses("Go on to: Opening")
    await fran.is_shown("Only 2 people are here. Start anyway?")
    await fran.presses("Start anyway")
    await ann.is_shown("Only the facilitators speak at the moment.")
    await fran.is_shown("Open until")


async def test_somebody_comes_just_to_listen_from_the_page_of_the_group(
    room: tuple[str, Somebody], group: Group, come: Come
) -> None:
    _, fran = room
    await fran.presses("Let people come straight in, in this meeting")
    bob = await come("Bob")
    await bob.signs_in_with(group.visits["Bob"])
    await bob.goes_to(f"/groups/{group.id}")
    await bob.page.get_by_role("link", name="Just listen today").click()
    await bob.is_shown("You are here to listen today.")
    await expect(fran.page.locator(".person", has_text="Bob")).to_contain_text("just listening", timeout=WITHIN)
    await bob.presses("Take part")
    await bob.says("I changed my mind.")


async def test_somebody_invited_to_listen_takes_part_once_a_facilitator_lets_them(
    room: tuple[str, Somebody], group: Group, server: Server, come: Come
) -> None:
    path, fran = room
    dora = await one_more(server, group, come, "Dora", Role.MEMBER, to_listen=True)
    await dora.goes_to(path)
    await dora.is_shown("You are invited to listen.")
    await fran.presses("Let in Dora")
    await dora.is_shown("You are here to listen today.")
    await dora.presses("Take part")
    await dora.is_shown("A facilitator can let you take part.")
    await fran.presses("Options for Dora")
    await fran.presses("Let Dora take part")
    await dora.says("Thank you, I would like to say something.")
