"""Measures whether time tells which sign-in names, codes and links exist: Welch's t over interleaved tries.

    python -m tests.bench.enumeration [TRIES]      10,000 for each question unless told; ends with 1 if |t| >= 4.5

The website in this process, with a cheap hash, which hides least: with the real one (38 ms) a difference drowns in it.
Each question is asked in turn of what exists and of what does not, in an order drawn by lot, and what comes back is
compared, too. 4.5 is the bound of leakage tests (Goodwill et al. 2011; dudect): beyond it chance is no explanation.
"""

import asyncio
import math
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path

import httpx
from msgspec import Struct
from msgspec.structs import force_setattr
from sqlalchemy import delete

from chat.core.wire import Role
from chat.core.wire.frame import Reason
from chat.live import embedded
from chat.records import accounts, bars, invitations, tables
from chat.records.keys import now
from chat.records.passwords import Passwords
from chat.records.throttle import Pace, Throttle
from tests.web.conftest import SECRET, website
from tests.web.place import Browser, Place

BOUND = 4.5
TRIES = 10_000
FREE = Pace(10**9, 1, 1)
"""Nobody is made to wait: that is the same for all, and would be all that is measured."""
Ask = Callable[[], Awaitable[bytes]]
Undo = Callable[[], Awaitable[None]]
CHANCE = re.compile(rb"[a-z2-9]{5}(?:-[a-z2-9]{5}){3}|[0-9a-f]{64}|\d{4}")
"""In an answer: codes, forms' codes, the figures of a sign-in name."""


async def _nothing() -> None: ...


class Question(Struct, frozen=True):
    """Something asked of what is there and of what is not."""

    name: str
    there: Ask
    not_there: Ask
    undo: Undo = _nothing
    """After each, and not measured: what it has left goes."""


@asynccontextmanager
async def cheap() -> AsyncIterator[Place]:
    """The website with a hash that costs next to nothing."""
    conf = files("config").joinpath("valkey.conf").read_text()
    with tempfile.TemporaryDirectory(prefix="hearth-enumeration-") as made:
        async with (
            embedded.valkey(conf) as valkey,
            website(Path(made), valkey.url) as place,
            Passwords(memory_kib=8, passes=1) as hashing,
        ):
            force_setattr(place.site, "passwords", hashing)
            force_setattr(place.site, "throttle", Throttle(SECRET, pair=FREE, address=FREE))
            yield place


async def questions(place: Place) -> list[Question]:
    """Sign-in, coming back, registering, an invitation that was taken back, a group and a bar of another group."""
    kept = await place.site.passwords.hash("a password that nobody types here")
    fran = await place.person("fran", Role.FACILITATOR, place.tuesday)
    async with place.store.writing() as c:
        known = await accounts.create(c, "heron", kept)
        one, token = await invitations.create(c, place.tuesday.id, Role.MEMBER, known.id, now())
        await invitations.revoke(c, place.tuesday.id, one.id, now())
        assert fran.member
        bar = await bars.set_(c, place.tuesday.id, fran.member, None, None, Reason.SAFETY, fran.member)
    gus = await place.person("gus", Role.FACILITATOR, place.friday)
    his = await gus.code("/account")
    unknown = "heron" + f"{(int(known.login[-4:]) + 1) % 10_000:04}"
    nobody, code = place.stranger(), ""
    code = await nobody.code()

    def sends(browser: Browser, path: str, **typed: str) -> Ask:
        async def ask() -> bytes:
            answer = await browser.client.post(path, data={"form": code, **typed})
            return _plain(answer.status_code, answer.content, *typed.values())

        return ask

    def registers(word: str) -> Ask:
        browser = place.stranger()

        async def ask() -> bytes:
            browser.client.cookies = httpx.Cookies(nobody.client.cookies)
            typed = {"form": code, "word": word, "password": "seven wooden boats at dusk"}
            answer = await browser.client.post(f"{link}/account", data=typed)
            return CHANCE.sub(b"", _plain(answer.status_code, answer.content, word))

        return ask

    async def unregisters() -> None:
        new = tables.accounts.c.login.like("heron%") | tables.accounts.c.login.like("egret%")
        async with place.store.writing() as c:
            await c.execute(delete(tables.accounts).where(new, tables.accounts.c.id != known.id))

    def lifts(one: str) -> Ask:
        async def ask() -> bytes:
            path = f"/groups/{place.friday.id}/people/bars/{one}/lift"
            answer = await gus.client.post(path, data={"form": his})
            return _plain(answer.status_code, answer.content)

        return ask

    def sees(browser: Browser, path: str) -> Ask:
        async def ask() -> bytes:
            answer = await browser.client.get(path)
            return _plain(answer.status_code, answer.content)

        return ask

    link = await place.invitation(uses=1)
    wrong = {"password": "not the password at all"}
    lost = {"code": "aaaaa-aaaaa-aaaaa-aaaaa", "fresh": "seven wooden boats at dusk"}
    names, links, others = (known.login, unknown), (token, token[::-1]), (place.friday.id, place.friday.id[::-1])

    def question(name: str, asks: list[Ask], undo: Undo = _nothing) -> Question:
        return Question(name, asks[0], asks[1], undo)

    return [
        question("signing in", [sends(nobody, "/sign-in", login=one, **wrong) for one in names]),
        question("registering", [registers("heron"), registers("egret")], unregisters),
        question("coming back", [sends(nobody, "/recover", login=one, **lost) for one in names]),
        question("an invitation", [sees(nobody, f"/invitations/{one}") for one in links]),
        question("a group", [sees(fran, f"/groups/{one}") for one in others]),
        question("a bar", [lifts(bar or ""), lifts("0" * 32)]),
    ]


def _plain(status: int, body: bytes, *typed: str) -> bytes:
    for one in typed:
        body = body.replace(one.encode(), b"")
    return b"%d " % status + body


async def asked(question: Question, tries: int) -> tuple[float, float, float]:
    """Welch's t, and the two medians in ms. Raises AssertionError if the answers differ."""
    assert await question.there() == await question.not_there(), question.name
    await question.undo()
    took: dict[bool, list[float]] = {True: [], False: []}
    order = [True, False] * tries
    random.shuffle(order)
    for there in order:
        began = time.perf_counter()
        await (question.there if there else question.not_there)()
        took[there].append(1000 * (time.perf_counter() - began))
        await question.undo()
    return welch(took[True], took[False]), statistics.median(took[True]), statistics.median(took[False])


def welch(one: list[float], other: list[float]) -> float:
    """Welch's t of two samples, without the slowest tenth of both together: a busy machine says nothing of anybody."""
    slow = sorted(one + other)[(len(one) + len(other)) * 9 // 10]
    kept = [took for took in one if took < slow], [took for took in other if took < slow]
    means, spread = [statistics.fmean(s) for s in kept], [statistics.variance(s) / len(s) for s in kept]
    return (means[0] - means[1]) / math.sqrt(sum(spread))


async def main(tries: int) -> bool:
    """Whether nothing was told."""
    fine = True
    async with cheap() as place:
        for question in await questions(place):
            t, there, not_there = await asked(question, tries)
            print(f"{question.name:16} t = {t:6.2f}   {there:.3f} ms where it is, {not_there:.3f} ms where it is not")
            fine = fine and abs(t) < BOUND
    return fine


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else TRIES)) else 1)
