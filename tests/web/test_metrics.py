"""/metrics tells whoever looks after a server how it does, and nobody who is in it."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from chat.core.errors import Code
from chat.core.wire import Role
from chat.live.bus import Status
from chat.live.counts import counts
from tests.conftest import in_a_task_of_its_own
from tests.web.conftest import website
from tests.web.place import Place
from web.metrics import STEPS, rounded

TOKEN = "a token of the tests"
MEASURED = 5
"""The database of the Valkey."""


@pytest.fixture
async def measured(tmp_path: Path, redis_url: str) -> AsyncIterator[Place]:
    """A place whose operator has turned it on both ways."""
    given = {"HEARTH_METRICS": "loopback", "HEARTH_METRICS_TOKEN": TOKEN}
    async with in_a_task_of_its_own(website(tmp_path, f"{redis_url}?db={MEASURED}", **given)) as place:
        yield place


async def asks(place: Place, **headers: str) -> httpx.Response:
    """A program on the same machine."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{place.port}") as program:
        return await program.get("/metrics", headers={name.replace("_", "-"): value for name, value in headers.items()})


async def test_unless_turned_on_it_is_like_any_address_that_is_not_there(place: Place) -> None:
    there, nowhere = await asks(place), await place.stranger().sees("/nowhere")
    assert (there.status_code, there.text) == (404, nowhere.text)


async def test_whoever_may_not_see_it_finds_nothing_there(measured: Place) -> None:
    stranger = measured.stranger()
    nowhere = await stranger.sees("/nowhere")
    for answer in (
        await stranger.sees("/metrics"),
        await stranger.client.post("/metrics"),
        await stranger.client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}x"}),
        await stranger.client.get("/metrics", headers={"Authorization": f"Basic {TOKEN}"}),
        await stranger.client.get("/metrics", headers=[(b"Authorization", b"Bearer \xfc")]),
    ):
        assert (answer.status_code, answer.text) == (404, nowhere.text)
        assert answer.headers.keys() == nowhere.headers.keys()


async def test_the_token_opens_it_from_anywhere(measured: Place) -> None:
    answer = await measured.stranger().client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert answer.headers["cache-control"] == "no-store"


async def test_a_program_on_the_machine_may_look_and_a_proxy_for_somebody_else_may_not(measured: Place) -> None:
    assert (await asks(measured)).status_code == 200
    for header in ("X_Forwarded_For", "X_Forwarded_Proto", "Forwarded", "Via", "X_Real_IP"):
        assert (await asks(measured, **{header: "127.0.0.1"})).status_code == 404
    assert (await asks(measured, Host="circle.example")).status_code == 404  # DNS rebinding


async def test_what_it_says_after_a_conversation_names_nobody(measured: Place) -> None:
    fran = await measured.person("fran", Role.FACILITATOR, measured.tuesday)
    ann = await measured.person("ann", Role.MEMBER, measured.tuesday)
    room = await fran.opens_the_meeting(measured.tuesday)
    said, refused = counts.said, counts.refused[Code.NOT_ALLOWED]
    seats = [await fran.enters(room), await ann.enters(room)]
    await seats[1].says("zwetschgenmus")
    await seats[1].is_refused("pause")

    text = (await asks(measured)).text
    for secret in (room.split("/")[-1], measured.tuesday.id, *(seat.member for seat in seats), "zwetschgenmus"):
        assert secret not in text
    assert not re.search(r"\bann\b|\bfran\b|tuesday|10\.\d+\.\d+\.\d+", text, re.IGNORECASE)
    samples = [s for family in text_string_to_metric_families(text) for s in family.samples]
    allowed = {"worker": {"1"}, "code": {*Code}, "outcome": {*Status, "unanswered"}, "version": {"0.1.0"}}
    for sample in samples:
        assert sample.name.startswith("hearth_")
        for label, value in sample.labels.items():
            assert label == "le" or value in allowed[label], sample
    found = {s.name: s.value for s in samples if s.labels == {"worker": "1"}}
    assert found["hearth_messages_total"] == said + 1
    assert found["hearth_rooms"] == found["hearth_seats"] == 1  # at least: two are there
    assert found["hearth_redis_round_trip_seconds_count"] >= 4
    codes = {s.labels["code"]: s.value for s in samples if s.name == "hearth_commands_refused_total"}
    assert codes[Code.NOT_ALLOWED] == refused + 1


def test_rooms_and_seats_are_told_in_steps() -> None:
    assert [rounded(count) for count in (0, 1, 9, 10, 19, 57, 499, 10**7)] == [0, 1, 1, 10, 10, 50, 200, STEPS[-1]]
