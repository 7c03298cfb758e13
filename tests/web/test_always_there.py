"""Help, the way out, and what the browser is told, on every page."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from chat.core.wire import Role
from chat.records.keys import day, now
from tests.web.conftest import OWN, website
from tests.web.place import Browser, Place, text_of
from tests.web.test_who_may_see import address, table
from web.helplines import nagging, parse, read

pytestmark = pytest.mark.slow

MUST = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex, nofollow, noarchive",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


@pytest.mark.parametrize(("method", "path"), sorted(table()))
async def test_every_answer_tells_the_browser_to_keep_nothing_and_tell_nobody(
    method: str, path: str, place: Place, fran: Browser, ada: Browser
) -> None:
    for browser in (place.stranger(), fran, ada):
        answer = await browser.client.request(method, await address(place, path))
        assert {name: answer.headers[name] for name in MUST} == MUST
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self';")
        assert "require-trusted-types-for 'script'; trusted-types 'none'" in policy
        assert "strict-transport-security" not in answer.headers


async def test_over_https_browsers_never_come_back_without_it(safe_place: Place) -> None:
    answer = await safe_place.stranger().sees("/sign-in")
    assert "max-age=63072000" in answer.headers["strict-transport-security"]
    assert "connect-src 'self' wss://circle.example" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", sorted(path for method, path in table() if method == "GET"))
async def test_help_and_the_way_out_stand_on_every_page(path: str, place: Place, fran: Browser, ada: Browser) -> None:
    for browser in (place.stranger(), fran, ada):
        answer = await browser.sees(await address(place, path))
        if answer.headers.get("content-type", "").startswith("text/html"):
            top = answer.text.split("<header")[1].split("</header>")[0]
            assert top.index("/help") < top.index("/exit")
            assert 'data-leave="https://www.bbc.com/weather"' in top
            assert "999" in answer.text
            assert "Tuesday" not in answer.text.split("</title>")[0]


@pytest.mark.parametrize(
    "path", sorted(path for method, path in table() if method == "GET" and path.startswith(("/groups/", "/rooms/")))
)
async def test_what_a_group_agreed_on_and_should_know_is_on_each_of_its_pages(
    path: str, place: Place, ann: Browser, fran: Browser
) -> None:
    shown = 0
    for browser in (ann, fran):
        answer = await browser.sees(await address(place, path))
        if answer.status_code != 200 or not answer.headers["content-type"].startswith("text/html"):
            continue
        shown += 1
        for where in ("agreement", "limits"):
            assert f'href="/groups/{place.tuesday.id}/{where}"' in answer.text, path
    assert shown or path in NO_PAGES


NO_PAGES = {
    "/groups/{group}/agreement/text",
    "/groups/{group}/crisis/steps",
    "/groups/{group}/invitations/{invitation}/send-away",
    "/rooms/{room}/earlier",
    "/rooms/{room}/reports",
    "/rooms/{room}/stored",
}
"""What a script asks for, and what is there only for a link that somebody came by."""


@pytest.mark.parametrize(("method", "path"), sorted(table()))
async def test_over_https_no_answer_sets_a_cookie_that_others_could_read_or_set(
    method: str, path: str, safe_place: Place
) -> None:
    fran = await safe_place.person("fran", Role.FACILITATOR, safe_place.tuesday)
    for browser in (safe_place.stranger(), fran):
        answer = await browser.client.request(method, await address(safe_place, path))
        assert "max-age=63072000" in answer.headers["strict-transport-security"]
        for cookie in answer.headers.get_list("set-cookie"):
            said = cookie.lower()
            assert cookie.startswith("__Host-")
            assert all(word in said for word in ("path=/", "secure", "httponly", "samesite=lax"))
            assert "domain=" not in said


async def test_what_is_no_page_tells_the_browser_the_same(place: Place) -> None:
    browser = place.stranger()
    for path in ("/static/leave.js", "/static/nothing.js", "/nothing", "/healthz", "/rooms/x/socket"):
        answer = await browser.sees(path)
        assert {name: answer.headers[name] for name in MUST if name != "cache-control"} == {
            name: value for name, value in MUST.items() if name != "cache-control"
        }
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")


async def test_without_javascript_a_room_still_shows_help_the_agreement_and_the_way_out(
    place: Place, ann: Browser, fran: Browser
) -> None:
    room = await fran.opens_the_meeting(place.tuesday)
    shown = (await ann.sees(room)).text
    without = shown.split('class="ending without"')[1].split("</main>")[0]
    assert 'href="tel:999"' in without
    assert f"/groups/{place.tuesday.id}/agreement" in without
    assert (await ann.sees(f"/groups/{place.tuesday.id}/agreement")).status_code == 200
    top = shown.split("<header")[1].split("</header>")[0]
    assert 'href="/help"' in top
    assert 'href="/exit"' in top
    assert (await ann.sees("/exit")).headers["location"] == place.site.exit_url


async def test_a_page_that_is_not_there_is_a_page(nobody: Browser) -> None:
    answer = await nobody.sees("/nothing/here")
    assert answer.status_code == 404
    assert "Leave now" in answer.text


async def test_help_lines_show_only_once_they_are_confirmed_word_for_word(
    place: Place, nobody: Browser, ada: Browser
) -> None:
    first, second = place.app.state.site.helplines.lines[:2]
    assert "Samaritans" not in (await nobody.sees("/help")).text
    unnamed = await ada.sends(f"/admin/help-lines/{first.digest.hex()}", "/admin", right="yes", by=" ")
    assert unnamed.status_code == 422
    assert "Please write who opened the page of the source" in text_of(unnamed)
    assert first.name not in text_of(await nobody.sees("/help"))
    await ada.sends(f"/admin/help-lines/{first.digest.hex()}", "/admin", right="yes", by="Ada, care team")
    shown = (await nobody.sees("/help")).text
    assert shown.count('href="tel:116123"') == 1
    assert second.name not in shown
    assert "by Ada, care team" in (await ada.sees("/admin")).text
    assert "Ada, care team" not in shown
    await ada.sends(f"/admin/help-lines/{first.digest.hex()}", "/admin", right="no")
    assert "Samaritans" not in (await nobody.sees("/help")).text


def test_no_help_line_ships_as_if_somebody_had_checked_it() -> None:
    shipped = read(None)
    assert {line.country for line in shipped.lines} == set("GB IE US CA AU NZ DE FR ES NL IN EU".split())
    assert all(line.source.startswith("https://") for line in shipped.lines)
    assert not [one for one in shipped.checked({}, day(now())) if one.by]
    assert "112" in shipped.emergency
    assert read("GB").emergency == "999"


LINE = '[emergency]\nGB = "999"\n[[line]]\ncountry = "GB"\nname = "A"\nfor = "B"\nhours = "C"\nphone = "1"\n'
BY_HAND = LINE + 'source = "https://a.example"\nlast_checked = "2026-03-01"\nchecked_by = "Ada"\n'


def test_a_changed_number_must_be_confirmed_again_and_another_day_of_checking_need_not() -> None:
    before = parse("GB", LINE).lines[0].digest
    assert parse("GB", LINE.replace('"1"', '"2"')).lines[0].digest != before
    assert parse("GB", BY_HAND).lines[0].digest == before


def test_a_line_counts_for_a_year_and_is_asked_about_after_ninety_days() -> None:
    known = parse("GB", BY_HAND)
    standing = [known.checked({}, date(2026, 3, 1) + timedelta(days=passed))[0] for passed in (0, 89, 90, 364, 365)]
    assert [bool(one.by) for one in standing] == [True, True, True, True, False]
    assert [one.due for one in standing] == [False, False, True, True, False]
    assert nagging(standing[:1], "GB") == []
    assert "check again: A" in nagging(standing[2:3], "GB")[0]
    assert "No help line for GB" in nagging(standing[4:], "GB")[0]


def test_a_day_without_whoever_looked_is_no_check() -> None:
    assert not parse("GB", BY_HAND.replace('"Ada"', '""')).checked({}, date(2026, 3, 2))[0].by
    with pytest.raises(ValueError, match="month"):
        parse("GB", BY_HAND.replace("2026-03-01", "2026-13-01"))


async def test_everybody_finds_their_country_on_the_page_itself_and_tells_nobody_which(nobody: Browser) -> None:
    shown = (await nobody.sees("/help")).text
    for name in ("United Kingdom", "Ireland", "Germany", "France", "India", "New Zealand", "Somewhere else"):
        assert f"<summary>{name}</summary>" in shown
    assert shown.index("United Kingdom") < shown.index("Australia")  # the operator's own comes first
    assert "<form" not in shown.split("<main")[1].split("</main>")[0]
    assert '<a href="tel:999">999</a>' in shown


def country(shown: str, name: str) -> str:
    """What stands under a country on the page of help."""
    return shown.split(f"<summary>{name}</summary>")[1].split("</details>")[0]


async def test_a_country_without_a_checked_line_says_so_and_where_else_people_listen(
    place: Place, nobody: Browser, ada: Browser
) -> None:
    empty = country((await nobody.sees("/help")).text, "South Africa")
    assert "No line for this country has been checked here yet" in empty
    assert 'href="https://findahelpline.com"' in empty
    line = next(line for line in place.site.helplines.lines if line.country == "IE")
    await ada.sends(f"/admin/help-lines/{line.digest.hex()}", "/admin", right="yes", by="Ada")
    assert "has been checked here yet" not in country((await nobody.sees("/help")).text, "Ireland")
    await ada.sends(f"/admin/help-lines/{line.digest.hex()}", "/admin", right="no")
    assert "has been checked here yet" in country((await nobody.sees("/help")).text, "Ireland")


async def test_whoever_is_signed_in_finds_the_way_back_from_help(nobody: Browser, ann: Browser) -> None:
    assert '<a href="/">Back to your groups</a>' in (await ann.sees("/help")).text
    assert "Back to your groups" not in (await nobody.sees("/help")).text


async def test_a_rehearsal_says_so_on_every_page(tmp_path: Path, redis_url: str) -> None:
    async with website(tmp_path, f"{redis_url}?db={OWN}", HEARTH_REHEARSAL="1") as place:
        assert "This is a rehearsal" in (await place.stranger().sees("/sign-in")).text


async def test_style_and_scripts_are_kept_as_long_as_they_are_the_same(nobody: Browser) -> None:
    page = (await nobody.sees("/sign-in")).text
    marked = page.split('rel="stylesheet" href="')[1].split('"')[0]
    kept = await nobody.sees(marked)
    assert "immutable" in kept.headers["cache-control"]
    assert kept.headers["content-encoding"] == "gzip"
    assert (await nobody.sees("/static/leave.js")).headers["cache-control"] == "no-cache"
    assert "content-encoding" not in (await nobody.sees("/sign-in")).headers
    assert (await nobody.sees("/static/../app.py")).status_code == 404
