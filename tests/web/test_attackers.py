"""What somebody tries who means harm: with addresses, headers, links used twice, and a cookie that is not theirs."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from time import process_time

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from chat.core.wire import Role
from chat.live.closing import Closing
from chat.records import members, starts
from chat.records.keys import now
from tests.web.conftest import OWN, website
from tests.web.place import PASSWORD, Browser, Place, at_once, code_in, text_of

ODD = ["http://[", "http://[::1", "//[", "http://℀.example", "http://\x00", "\\\\["]


@pytest.mark.parametrize("odd", ODD)
async def test_an_address_that_is_none_leads_home(odd: str, place: Place, ann: Browser) -> None:
    browser = place.stranger()
    shown = await browser.client.get("/sign-in", params={"to": odd})
    assert shown.status_code == 200
    form = {"form": code_in(shown.text), "login": ann.login, "password": PASSWORD, "to": odd}
    assert (await browser.client.post("/sign-in", data=form)).headers["location"] == "/"


@pytest.mark.parametrize("odd", ["http://[", "http://[::1", "null, null", "a b", "//127.0.0.1", "://"])
async def test_a_form_from_an_origin_that_is_none_does_nothing(odd: str, place: Place, ada: Browser) -> None:
    form = {"form": await ada.code("/admin"), "name": "Sunday"}
    assert (await ada.client.post("/admin/groups", data=form, headers={"origin": odd})).status_code == 403


@pytest.mark.parametrize("odd", ["[", "[::1", "a b", "x" * 2000, ""])
async def test_a_host_that_is_none_changes_nothing(odd: str, place: Place, nobody: Browser) -> None:
    answer = await nobody.client.get("/account", headers={"host": odd})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?to=/account")


async def test_links_to_pass_on_never_name_a_host_that_was_only_asked_for(place: Place, fran: Browser) -> None:
    at = f"/groups/{place.tuesday.id}/invitations"
    form = {"form": await fran.code(at), "uses": "1", "days": "7"}
    headers = {"host": "elsewhere.example", "x-forwarded-host": "elsewhere.example"}
    made = await fran.client.post(at, data=form, headers=headers)
    assert f'value="{place.address}/invitations/' in made.text
    assert "elsewhere" not in made.text + str(made.headers)


@pytest.mark.parametrize("sent", ["multipart/form-data", "multipart/form-data; boundary=x; charset=quokka"])
async def test_a_form_that_nobodys_browser_writes_is_not_understood(sent: str, place: Place, ada: Browser) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nSunday\r\n--x--\r\n'
    answer = await ada.client.post("/admin/groups", content=body, headers={"content-type": sent})
    assert answer.status_code in (400, 403)


@pytest.mark.parametrize("codec", ["punycode", "unicode_escape", "utf-7", "undefined"])
async def test_nobody_chooses_by_what_codec_their_form_is_read(codec: str, place: Place, nobody: Browser) -> None:
    typed = {"form": await nobody.code("/sign-in"), "login": "\\ud800 +2AA-", "password": PASSWORD}
    parts = (f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{said}\r\n' for name, said in typed.items())
    headers = {"content-type": f"multipart/form-data; boundary=x; charset={codec}"}
    answer = await nobody.client.post("/sign-in", content=f"{''.join(parts)}--x--\r\n".encode(), headers=headers)
    assert answer.status_code == 400


async def test_no_form_holds_up_everybody_else_while_it_is_read(place: Place, nobody: Browser) -> None:
    field = b'--x\r\nContent-Disposition: form-data; name="login"\r\n\r\n'
    headers = {"content-type": "multipart/form-data; boundary=x; charset=punycode"}
    begun = process_time()
    await nobody.client.post(
        "/sign-in", content=field + b"a" * 60_000 + b"-" + b"a" * 60_000 + b"\r\n--x--\r\n", headers=headers
    )
    assert process_time() - begun < 0.2


async def test_a_form_that_does_not_say_how_long_it_is_is_not_read_for_ever(place: Place, ada: Browser) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield b"name="
        for _ in range(400):
            yield b"x" * 1000

    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert (await ada.client.post("/admin/groups", content=endless(), headers=headers)).status_code == 413


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "http://elsewhere.example", "null", "://", ""])
async def test_a_page_of_another_origin_gets_no_socket(origin: str, place: Place, ann: Browser, fran: Browser) -> None:
    room = await fran.opens_the_meeting(place.tuesday)
    with pytest.raises(InvalidStatus) as refused:
        await ann.connects(room, origin=origin)
    assert refused.value.response.status_code == 403


async def _knocks(place: Place, room: str, cookie: str, origin: str) -> int:
    """The close code, or the HTTP status, of a socket as a browser behind the proxy opens it."""
    headers = {"cookie": cookie, "host": "circle.example"}
    try:
        socket = await connect(f"ws://127.0.0.1:{place.port}{room}/socket", origin=origin, additional_headers=headers)  # type: ignore[arg-type]
    except InvalidStatus as refused:
        return refused.response.status_code
    try:
        await socket.recv()
    except ConnectionClosed:
        return socket.close_code or 0
    await socket.close()
    return 0


async def test_over_https_only_the_page_of_the_right_address_gets_a_socket_and_only_with_the_right_cookie(
    safe_place: Place,
) -> None:
    fran = await safe_place.person("fran", Role.FACILITATOR, safe_place.tuesday)
    room = await fran.opens_the_meeting(safe_place.tuesday)
    right, ours = f"{safe_place.cookie}={fran.cookie}", "https://circle.example"
    assert await _knocks(safe_place, room, right, ours) == 0
    for origin in (
        "http://circle.example",
        "https://circle.example.elsewhere.example",
        f"http://127.0.0.1:{safe_place.port}",
    ):
        assert await _knocks(safe_place, room, right, origin) == 403
    assert await _knocks(safe_place, room, f"visit={fran.cookie}", ours) == Closing.SIGNED_OUT
    assert await _knocks(safe_place, room, "", ours) == Closing.SIGNED_OUT


async def test_behind_a_proxy_that_ends_https_cookies_are_for_https_alone_and_plain_ones_count_for_nothing(
    safe_place: Place,
) -> None:
    ann = await safe_place.person("ann", Role.MEMBER, safe_place.tuesday)
    forwarded = {"host": "circle.example", "x-forwarded-for": "10.9.8.7"}
    at = f"http://127.0.0.1:{safe_place.port}"
    async with httpx.AsyncClient(base_url=at, headers=forwarded) as proxy:
        shown = await proxy.get("/sign-in")
        door = shown.headers["set-cookie"].split(";")[0]
        form = {"form": code_in(shown.text), "login": ann.login, "password": PASSWORD}
        answer = await proxy.post("/sign-in", data=form, headers={"cookie": door, "origin": "https://circle.example"})
        assert answer.status_code == 303
        for cookie in (*shown.headers.get_list("set-cookie"), *answer.headers.get_list("set-cookie")):
            assert cookie.startswith("__Host-")
            assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
        plain = await proxy.get("/account", headers={"cookie": f"visit={ann.cookie}"})
        assert plain.headers["location"] == "/sign-in?to=/account"
        downgraded = await proxy.post(
            "/sign-in", data=form, headers={"cookie": door, "origin": "http://circle.example"}
        )
        assert downgraded.status_code == 403


async def test_of_two_who_use_the_first_administrators_link_at_once_one_does(new_place: Place) -> None:
    async with new_place.store.writing() as c:
        link = f"/begin/{await starts.begin(c, now())}"
    both = [new_place.stranger(), new_place.stranger()]
    words = ("heron", "otter")
    answers = await asyncio.gather(
        *(one.sends(link, link, word=word, password=PASSWORD) for one, word in zip(both, words, strict=True))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 404]
    assert sorted([(await one.sees("/admin")).status_code for one in both]) == [200, 303]


async def test_of_five_who_use_an_invitation_for_two_at_once_two_come_in(place: Place) -> None:
    link = await place.invitation(uses=2)
    five = [await place.person("dan") for _ in range(5)]
    answers = await asyncio.gather(
        *(one.sends(link, link, name=f"Dan {n}", version="1", agree="yes") for n, one in enumerate(five))
    )
    assert sorted(answer.status_code for answer in answers) == [303, 303, 404, 404, 404]
    async with place.store.reading() as c:
        assert len(await members.of(c, place.tuesday.id)) == 2


async def test_an_invitation_to_facilitate_is_neither_seen_nor_taken_back_by_facilitators(
    place: Place, fran: Browser, ada: Browser
) -> None:
    at = f"/admin/groups/{place.tuesday.id}/invitations"
    await ada.sends(at, at, uses="1", days="7")
    which = (await ada.sees(at)).text.split(f'action="{at}/')[1].split("/")[0]
    theirs = f"/groups/{place.tuesday.id}/invitations"
    assert which not in (await fran.sees(theirs)).text
    await fran.sends(f"{theirs}/{which}/revoke")
    assert (await fran.sends(f"{at}/{which}/revoke")).status_code == 404
    assert which in (await ada.sees(at)).text


async def test_an_invitation_of_another_group_is_not_taken_back(place: Place, fran: Browser, gus: Browser) -> None:
    at = f"/groups/{place.tuesday.id}/invitations"
    await fran.sends(at, at, uses="1", days="7")
    which = (await fran.sees(at)).text.split(f'action="{at}/')[1].split("/")[0]
    await gus.sends(f"/groups/{place.friday.id}/invitations/{which}/revoke")
    assert (await gus.sends(f"{at}/{which}/revoke")).status_code == 404
    assert which in (await fran.sees(at)).text


async def test_nobody_sits_down_in_a_room_of_another_group(
    place: Place, fran: Browser, gus: Browser, ada: Browser
) -> None:
    room = await fran.opens_the_meeting(place.tuesday)
    for browser in (gus, ada):
        assert await (await browser.connects(room)).is_closed() == Closing.NO_SUCH_ROOM
        assert await (await browser.connects("/rooms/nothing")).is_closed() == Closing.NO_SUCH_ROOM


async def test_a_cookie_that_was_stolen_is_worth_nothing_after_the_password_was_changed(
    place: Place, ann: Browser, fran: Browser
) -> None:
    room = await fran.opens_the_meeting(place.tuesday)
    await fran.enters(room)
    thief = place.stranger()
    thief.client.cookies.update(dict(ann.client.cookies))
    listening = await thief.enters(room)
    answer = await ann.sends("/account/password", present=PASSWORD, fresh="seven wooden boats at dusk")
    assert answer.headers["location"] == "/account?changed"
    assert (await ann.sees("/account")).status_code == 200
    assert (await thief.sees("/account")).status_code == 303
    assert await at_once(listening) == Closing.SIGNED_OUT


async def test_nobody_shakes_off_a_mute_by_leaving_the_group_and_coming_back(
    place: Place, ann: Browser, fran: Browser
) -> None:
    room, link = await fran.opens_the_meeting(place.tuesday), await place.invitation(uses=9)
    holding = await fran.enters(room)
    await ann.enters(room)
    await holding.does("mute", member=ann.member, minutes=5, reason="too-much")
    await ann.sends(f"/groups/{place.tuesday.id}/leave")
    back = await ann.sends(link, link, name="Somebody else", version="1", agree="yes")
    assert back.status_code == 422
    assert "cannot come into this group at the moment" in text_of(back)
    assert await (await ann.connects(room)).is_closed() == Closing.NO_SUCH_ROOM


async def test_nobody_shakes_off_a_removal_by_leaving_the_group_and_coming_back(
    place: Place, ann: Browser, fran: Browser
) -> None:
    room, link = await fran.opens_the_meeting(place.tuesday), await place.invitation()
    holding = await fran.enters(room)
    await ann.enters(room)
    await holding.does("remove", member=ann.member, reason="too-much")
    await ann.sends(f"/groups/{place.tuesday.id}/leave")
    await ann.sends(link, link, name="Somebody else", version="1", agree="yes")
    assert await (await ann.connects(room)).is_closed() == Closing.REMOVED


async def test_a_cookie_that_was_planted_signs_nobody_in(place: Place, ann: Browser, gus: Browser) -> None:
    victim, planted = place.stranger(), "a cookie that the attacker chose"
    victim.client.cookies.set("visit", planted, domain="127.0.0.1")
    await victim.signs_in(ann.login)
    assert victim.cookie != planted
    attacker = place.stranger()
    attacker.client.cookies.set("visit", planted, domain="127.0.0.1")
    assert (await attacker.sees("/account")).status_code == 303


@pytest.mark.parametrize(("believed", "last"), [("", 429), ("127.0.0.1", 422)])
async def test_an_address_that_somebody_only_claims_is_not_theirs_unless_a_known_proxy_says_so(
    believed: str, last: int, tmp_path: Path, redis_url: str
) -> None:
    url = f"{redis_url}?db={OWN}"
    async with website(tmp_path, url, FORWARDED_ALLOW_IPS=believed) as place:
        async with httpx.AsyncClient(base_url=place.address) as guessing:
            form = {"form": code_in((await guessing.get("/sign-in")).text), "login": "heron1234", "password": "a guess"}
            for n in range(7):
                answer = await guessing.post("/sign-in", data=form, headers={"x-forwarded-for": f"10.1.1.{n}"})
    assert answer.status_code == last
