"""The first page of a room is light enough for an old phone on a weak network, and asks nobody else for anything."""

import gzip
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Response

from tests.browser.conftest import Circle, Group
from tests.browser.people import Come, Somebody
from web.render import scripts

pytestmark = pytest.mark.browser
WEIGHT_MAX = 35 * 1024
REQUESTS_MAX = 17
SENT = "performance.getEntriesByType('resource').filter((one) => one.transferSize > 0).map((one) => one.name)"
"""Addresses of what came over the network, and not out of the browser's own keeping."""


async def with_a_new_browser(circle: Circle, come: Come) -> tuple[Somebody, list[Response]]:
    """Bob in the room once more, with a browser that has kept nothing; and what it was sent for that."""
    answers: list[Response] = []
    bob = await come("Bob")
    await bob.context.add_cookies((await circle.bob.context.storage_state())["cookies"])  # type: ignore[arg-type]
    bob.page.on("response", lambda answer: answers.append(answer))
    await bob.page.goto(circle.room, wait_until="networkidle")
    return bob, answers


async def test_the_first_room_page_costs_seventeen_requests_and_thirty_five_kilobytes(
    circle: Circle, come: Come
) -> None:
    _, answers = await with_a_new_browser(circle, come)
    weights = {Path(answer.url).name: len(gzip.compress(await answer.body(), 9)) for answer in answers}
    sent = {Path(a.url).name: (await a.request.sizes())["responseBodySize"] for a in answers}
    assert len(answers) <= REQUESTS_MAX, weights
    assert sum(weights.values()) <= WEIGHT_MAX, weights
    assert all(sent[name] <= weight + 64 for name, weight in weights.items()), sent
    assert all(answer.url.startswith(circle.bob.address) for answer in answers)


async def test_the_page_names_all_that_it_needs_so_that_it_is_asked_for_at_once(circle: Circle, come: Come) -> None:
    _, (page, *answers) = await with_a_new_browser(circle, come)
    written = await page.text()
    assert [answer.url for answer in answers if f'"{path_of(answer.url)}"' not in written] == []


async def test_whoever_comes_again_is_sent_nothing_but_the_page(circle: Circle, come: Come) -> None:
    bob, answers = await with_a_new_browser(circle, come)
    await bob.page.goto("about:blank")
    await bob.page.goto(circle.room, wait_until="networkidle")
    assert {answer.url for answer in answers} & set(await bob.page.evaluate(SENT)) == set()


async def test_whoever_has_read_the_groups_page_has_what_the_room_needs(
    circle: Circle, group: Group, come: Come
) -> None:
    dan = await come("Dan")
    await dan.signs_in_with(group.visits["Bob"])
    await dan.page.goto(f"/groups/{group.id}", wait_until="networkidle")
    await dan.page.goto(circle.room, wait_until="networkidle")
    asked = await dan.page.evaluate("performance.getEntriesByType('resource').map((one) => one.name)")
    assert {urlsplit(one).path for one in asked} >= set(scripts())
    assert [one for one in await dan.page.evaluate(SENT) if urlsplit(one).path in scripts()] == []


def path_of(url: str) -> str:
    """As it is written in a page."""
    whole = urlsplit(url)
    return whole.path + (f"?{whole.query}" if whole.query else "")


async def test_the_room_leaves_nothing_in_the_browser(circle: Circle) -> None:
    await circle.bob.says("Only passing through.")
    kept = await circle.bob.page.evaluate(
        "Promise.resolve(indexedDB.databases()).then((dbs) => [localStorage.length, sessionStorage.length, dbs.length])"
    )
    assert kept == [0, 0, 0]
    assert await circle.bob.page.title() == "Room"
