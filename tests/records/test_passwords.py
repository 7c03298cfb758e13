"""A password is checked slowly, aside, and the same for those who exist and those who do not."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator

import pytest

from chat.records.passwords import Passwords, TooBusy, weakness

GOOD = "violet kettle 42 under snow"


@pytest.fixture
async def passwords() -> AsyncIterator[Passwords]:
    async with Passwords() as passwords:
        yield passwords


async def test_the_right_password_is_recognised_and_no_other(passwords: Passwords) -> None:
    kept = await passwords.hash(GOOD)
    assert GOOD not in kept
    assert await passwords.matches(kept, GOOD)
    assert not await passwords.matches(kept, GOOD + " ")
    assert not await passwords.matches(None, GOOD)
    assert not await passwords.matches(None, "a password that nobody has")


async def test_the_hash_is_argon2id_with_at_least_19_mib_and_one_lane(passwords: Passwords) -> None:
    assert (await passwords.hash(GOOD)).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_a_hash_with_earlier_parameters_still_matches_and_is_outdated(passwords: Passwords) -> None:
    async with Passwords(memory_kib=8 * 1024) as earlier:
        kept = await earlier.hash(GOOD)
    assert await passwords.matches(kept, GOOD)
    assert passwords.outdated(kept)
    assert not passwords.outdated(await passwords.hash(GOOD))


async def test_an_unknown_login_takes_as_long_as_a_wrong_password(passwords: Passwords) -> None:
    kept = await passwords.hash(GOOD)

    async def seconds(against: str | None) -> float:
        began = time.perf_counter()
        await passwords.matches(against, "not the password")
        return time.perf_counter() - began

    times: dict[str | None, list[float]] = {kept: [], None: []}
    for _ in range(12):
        for against, spent in times.items():
            spent.append(await seconds(against))
    known, unknown = (statistics.median(spent) for spent in times.values())
    assert 0.5 < unknown / known < 2


async def test_other_people_are_served_while_passwords_are_checked(passwords: Passwords) -> None:
    checking = [asyncio.create_task(passwords.matches(None, GOOD)) for _ in range(6)]
    served = 0
    while not all(task.done() for task in checking):
        await asyncio.sleep(0.001)
        served += 1
    assert served > 3 * len(checking)
    await asyncio.gather(*checking)


async def test_other_people_are_served_while_passwords_are_judged(passwords: Passwords) -> None:
    judging = [asyncio.create_task(passwords.weakness("4@5" * 24)) for _ in range(12)]
    served = 0
    while not all(task.done() for task in judging):
        await asyncio.sleep(0.001)
        served += 1
    assert served > 3
    assert all(await asyncio.gather(*judging))


async def test_the_65th_who_waits_is_told_that_it_is_too_busy() -> None:
    async with Passwords(memory_kib=64, passes=1) as passwords:
        waiting = [asyncio.create_task(passwords.hash(GOOD)) for _ in range(64)]
        await asyncio.sleep(0)
        with pytest.raises(TooBusy):
            await passwords.hash(GOOD)
        await asyncio.gather(*waiting)
        assert await passwords.hash(GOOD)


@pytest.mark.parametrize("kept", ["", "nonsense", "$argon2id$v=19$m=99999999,t=2,p=1$c29tZXNhbHQ$aGFzaGhhc2hoYXNo"])
async def test_a_broken_or_monstrous_hash_matches_nothing(passwords: Passwords, kept: str) -> None:
    began = time.perf_counter()
    assert not await passwords.matches(kept, GOOD)
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "at least 10"),
        ("x" * 257, "at most 256"),
        ("Qwertyuiop", "people use most"),
        ("manchester", "people use most"),
        ("aaaaaaaaaaaaaaa", "easy to guess"),
        ("heron4821heron", "easy to guess"),
    ],
)
def test_a_weak_password_is_refused_in_words(password: str, why: str) -> None:
    said = weakness(password, "heron4821", "Quiet Heron")
    assert said is not None
    assert why in said
    assert password not in said


def test_a_good_password_is_taken() -> None:
    assert weakness(GOOD, "heron4821") is None
    assert weakness("żółta łódź pod śniegiem") is None


def test_judging_never_takes_long() -> None:
    began = time.perf_counter()
    weakness("4l3x4nd3r" * 28, "x" * 100_000)
    assert time.perf_counter() - began < 0.5


@pytest.mark.parametrize("made", ["4@({[<69!|71$5+7" * 4, "4@8({[<3691!|705$+%2ab" * 3])
def test_judging_a_password_that_was_made_to_be_slow_takes_no_longer_than_any(made: str) -> None:
    weakness("copper lantern willow seventeen")  # the word lists are read once
    began = time.process_time()
    weakness(made)
    assert time.process_time() - began < 0.5


def test_letters_written_as_signs_hide_no_common_word_however_many_signs_stand_beside_it() -> None:
    assert weakness("p4$5w0rd!1|({")
