"""The first page of a room is light enough for an old phone on a weak network, and asks nobody else for anything."""

import gzip
from pathlib import Path

import pytest
from playwright.async_api import Response

from tests.browser.conftest import Circle
from tests.browser.people import Come

pytestmark = pytest.mark.browser
WEIGHT_MAX = 30 * 1024
REQUESTS_MAX = 6


async def test_the_first_room_page_costs_six_requests_and_thirty_kilobytes(circle: Circle, come: Come) -> None:
    answers: list[Response] = []
    bob = await come("Bob")  # with a browser that has kept nothing
    await bob.context.add_cookies((await circle.bob.context.storage_state())["cookies"])  # type: ignore[arg-type]
    page = bob.page
    page.on("response", lambda answer: answers.append(answer))
    await page.goto(circle.room, wait_until="networkidle")
    weights = {Path(answer.url).name: len(gzip.compress(await answer.body(), 9)) for answer in answers}
    sent = {Path(a.url).name: (await a.request.sizes())["responseBodySize"] for a in answers}
    assert len(answers) <= REQUESTS_MAX, weights
    assert sum(weights.values()) <= WEIGHT_MAX, weights
    assert all(sent[name] <= weight + 64 for name, weight in weights.items()), sent
    assert all(answer.url.startswith(circle.bob.address) for answer in answers)


async def test_the_room_leaves_nothing_in_the_browser(circle: Circle) -> None:
    await circle.bob.says("Only passing through.")
    kept = await circle.bob.page.evaluate(
        "Promise.resolve(indexedDB.databases()).then((dbs) => [localStorage.length, sessionStorage.length, dbs.length])"
    )
    assert kept == [0, 0, 0]
    assert await circle.bob.page.title() == "Room"
