"""A whole meeting of ninety minutes, from the waiting room to goodbye, as seven people at their browsers live it.

Time is the pages' own: each browser's clock is moved on by playwright, what pages say of it is looked at, and the
clocks are set right again. The server's clock is not moved, for no part of a meeting ends there by itself: a
facilitator moves it on. Pictures of every part are written to the directory of the test (see `--basetemp`).
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chat.core.customs import Customs
from chat.core.wire import Role
from chat.records import accounts, agreements, groups, members, visits
from chat.records.keys import now
from chat.records.store import Store
from tests.browser.conftest import Server, serving
from tests.browser.people import WITHIN, Come, Somebody
from tests.browser.test_axe import finds_nothing
from tests.installation import listening
from web.customs import keep

pytestmark = pytest.mark.browser

MINUTES = {"Gathering": 5, "Opening": 5, "Check-in": 15, "Sharing": 48, "Closing round": 12, "Goodbye": 5}
DESK: dict[str, object] = {"viewport": {"width": 1200, "height": 800}}
SCREENS: dict[str, dict[str, object]] = {
    "Fran": DESK,
    "Gus": DESK,
    "Ann": {"viewport": {"width": 320, "height": 640}},
    "Bob": {"viewport": {"width": 360, "height": 740}},
    "Cem": DESK,
    "Dora": DESK,
    "Eve": DESK,
}
FACILITATE = ("Fran", "Gus")
DONE = "I\u2019m done"


@pytest.fixture
def browser(whole_browser: Browser) -> Browser:
    """A screen is to stay awake, and only a whole one has a screen."""
    return whole_browser


class Evening:
    """Everybody, and where their pictures go."""

    def __init__(self, people: dict[str, Somebody], pictures: Path) -> None:
        self.people = people
        self.pictures = pictures
        self.count = 0

    def __getitem__(self, name: str) -> Somebody:
        return self.people[name]

    async def is_seen(self, part: str, *names: str) -> None:
        """Pictures of this part, and nobody is shut out."""
        self.count += 1
        for name in names:
            await finds_nothing(self[name], f"{part}, {name}")
            await self[name].page.emulate_media(color_scheme="light")
            await self[name].page.screenshot(path=self.pictures / f"{self.count:02} {part} {name}.png")

    async def minutes_pass(self, part: str) -> None:
        """As many as this part may take, on everybody's clock; then the clocks are the server's again."""
        minutes = MINUTES[part]
        pages = [one.page for one in self.people.values()]
        await self["Ann"].is_shown(f"about {minutes} minutes left")
        await asyncio.gather(*(page.clock.fast_forward(minutes * 60_000) for page in pages))
        await self["Ann"].is_shown("coming to its end")
        await self["Fran"].is_shown("over for")
        await asyncio.gather(*(page.clock.set_system_time(datetime.now()) for page in pages))


async def by_key(person: Somebody, name: str) -> None:
    """Goes to a button with Tab alone, and presses it with Enter."""
    button = person.page.get_by_role("button", name=name, exact=True).first
    await expect(button).to_be_visible(timeout=WITHIN)
    await button.evaluate("button => { window.wanted = button; }")
    for _ in range(90):
        if await person.page.evaluate("document.activeElement === window.wanted"):
            await person.page.keyboard.press("Enter")
            return
        await person.page.keyboard.press("Tab")
    pytest.fail(f"{name} is not reached with Tab")


async def writes_by_key(person: Somebody, text: str) -> None:
    """Goes round the parts of the page with F6 to where one writes, and sends with Enter."""
    for _ in range(8):
        if await person.page.evaluate("document.activeElement.id") == "words":
            break
        await person.page.keyboard.press("F6")
    await person.page.keyboard.type(text)
    await person.page.keyboard.press("Enter")
    await expect(person.page.locator("li.said.mine:not(.waiting)", has_text=text)).to_be_visible(timeout=WITHIN)


@pytest.fixture
async def pager() -> AsyncIterator[tuple[list[dict[str, str]], int]]:
    """What whoever is on call has been sent, and the port at which."""
    got: list[dict[str, str]] = []

    async def takes(request: Request) -> Response:
        got.append(json.loads(await request.body()))
        return Response("", 204)

    async with listening(Starlette(routes=[Route("/", takes, methods=["POST"])])) as port:
        yield got, port


@pytest.fixture
async def oncall_server(
    pager: tuple[list[dict[str, str]], int], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Server]:
    """A server with somebody on call, and its own words for one of the gestures."""
    data = tmp_path_factory.mktemp("evening")
    gestures = "beside you, thank you, me too, strength, heart"
    async with serving(data, HEARTH_ON_CALL_URL=f"http://127.0.0.1:{pager[1]}/", HEARTH_GESTURES=gestures) as server:
        yield server


@pytest.fixture
async def evening(oncall_server: Server, come: Come, tmp_path: Path) -> Evening:
    """Fran has opened the meeting, Gus is there, and five people wait."""
    cookies: dict[str, str] = {}
    url = f"sqlite+aiosqlite:///{oncall_server.data / 'hearth.sqlite'}"
    async with Store.open(url) as store, store.writing() as c:
        group = (await groups.create(c, "Tuesday evening")).id
        version = (await agreements.current(c, group)).version
        await keep(c, group, Customs(known_as="The lamp"))
        for name in SCREENS:
            account = await accounts.create(c, name.lower(), "nobody signs in with a password here")
            role = Role.FACILITATOR if name in FACILITATE else Role.MEMBER
            await members.join(c, group, account.id, name, role, version)
            cookies[name] = await visits.start(c, account.id, now(), "")
    people: dict[str, Somebody] = {}

    async def comes(name: str) -> None:
        one = people[name] = await come(name, oncall_server, reduced_motion="reduce", **SCREENS[name])
        await one.signs_in_with(cookies[name])
        await one.page.clock.install()

    await asyncio.gather(*map(comes, SCREENS))
    fran = people["Fran"]
    await fran.goes_to(f"/groups/{group}")
    await fran.presses("Open the meeting", exact=False)
    await fran.page.wait_for_url("**/rooms/*")
    await fran.is_shown("You are here")
    room = urlsplit(fran.page.url).path
    await people["Gus"].enters(room)
    members_ = [one for name, one in people.items() if name not in FACILITATE]
    await asyncio.gather(*(one.goes_to(room) for one in members_))
    for one in members_:
        await one.is_shown("You are waiting to come in")
    return Evening(people, tmp_path)


async def test_a_whole_meeting_from_the_waiting_room_to_goodbye(
    evening: Evening, pager: tuple[list[dict[str, str]], int], come: Come, oncall_server: Server
) -> None:
    fran, gus, ann = evening["Fran"], evening["Gus"], evening["Ann"]
    members = [one for name, one in evening.people.items() if name not in FACILITATE]
    by_name = {one.name: one for one in members}

    await evening.is_seen("waiting", "Ann", "Bob", "Fran")
    await many_wait_on_a_phone(evening, fran)
    await by_key(fran, "Let all 5 in")
    for one in members:
        await one.is_shown("You are here")
    await the_screen_stays_awake(fran, ann)
    await by_key(fran, "Begin: Gathering")
    await writes_by_key(ann, "Good evening.")
    await evening.is_seen("gathering", "Ann", "Fran")
    await evening.minutes_pass("Gathering")

    await by_key(fran, "Go on to: Opening")
    await ann.is_shown("Only the facilitators speak at the moment.")
    await writes_by_key(fran, "Welcome. We speak of ourselves and give no advice.")
    await evening.is_seen("opening", "Ann", "Fran")
    await evening.minutes_pass("Opening")

    await by_key(fran, "Go on to: Check-in")
    await a_round(evening, fran, by_name)
    await evening.minutes_pass("Check-in")

    await by_key(fran, "Go on to: Sharing")
    await sharing(evening, fran, gus, by_name)
    await evening.minutes_pass("Sharing")

    await by_key(gus, "Go on to: Closing round")
    await goes_round(by_name, says=False)
    await expect(ann.line("The round is complete.")).to_have_count(2, timeout=WITHIN)
    await evening.is_seen("closing round", "Ann", "Fran")
    await evening.minutes_pass("Closing round")

    await call_somebody(evening, fran, pager, come, oncall_server)
    await by_key(gus, "Go on to: Goodbye")
    await writes_by_key(ann, "Until next week.")
    await evening.is_seen("goodbye", "Ann", "Gus")
    await evening.minutes_pass("Goodbye")
    await gus.closes_the_meeting()
    for one in evening.people.values():
        await one.is_shown("The meeting has ended")
    await evening.is_seen("ended", "Ann", "Gus")
    assert await ann.page.locator("body").get_by_text("Until next week.").count() == 0


async def many_wait_on_a_phone(evening: Evening, fran: Somebody) -> None:
    """Who waits does not hide the talk on a small screen, and everybody of them is reached."""
    await fran.page.set_viewport_size({"width": 320, "height": 640})
    waiting = fran.page.locator(".callers li")
    await expect(waiting).to_have_count(2, timeout=WITHIN)
    await evening.is_seen("waiting, on a phone", "Fran")
    await by_key(fran, "and 3 more")
    await expect(waiting).to_have_count(5, timeout=WITHIN)
    await fran.page.set_viewport_size({"width": 1200, "height": 800})


async def the_order_is_changed(fran: Somebody) -> None:
    """Whoever comes second comes next, by one press."""
    second = fran.page.locator(".order li").nth(1).get_by_role("button")
    name = (await second.get_attribute("aria-label") or "").removeprefix("Move ").removesuffix(" up")
    await by_key(fran, f"Move {name} up")
    await expect(fran.page.locator(".order li").first).to_have_text(name, timeout=WITHIN)
    await fran.is_shown(f"Next: {name}")


async def the_screen_stays_awake(fran: Somebody, ann: Somebody) -> None:
    """Whoever leads asks for it and gets it, each time the page is looked at; nobody else's phone is kept awake."""
    for person, got in ((fran, ["fulfilled"]), (ann, [])):
        answers = await person.page.evaluate(
            """async () => {
                const asked = [];
                const lock = navigator.wakeLock, request = lock.request.bind(lock);
                lock.request = (kind) => { const answer = request(kind); asked.push(answer); return answer; };
                document.dispatchEvent(new Event("visibilitychange"));
                return (await Promise.allSettled(asked)).map((answer) => answer.status);
            }"""
        )
        assert (person.name, answers) == (person.name, got)


async def whose_turn(people: dict[str, Somebody]) -> Somebody:
    """Whoever is told that it is their turn."""
    one = next(iter(people.values()))
    now_ = one.page.locator(".floor-now b")
    await expect(now_).to_contain_text("turn", timeout=WITHIN)
    said = await now_.inner_text()
    return one if "your turn" in said else people[said.removeprefix("It is the turn of ").removesuffix(".")]


async def goes_round(people: dict[str, Somebody], *, says: bool) -> None:
    """Whoever has the turn says something and is done, or passes, until the round is complete; Ann by keyboard."""
    ann = people["Ann"]
    now_ = ann.page.locator(".floor-now b")
    await expect(now_).to_contain_text("turn", timeout=WITHIN)  # the round may not have reached her yet
    while "turn" in (said := await now_.inner_text()):
        speaker = await whose_turn(people)
        if says:
            await speaker.says(f"{speaker.name} is here.")
        name = DONE if says else "Pass"
        await (by_key(speaker, name) if speaker is ann else speaker.presses(name))
        await expect(now_).not_to_have_text(said, timeout=WITHIN)


async def a_round(evening: Evening, fran: Somebody, people: dict[str, Somebody]) -> None:
    """Everybody speaks once, Ann first, and nobody else meanwhile."""
    ann, bob = people["Ann"], people["Bob"]
    await whose_turn(people)
    if await whose_turn(people) is not ann:
        await by_key(fran, "Give floor to Ann")
    await ann.is_shown("It is your turn.")
    await expect(ann.page.locator("#room")).to_match_aria_snapshot(ROUND)
    await by_key(fran, "+ 2 minutes")
    await expect(ann.page.locator(".floor-now")).to_contain_text(re.compile("About [56] minutes left"), timeout=WITHIN)
    await evening.is_seen("round, hers", "Ann", "Bob", "Fran")
    await writes_by_key(ann, "I am tired, and glad to be here.")
    await bob.presses("Answer the turn of Ann without words")
    await bob.presses("beside you")
    await ann.is_shown("beside you (Bob)")
    await the_order_is_changed(fran)
    await ann.page.clock.fast_forward(6 * 60_000)
    await ann.is_shown("Please come to an end when you can. Nobody cuts you off.")
    await ann.page.clock.set_system_time(datetime.now())
    await by_key(ann, DONE)
    await expect(ann.page.locator(".floor-now b")).not_to_have_text("It is your turn.", timeout=WITHIN)
    await goes_round(people, says=True)
    await ann.hears("The round is complete.")


async def sharing(evening: Evening, fran: Somebody, gus: Somebody, people: dict[str, Somebody]) -> None:
    """Hands in order; somebody rests, somebody reads at their own pace, and Gus leads on."""
    ann, bob, cem, dora = (people[name] for name in ("Ann", "Bob", "Cem", "Dora"))
    await bob.presses("Raise hand")
    await fran.is_shown("Next: Bob")
    await by_key(ann, "Raise hand")
    await evening.is_seen("sharing", "Ann", "Fran")
    await by_key(fran, "Next: Bob")
    await bob.says("It was a hard week.")
    await cem.opens("More")
    await cem.presses("Take a break")
    await cem.is_shown("Your place is kept until")
    await dora.presses("At my own pace")
    await bob.says("And a long one.")
    await expect(dora.page.get_by_role("button", name="Show 1 new message")).to_be_visible(timeout=WITHIN)
    await by_key(fran, "Next: Ann")
    await ann.is_shown("It is your turn.")
    await writes_by_key(ann, "Mine was, too.")
    await by_key(ann, DONE)
    await by_key(fran, "Hand over to Gus")
    await ann.hears("Gus leads now.")
    await cem.presses("I am back")
    await cem.hears("Mine was, too.")


async def call_somebody(
    evening: Evening, fran: Somebody, pager: tuple[list[dict[str, str]], int], come: Come, server: Server
) -> None:
    """Fran asks for whoever is on call, who says by one press that they know."""
    await by_key(fran, "Call whoever is on call")
    await fran.is_shown("On-call told at")
    kim = await come("Kim", server, viewport={"width": 320, "height": 640}, reduced_motion="reduce")
    assert pager[0][-1]["label"] == "The lamp"
    await kim.goes_to(urlsplit(pager[0][-1]["acknowledge"]).path)
    await kim.is_shown("A facilitator in the room asks for you.")
    await finds_nothing(kim, "on call")
    await kim.page.screenshot(path=evening.pictures / "on call.png")
    await kim.presses("I have seen this")
    await kim.is_shown("Thank you")
    await finds_nothing(kim, "on call, acknowledged")
    await fran.is_shown("acknowledged at")


ROUND = f"""
- heading "Room" [level=1]
- paragraph: You are here
- button "People 7"
- button "More"
- region "What happens now":
  - group: /Check-in about \\d+ minutes left/
  - paragraph: /It is your turn. About 4 minutes left. Then .*/
  - button "{DONE}"
  - button "Pass"
  - button "Later"
- region "Messages":
  - heading "Messages" [level=2]
  - log "Messages":
    - list
- text: Your message
- textbox "Your message"
- button "Raise hand"
- button "Content note"
- button "Send" [disabled]
"""
"""The room in a round, as a screen reader finds it on the phone of whoever has the turn."""
