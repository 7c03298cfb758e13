"""Guessing is slow for whoever guesses, and nobody can lock somebody else out."""

from sqlalchemy import func, select

from chat.core.ids import Millis
from chat.records.keys import DAY
from chat.records.store import Store
from chat.records.tables import throttle as rows
from chat.records.throttle import Throttle
from tests.records.conftest import NOON

HOME, AWAY = "192.0.2.7", "198.51.100.9"
SECRET = b"s" * 32


async def guesses(store: Store, throttle: Throttle, login: str, address: str, times: int, now: Millis = NOON) -> int:
    """Tries as fast as possible; how many tries were taken."""
    taken = 0
    for _ in range(times):
        async with store.writing() as c:
            taken += await throttle.allowed(c, login, address, now) == 0
    return taken


async def waits(store: Store, throttle: Throttle, login: str, address: str, now: Millis = NOON) -> int:
    async with store.writing() as c:
        return await throttle.allowed(c, login, address, now)


async def test_whoever_guesses_is_slowed_down(store: Store) -> None:
    throttle = Throttle(SECRET)
    assert await guesses(store, throttle, "heron4821", AWAY, 20) == 5
    assert 1 <= await waits(store, throttle, "heron4821", AWAY) <= 60


async def test_waiting_grows_to_a_minute_and_no_further(store: Store) -> None:
    throttle, now, longest = Throttle(SECRET), NOON, 0
    for _ in range(30):
        wait = await waits(store, throttle, "heron4821", AWAY, now)
        longest, now = max(longest, wait), Millis(now + wait * 1000)
    assert longest == 60


async def test_a_stranger_elsewhere_cannot_lock_the_owner_out(store: Store) -> None:
    throttle = Throttle(SECRET)
    for stranger in range(30):
        await guesses(store, throttle, "heron4821", f"203.0.113.{stranger}", 8)
    assert await waits(store, throttle, "heron4821", HOME) == 0
    assert await waits(store, throttle, "heron4821", HOME) == 0


async def test_many_strangers_get_fewer_free_tries_each(store: Store) -> None:
    throttle = Throttle(SECRET)
    taken = [await guesses(store, throttle, "heron4821", f"203.0.113.{n}", 8) for n in range(30)]
    assert taken[0] == 5
    assert taken[-1] == 2


async def test_a_try_that_has_to_wait_makes_nobody_wait_longer(store: Store) -> None:
    throttle = Throttle(SECRET)
    await guesses(store, throttle, "heron4821", AWAY, 5)
    first = await waits(store, throttle, "heron4821", AWAY)
    await guesses(store, throttle, "heron4821", AWAY, 50)
    assert await waits(store, throttle, "heron4821", AWAY) == first


async def test_the_owners_success_ends_the_wait(store: Store) -> None:
    throttle = Throttle(SECRET)
    await guesses(store, throttle, "heron4821", HOME, 4)
    async with store.writing() as c:
        assert await throttle.allowed(c, "heron4821", HOME, NOON) == 0
        await throttle.succeeded(c, "heron4821", HOME, NOON)
    assert await guesses(store, throttle, "heron4821", HOME, 9) == 5


async def test_one_address_cannot_try_every_login(store: Store) -> None:
    throttle = Throttle(SECRET)
    taken = sum([await guesses(store, throttle, f"heron{n:04}", AWAY, 1) for n in range(60)])
    assert taken == 30
    assert await waits(store, throttle, "otter1234", AWAY) <= 15


async def test_whoever_has_to_wait_fills_no_table_meanwhile(store: Store) -> None:
    throttle = Throttle(SECRET)

    async def kept() -> int:
        async with store.reading() as c:
            return await c.scalar(select(func.count()).select_from(rows)) or 0

    await guesses(store, throttle, "heron4821", AWAY, 30)
    for n in range(60):
        await guesses(store, throttle, f"heron{n:04}", AWAY, 1)
    before = await kept()
    for n in range(100):
        assert await waits(store, throttle, f"otter{n:04}", AWAY) > 0
    assert await kept() == before


async def test_signing_in_to_ones_own_account_buys_no_more_guesses(store: Store) -> None:
    throttle, taken = Throttle(SECRET), 0
    for n in range(60):
        taken += await guesses(store, throttle, f"heron{n:04}", AWAY, 1)
        async with store.writing() as c:
            if await throttle.allowed(c, "mine0001", AWAY, NOON) == 0:
                await throttle.succeeded(c, "mine0001", AWAY, NOON)
    assert taken <= 30


async def test_a_household_with_many_ipv6_addresses_is_one(store: Store) -> None:
    throttle = Throttle(SECRET)
    taken = [await guesses(store, throttle, "heron4821", f"2001:db8:0:1::{n:x}", 1) for n in range(1, 9)]
    assert sum(taken) == 5
    assert await waits(store, throttle, "heron4821", "2001:db8:0:2::1") == 0


async def test_neither_address_nor_login_can_be_read_or_recognised_tomorrow(store: Store) -> None:
    throttle = Throttle(SECRET)
    await guesses(store, throttle, "heron4821", AWAY, 1)
    await guesses(store, throttle, "heron4821", AWAY, 1, Millis(NOON + DAY))
    async with store.reading() as c:
        kept = repr((await c.execute(select(rows))).all())
        assert await c.scalar(select(func.count()).select_from(rows)) == 6
    assert AWAY not in kept
    assert "heron" not in kept
    assert repr(SECRET) not in repr(throttle)
