"""Whoever has lost their password comes back without e-mail, and nobody learns anything by that."""

import re

from chat.core.ids import AccountId
from chat.core.wire import Role
from chat.core.wire.frame import Reason
from chat.live.closing import Closing
from chat.records import accounts, bars, members
from chat.records.keys import now
from tests.web.place import PASSWORD, Browser, Place, at_once, text_of

FRESH = "seven wooden boats at dusk"


async def new_account(place: Place) -> tuple[Browser, list[str]]:
    """Somebody new, and the codes that they were shown."""
    link, dan = await place.invitation(), place.stranger()
    shown = await dan.sends(f"{link}/account", link, word="otter", password=PASSWORD)
    found = re.search(r">(otter\d{4})<", shown.text)
    assert found
    dan.login = found[1]
    codes = re.findall(r"<li>([a-z2-9-]{23})</li>", shown.text)
    assert len(codes) == 8
    return dan, codes


async def test_a_code_that_was_written_down_sets_a_new_password_once_and_signs_out_everywhere(place: Place) -> None:
    dan, codes = await new_account(place)
    assert "8 of the codes" in text_of(await dan.sees("/account"))
    browser = place.stranger()
    form = {"login": dan.login, "code": codes[2].upper(), "fresh": FRESH}
    assert "together with your sign-in name, and not without it" in text_of(await browser.sees("/recover"))
    assert (await browser.sends("/recover", "/recover", **form)).headers["location"] == "/account"
    assert "7 of the codes" in text_of(await browser.sees("/account"))
    assert (await dan.sees("/account")).status_code == 303, "signed out everywhere"
    assert (await place.stranger().sends("/recover", "/recover", **form)).status_code == 422
    assert (await place.stranger().signs_in(dan.login, FRESH)).login == dan.login
    made = await browser.sends("/account/codes", "/account")
    assert codes[3] not in made.text
    old = form | {"code": codes[3]}
    assert (await place.stranger().sends("/recover", "/recover", **old)).status_code == 422


async def test_a_wrong_code_and_a_name_that_does_not_exist_get_the_same_answer_to_the_byte(place: Place) -> None:
    dan, codes = await new_account(place)
    answers = []
    for login, code in ((dan.login, "aaaaa-aaaaa-aaaaa-aaaaa"), ("stranger0000", codes[0])):
        browser = place.stranger()
        form = {"form": await browser.code("/recover"), "login": login, "code": code, "fresh": FRESH}
        answer = await browser.client.post("/recover", data=form)
        answers.append((answer.status_code, re.sub(rf"{login}|value=\"[0-9a-f]{{64}}\"", "", answer.text)))
        assert code not in answer.text
    assert answers[0] == answers[1]


async def test_guessing_codes_is_slow(place: Place) -> None:
    browser = place.stranger()
    form = {"login": "otter0000", "code": "guess", "fresh": FRESH}
    answers = [(await browser.sends("/recover", "/recover", **form)).status_code for _ in range(7)]
    assert answers[-1] == 429


async def test_no_stranger_has_passwords_judged_as_often_as_they_like(place: Place) -> None:
    browser = place.stranger()
    form = {"form": await browser.code("/recover"), "login": "otter0000", "code": "guess", "fresh": "a1!" * 24}
    answers = [(await browser.client.post("/recover", data=form)).status_code for _ in range(7)]
    assert answers[-1] == 429


async def test_somebody_whose_fresh_password_is_weak_keeps_the_code_they_typed_for_another_try(place: Place) -> None:
    dan, codes = await new_account(place)
    browser, form = place.stranger(), {"login": dan.login, "code": codes[0]}
    answer = await browser.sends("/recover", "/recover", **form, fresh="aaaaaaaaaaaaaaa")
    assert "easy to guess" in text_of(answer)
    assert (await browser.sends("/recover", "/recover", **form, fresh=FRESH)).status_code == 303


async def vouches(fran: Browser, place: Place, who: str | None) -> str:
    """The path of the link that Fran is shown."""
    at = f"/groups/{place.tuesday.id}/people"
    shown = await fran.sends(f"{at}/{who}/vouch", at)
    found = re.search(r'value="[^"]*(/recover/[^"]+)"', shown.text)
    assert found, text_of(shown)
    assert "<svg" in shown.text
    return found[1]


async def test_a_facilitator_vouches_for_ann_who_goes_on_as_ann_in_this_group_alone(
    place: Place, ann: Browser, fran: Browser, gus: Browser
) -> None:
    friday = await place.joins(ann, place.friday, "Winter Wren")
    room = await fran.opens_the_meeting(place.tuesday)
    await fran.enters(room)
    seat = await ann.enters(room)
    link = await vouches(fran, place, ann.member)
    browser = place.stranger()
    shown = await browser.sees(link)
    assert "vouches that you are Ann" in text_of(shown)
    assert not any(one in shown.text for one in (ann.login, "Friday", "Winter Wren"))
    made = await browser.sends(link, link, word="heron", password=FRESH)
    login = re.search(r">(heron\d{4})<", made.text)
    assert login
    assert not any(one in made.text for one in (ann.login, "Friday", "Winter Wren"))
    assert await at_once(seat) == Closing.NO_SUCH_ROOM
    browser.login, browser.member = login[1], ann.member
    assert "Here you are Ann" in text_of(await browser.sees(f"/groups/{place.tuesday.id}"))
    assert "Friday" not in text_of(await browser.sees("/"))
    await (await browser.enters(room)).says("I am back.")
    assert (await place.stranger().sees(link)).status_code == 404, "it works once"
    assert (await ann.sees(f"/groups/{place.tuesday.id}")).status_code == 404
    assert "Friday" in text_of(await ann.sees("/")), "her other group is not touched"
    async with place.store.reading() as c:
        assert await members.by_id(c, place.friday.id, friday)
    acts = text_of(await fran.sees(f"/groups/{place.tuesday.id}/acts"))
    assert "Fran vouched for Ann, so that they can sign in again" in acts
    assert "vouched for you" in text_of(await browser.sees("/account"))


async def test_whoever_did_not_ask_for_it_reads_that_somebody_else_has_their_place(
    place: Place, ann: Browser, fran: Browser
) -> None:
    """A facilitator makes the link, and may use it themself: to listen, or to speak, as somebody else."""
    link = await vouches(fran, place, ann.member)
    assert "by this sign-in name" not in text_of(await ann.sees("/")), "nothing has happened yet"
    await place.stranger().sends(link, link, word="heron", password=FRESH)
    shown = await ann.sees("/")
    assert "You are not in “Tuesday evening” any more by this sign-in name" in text_of(shown)
    assert "somebody else is in the group by your name" in text_of(shown)
    read = re.search(r'action="(/partings/[0-9a-f]+/read)"', shown.text)
    assert read
    assert (await ann.sends(read[1])).status_code == 303
    assert "by this sign-in name" not in text_of(await ann.sees("/"))


async def test_whoever_is_barred_stays_barred_when_somebody_vouches(place: Place, ann: Browser, fran: Browser) -> None:
    assert ann.member
    async with place.store.writing() as c:
        await bars.set_(c, place.tuesday.id, ann.member, None, None, Reason.SAFETY, fran.member)
    link, browser = await vouches(fran, place, ann.member), place.stranger()
    await browser.sends(link, link, word="heron", password=FRESH)
    async with place.store.reading() as c:
        assert [bar.member for bar in await bars.of(c, place.tuesday.id, now())] == [ann.member]
    assert "You cannot come into the room for now" in text_of(await browser.sees(f"/groups/{place.tuesday.id}"))


async def test_nobody_vouches_for_a_facilitator_or_in_another_group(
    place: Place, ann: Browser, fran: Browser, gus: Browser
) -> None:
    at = f"/groups/{place.tuesday.id}/people"
    his = await _account(place)
    async with place.store.writing() as c:
        hal = await members.join(c, place.tuesday.id, his, "Hal", Role.FACILITATOR, 1)
    for browser, who in ((fran, hal.id), (fran, "nobody"), (gus, ann.member), (ann, ann.member)):
        assert (await browser.sends(f"{at}/{who}/vouch", "/account")).status_code == 404
    friday = f"/groups/{place.friday.id}/people"
    assert (await gus.sends(f"{friday}/{ann.member}/vouch", friday)).status_code == 404


async def _account(place: Place) -> AccountId:
    hal = await place.person("hal")
    async with place.store.reading() as c:
        kept = await accounts.by_login(c, hal.login)
    assert kept
    return kept.account.id
