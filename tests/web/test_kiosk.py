"""One device, and one person after another: at a kiosk nobody finds anything of whoever was there before."""

import re

import pytest
from sqlalchemy import select

from chat.core.ids import Millis
from chat.core.wire import Role
from chat.records import tables, visits
from chat.records.keys import hashed, now
from tests.web.place import PASSWORD, Browser, Place, text_of
from tests.web.test_guests import a_link
from tests.web.test_who_may_see import address, table

pytestmark = pytest.mark.slow

MINUTE = 60_000


async def a_kiosk(place: Place, minutes: int = 5) -> Browser:
    """A browser that somebody who facilitates has made one, and left."""
    browser = await place.person("gus", Role.FACILITATOR, place.friday)
    made = await browser.sends("/device/kiosk", "/device/kiosk", minutes=str(minutes))
    assert (made.status_code, made.headers["location"]) == (303, "/")
    browser.login = ""
    return browser


async def sits_down(browser: Browser, who: Browser) -> Browser:
    """Signs in at the kiosk, on its first page."""
    answer = await browser.sends("/sign-in", "/", login=who.login, password=PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    return browser


async def is_done(browser: Browser) -> None:
    """As the page does it."""
    answer = await browser.client.post("/exit")
    assert (answer.status_code, answer.headers["clear-site-data"]) == (204, '"cache", "storage"')


def without_codes(page: str) -> str:
    """The page, but for what makes each of its forms another one."""
    return re.sub(r'value="[0-9a-f]{64}"', "", page)


async def test_whoever_facilitates_or_administers_makes_a_kiosk_and_nobody_else(
    place: Place, ann: Browser, ada: Browser, nobody: Browser
) -> None:
    assert "Make this browser" not in text_of(await ann.sees("/device/kiosk"))
    assert (await ann.sends("/device/kiosk", minutes="5")).status_code == 404
    assert "kiosk" not in ann.client.cookies
    assert "Make this browser" not in text_of(await nobody.sees("/device/kiosk"))
    assert "Make this browser" in text_of(await ada.sees("/device/kiosk"))
    async with place.store.writing() as c:
        mine = tables.visits.c.token_hash == hashed(ada.cookie)
        await c.execute(tables.visits.update().where(mine).values(sure_until=0))
    assert (await ada.sees("/device/kiosk")).headers["location"].startswith("/sure")
    assert (await ada.sends("/device/kiosk", minutes="5")).headers["location"].startswith("/sure")


async def test_the_cookie_says_only_how_many_minutes_and_outlasts_whoever_signs_out(
    safe_place: Place, place: Place, ann: Browser
) -> None:
    gus = await safe_place.person("gus", Role.FACILITATOR, safe_place.friday)
    made = await gus.sends("/device/kiosk", "/device/kiosk", minutes="2")
    said = next(one for one in made.headers.get_list("set-cookie") if one.startswith("__Host-kiosk="))
    assert said.startswith("__Host-kiosk=2;")
    assert re.search("secure", said, re.IGNORECASE)
    assert re.search("httponly", said, re.IGNORECASE)
    assert '"cookies"' not in made.headers["clear-site-data"], "it would take this one with it"
    browser = await sits_down(await a_kiosk(place), ann)
    for way in (browser.client.get("/exit"), browser.client.post("/exit")):
        assert '"cookies"' not in (await way).headers["clear-site-data"]
    assert browser.client.cookies["kiosk"] == "5"


async def test_the_first_page_is_the_same_whoever_was_there_before(place: Place, ann: Browser) -> None:
    browser = await a_kiosk(place)
    untouched = (await browser.sees("/")).text
    assert "Tuesday evening" in text_of(await (await sits_down(browser, ann)).sees("/"))
    await is_done(browser)
    again = await browser.sees("/")
    assert without_codes(again.text) == without_codes(untouched)
    assert again.text != untouched, "no form of the one before is taken"
    assert "visit" not in browser.client.cookies
    for where in (f"/groups/{place.tuesday.id}", "/account", "/sign-in?to=/account", "/goodbye", "/exit"):
        answer = await browser.sees(where)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")


async def test_a_form_that_the_one_before_left_half_way_is_not_taken(place: Place, ann: Browser) -> None:
    browser = await a_kiosk(place)
    left = await browser.code("/")
    await browser.sees("/")
    answer = await browser.client.post("/sign-in", data={"form": left, "login": ann.login, "password": PASSWORD})
    assert answer.status_code == 403


async def test_a_visit_at_a_kiosk_ends_soon_without_a_sign_of_life_and_goes_on_with_one(
    place: Place, ann: Browser
) -> None:
    browser = await sits_down(await a_kiosk(place, 2), ann)
    async with place.store.reading() as c:
        row = (await c.execute(select(tables.visits).where(tables.visits.c.token_hash == hashed(browser.cookie)))).one()
        visit = visits.visit_from(row)
    assert visit.shared
    assert abs(visit.idle_at - now() - 6 * MINUTE) < MINUTE
    async with place.store.writing() as c:
        mine = tables.visits.c.id == visit.id
        await c.execute(tables.visits.update().where(mine).values(idle_at=now() + 2 * MINUTE))
    assert (await browser.client.post("/device/kiosk/here")).status_code == 204
    async with place.store.reading() as c:
        assert await visits.find(c, browser.cookie, Millis(now() + 5 * MINUTE))
        assert not await visits.find(c, browser.cookie, Millis(now() + 7 * MINUTE))
    await is_done(browser)
    assert (await browser.client.post("/device/kiosk/here")).status_code == 409


async def test_a_link_opens_for_whoever_typed_it_and_not_for_the_next_one(place: Place, fran: Browser) -> None:
    browser, link = await a_kiosk(place), await a_link(fran, place)
    assert (await browser.sees(link)).headers["location"] == "/"
    wrong = await browser.sends("/device/kiosk/link", "/", link="https://elsewhere.example/x y")
    assert (wrong.status_code, "This is not a link" in text_of(wrong)) == (422, True)
    for typed in (f"{place.address}{link}", link.rpartition("/")[2]):
        answer = await browser.sends("/device/kiosk/link", "/", link=typed)
        assert (answer.status_code, answer.headers["location"]) == (303, link)
        assert "Tuesday evening" in text_of(await browser.sees(link))
        assert "I'm done" in text_of(await browser.sees(link))
        await browser.sees("/")
        assert (await browser.sees(link)).headers["location"] == "/", "whoever is next goes back"
    gone = await browser.sends("/device/kiosk/link", "/", link="/invitations/nothing")
    assert "Type it once more" in text_of(await browser.sees(gone.headers["location"]))


async def test_a_guest_at_a_kiosk_is_erased_when_they_are_done(place: Place, fran: Browser) -> None:
    browser, link = await a_kiosk(place), await a_link(fran, place)
    await browser.sends("/device/kiosk/link", "/", link=link)
    await browser.sends(f"{link}/guest", link)
    await browser.sends(link, link, agree="yes", name="Winter Wren", version="2")
    assert "You are here as a guest" in text_of(await browser.sees("/account"))
    await is_done(browser)
    async with place.store.reading() as c:
        here = tables.members.c.group_id == place.tuesday.id, tables.members.c.name == "Winter Wren"
        assert list(await c.scalars(select(tables.members.c.id).where(*here))) == []


@pytest.mark.parametrize("path", sorted(path for method, path in table() if method == "GET"))
async def test_no_page_of_a_kiosk_leads_elsewhere_or_is_filled_in_by_the_browser(
    path: str, place: Place, ann: Browser, fran: Browser, ada: Browser
) -> None:
    where = await address(place, path)
    for browser in (place.stranger(), ann, fran, ada):
        browser.client.cookies.set("kiosk", "5", domain="127.0.0.1")
        answer = await browser.sees(where)
        assert "content-disposition" not in answer.headers, "a file would stay on the device"
        if not answer.headers.get("content-type", "").startswith("text/html"):
            assert answer.headers.get("location", "/").startswith("/")
            continue
        assert re.findall(r'href="(?!/|#|data:,")[^"]*"', answer.text) == []
        assert set(re.findall(r'autocomplete="([^"]*)"', answer.text)) <= {"off", "new-password"}
        assert "kiosk.js" in answer.text
        top = answer.text.split("<header")[1].split("</header>")[0]
        assert 'href="/exit" data-leave="/"' in top
        assert "I&#39;m done" in top
        assert "999" in answer.text
        assert " download" not in answer.text


async def test_staff_end_it_where_it_was_begun(place: Place, ann: Browser, fran: Browser) -> None:
    browser = await sits_down(await a_kiosk(place), ann)
    assert (await browser.sends("/device/kiosk/end", f"/groups/{place.tuesday.id}/leave")).status_code == 404
    await is_done(browser)
    await sits_down(browser, fran)
    answer = await browser.sends("/device/kiosk/end", "/device/kiosk")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "Others use this device" in text_of(await browser.sees("/"))
    assert "I'm done" not in text_of(await browser.sees("/"))


async def test_what_a_kiosk_asks_of_somebody_can_be_done_at_one(place: Place, ann: Browser, fran: Browser) -> None:
    browser = await a_kiosk(place)
    wrong = await browser.sends("/sign-in", "/", login=ann.login, password="not the right one")
    assert "type it on the first page" in text_of(wrong)
    typed = await browser.sends("/device/kiosk/link", "/", link="one-letter-is-wrong")
    page = await browser.sees(typed.headers["location"])
    assert page.status_code == 404
    assert "Type it once more" in text_of(page)
    link = await a_link(fran, place)
    await browser.sends("/device/kiosk/link", "/", link=link)
    made = await browser.sends(f"{link}/account", link, word="walnut", password=PASSWORD)
    assert made.status_code == 200
    assert "on a slip of paper that only you see" in text_of(made)
    for never in ("print", "password manager"):
        assert never not in text_of(made), "the next person has the same device"
