"""Who may open which page and send which form, for every route of the website's own table."""

from datetime import timedelta

import pytest
from httpx import Response
from starlette.routing import Route

from chat.core.wire.frame import Reason
from chat.records import bars, meetings, members, reports
from chat.records.keys import DAY, day, fresh_id, later, now
from chat.records.reports import Reader, Report
from tests.web.place import Browser, Place
from web.routes import routes

pytestmark = pytest.mark.slow

EVERYBODY = {"nobody", "ann", "fran", "gus", "ada"}
SIGNED_IN = EVERYBODY - {"nobody"}
TUESDAY, LEADS, ADMIN = {"ann", "fran"}, {"fran"}, {"ada"}
G, LINK = "/groups/{group}", "/invitations/{token}"
MAY = {
    ("GET", "/"): EVERYBODY,
    ("GET", "/sign-in"): EVERYBODY,
    ("POST", "/sign-in"): EVERYBODY,
    ("POST", "/sign-in/second"): EVERYBODY,  # and nobody comes further who has not typed a password
    ("GET", "/recover"): EVERYBODY,
    ("POST", "/recover"): EVERYBODY,
    ("GET", "/recover/{token}"): set(),  # for whoever has a facilitator's link: test_recovery.py
    ("POST", "/recover/{token}"): set(),
    ("POST", "/account/codes"): SIGNED_IN,
    ("POST", f"{G}/people/{{member}}/vouch"): LEADS,
    ("GET", "/sure"): SIGNED_IN,
    ("POST", "/sure"): SIGNED_IN,
    ("GET", "/account/second"): SIGNED_IN,
    ("POST", "/account/second"): SIGNED_IN,
    ("POST", "/account/second/off"): SIGNED_IN,
    ("POST", "/account/second/codes"): SIGNED_IN,
    ("POST", "/sign-out"): SIGNED_IN,
    ("GET", "/goodbye"): EVERYBODY,
    ("GET", "/exit"): EVERYBODY,
    ("POST", "/exit"): EVERYBODY,
    ("GET", "/help"): EVERYBODY,
    ("GET", "/device"): EVERYBODY,
    ("GET", "/device/practice"): EVERYBODY,
    ("GET", "/device/practice/done"): EVERYBODY,
    ("GET", "/device/kiosk"): EVERYBODY,
    ("POST", "/device/kiosk"): {"fran", "gus", "ada"},  # whoever facilitates or administers
    ("POST", "/device/kiosk/end"): {"fran", "gus", "ada"},
    ("POST", "/device/kiosk/here"): EVERYBODY,  # and nobody's visit lasts longer by it but one's own
    ("POST", "/device/kiosk/link"): EVERYBODY,
    ("GET", "/healthz"): EVERYBODY,
    ("GET", "/readyz"): EVERYBODY,
    ("GET", "/begin/{token}"): set(),  # there is an administrator already
    ("POST", "/begin/{token}"): set(),
    ("GET", LINK): EVERYBODY,
    ("POST", LINK): SIGNED_IN,
    ("GET", f"{LINK}/account"): EVERYBODY,
    ("POST", f"{LINK}/account"): EVERYBODY,
    ("POST", f"{LINK}/guest"): EVERYBODY,  # and it changes nothing where the link does not allow it: test_guests.py
    ("GET", f"{LINK}/sign-in"): EVERYBODY,
    ("POST", f"{LINK}/sign-in"): EVERYBODY,
    ("GET", G): TUESDAY,
    ("POST", f"{G}/meeting"): LEADS,
    ("GET", f"{G}/leave"): TUESDAY,
    ("POST", f"{G}/leave"): TUESDAY,
    ("GET", f"{G}/limits"): TUESDAY,
    ("GET", f"{G}/agreement"): TUESDAY,
    ("POST", f"{G}/agreement"): TUESDAY,
    ("GET", f"{G}/agreement/text"): TUESDAY,
    ("GET", f"{G}/agreement/edit"): LEADS,
    ("POST", f"{G}/agreement/edit"): LEADS,
    ("GET", f"{G}/plan"): LEADS,
    ("POST", f"{G}/plan"): LEADS,
    ("GET", f"{G}/customs"): LEADS,
    ("POST", f"{G}/customs"): LEADS,
    ("GET", f"{G}/rules"): LEADS,
    ("POST", f"{G}/rules"): LEADS,
    ("POST", f"{G}/rules/try"): LEADS,
    ("GET", f"{G}/invitations"): LEADS,
    ("POST", f"{G}/invitations"): LEADS,
    ("POST", f"{G}/invitations/{{invitation}}/revoke"): LEADS,
    ("GET", f"{G}/invitations/{{invitation}}/send-away"): set(),  # for a link that is there: test_sending_away.py
    ("POST", f"{G}/invitations/{{invitation}}/send-away"): set(),
    ("GET", f"{G}/people"): LEADS,
    ("GET", f"{G}/people/{{member}}/take-out"): LEADS,
    ("POST", f"{G}/people/{{member}}/take-out"): LEADS,
    ("POST", "/partings/{parting}/read"): SIGNED_IN,  # and nothing comes of it but for one of one's own
    ("POST", f"{G}/people/bars/{{bar}}/lift"): LEADS,
    ("GET", f"{G}/acts"): LEADS,
    ("GET", f"{G}/crisis"): LEADS,
    ("POST", f"{G}/crisis"): LEADS,
    ("GET", f"{G}/crisis/steps"): LEADS,
    ("POST", f"{G}/crisis/steps"): LEADS,
    ("GET", f"{G}/contact"): TUESDAY,
    ("POST", f"{G}/contact"): TUESDAY,
    ("POST", f"{G}/contact/renew"): TUESDAY,
    ("POST", f"{G}/contact/take-back"): TUESDAY,
    ("GET", f"{G}/contacts"): LEADS,
    ("GET", f"{G}/contacts/{{member}}"): LEADS,
    ("POST", f"{G}/contacts/{{member}}"): LEADS,
    ("GET", "/contact-openings/{opening}"): set(),  # where one was asked for: test_contacts.py
    ("POST", "/contact-openings/{opening}"): set(),
    ("POST", "/contact-openings/{opening}/read"): set(),
    ("POST", "/contact-openings/{opening}/give-up"): set(),
    ("GET", "/contact-key/{token}"): set(),  # for whoever keeps half of a key, and has the link to it
    ("POST", "/contact-key/{token}"): set(),
    ("POST", "/contact-key/{token}/written"): set(),
    ("GET", f"{G}/remarks"): LEADS,
    ("POST", f"{G}/remarks"): LEADS,
    ("POST", f"{G}/remarks/{{remark}}/erase"): LEADS,
    ("GET", f"{G}/another-look"): TUESDAY,
    ("POST", f"{G}/another-look"): TUESDAY,
    ("GET", f"{G}/looks"): LEADS,
    ("POST", f"{G}/looks/{{look}}"): set(),  # for whoever was asked: test_another_look.py
    ("GET", "/admin/looks"): ADMIN,
    ("POST", "/admin/looks/{look}"): set(),
    ("GET", f"{G}/reports/mine"): TUESDAY,
    ("GET", f"{G}/reports"): LEADS,
    ("GET", f"{G}/reports/{{report}}"): LEADS,
    ("POST", f"{G}/reports/{{report}}"): LEADS,
    ("GET", "/rooms/{room}/reports"): TUESDAY,
    ("POST", "/rooms/{room}/reports"): TUESDAY,
    ("GET", "/rooms/{room}"): TUESDAY,
    ("GET", "/on-call/{room}/{token}"): set(),  # for whoever has the link of a call: test_on_call.py
    ("POST", "/on-call/{room}/{token}"): set(),
    ("POST", "/on-call/{room}/{token}/let-write"): set(),
    ("GET", "/rooms/{room}/stored"): TUESDAY,  # and of them, whoever is in the room: test_stored.py
    ("GET", "/rooms/{room}/earlier"): TUESDAY,  # likewise: test_history.py
    ("POST", "/rooms/{room}/word"): TUESDAY,
    ("GET", "/account"): SIGNED_IN,
    ("GET", "/account/calm"): SIGNED_IN,
    ("POST", "/account/calm"): SIGNED_IN,
    ("POST", "/account/password"): SIGNED_IN,
    ("POST", "/account/visits/{visit}/end"): SIGNED_IN,
    ("GET", "/kept"): EVERYBODY,
    ("GET", "/account/everything"): SIGNED_IN,
    ("GET", "/account/everything.json"): SIGNED_IN,
    ("GET", "/account/erase"): SIGNED_IN,
    ("POST", "/account/erase"): SIGNED_IN,
    ("GET", "/admin"): ADMIN,
    ("GET", "/admin/contact-key"): ADMIN,
    ("POST", "/admin/contact-key"): ADMIN,
    ("POST", "/admin/contact-key/give-up"): ADMIN,
    ("POST", "/admin/groups"): ADMIN,
    ("GET", "/admin/groups/{group}/invitations"): ADMIN,
    ("POST", "/admin/groups/{group}/invitations"): ADMIN,
    ("POST", "/admin/groups/{group}/invitations/{invitation}/revoke"): ADMIN,
    ("POST", "/admin/groups/{group}/step-in"): ADMIN,
    ("POST", "/admin/help-lines/{line}"): ADMIN,
    ("GET", "/admin/reports"): ADMIN,
    ("GET", "/admin/reports/{report}"): ADMIN,
    ("POST", "/admin/reports/{report}"): ADMIN,
}
QUOTED = {"epoch": 1, "n": 1, "by": "x", "at": 1, "text": "x", "receipt": "x"}
JSON: dict[str, dict[str, object]] = {
    "/rooms/{room}/reports": {"messages": [QUOTED], "why": "other"},  # of something that nobody said
    "/rooms/{room}/word": {"ref": "a-1", "word": "ok"},
    "/account/calm": {"calm": True},
    "/groups/{group}/crisis/steps": {"member": "nobody", "step": "tell"},
}
"""Where a script sends JSON instead of a form, and what; the tests of each have what else holds there."""


def table() -> set[tuple[str, str]]:
    """Every method and path of the website."""
    every = [route for route in routes() if isinstance(route, Route)]
    return {(method, route.path) for route in every for method in (route.methods or ()) if method != "HEAD"}


def test_every_route_says_who_may_use_it() -> None:
    assert set(MAY) == table()


async def address(place: Place, path: str) -> str:
    """`path` with ids that exist."""
    async with place.store.writing() as c:
        fran = next(one for one in await members.of(c, place.tuesday.id) if one.name == "Fran")
        everybody = {one.name: one.id for one in await members.of(c, place.tuesday.id)}
        room = (await meetings.open(c, place.tuesday.id, fran.id, now())).id
        reader: Reader = "administrator" if path.startswith("/admin") else "facilitators"
        report = Report(fresh_id(), place.tuesday.id, room, reader, b"sealed", b"sealed", day(now()), later(now(), DAY))
        await reports.keep(c, report)
    link = (await place.invitation()).removeprefix("/invitations/")
    line = place.app.state.site.helplines.lines[0].digest.hex()
    ids = {
        "group": place.tuesday.id,
        "room": room,
        "token": link,
        "invitation": "x",
        "bar": "x",
        "visit": "x",
        "look": "x",
        "remark": "x",
        "opening": "x",
        "parting": "x",
        "member": everybody.get("Ann", "x"),
    }
    return path.format(**ids, line=line, report=report.id)


async def sends_json(browser: Browser, where: str, what: dict[str, object]) -> Response:
    """As the room's page would send it."""
    code = {"x-form": await browser.code("/account" if browser.login else "/sign-in")}
    return await browser.client.post(where, json=what, headers=code)


@pytest.mark.parametrize(("method", "path"), sorted(MAY))
async def test_a_page_opens_only_to_those_it_is_for(
    method: str, path: str, place: Place, ann: Browser, fran: Browser, gus: Browser, ada: Browser
) -> None:
    everybody = {"nobody": place.stranger(), "gus": gus, "ada": ada, "ann": ann, "fran": fran}
    for who, browser in everybody.items():
        where = await address(place, path)
        sent = sends_json(browser, where, JSON[path]) if path in JSON and method == "POST" else None
        answer = await (sent or (browser.sees(where) if method == "GET" else browser.sends(where)))
        to_sign_in = answer.headers.get("location", "").startswith("/sign-in")
        if who in MAY[method, path]:
            assert (who, answer.status_code) in {(who, fine) for fine in (200, 204, 303, 409, 422)}
            assert not to_sign_in
        elif path.startswith(("/begin/", "/on-call/", "/recover/")) or who != "nobody":
            assert (who, answer.status_code) == (who, 404)
        else:
            assert (answer.status_code, to_sign_in) == (303, True)


async def test_a_group_that_does_not_exist_looks_like_one_that_is_not_mine(place: Place, gus: Browser) -> None:
    theirs, none = await gus.sees(f"/groups/{place.tuesday.id}"), await gus.sees("/groups/nothing")
    assert (theirs.status_code, theirs.content) == (none.status_code, none.content)


async def test_a_facilitator_lifts_no_bar_of_another_group(
    place: Place, ann: Browser, fran: Browser, gus: Browser
) -> None:
    assert ann.member
    async with place.store.writing() as c:
        bar = await bars.set_(c, place.tuesday.id, ann.member, None, None, Reason.SAFETY, fran.member)
    await gus.sends(f"/groups/{place.friday.id}/people/bars/{bar}/lift")
    async with place.store.reading() as c:
        assert await bars.of(c, place.tuesday.id, now())


async def test_a_room_opens_to_nobody_who_is_barred(place: Place, ann: Browser, fran: Browser) -> None:
    assert ann.member
    room = await address(place, "/rooms/{room}")
    until = now() + int(timedelta(days=3).total_seconds() * 1000)
    async with place.store.writing() as c:
        await bars.set_(c, place.tuesday.id, ann.member, until, None, Reason.SAFETY, fran.member)  # type: ignore[arg-type]
    answer = await ann.sees(room)
    assert answer.status_code == 403
    assert "stay away until" in answer.text
