"""Who has found out a facilitator's password still does not sign in as them, or do what concerns other people."""

import re
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from chat.core.ids import Millis, RoomId, SeatId
from chat.core.wire import Role
from chat.live.closing import Closing
from chat.live.keeping import Admission
from chat.records import members, tables, visits
from chat.records.keys import now
from tests.web.conftest import OWN, website
from tests.web.place import PASSWORD, Browser, Place, text_of
from web import totp
from web.keeping import Keeping, OfVisits
from web.visit import token_of, visit_of

RFC = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""The secret of the examples in RFC 6238, appendix B."""


@pytest.mark.parametrize(
    ("second", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(second: int, code: str) -> None:
    assert totp.code(RFC, second * 1000 // totp.STEP) == code
    assert totp.step_of(RFC, f"{code[:3]} {code[3:]}", Millis(second * 1000)) == second // 30


def test_a_clock_may_be_half_a_minute_off_and_no_more() -> None:
    at = Millis(1234567890_000)
    late, later = totp.code(RFC, at // totp.STEP - 1), totp.code(RFC, at // totp.STEP - 2)
    assert totp.step_of(RFC, late, at) == at // totp.STEP - 1
    assert totp.step_of(RFC, later, at) is None


async def turns_it_on(browser: Browser, on_to: str = "/account/second") -> tuple[str, list[str]]:
    """The secret in their device, and the codes they wrote down. `on_to`: where they are led from there."""
    shown = await browser.sees("/account/second")
    found = re.search(r'class="keep">([A-Z2-7]{32})<', shown.text)
    assert found
    assert "<svg" in shown.text
    code = totp.code(found[1], now() // totp.STEP - 1)
    answer = await browser.sends("/account/second", "/account/second", code=code)
    codes = re.findall(r"<li>([a-z2-9-]{23})</li>", answer.text)
    assert len(codes) == 8
    assert f'href="{on_to}">I have written them down' in answer.text
    return found[1], codes


async def types_the_password(browser: Browser, login: str) -> dict[str, str]:
    """What the form of the second step carries."""
    answer = await browser.sends("/sign-in", "/sign-in", login=login, password=PASSWORD)
    assert (answer.status_code, "visit=" in str(answer.headers.get_list("set-cookie"))) == (200, False)
    return dict(re.findall(r'name="(form|half|to)" value="([^"]*)"', answer.text))


async def test_fran_signs_in_with_her_device_and_each_code_works_once(place: Place, fran: Browser) -> None:
    secret, _ = await turns_it_on(fran)
    browser, thief = place.stranger(), place.stranger()
    form = await types_the_password(browser, fran.login)
    assert (await browser.sees("/account")).status_code == 303, "not signed in by the password alone"
    wrong = await browser.client.post("/sign-in/second", data=form | {"code": "000000"})
    assert wrong.status_code == 422
    code = totp.code(secret, now() // totp.STEP)
    assert (await browser.client.post("/sign-in/second", data=form | {"code": code})).status_code == 303
    assert (await browser.sees("/account")).status_code == 200
    stolen = await types_the_password(thief, fran.login)
    again = await thief.client.post("/sign-in/second", data=stolen | {"code": code})
    assert again.status_code == 422, "somebody looked over her shoulder"
    elsewhere = place.stranger()
    moved = stolen | {"form": await elsewhere.code(), "code": totp.code(secret, now() // totp.STEP + 1)}
    assert "Please sign in again" in text_of(await elsewhere.client.post("/sign-in/second", data=moved))


async def test_whoever_has_typed_a_password_that_is_changed_meanwhile_begins_anew(place: Place, fran: Browser) -> None:
    _, codes = await turns_it_on(fran)
    thief = place.stranger()
    form = await types_the_password(thief, fran.login)
    await fran.sends("/account/password", present=PASSWORD, fresh="seven wooden boats at dusk")
    answer = await thief.client.post("/sign-in/second", data=form | {"code": codes[0]})
    assert answer.status_code == 422
    assert "Please sign in again" in text_of(answer)
    assert (await thief.sees("/account")).status_code == 303


async def test_a_code_that_she_wrote_down_works_once_when_the_device_is_lost(place: Place, fran: Browser) -> None:
    _, codes = await turns_it_on(fran)
    browser = place.stranger()
    form = await types_the_password(browser, fran.login)
    typed = {"code": codes[3].upper().replace("-", " ")}
    assert (await browser.client.post("/sign-in/second", data=form | typed)).status_code == 303
    other = place.stranger()
    form = await types_the_password(other, fran.login)
    assert (await other.client.post("/sign-in/second", data=form | typed)).status_code == 422
    assert "7 of the codes" in text_of(await browser.sees("/account/second"))
    made = await browser.sends("/account/second/codes", "/account/second")
    assert codes[0] not in made.text
    assert "8 of the codes" in text_of(await browser.sees("/account/second"))
    await browser.sends("/account/second/off", "/account/second")
    assert (await place.stranger().signs_in(fran.login)).login == fran.login


async def test_guessing_codes_is_slow_and_ends_for_the_day(place: Place, fran: Browser) -> None:
    secret, _ = await turns_it_on(fran)
    browser = place.stranger()
    form = await types_the_password(browser, fran.login)
    tries = [await browser.client.post("/sign-in/second", data=form | {"code": f"{n:06}"}) for n in range(7)]
    assert [one.status_code for one in tries][-1] == 429
    async with place.store.writing() as c:
        await c.execute(update(tables.throttle).values(wait_until=0, failures=101))
    code = totp.code(secret, now() // totp.STEP)
    right = await browser.client.post("/sign-in/second", data=form | {"code": code})
    assert right.status_code == 422


async def test_the_secret_is_sealed_and_the_codes_are_kept_as_hashes(place: Place, fran: Browser) -> None:
    secret, codes = await turns_it_on(fran)
    async with place.store.reading() as c:
        kept = [str(list(await c.execute(select(table)))) for table in (tables.second_steps, tables.spare_codes)]
    assert not any(one in row for row in kept for one in (secret, *codes, codes[0].replace("-", "")))


async def test_an_installation_can_ask_it_of_everybody_who_facilitates_or_administers(
    tmp_path: Path, redis_url: str
) -> None:
    async with website(tmp_path, f"{redis_url}?db={OWN}", HEARTH_SECOND_STEP="required") as place:
        fran = await place.person("fran", Role.FACILITATOR, place.tuesday)
        ann = await place.person("ann", Role.MEMBER, place.tuesday)
        ada = await place.person("ada", administrator=True)
        group = f"/groups/{place.tuesday.id}"
        for browser, where in ((fran, group), (ada, "/admin")):
            assert (await browser.sees(where)).headers["location"] == "/account/second"
        assert (await ann.sees(group)).status_code == 200
        await turns_it_on(fran, on_to="/")
        assert (await fran.sees(group)).status_code == 200


async def test_where_it_is_asked_of_facilitators_none_holds_a_room_without_it(tmp_path: Path, redis_url: str) -> None:
    async with website(tmp_path, f"{redis_url}?db={OWN}", HEARTH_SECOND_STEP="required") as place:
        fran = await place.person("fran", Role.FACILITATOR, place.tuesday)
        ann = await place.person("ann", Role.MEMBER, place.tuesday)
        await turns_it_on(fran, on_to="/")
        room = await fran.opens_the_meeting(place.tuesday)
        seat = await fran.enters(room)
        other = await ann.enters(room)
        asks = Keeping(place.store, place.site.ledger, visit_of, token_of, OfVisits(second_step=True))
        sitting = {SeatId("f"): await admission(place, fran, room), SeatId("a"): await admission(place, ann, room)}
        assert await asks.unwelcome(sitting) == {}
        await fran.sends("/account/second/off", "/account/second")
        assert await seat.is_closed() == Closing.SIGNED_OUT, "nobody sits on who has turned it off"
        assert await asks.unwelcome(sitting) == {SeatId("f"): Closing.SIGNED_OUT}, "where that was not heard, too"
        assert await (await fran.connects(room)).is_closed() == Closing.SIGNED_OUT
        assert other.closed is None
        await turns_it_on(fran, on_to="/")
        await fran.enters(room)
        async with place.store.writing() as c:
            await c.execute(delete(tables.second_steps))
        assert await (await fran.connects(room)).is_closed() == Closing.SIGNED_OUT


async def admission(place: Place, who: Browser, room: str) -> Admission:
    """Somebody's seat as the server looks at it each 15 seconds."""
    async with place.store.reading() as c:
        visit = await visits.find(c, who.cookie, now())
        assert visit
        member = await members.find(c, place.tuesday.id, visit.account_id)
    assert member
    which = RoomId(room.rpartition("/")[2])
    return Admission(which, member.group, member.id, member.name, member.role, visit.id, visit.account_id)


async def a_while_passes(place: Place) -> None:
    """So long that nobody has typed their password lately."""
    async with place.store.writing() as c:
        await c.execute(update(tables.visits).values(sure_until=0))


async def test_what_concerns_others_asks_for_the_password_again_unless_it_was_just_typed(
    place: Place, fran: Browser, ada: Browser
) -> None:
    report, invite = f"/groups/{place.tuesday.id}/reports/x", f"/admin/groups/{place.tuesday.id}/invitations"
    assert (await ada.sees(invite)).status_code == 200
    code = await ada.code(invite)
    await a_while_passes(place)
    for browser, where in ((fran, report), (ada, invite)):
        asked = await browser.sees(where)
        assert (asked.status_code, asked.headers["location"]) == (303, f"/sure?to={where}")
    late = await ada.client.post(invite, data={"form": code, "uses": "1", "days": "7"})
    assert late.headers["location"] == f"/sure?to={invite}"
    wrong = await ada.sends("/sure", f"/sure?to={invite}", present="not it", to=invite)
    assert wrong.status_code == 422
    assert (await ada.sees(invite)).status_code == 303
    right = await ada.sends("/sure", f"/sure?to={invite}", present=PASSWORD, to=invite)
    assert right.headers["location"] == invite
    assert (await ada.sees(invite)).status_code == 200
    assert (await fran.sees(report)).status_code == 303, "Ada's password says nothing of Fran"
    away = await ada.sends("/sure", "/sure", present=PASSWORD, to="https://elsewhere.example")
    assert away.headers["location"] == "/"
