"""The bare connection to Redis: replies in order, and no end or fault of it passes in silence."""

import asyncio
from pathlib import Path
from time import monotonic

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from chat.live.bus.connection import Reply, pool
from chat.live.bus.pipe import APART, AT_ONCE, packed, pipe
from tests.servers import a_valkey


async def test_replies_come_in_the_order_of_the_questions_and_refusals_are_among_them(redis_url: str) -> None:
    heard: list[Reply | RedisError] = []
    done = asyncio.Event()

    def hear(reply: Reply | RedisError) -> None:
        heard.append(reply)
        if len(heard) == 3:
            done.set()

    async with pipe(pool(redis_url, protocol=3), heard.append) as opened:
        for words in (("ECHO", "one"), ("NO-SUCH-COMMAND",), ("ECHO", "x" * 100_000)):
            opened.ask(packed(words), hear)
        async with asyncio.timeout(30):
            await done.wait()
    assert heard[0] == b"one"
    assert isinstance(heard[1], ResponseError)
    assert heard[2] == b"x" * 100_000


async def test_who_holds_a_connection_that_redis_ends_is_told(redis_url: str) -> None:
    number: asyncio.Future[Reply | RedisError] = asyncio.get_running_loop().create_future()
    async with pipe(pool(redis_url, protocol=3), print) as opened, Redis.from_url(redis_url) as redis:
        opened.ask(packed(("CLIENT", "ID")), number.set_result)
        await opened.lasts(0)
        await redis.client_kill_filter(_id=str(await number))
        with pytest.raises(ConnectionError):
            await opened.lasts(30)


async def test_a_fault_in_whoever_hears_is_not_lost(redis_url: str) -> None:
    def stumble(_: Reply | RedisError) -> None:
        raise ZeroDivisionError

    async with pipe(pool(redis_url, protocol=3), print) as opened:
        opened.ask(packed(("PING",)), stumble)
        with pytest.raises(ZeroDivisionError):
            await opened.lasts(30)


async def test_subscriptions_are_confirmed_in_their_place_among_the_answers(redis_url: str) -> None:
    heard: list[tuple[str, Reply | RedisError]] = []
    done = asyncio.Event()

    def hear(reply: Reply | RedisError) -> None:
        heard.append(("answer", reply))
        if len(heard) == 6:
            done.set()

    def pushed(reply: Reply | RedisError) -> None:
        heard.append(("pushed", reply))

    async with pipe(pool(redis_url, protocol=3), pushed) as opened:
        opened.ask(packed(("SSUBSCRIBE", "{p}:a")), hear)
        opened.ask(packed(("ECHO", "one")), hear)
        opened.ask(packed(("SPUBLISH", "{p}:a", "word")), hear)
        opened.send(packed(("CLIENT", "REPLY", "SKIP")) + packed(("SUNSUBSCRIBE", "{p}:a")))
        opened.ask(packed(("ECHO", "two")), hear)
        async with asyncio.timeout(30):
            await done.wait()
    assert [reply for kind, reply in heard if kind == "answer"] == [[b"ssubscribe", b"{p}:a", 1], b"one", 1, b"two"]
    assert [reply for kind, reply in heard if kind == "pushed"] == [
        [b"smessage", b"{p}:a", b"word"],
        [b"sunsubscribe", b"{p}:a", 0],
    ]


async def reads(redis: Redis) -> int:
    """How often it was written to until now."""
    return int((await redis.info("stats"))["total_reads_processed"])


async def test_many_questions_in_a_row_share_their_way(tmp_path: Path) -> None:
    async with (
        a_valkey(tmp_path) as valkey,  # of its own: who else asks is counted, too
        pipe(pool(valkey.url, protocol=3), print) as opened,
        Redis.from_url(valkey.url) as redis,
    ):
        before, began, heard = await reads(redis), monotonic(), 0

        def hear(_: Reply | RedisError) -> None:
            nonlocal heard
            heard += 1

        for _ in range(400):
            opened.ask(packed(("PING",)), hear)
            await asyncio.sleep(0.001)
        async with asyncio.timeout(30):
            while heard < 400:
                await asyncio.sleep(0.01)
        own = 2  # the two counts; the rest is for a clock that is read in between
        assert await reads(redis) - before <= AT_ONCE + (monotonic() - began) / APART + own + 2


async def test_who_asks_now_and_then_or_a_few_times_in_a_row_is_not_kept_waiting(redis_url: str) -> None:
    async with pipe(pool(redis_url, protocol=3), print) as opened:
        for pause in (*[2 * APART] * 20, *[0.0] * AT_ONCE):
            answered: asyncio.Future[Reply | RedisError] = asyncio.get_running_loop().create_future()
            opened.ask(packed(("PING",)), answered.set_result)
            assert not opened._outgoing
            await answered
            await asyncio.sleep(pause)
