"""No page and no state of the room shuts anybody out, as far as axe can see, in light and in dark."""

import os
import signal
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.async_api import expect
from redis.asyncio import Redis
from starlette.routing import Route

from chat.core.ids import GroupId
from chat.core.wire import Role
from chat.records import accounts, agreements, members, visits
from chat.records.keys import now
from chat.records.store import Store
from tests.browser.conftest import Circle, Group, Server, Sit
from tests.browser.people import WITHIN, Come, Somebody
from web.routes import routes

pytestmark = pytest.mark.browser
AXE = Path(AXE_FILE_PATH).read_text()
UNFOLDED = "document.querySelectorAll('details').forEach((fold) => { fold.open = true; })"
SPOKEN = '{rules: {"label-content-name-mismatch": {enabled: true}}}'

Look = dict[str, object]

# Without motion: half way between two colours nothing has the contrast of either.
PHONE: Look = {"reduced_motion": "reduce", "viewport": {"width": 320, "height": 640}}
DESK: Look = {"reduced_motion": "reduce", "viewport": {"width": 1200, "height": 800}}


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def look(request: pytest.FixtureRequest) -> Look:
    """A screen; 320 px is the narrowest that WCAG 2.2 asks for (1.4.10)."""
    return dict(request.param)


async def finds_nothing(person: Somebody, where: str) -> None:
    """axe has no complaint about what `person` sees, by day or by night, and nothing is wider than their screen.

    Whoever speaks to their device says what they read, so a name holds the words that are seen (WCAG 2.5.3): axe
    counts that rule as an experiment.
    """
    await person.page.evaluate(AXE)
    for scheme in ("light", "dark"):
        await person.page.emulate_media(color_scheme=scheme)
        found = await person.page.evaluate(f"axe.run({SPOKEN}).then((result) => result.violations)")
        assert [(where, scheme, fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found] == []
    assert await person.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), where


async def test_the_room_of_a_member_in_every_state(sit: Sit, look: Look) -> None:
    circle = await sit(**look)
    fran, ann, bob = circle.fran, circle.ann, circle.bob
    await finds_nothing(ann, "just come in")
    await _a_conversation(circle)
    await finds_nothing(ann, "a conversation")
    await ann.presses("Content note")
    await ann.writes("x" * 1999)
    await finds_nothing(ann, "a long message with a note")
    await ann.opens("People")
    await finds_nothing(ann, "people")
    await ann.opens("More")
    await finds_nothing(ann, "more")
    await ann.opens("More")
    await fran.opens("People")
    await fran.acts_on("Ann", "Mute for a while", words="Let us listen.")
    await ann.is_shown("Let us listen.")
    await finds_nothing(ann, "muted")
    await fran.opens("Tools")
    await fran.presses("Pause the room")
    await ann.is_shown("The room is paused.")
    await finds_nothing(ann, "paused and muted")
    await bob.context.set_offline(True)
    await bob.is_shown("You are offline.")
    await finds_nothing(bob, "offline")
    await fran.opens("People")
    await fran.acts_on("Ann", "Ask to leave and stay away", reason="safety", words="Please call us.")
    await ann.is_shown("Please call us.")
    await finds_nothing(ann, "barred")
    await bob.context.set_offline(False)
    await expect(bob.page.locator(".state")).to_have_text("You are here", timeout=15_000)
    await bob.opens("More")
    await bob.presses("Leave the room")
    await bob.is_shown("You have left the room")
    await finds_nothing(bob, "left")


async def test_the_room_of_a_facilitator_in_every_state(sit: Sit, look: Look) -> None:
    circle = await sit(**look)
    fran = circle.fran
    await _a_conversation(circle)
    await finds_nothing(fran, "a conversation")
    await fran.opens("People")
    await fran.presses("Options for Ann")
    for what in ("Mute for a while", "Ask to leave this meeting", "Ask to leave and stay away"):
        await fran.page.get_by_label(what).check()
        await finds_nothing(fran, what)
    await fran.presses("Cancel")
    await fran.opens("People")
    await fran.line("I am glad to be here.").locator("button.more").click()
    await finds_nothing(fran, "about a message")
    await fran.presses("Cancel")
    await fran.opens("Tools")
    await fran.unfolds("More")
    for tool in ("Announce…", "Close the meeting…", "Leave the room"):
        await fran.presses(tool)
        await finds_nothing(fran, tool)
        await fran.presses("Cancel")
    await fran.presses("Pause the room")
    await fran.opens("Tools")
    await finds_nothing(fran, "paused")
    await fran.opens("Tools")
    await fran.closes_the_meeting()
    await fran.is_shown("The meeting has ended")
    await finds_nothing(fran, "closed")


async def test_the_waiting_room_from_both_sides(sit: Sit, look: Look, come: Come, server: Server, group: Group) -> None:
    circle = await sit(**look)
    fran = circle.fran
    await fran.opens("Tools")
    await fran.unfolds("The door")
    await fran.presses("Let people wait before they come in")
    await fran.opens("Tools")
    dora, eve = [await a_member_more(server, group, come, name, look) for name in ("Dora", "Eve")]
    for person in (dora, eve):
        await person.goes_to(circle.room)
        await person.is_shown("You are waiting to come in")
    await finds_nothing(dora, "waiting")
    await dora.page.get_by_text("A word to the facilitators").click()
    await dora.page.get_by_label("Your words").fill("May I bring tea?")
    await dora.presses("Send")
    await dora.is_shown("May I bring tea?")
    await finds_nothing(dora, "a word at the door")
    await fran.is_shown("Let all 2 in")
    await finds_nothing(fran, "two people wait")
    await fran.presses("Answer Dora")
    await finds_nothing(fran, "an answer at the door")
    await fran.page.get_by_label("Why").select_option("full-today")
    await fran.presses("Tell Dora that it cannot be today")
    await dora.is_shown("It cannot be today")
    await finds_nothing(dora, "not today")
    await fran.presses("Let in Eve")
    await eve.is_shown("You are here")
    await fran.opens("Tools")
    await fran.unfolds("The door")
    await fran.presses("Close the door now")
    await finds_nothing(fran, "the door is closed")


async def a_member_more(server: Server, group: Group, come: Come, name: str, look: Look) -> Somebody:
    """Somebody of the group who has not been in this meeting."""
    async with Store.open(f"sqlite+aiosqlite:///{server.data / 'hearth.sqlite'}") as store, store.writing() as c:
        account = await accounts.create(c, name.lower(), "nobody signs in with a password here")
        version = (await agreements.current(c, GroupId(group.id))).version
        await members.join(c, GroupId(group.id), account.id, name, Role.MEMBER, version)
        cookie = await visits.start(c, account.id, now(), "")
    person = await come(name, **look)
    await person.signs_in_with(cookie)
    return person


async def test_the_room_in_a_meeting_with_parts_and_turns(sit: Sit, look: Look) -> None:
    circle = await sit(**look)
    fran, ann, bob = circle.fran, circle.ann, circle.bob
    await ann.says("I am glad to be here.")
    await bob.hears("I am glad to be here.")
    await bob.page.get_by_role("button", name="without words").click()
    await finds_nothing(bob, "gestures")
    await bob.presses("with you")
    await fran.opens("Tools")
    await fran.presses("Begin: Gathering")
    await finds_nothing(fran, "a phase")
    await fran.presses("Go on to: Opening")
    await bob.is_shown("We speak from our own life and we listen.")
    await finds_nothing(bob, "the agreement")
    await fran.unfolds("Who speaks")
    for how in ("queue", "facilitators", "quiet", "round"):
        await fran.page.get_by_label("How we speak").select_option(how)
        await expect(ann.page.locator(".floor-now")).to_be_visible(timeout=WITHIN)
        await finds_nothing(ann, how)
    await finds_nothing(fran, "a round, as its facilitator sees it")
    await finds_nothing(bob, "a round")
    await ann.opens("More")
    await ann.presses("A word to the facilitators")
    await ann.page.get_by_label("Your words").fill("May I go last?")
    await ann.presses("Send aside")
    await ann.is_shown("Read by Fran.")
    await finds_nothing(ann, "aside")
    await ann.presses("Close")
    await ann.presses("Take a break")
    await ann.is_shown("You are taking a break")
    await finds_nothing(ann, "a break")


@pytest.mark.faults
async def test_the_room_while_its_memory_is_frozen_and_after_it_was_lost(sit: Sit, server: Server, look: Look) -> None:
    circle = await sit(**look)
    await _a_conversation(circle)
    valkey = int(Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()[0])
    os.kill(valkey, signal.SIGSTOP)
    try:
        await circle.ann.is_shown("The room cannot be reached")
        await finds_nothing(circle.ann, "interrupted")
    finally:
        os.kill(valkey, signal.SIGCONT)
    await expect(circle.ann.page.locator(".state")).to_have_text("You are here", timeout=15_000)
    async with Redis.from_url(f"unix://{Path(f'/proc/{valkey}/cwd').readlink()}/s") as redis:
        await redis.flushall()
    await circle.fran.opens("Tools")
    await circle.fran.presses("Pause the room")
    await circle.ann.is_shown("Some messages may not have reached you.")
    await finds_nothing(circle.ann, "mended, with a gap")


async def _a_conversation(circle: Circle) -> None:
    await circle.ann.says("I am glad to be here.")
    await circle.ann.presses("Content note")
    await circle.ann.page.get_by_label("Content note").fill("loss")
    await circle.ann.writes("It was in May.")
    await circle.ann.presses("Send")
    await circle.bob.presses("Raise hand")
    await circle.bob.says("Me too. " + "averylongwordwithoutanyspace" * 5)
    await circle.fran.says("Welcome, both of you.")
    await circle.ann.hears("Welcome, both of you.")


# Every page of the route table, and who looks at it. None: there is no page, or another test looks at it.
PAGES: dict[str, str | None] = {
    "/": "Ann",
    "/sign-in": "a stranger",
    "/goodbye": "a stranger",
    "/help": "a stranger",
    "/device": "a stranger",
    "/device/kiosk": "Fran",
    "/device/practice": "a stranger",
    "/device/practice/done": "a stranger",
    "/begin/{token}": None,  # below: it is there only while a server is new
    "/invitations/{token}": "a stranger",
    "/invitations/{token}/account": None,  # leads back to the invitation
    "/invitations/{token}/sign-in": "a stranger",
    "/groups/{group}": "Fran",
    "/groups/{group}/leave": "Ann",
    "/groups/{group}/agreement": "Ann",
    "/groups/{group}/agreement/edit": "Fran",
    "/groups/{group}/limits": "Ann",
    "/groups/{group}/customs": "Fran",
    "/groups/{group}/rules": "Fran",
    "/groups/{group}/plan": "Fran",
    "/groups/{group}/invitations": "Fran",
    "/groups/{group}/invitations/{invitation}/send-away": None,  # with somebody who came by it; test_sending_away.py
    "/groups/{group}/people": "Fran",
    "/groups/{group}/people/{member}/take-out": None,  # with the password typed just now; test_taking_out.py
    "/groups/{group}/acts": "Fran",
    "/groups/{group}/remarks": "Fran",
    "/groups/{group}/contact": "Ann",
    "/groups/{group}/contacts": "Fran",
    "/groups/{group}/contacts/{member}": None,  # with a key, in every state: test_contacts.py
    "/contact-openings/{opening}": None,
    "/contact-key/{token}": None,
    "/admin/contact-key": "Ada",
    "/groups/{group}/crisis": "Fran",
    "/groups/{group}/crisis/steps": None,  # is asked by the room's script
    "/groups/{group}/looks": "Fran",
    "/groups/{group}/another-look": None,  # for somebody acted on; test_another_look.py
    "/groups/{group}/reports": "Fran",
    "/groups/{group}/reports/{report}": None,  # with a report to read; test_reporting.py
    "/groups/{group}/reports/mine": "Ann",
    "/rooms/{room}/earlier": None,  # is asked by the room's script; test_history.py
    "/rooms/{room}/reports": None,  # says whether one can report; no page
    "/admin/reports": "Ada",
    "/admin/reports/{report}": None,
    "/admin/looks": "Ada",
    "/rooms/{room}/stored": None,  # is asked by the room's script
    "/rooms/{room}": None,  # in every state of its own, above
    "/on-call/{room}/{token}": None,  # in a meeting in which somebody was called: test_evening.py
    "/kept": "a stranger",
    "/account": "Ann",
    "/account/second": "Fran",
    "/sure": "Fran",
    "/recover": "a stranger",
    "/recover/{token}": None,  # with a facilitator's link; test_recovery.py
    "/account/everything": "Ann",
    "/account/everything.json": None,  # a file
    "/account/erase": "Ann",
    "/account/calm": None,  # is asked by the room's script
    "/groups/{group}/agreement/text": None,  # as well
    "/admin": "Ada",
    "/admin/groups/{group}/invitations": "Ada",
    "/exit": None,  # leads away
    "/healthz": None,
    "/readyz": None,
}


def test_no_page_is_forgotten() -> None:
    shown = {route.path for route in routes() if isinstance(route, Route) and "GET" in (route.methods or set())}
    assert shown == set(PAGES)


async def test_every_page_of_the_route_table(group: Group, come: Come) -> None:
    given = {"group": group.id, "token": group.invitation}
    people = {name: await come(name, **PHONE) for name in ("a stranger", "Ann", "Fran", "Ada")}
    for name, cookie in group.visits.items():
        if name in people:
            await people[name].signs_in_with(cookie)
    for path, who in PAGES.items():
        if who:
            await people[who].goes_to(path.format(**given))
            await people[who].page.evaluate(UNFOLDED)
            await finds_nothing(people[who], path)


async def test_the_first_page_of_a_new_server(new_server: Server, come: Come) -> None:
    ada = await come("Ada", new_server, **PHONE)
    await ada.goes_to(new_server.begin)
    await ada.is_shown("Welcome. Let us begin")
    await finds_nothing(ada, "begin")
    await ada.presses("Make my account")
    await finds_nothing(ada, "begin, with nothing typed")


async def test_the_pages_of_somebody_who_may_not_come_in(come: Come) -> None:
    stranger = await come("a stranger", **PHONE)
    await stranger.goes_to("/nothing/here")
    await finds_nothing(stranger, "not found")
    await stranger.goes_to("/invitations/not-a-link")
    await finds_nothing(stranger, "a link that is gone")
    await stranger.goes_to("/sign-in")
    await stranger.presses("Sign in")
    await finds_nothing(stranger, "signing in with nothing typed")
