"""Where others use the device a visit is short and leaves nothing; nothing here tells a passer-by what it is for."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from chat.core.ids import AccountId, Millis
from chat.records import tables, visits
from chat.records.keys import HOUR, hashed, now
from tests.web.place import PASSWORD, Browser, Place, text_of
from web.render import STATIC

KEEPS = re.compile(
    r"localStorage|sessionStorage|indexedDB|serviceWorker|PushManager|Notification\b|caches\b|document\.cookie"
)


async def signs_in(place: Place, who: Browser, **more: str) -> tuple[Browser, str]:
    """At another browser; its Set-Cookie header."""
    browser = place.stranger()
    answer = await browser.sends("/sign-in", "/sign-in", login=who.login, password=PASSWORD, **more)
    assert answer.status_code == 303
    return browser, answer.headers["set-cookie"]


async def test_a_visit_on_a_shared_device_ends_after_two_hours_unused_and_four_in_any_case(
    place: Place, ann: Browser
) -> None:
    shared, _ = await signs_in(place, ann, shared="yes")
    own, _ = await signs_in(place, ann)
    begun = now()
    for browser, hours, there in ((shared, 1.9, True), (shared, 2.1, False), (own, 2.1, True)):
        async with place.store.reading() as c:
            found = await visits.find(c, browser.cookie, Millis(begun + int(hours * HOUR)))
        assert bool(found) is there
    for hours, left in ((1, 2), (3.5, 0.5)):
        at = Millis(begun + int(hours * HOUR))
        async with place.store.writing() as c:
            visit = next(one for one in await visits.of(c, await account(place, ann), begun) if one.shared)
            assert visit.needs_keeping_alive(at)
            assert abs(visit.idle_end(at, visits.IDLE) - at - left * HOUR) < HOUR / 60


async def account(place: Place, who: Browser) -> AccountId:
    async with place.store.reading() as c:
        which = select(tables.visits.c.account_id).where(tables.visits.c.token_hash == hashed(who.cookie))
        return AccountId(await c.scalar(which) or "")


async def test_its_pages_cover_themselves_and_those_of_ones_own_device_do_not(place: Place, ann: Browser) -> None:
    shared, _ = await signs_in(place, ann, shared="yes")
    own, _ = await signs_in(place, ann)
    for path in ("/", "/account", f"/groups/{place.tuesday.id}", "/device"):
        assert "cover.js" in (await shared.sees(path)).text
        assert "cover.js" not in (await own.sees(path)).text


async def test_a_cookie_goes_with_the_browser_and_its_name_says_nothing(safe_place: Place) -> None:
    ann = await safe_place.person("ann")
    _, cookie = await signs_in(safe_place, ann)
    assert cookie.startswith("__Host-visit=")
    assert not re.search("expires|max-age", cookie.split("__Host-door")[0], re.IGNORECASE)


@pytest.mark.parametrize("name", sorted(path.name for path in STATIC.glob("*.js")))
def test_no_script_keeps_anything_in_the_browser_or_sends_notifications(name: str) -> None:
    assert not KEEPS.findall((STATIC / name).read_text())


async def test_whoever_takes_away_what_is_kept_is_told_that_the_file_stays(place: Place, ann: Browser) -> None:
    words = "A file that you take away stays on it"
    assert words not in text_of(await ann.sees("/account/everything"))
    browser = place.stranger()
    await browser.sends("/sign-in", "/sign-in", login=ann.login, password=PASSWORD, shared="yes")
    assert words in text_of(await browser.sees("/account/everything"))


async def test_a_passer_by_reads_nothing_from_a_tab_or_an_icon(place: Place, ann: Browser) -> None:
    for path in ("/", "/device", "/device/practice", f"/groups/{place.tuesday.id}"):
        page = (await ann.sees(path)).text
        title = page.split("<title>")[1].split("</title>")[0]
        assert not re.search("support|crisis|help|suicid|Tuesday|Hearth", title, re.IGNORECASE)
        assert '<link rel="icon" href="data:,">' in page
        assert "manifest" not in page
    titles = [
        words
        for template in Path("web/templates").glob("*.html")
        for words in re.findall(r"{% block title %}(.*?){% endblock %}", template.read_text("utf-8"))
    ]
    assert len(titles) > 40
    telling = r"support|crisis|help|suicid|harm|danger|emergenc|abuse|group\.name"
    assert [words for words in titles if re.search(telling, words, re.IGNORECASE)] == []
    assert "such as “Your group" in text_of(await ann.sees("/device")), "the history shows them"


async def test_practising_signs_nobody_out_and_the_real_way_out_stays(place: Place, ann: Browser) -> None:
    page = (await ann.sees("/device/practice")).text
    assert 'data-leave="https://www.bbc.com/weather"' in page
    assert 'href="/device/practice/done" data-practice' in page
    assert (await ann.sees("/device/practice/done")).status_code == 200
    assert (await ann.sees("/account")).status_code == 200
