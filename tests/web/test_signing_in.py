"""Signing in tells a stranger nothing; signing out is at once and everywhere."""

import pytest
from httpx import Response

from chat.core.wire import Role
from chat.live.closing import Closing
from tests.web.place import PASSWORD, Browser, Place, at_once, code_in, text_of


async def tries(browser: Browser, login: str, password: str) -> Response:
    return await browser.sends("/sign-in", "/sign-in", login=login, password=password)


async def test_a_member_signs_in_and_sees_their_groups(place: Place, ann: Browser) -> None:
    somewhere = place.stranger()
    answer = await tries(somewhere, f" {ann.login.upper()} ", PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "Tuesday evening" in (await somewhere.sees("/")).text


async def test_an_unknown_name_and_a_wrong_password_get_the_same_answer_to_the_byte(place: Place, ann: Browser) -> None:
    browser = place.stranger()
    known = await tries(browser, ann.login, "not the password")
    unknown = await tries(browser, "stranger0000", "not the password")
    assert known.status_code == unknown.status_code == 422
    assert known.text.replace(ann.login, "") == unknown.text.replace("stranger0000", "")
    assert [h for h in known.headers if h != "content-length"] == [h for h in unknown.headers if h != "content-length"]


async def test_after_many_tries_both_wait_equally_and_the_owner_elsewhere_does_not(place: Place, ann: Browser) -> None:
    waits = {}
    for login in (ann.login, "stranger0000"):
        browser = place.stranger()
        answers = [await tries(browser, login, "not the password") for _ in range(7)]
        waits[login] = [(one.status_code, "retry-after" in one.headers) for one in answers]
    assert waits[ann.login] == waits["stranger0000"]
    assert waits[ann.login][-1] == (429, True)


async def test_the_name_is_kept_and_the_password_never(place: Place) -> None:
    answer = await tries(place.stranger(), "heron1234", "a password somebody mistyped")
    assert 'value="heron1234"' in answer.text
    assert "mistyped" not in answer.text


async def test_over_https_the_cookie_cannot_be_read_sent_elsewhere_or_set_by_another_host(safe_place: Place) -> None:
    ann = await safe_place.person("ann", Role.MEMBER, safe_place.tuesday)
    answer = await tries(safe_place.stranger(), ann.login, PASSWORD)
    cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("__Host-visit="))
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain" not in cookie
    assert "Max-Age" not in cookie  # closing the browser ends it


async def test_signing_out_ends_the_visit_closes_its_rooms_and_asks_the_browser_to_forget(
    place: Place, ann: Browser, fran: Browser
) -> None:
    room = await fran.opens_the_meeting(place.tuesday)
    holding, seat = await fran.enters(room), await ann.enters(room)
    stolen = dict(ann.client.cookies)
    answer = await ann.sends("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/goodbye")
    assert answer.headers["clear-site-data"] == '"cache", "cookies", "storage"'
    assert await at_once(seat) == Closing.SIGNED_OUT
    await holding.hears("left")
    thief = place.stranger()
    thief.client.cookies.update(stolen)
    assert (await thief.sees("/account")).status_code == 303
    assert await (await thief.connects(room)).is_closed() == Closing.SIGNED_OUT


async def test_whoever_signs_in_again_leaves_the_earlier_visit(place: Place, ann: Browser, fran: Browser) -> None:
    room = await fran.opens_the_meeting(place.tuesday)
    await fran.enters(room)
    seat, before = await ann.enters(room), ann.cookie
    form = {"form": await ann.code("/account"), "login": fran.login, "password": PASSWORD}
    assert (await ann.client.post("/sign-in", data=form)).status_code == 303
    assert ann.cookie != before
    assert await at_once(seat) == Closing.SIGNED_OUT


@pytest.mark.parametrize(
    "to", ["//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example", "javascript:x"]
)
async def test_signing_in_leads_nowhere_else(to: str, place: Place, ann: Browser) -> None:
    browser = place.stranger()
    shown = await browser.client.get("/sign-in", params={"to": to})
    form = {"form": code_in(shown.text), "login": ann.login, "password": PASSWORD, "to": to}
    assert (await browser.client.post("/sign-in", data=form)).headers["location"] == "/"


async def test_whoever_was_asked_to_sign_in_comes_to_the_page_they_wanted(place: Place, ann: Browser) -> None:
    browser, page = place.stranger(), f"/groups/{place.tuesday.id}"
    asked = await browser.sees(page)
    shown = await browser.sees(asked.headers["location"])
    to = shown.text.split('name="to" value="')[1].split('"')[0]
    answer = await browser.sends("/sign-in", login=ann.login, password=PASSWORD, to=to)
    assert answer.headers["location"] == page


async def test_leaving_now_signs_out_and_leads_away(place: Place, ann: Browser, fran: Browser) -> None:
    room = await fran.opens_the_meeting(place.tuesday)
    await fran.enters(room)
    seat = await ann.enters(room)
    answer = await ann.sees("/exit")
    assert (answer.status_code, answer.headers["location"]) == (303, "https://www.bbc.com/weather")
    assert await at_once(seat) == Closing.SIGNED_OUT
    assert (await ann.sees("/account")).status_code == 303


async def test_the_script_that_leaves_gets_an_empty_answer(place: Place, ann: Browser, fran: Browser) -> None:
    room = await fran.opens_the_meeting(place.tuesday)
    await fran.enters(room)
    seat = await ann.enters(room)
    answer = await ann.client.post("/exit")
    assert (answer.status_code, answer.content) == (204, b"")
    assert await at_once(seat) == Closing.SIGNED_OUT


async def test_a_link_on_another_site_cannot_sign_anybody_out(place: Place, ann: Browser, fran: Browser) -> None:
    room = await fran.opens_the_meeting(place.tuesday)
    await fran.enters(room)
    seat = await ann.enters(room)
    for method in ("GET", "POST"):
        answer = await ann.client.request(method, "/exit", headers={"sec-fetch-site": "cross-site"})
        assert "set-cookie" not in answer.headers
    assert (await ann.sees("/account")).status_code == 200
    await seat.says("I am still here.")


async def test_another_password_ends_every_other_visit(place: Place, ann: Browser, fran: Browser) -> None:
    room = await fran.opens_the_meeting(place.tuesday)
    await fran.enters(room)
    other = await place.stranger().signs_in(ann.login)
    seat = await other.enters(room)
    fresh = "seven wooden boats at dusk"
    wrong = await ann.sends("/account/password", present="not it at all", fresh=fresh)
    assert "not your present password" in text_of(wrong)
    assert fresh not in wrong.text
    assert (await ann.sends("/account/password", present=PASSWORD, fresh="password")).status_code == 422
    assert (await ann.sends("/account/password", present=PASSWORD, fresh=fresh)).status_code == 303
    assert await at_once(seat) == Closing.SIGNED_OUT
    assert (await other.sees("/account")).status_code == 303
    assert (await ann.sees("/account")).status_code == 200
    assert (await tries(place.stranger(), ann.login, PASSWORD)).status_code == 422
    assert (await tries(place.stranger(), ann.login, fresh)).status_code == 303


async def test_who_guesses_a_password_at_the_page_that_changes_it_is_slowed_whatever_the_fresh_one_is(
    place: Place, ann: Browser
) -> None:
    form = {"form": await ann.code("/account"), "present": "not the password", "fresh": "a1!" * 24}
    answers = [text_of(await ann.client.post("/account/password", data=form)) for _ in range(7)]
    assert "There were many tries" in answers[-1]


async def test_a_visit_is_seen_and_ended_by_its_owner_alone(
    place: Place, ann: Browser, fran: Browser, gus: Browser
) -> None:
    room = await fran.opens_the_meeting(place.tuesday)
    await fran.enters(room)
    other = await place.stranger().signs_in(ann.login)
    seat = await other.enters(room)
    which = (await ann.sees("/account")).text.split("/account/visits/")[1].split("/")[0]
    await gus.sends(f"/account/visits/{which}/end")
    assert (await other.sees("/account")).status_code == 200
    await seat.says("I am still here.")
    await ann.sends(f"/account/visits/{which}/end")
    assert await at_once(seat) == Closing.SIGNED_OUT
    assert (await other.sees("/account")).status_code == 303
