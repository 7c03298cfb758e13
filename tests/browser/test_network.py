"""A connection that breaks costs nobody a word, and says what it does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import expect
from redis.asyncio import Redis

from chat.core.ids import RoomId
from chat.live.bus.keys import Keys
from tests.browser.conftest import Circle, Group, Server
from tests.browser.people import WITHIN, Come, Somebody
from tests.faults.link import Link

pytestmark = [pytest.mark.browser, pytest.mark.faults]  # they wait for real: with the long ones


async def test_ten_seconds_without_a_network_miss_nothing_and_send_once(
    fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    await ann.says("Before.")
    await bob.hears("Before.")
    await bob.context.set_offline(True)
    await bob.is_shown("You are offline. The room comes back when the network does.")
    await bob.writes("Are you still there?")
    await bob.presses("Send")
    await bob.is_shown("You are offline. Your message has not been sent yet.")
    for words in ("While you were away, one.", "While you were away, two."):
        await ann.says(words)
    await asyncio.sleep(10)

    await bob.context.set_offline(False)
    for person in (fran, ann, bob):
        await person.hears("Are you still there?")
    for words in ("Before.", "While you were away, one.", "While you were away, two."):
        await bob.hears(words)
    said = await bob.page.locator("li.said .words").all_inner_texts()
    assert said == await ann.page.locator("li.said .words").all_inner_texts()
    await bob.does_not_show("did not reach you")


async def test_what_waits_no_longer_for_somebody_is_said_to_be_missing_before_what_was_said_after_it(
    server: Server, circle: Circle, ann: Somebody, bob: Somebody
) -> None:
    await ann.says("Before.")
    await bob.hears("Before.")
    await bob.context.set_offline(True)
    await ann.is_shown("Bob lost the connection.")
    await ann.says("This waits no longer.")
    async with _redis_of(server) as redis:
        words = Keys(RoomId(circle.room.rpartition("/")[2])).words
        assert len([await redis.delete(key) async for key in redis.scan_iter(f"{words}*")]) == 2
    await ann.says("This waits.")
    await bob.context.set_offline(False)
    await bob.hears("This waits.")
    missing = "1 message did not reach you. It is not kept."
    lines = [missing, "This waits."]
    await expect(bob.page.get_by_role("log").locator("li")).to_contain_text(["Before.", *lines], timeout=WITHIN)
    await bob.does_not_show("This waits no longer.")


async def test_a_page_that_lost_its_line_says_so_aloud_after_ten_seconds(bob: Somebody) -> None:
    await bob.context.set_offline(True)
    alert = bob.page.locator("[data-voice=alert]").filter(has_text="You are offline.")
    await asyncio.sleep(5)
    await expect(alert).to_have_count(0)
    await expect(alert).to_have_count(1, timeout=10_000)
    await bob.context.set_offline(False)
    await expect(bob.page.locator(".state")).to_have_text("You are here", timeout=15_000)


async def test_a_connection_that_comes_back_at_once_is_no_news_to_the_others(ann: Somebody, bob: Somebody) -> None:
    came = await ann.line("Bob is here.").count()  # none, if he was here before her
    await bob.context.set_offline(True)
    await ann.hears("Bob lost the connection.")
    await bob.context.set_offline(False)
    await ann.sees_here("Fran", "Ann", "Bob")
    await ann.does_not_show("Bob lost the connection.")
    await expect(ann.line("Bob is here.")).to_have_count(came)


async def test_who_goes_on_writing_on_a_dead_line_is_told_that_it_is_dead(
    circle: Circle, group: Group, server: Server, come: Come
) -> None:
    host, port = server.address.removeprefix("http://").split(":")
    async with Link.open((host, int(port))) as link:
        by_link = Server(f"http://{host}:{link.port}", server.begin, server.data, server.pid)
        bob = await come("Bob", by_link)
        await bob.signs_in_with(group.visits["Bob"])
        await bob.enters(circle.room)
        link.holding = True
        for words in ("Are you there?", "Hello?", "Can anybody read this?"):  # twelve seconds, and no answer in ten
            await bob.writes(words)
            await bob.presses("Send")
            await asyncio.sleep(4)
        assert await bob.page.get_by_text("The connection is lost. Trying again").count() > 0
        link.let_go()
        for words in ("Are you there?", "Hello?", "Can anybody read this?"):
            await circle.ann.hears(words)


async def test_what_was_said_before_the_room_was_put_together_again_can_be_taken_back(
    server: Server, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    await ann.says("I wish I had not said this.")
    await fran.hears("I wish I had not said this.")
    async with _redis_of(server) as redis:
        await redis.flushall()
    await fran.presses("Pause the room")
    for person in (fran, ann, bob):
        await person.is_shown("Some messages may not have reached you.")
    await fran.retracts("I wish I had not said this.")
    for person in (fran, ann, bob):
        await person.does_not_show("I wish I had not said this.")


async def test_what_was_taken_back_while_somebody_was_away_goes_though_the_room_was_put_together_again_meanwhile(
    server: Server, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    for words in ("I wish I had not said this.", "This stays."):
        await ann.says(words)
        await bob.hears(words)
    await bob.context.set_offline(True)
    await fran.is_shown("Bob lost the connection.")
    await fran.retracts("I wish I had not said this.")
    async with _redis_of(server) as redis:
        await redis.flushall()
    await fran.presses("Pause the room")
    await fran.is_shown("Some messages may not have reached you.")
    await bob.context.set_offline(False)
    await bob.is_shown("Some messages may not have reached you.")
    await bob.does_not_show("I wish I had not said this.")
    await bob.hears("This stays.")


async def test_what_was_said_before_the_room_began_again_is_not_taken_for_what_has_its_number_now(
    circle: Circle, server: Server
) -> None:
    """Nobody was there when its memory was lost, and so nobody knows what its numbers were."""
    fran, ann, bob = people = circle.fran, circle.ann, circle.bob
    await ann.says("Said before.")
    for person in people:
        await person.hears("Said before.")
        await person.context.set_offline(True)
    async with _redis_of(server) as redis, asyncio.timeout(10):
        while len(await redis.pubsub_shardchannels()) > 1:  # there is one beside those of rooms
            await asyncio.sleep(0.1)
        await redis.flushall()
    for person in people:
        await person.context.set_offline(False)
        await person.is_shown("The room is paused because it had to be put together again.")
    await fran.presses("Resume the room")
    await bob.says("Said after.")
    await fran.hears("Said after.")
    await fran.line("Said before.").hover()
    await fran.line("Said before.").locator("button.more").click()
    await fran.is_shown("It was said before the room was put together again")
    assert await fran.page.get_by_role("button", name="Take the message back").count() == 0
    await fran.presses("Cancel")
    await fran.retracts("Said after.")
    for person in people:
        await person.does_not_show("Said after.")
        await person.hears("Said before.")


@asynccontextmanager
async def _redis_of(server: Server) -> AsyncIterator[Redis]:
    valkey = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()[0]
    async with Redis.from_url(f"unix://{Path(f'/proc/{valkey}/cwd').readlink()}/s") as redis:
        yield redis


async def test_a_facilitators_page_says_so_before_the_room_takes_them_for_gone(
    group: Group, server: Server, come: Come, tmp_path: Path
) -> None:
    host, port = server.address.removeprefix("http://").split(":")
    async with Link.open((host, int(port))) as link:
        by_link = Server(f"http://{host}:{link.port}", server.begin, server.data, server.pid)
        fran = await come("Fran", by_link, viewport={"width": 320, "height": 640}, reduced_motion="reduce")
        await fran.signs_in_with(group.visits["Fran"])
        await fran.goes_to(f"/groups/{group.id}")
        await fran.presses("Open the meeting", exact=False)
        await expect(fran.page.locator(".state")).to_have_text("You are here", timeout=WITHIN)
        await expect(fran.page.get_by_role("button", name="Tools")).to_be_visible(timeout=WITHIN)
        for _ in range(2):  # it can happen more than once in an evening
            link.holding = True
            await fran.is_shown("The room does not answer at the moment.")
            await expect(fran.page.locator("[data-voice=status]", has_text="taken for gone")).to_have_count(1)
            await fran.page.screenshot(path=tmp_path / "about to be taken for gone.png")
            link.let_go()
            await fran.does_not_show("The room does not answer at the moment.")
            await expect(fran.page.locator(".state")).to_have_text("You are here", timeout=WITHIN)
        assert await fran.page.locator(".banner").count() == 0, "the room has not paused meanwhile"
