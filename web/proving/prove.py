"""Says a word that nobody has ever said, in a room of its own on a running server; and then looks for it everywhere."""

import asyncio
import secrets
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

from chat.core.customs import DROP_IN
from chat.core.errors import ChatError
from chat.live.bus.connection import BusGone
from chat.records import canary
from chat.records.keys import now
from chat.records.store import Store
from web.customs import written
from web.proving import files, logs
from web.proving.in_database import InDatabase
from web.proving.in_redis import InRedis, Whose
from web.proving.looked import Looked
from web.proving.saying import CannotSay, Door, said

PLACES = ("database", "database-files", "redis", "redis-files", "data", "log")
"""What `--without` may name."""
LETTERS = "bcdfghjklmnpqrstvwxz"
"""No vowels: no word of any language, and no sequence of a longer text that a packer would put in its place."""
LENGTH = 16
GONE_WITHIN = 15.0
"""Seconds until nothing of a closed room is left in Redis."""
OTHER_DATABASE = "the room of this proof is not in it, so it is not the one that the server uses"
STILL_THERE = "ids of the room, after it was closed"
Tell = Callable[[str], None]


class Where(Struct, frozen=True):
    """What is looked through. `redis`: None where it cannot be found; `pids`: whose logs are looked at."""

    door: Door
    database_url: str
    redis: Whose | None
    data: Path | None
    pids: tuple[int, ...]

    def __repr__(self) -> str:
        return "<Where>"


class Proof(Struct, frozen=True):
    """What came of it. `problem`: why there is no proof at all."""

    looked: tuple[Looked, ...] = ()
    problem: str = ""

    @property
    def found(self) -> list[Looked]:
        """Where the word stands."""
        return [one for one in self.looked if one.found]

    @property
    def not_looked(self) -> list[Looked]:
        """What could not be looked at, whole or in part."""
        return [one for one in self.looked if one.not_looked]

    @property
    def status(self) -> int:
        """For the shell: 0 proven, 1 found somewhere, 2 not proven."""
        return 1 if self.found else 2 if self.problem or self.not_looked else 0


def fresh_word() -> str:
    """One that nobody has written before."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


async def prove(
    where: Where, also: Sequence[Path] = (), without: frozenset[str] = frozenset(), *, word: str = ""
) -> Proof:
    """Says it, looks for it, erases its room. `without`: places not to be looked at. `word`: for tests."""
    word = word or fresh_word()
    try:
        await _clear(where)
        try:
            return Proof(tuple(await _proved(where, also, without, word)))
        finally:
            await _clear(where)
    except CannotSay as error:
        return Proof(problem=str(error))
    except ChatError:
        return Proof(problem="The database does not answer, or is not one of Hearth's.")


async def _clear(where: Where) -> None:
    """In a store of its own: reading SQLite's files as they lie takes from this process what locks it holds on them."""
    async with Store.open(where.database_url) as store, store.erasing() as c:
        await canary.clear(c)


async def _proved(where: Where, also: Sequence[Path], without: frozenset[str], word: str) -> list[Looked]:
    async with Store.open(where.database_url) as store, store.writing() as c:
        pair = await canary.make(c, now(), written(DROP_IN))
    began = time.time()
    found: list[Looked] = []
    async with said(where.door, pair, _sentence(word)) as room:
        redis = InRedis(where.redis, word, room) if where.redis else None
        if redis and not {"redis", "redis-files"} <= without:
            found += await _while_open(redis, without)
        elif redis is None:
            found += [
                Looked(one, "Redis", not_looked="it is not known where it is") for one in ("redis", "redis-files")
            ]
    found += await _tables(where, word, room) if not {"database", "database-files"} <= without else ()
    if redis and "redis-files" not in without:
        found += await redis.files(began)
    if where.data and "data" not in without:
        found += files.look("data", where.data, word)
    if "log" not in without:
        found += [one for pid in where.pids for one in logs.look(pid, word)] or [
            Looked(
                "log", "the server's log", not_looked="the server's process is not known; please give it with --also"
            )
        ]
    found += [one for path in also for one in files.look("also", path, word)]
    if redis and "redis" not in without:
        found += await _after_closing(redis)
    return [one for one in found if one.place not in without]


def _sentence(word: str) -> str:
    """Several times, so that at least one is whole wherever lines are broken or blocks end."""
    return f"This is a test of the server. {word} {word}, {word}. Thank you, {word}"


async def _while_open(redis: InRedis, without: frozenset[str]) -> list[Looked]:
    found = await redis.memory("while the room was open") if "redis" not in without else []
    if found and not redis.seen_room and not any(one.not_looked for one in found):
        found.append(Looked("redis", "keys", not_looked=OTHER_DATABASE))
    if "redis-files" not in without:
        try:
            await redis.saves()
        except BusGone:
            pass  # a file that is older than the word is told
    return found


async def _after_closing(redis: InRedis) -> list[Looked]:
    """The word, and the room with it, are gone from there; what takes a moment is waited for."""
    until = time.monotonic() + GONE_WITHIN
    found = await redis.memory("after it was closed")
    while redis.seen_room and time.monotonic() < until:
        await asyncio.sleep(0.5)
        found = await redis.memory("after it was closed")
    return [*found, Looked("redis", "keys", found=(STILL_THERE,))] if redis.seen_room else found


async def _tables(where: Where, word: str, room: str) -> list[Looked]:
    database = InDatabase(where.database_url, word, room)
    found = await database.look()
    if not database.seen_room and not any(one.not_looked for one in found):
        found.append(Looked("database", "tables", not_looked=OTHER_DATABASE))
    return found
