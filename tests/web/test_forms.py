"""A form counts only if our own page sent it, from the browser it was shown in; what was typed is not lost."""

import pytest

from tests.web.place import PASSWORD, Browser, Place
from tests.web.test_who_may_see import JSON, address, table

pytestmark = pytest.mark.slow

FORMS = sorted(path for method, path in table() if method == "POST" and path not in {"/exit", *JSON})
CODELESS = {"/device/kiosk/here"}  # says that somebody is there, and does nothing else
ELSEWHERE = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"origin": "https://elsewhere.example"},
    {"origin": "http://127.0.0.1:8000.elsewhere.example"},
    {"origin": "http://127.0.0.1:9000"},
]
HONEST = {"sec-fetch-site": "same-origin"}


@pytest.mark.parametrize("path", [path for path in FORMS if path not in CODELESS])
async def test_a_form_without_its_code_does_nothing(path: str, place: Place, fran: Browser, ada: Browser) -> None:
    for browser in (fran, ada):
        answer = await browser.client.post(await address(place, path), data={"name": "x"})
        assert answer.status_code == 403
        assert "nothing was changed" in answer.text.lower()


@pytest.mark.parametrize("path", FORMS)
async def test_a_form_from_another_site_does_nothing(path: str, place: Place, fran: Browser) -> None:
    form = {"form": await fran.code("/account")}
    for headers in ELSEWHERE:
        answer = await fran.client.post(await address(place, path), data=form, headers=headers)
        assert (headers, answer.status_code) == (headers, 403)


@pytest.mark.parametrize("headers", [{}, {"origin": "null"}, HONEST, HONEST | {"origin": "null"}])
async def test_a_form_of_our_own_counts_although_browsers_hide_where_it_came_from(
    headers: dict[str, str], place: Place, ada: Browser
) -> None:
    form = {"form": await ada.code("/admin"), "name": "Sunday"}
    assert (await ada.client.post("/admin/groups", data=form, headers=headers)).status_code == 303


async def test_a_code_of_somebody_elses_visit_does_not_count(ada: Browser, fran: Browser) -> None:
    form = {"form": await fran.code("/account"), "name": "Sunday"}
    assert (await ada.client.post("/admin/groups", data=form)).status_code == 403


async def test_nobody_is_signed_in_by_a_form_that_was_shown_to_another_browser(place: Place, ann: Browser) -> None:
    attacker, victim = place.stranger(), place.stranger()
    form = {"form": await attacker.code("/sign-in"), "login": ann.login, "password": PASSWORD}
    await victim.sees("/sign-in")
    assert (await victim.client.post("/sign-in", data=form)).status_code == 403
    assert (await place.stranger().client.post("/sign-in", data=form)).status_code == 403


async def test_a_form_that_is_not_right_keeps_what_was_typed_and_says_why_beside_the_field(ada: Browser) -> None:
    answer = await ada.sends("/admin/groups", "/admin", name="x" * 81)
    assert answer.status_code == 422
    assert f'value="{"x" * 81}"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert 'id="name-error"' in answer.text
    assert "name-error" in answer.text.split('aria-describedby="')[1].split('"')[0]
    assert '<a href="#name">' in answer.text
    assert "autofocus" in answer.text


async def test_what_was_typed_never_becomes_markup(ada: Browser) -> None:
    answer = await ada.sends("/admin/groups", "/admin", name='"><script>alert(1)</script>' + "x" * 80)
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;" in answer.text


async def test_a_form_that_is_far_too_long_is_not_read(ada: Browser) -> None:
    answer = await ada.sends("/admin/groups", "/admin", name="x" * 200_000)
    assert answer.status_code == 413


async def test_a_form_with_a_file_or_with_too_many_fields_is_refused(ada: Browser) -> None:
    code = await ada.code("/admin")
    many = {f"f{n}": "x" for n in range(100)}
    assert (await ada.client.post("/admin/groups", data={"form": code, **many})).status_code in (400, 403)
    sent = await ada.client.post("/admin/groups", data={"form": code}, files={"name": ("a.txt", b"x")})
    assert sent.status_code == 400
