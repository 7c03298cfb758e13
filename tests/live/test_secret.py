"""Over one Redis only processes with the same secret run; whoever stops leaves room for another."""

import asyncio

from redis.asyncio import Redis

from chat.live.bus.keys import SECRET
from chat.live.house import Live, Plan
from chat.live.secret import Fit, fits, proof
from tests.installation import Installation

OWN = 7
"""The database of the Valkey."""


async def test_while_a_process_runs_another_secret_does_not_fit_and_afterwards_it_does(
    circle: Installation, redis_url: str
) -> None:
    url, secret, other = f"{redis_url}?db={OWN}", b"a" * 32, b"b" * 32
    async with Redis.from_url(url) as redis:
        async with Live.open(Plan(url, secret, promises=b"90 days"), circle.keeping, circle.keeping.admit):
            async with asyncio.timeout(10):
                while not await redis.exists(SECRET):
                    await asyncio.sleep(0.02)
            assert await fits(url, secret, b"90 days") is Fit.WELL
            assert await fits(url, other, b"90 days") is Fit.OTHER_SECRET
            assert await fits(url, secret, b"30 days") is Fit.OTHER_PROMISES
        assert await fits(url, other, b"30 days") is Fit.WELL


def test_the_proof_is_not_the_secret() -> None:
    assert proof(b"a" * 32) != proof(b"b" * 32)
    assert b"a" * 8 not in proof(b"a" * 32)
