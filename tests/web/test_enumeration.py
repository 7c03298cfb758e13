"""Whoever tries from outside learns nothing of who is here: the same status, body, headers and length."""

import re

from httpx import Response
from sqlalchemy import update

from chat.core.wire.frame import Reason
from chat.records import bars, invitations, tables
from chat.records.keys import now
from tests.web.place import PASSWORD, Browser, Place

CODE = "aaaaa-aaaaa-aaaaa-aaaaa"
FRESH = "seven wooden boats at dusk"


def whole(answer: Response, *typed: str) -> tuple[int, bytes, list[tuple[str, str]]]:
    """All of an answer but what was typed, and how much there was of it."""
    body = answer.content
    for one in typed:
        body = body.replace(one.encode(), b"?" * len(one))
    return answer.status_code, body, sorted(answer.headers.multi_items())


async def posts(browser: Browser, path: str, shown_at: str, **typed: str) -> Response:
    """One browser asks twice, so that its form's code is the same."""
    return await browser.client.post(path, data={"form": await browser.code(shown_at), **typed})


def beside(login: str) -> str:
    """A sign-in name of the same length, with other figures."""
    return login[:-4] + f"{(int(login[-4:]) + 1) % 10_000:04}"


async def test_signing_in_and_coming_back_answer_the_same_for_a_name_that_does_not_exist(
    place: Place, ann: Browser
) -> None:
    browser = place.stranger()
    there, not_there = ann.login, beside(ann.login)
    for path, shown_at, rest in (
        ("/sign-in", "/sign-in", {"password": "not the password at all"}),
        ("/recover", "/recover", {"code": CODE, "fresh": FRESH}),
    ):
        answers = [await posts(browser, path, shown_at, login=one, **rest) for one in (there, not_there)]
        assert whole(answers[0], there) == whole(answers[1], not_there), path
        assert answers[0].status_code == 422


async def test_a_new_account_with_a_word_that_somebody_has_already_is_made_as_any_other(
    place: Place, ann: Browser
) -> None:
    """Nothing is refused because a name is taken: the server adds the figures."""
    link = await place.invitation(uses=3)
    answers = []
    for word in ("ann", "eve"):
        browser = place.stranger()
        answer = await posts(browser, f"{link}/account", link, word=word, password=PASSWORD)
        login = re.search(rf">({word}\d{{4}})<", answer.text)
        assert login
        codes = re.findall(r"<li>([a-z2-9-]{23})</li>", answer.text)
        status, body, headers = whole(answer, login[1], *codes, *re.findall(r'name="form" value="(\w+)"', answer.text))
        answers.append((status, body, [(name, value) for name, value in headers if name != "set-cookie"]))
    assert answers[0] == answers[1]


async def test_links_that_never_were_were_taken_back_used_up_or_have_lapsed_answer_the_same(place: Place) -> None:
    browser = place.stranger()
    made = {}
    for how in ("taken back", "used up", "lapsed"):
        path = await place.invitation()
        async with place.store.writing() as c:
            found = await invitations.look(c, path.removeprefix("/invitations/"), now())
            assert found
            if how == "taken back":
                await invitations.revoke(c, place.tuesday.id, found.id, now())
            elif how == "used up":
                await invitations.use(c, found, now())
            else:
                which = tables.invitations.c.id == found.id
                await c.execute(update(tables.invitations).where(which).values(ends_at=1))
        made[how] = path
    never = whole(await browser.sees("/invitations/" + "x" * 43))
    assert [whole(await browser.sees(path)) for path in made.values()] == [never] * 3
    assert whole(await browser.sees("/recover/" + "x" * 43))[:2] == never[:2]


async def test_a_bar_that_never_was_and_one_of_another_group_answer_the_same(
    place: Place, ann: Browser, fran: Browser, gus: Browser
) -> None:
    assert ann.member
    async with place.store.writing() as c:
        bar = await bars.set_(c, place.tuesday.id, ann.member, None, None, Reason.SAFETY, fran.member)
    at = f"/groups/{place.friday.id}/people"
    answers = [await posts(gus, f"{at}/bars/{one}/lift", "/account") for one in (bar, "0" * 32)]
    assert whole(answers[0]) == whole(answers[1])


async def test_a_group_that_one_is_not_in_looks_like_none(place: Place, gus: Browser) -> None:
    there, none = await gus.sees(f"/groups/{place.tuesday.id}"), await gus.sees("/groups/" + "0" * 32)
    assert whole(there) == whole(none)
