"""The bare connection to Redis: replies in order, and no end or fault of it passes in silence."""

import asyncio

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from chat.live.bus.connection import Reply, pool
from chat.live.bus.pipe import packed, pipe


async def test_replies_come_in_the_order_of_the_questions_and_refusals_are_among_them(redis_url: str) -> None:
    heard: list[Reply | RedisError] = []
    done = asyncio.Event()

    def hear(reply: Reply | RedisError) -> None:
        heard.append(reply)
        if len(heard) == 3:
            done.set()

    async with pipe(pool(redis_url), hear) as opened:
        for words in (("ECHO", "one"), ("NO-SUCH-COMMAND",), ("ECHO", "x" * 100_000)):
            opened.write(packed(words))
        async with asyncio.timeout(30):
            await done.wait()
    assert heard[0] == b"one"
    assert isinstance(heard[1], ResponseError)
    assert heard[2] == b"x" * 100_000


async def test_who_holds_a_connection_that_redis_ends_is_told(redis_url: str) -> None:
    number: asyncio.Future[Reply | RedisError] = asyncio.get_running_loop().create_future()
    async with pipe(pool(redis_url), number.set_result) as opened, Redis.from_url(redis_url) as redis:
        opened.write(packed(("CLIENT", "ID")))
        await opened.lasts(0)
        await redis.client_kill_filter(_id=str(await number))
        with pytest.raises(ConnectionError):
            await opened.lasts(30)


async def test_a_fault_in_whoever_hears_is_not_lost(redis_url: str) -> None:
    def stumble(_: Reply | RedisError) -> None:
        raise ZeroDivisionError

    async with pipe(pool(redis_url), stumble) as opened:
        opened.write(packed(("PING",)))
        with pytest.raises(ZeroDivisionError):
            await opened.lasts(30)
