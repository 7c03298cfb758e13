"""Whoever is on call is sent a neutral word, a time, a reason and a link; one press says that they know."""

import asyncio
import hmac
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from chat.core.commands import calling
from chat.core.wire import Role
from tests.conftest import in_a_task_of_its_own
from tests.installation import listening
from tests.web.conftest import SECRET, website
from tests.web.place import Browser, Place, text_of
from web.exporting import Exporting
from web.keeping import code_of

pytestmark = pytest.mark.slow

SIGNED_WITH = "a secret of whoever is on call"
DATABASE = 7
SOON = 30.0
"""Seconds: processes take turns at looking what is due, and those that have just ended keep theirs for a while."""


class Pager:
    """What whoever is on call carries: a service that takes a webhook."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[Response] = []

    async def takes(self, request: Request) -> Response:
        """One call; answered as told, else well."""
        self.got.append((dict(request.headers), await request.body()))
        return self.answers.pop(0) if self.answers else Response("", 202)

    async def buzzes(self, times: int = 1) -> dict[str, str]:
        """Waits for so many; gives the newest."""
        async with asyncio.timeout(SOON):
            while len(self.got) < times:
                await asyncio.sleep(0.02)
        said: dict[str, str] = json.loads(self.got[-1][1])
        return said


@pytest.fixture
async def pager() -> Pager:
    """It is switched on."""
    return Pager()


@pytest.fixture
async def place(pager: Pager, tmp_path: Path, redis_url: str) -> AsyncIterator[Place]:
    """An installation with somebody on call."""
    app = Starlette(routes=[Route("/hook", pager.takes, methods=["POST"])])
    async with listening(app) as port:
        on_call = {"HEARTH_ON_CALL_URL": f"http://127.0.0.1:{port}/hook", "HEARTH_ON_CALL_SECRET": SIGNED_WITH}
        given = website(tmp_path, f"{redis_url}?db={DATABASE}", HEARTH_GRACE_SECONDS="1", **on_call)
        async with in_a_task_of_its_own(given) as place:
            yield place


async def test_a_paused_room_calls_and_one_press_says_that_somebody_knows(
    place: Place, pager: Pager, fran: Browser, ann: Browser, nobody: Browser
) -> None:
    room = await fran.opens_the_meeting(place.tuesday)
    seated, waiting = await fran.enters(room), await ann.enters(room)
    await waiting.says("a rare word: quetzalcoatlus")
    seated.vanishes()
    await waiting.hears("paused", by="itself")
    said = await pager.buzzes()
    assert said.keys() == {"label", "at", "reason", "acknowledge"}
    assert (said["label"], said["reason"]) == (code_of(place.tuesday.id), "unheld")
    headers, body = pager.got[0]
    for private in (b"quetzalcoatlus", b"Tuesday", b"ann", b"fran", place.tuesday.id.encode()):
        assert private not in body
    assert headers["hearth-signature"] == f"sha256={hmac.digest(SIGNED_WITH.encode(), body, 'sha256').hex()}"

    link = said["acknowledge"].removeprefix(place.address)
    shown = await nobody.sees(link)
    assert "no facilitator is in it" in text_of(shown)
    assert "Tuesday" not in text_of(shown)
    assert "I have seen this" in text_of(await nobody.sees(link)), "looking uses nothing up"
    assert "Thank you" in text_of(await nobody.sends(link, link))
    assert "I have seen this" not in text_of(await nobody.sees(link))
    back = await fran.enters(room)
    assert back.room["call"]["acknowledged_at"] >= back.room["call"]["told_at"]
    assert len(pager.got) == 1


async def test_a_link_of_an_earlier_call_or_of_none_leads_nowhere(
    place: Place, pager: Pager, fran: Browser, nobody: Browser
) -> None:
    room = await fran.opens_the_meeting(place.tuesday)
    seated = await fran.enters(room)
    await seated.does("call")
    link = (await pager.buzzes())["acknowledge"].removeprefix(place.address)
    for wrong in (f"/on-call{room.removeprefix('/rooms')}/{'0' * 32}", f"/on-call/{'0' * 24}/{link[-32:]}", link[:-1]):
        assert (await nobody.sees(wrong)).status_code == 404
        assert (await nobody.sends(wrong, link)).status_code == 404
    assert "I have seen this" in text_of(await nobody.sees(link))
    assert (await nobody.client.post(link)).status_code == 403, "only from our own form"
    await seated.asks("close")
    assert await seated.is_closed()
    assert (await nobody.sees(link)).status_code == 404


async def test_no_redirect_leads_a_call_anywhere_else_and_it_is_tried_again(
    place: Place, pager: Pager, fran: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "AGAIN_AFTER", (100,))
    pager.answers = [RedirectResponse("/elsewhere", 307), Response("", 500)]
    seated = await fran.enters(await fran.opens_the_meeting(place.tuesday))
    await seated.does("call")
    await pager.buzzes(3)
    assert len({headers["idempotency-key"] for headers, _ in pager.got}) == 1
    assert len({body for _, body in pager.got}) == 1
    while "told_at" not in (await seated.hears_within(SOON, "called"))["call"]:
        pass


async def test_the_address_of_the_webhook_shows_nowhere(
    place: Place, pager: Pager, fran: Browser, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "AGAIN_AFTER", (100,))
    pager.answers = [Response("no", 500)]
    seated = await fran.enters(await fran.opens_the_meeting(place.tuesday))
    await seated.does("call")
    await pager.buzzes(2)
    assert "/hook" not in capsys.readouterr().out


async def test_somewhere_that_does_not_answer_is_tried_again(
    tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "AGAIN_AFTER", (100,))
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    given = website(tmp_path, f"{redis_url}?db={DATABASE}", HEARTH_ON_CALL_URL=f"http://127.0.0.1:{port}/")
    async with in_a_task_of_its_own(given) as place:
        fran = await place.person("fran", Role.FACILITATOR, place.tuesday)
        seated = await fran.enters(await fran.opens_the_meeting(place.tuesday))
        await seated.does("call")
        while (await seated.hears_within(SOON, "called"))["call"].get("tries", 0) < 3:
            pass


async def test_whoever_is_on_call_ends_a_mute_by_flags_and_it_is_an_act_without_anybody_being_named_to_them(
    place: Place, pager: Pager, fran: Browser, ann: Browser, nobody: Browser
) -> None:
    room = await fran.opens_the_meeting(place.tuesday)
    names = ("bob", "cem", "dee")
    browsers = [ann, *[await place.person(name, Role.MEMBER, place.tuesday) for name in names]]
    seated = await fran.enters(room)
    others = [await one.enters(room) for one in browsers]
    bob = others[1]
    n = await bob.says("a rare word: quetzalcoatlus")
    await seated.does("pause")
    await seated.does("rest")
    for one in (others[0], others[2], others[3]):
        await one.hears("said", n=n)
        await one.does("mark", n=n)
    await bob.hears("muted")
    said = await pager.buzzes()
    assert said["reason"] == "flagged"

    link = said["acknowledge"].removeprefix(place.address)
    shown = await nobody.sees(link)
    assert "Somebody there cannot write" in text_of(shown)
    for private in ("quetzalcoatlus", "Tuesday", "Bob", "Ann", "Fran"):
        assert private not in shown.text
    assert (await nobody.sends(f"{link[:-1]}x/let-write", link)).status_code == 404
    assert (await nobody.client.post(f"{link}/let-write")).status_code == 403, "only from our own form"
    after = text_of(await nobody.sends(f"{link}/let-write", link))
    assert "They can write again" in after
    assert "cannot write" not in after
    await bob.hears("unmuted")
    await seated.does("return")
    await seated.does("resume")
    await bob.says("I can write.")
    acts = text_of(await fran.sees(f"/groups/{place.tuesday.id}/acts"))
    assert "Whoever was on call let Bob speak again" in acts
    assert "None of these" in acts, "the chain is whole"
    mine = text_of(await browsers[1].sees(f"/groups/{place.tuesday.id}/another-look"))
    assert "You could write again , by whoever was on call" in mine
    assert "You were muted until a facilitator has looked, by flags of others" in mine
    assert "You were muted until a facilitator has looked" in text_of(await browsers[1].sees("/account"))
    assert (await browsers[1].sees("/account/everything")).status_code == 200
    export = Exporting(place.store, SECRET, opens=False)
    assert "a facilitator has looked" in export.told(await export.person(browsers[1].login))


async def test_where_a_facilitator_watches_whoever_is_on_call_decides_nothing(
    place: Place, pager: Pager, fran: Browser, ann: Browser, nobody: Browser
) -> None:
    seated = await fran.enters(await fran.opens_the_meeting(place.tuesday))
    await seated.does("call")
    link = (await pager.buzzes())["acknowledge"].removeprefix(place.address)
    assert "cannot write" not in text_of(await nobody.sees(link))
    assert "can write again" not in text_of(await nobody.sends(f"{link}/let-write", link))
