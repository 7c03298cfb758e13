"""“What is said in a room is never written to disk, log, database, Redis file or slow log, in clear or recoverable.”

`hearth prove` finds every leak: an installation is made leaky on purpose, in each place and form there is. Proofs
that find nothing are worth nothing until they have found what was hidden from them.
"""

import asyncio
import base64
import gzip
import json
import os
import sqlite3
import sys
import tarfile
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path

import pytest
from redis.asyncio import Redis
from sqlalchemy import select

from chat.records import tables
from chat.records.store import Store
from config.settings import Settings
from tests import databases, postgres, processes
from tests.servers import EVERYTHING_KEPT, ROOT, Servers, Valkey, a_valkey, served_for_real
from web.cli import where
from web.proving.prove import PLACES, Proof, fresh_word, prove

pytestmark = pytest.mark.slow


@asynccontextmanager
async def leaky(directory: Path) -> AsyncIterator[tuple[Servers, Valkey, dict[str, str]]]:
    """A server, and a Redis that keeps all it can; and the settings that both are found by."""
    async with (
        a_valkey(directory / "redis", EVERYTHING_KEPT) as valkey,
        served_for_real(directory, valkey.url, 1) as servers,
    ):
        environ = {"HEARTH_DATA": str(servers.data), "REDIS_URL": valkey.url, "PATH": os.environ["PATH"]}
        yield servers, valkey, environ | ({"DATABASE_URL": _url(servers)} if databases.POSTGRESQL else {})


def _url(servers: Servers) -> str:
    return servers._environ["DATABASE_URL"]


async def proof(environ: dict[str, str], word: str, *also: Path, without: frozenset[str] = frozenset()) -> Proof:
    return await prove(where(Settings.read(environ), None), also, without, word=word)


def told(proof: Proof) -> dict[str, set[str]]:
    """Where it was found, and in which forms; paths by their last part."""
    found: dict[str, set[str]] = {}
    for one in proof.found:
        found.setdefault(f"{one.place}: {one.what.rsplit('/', 1)[-1]}", set()).update(one.found)
    return found


@pytest.mark.sqlite("its file and its log are searched; PostgreSQL has a test of its own")
async def test_a_clean_installation_is_proven_and_every_leak_of_a_leaky_one_is_found(tmp_path: Path) -> None:
    async with leaky(tmp_path) as (servers, valkey, environ):
        await a_clean_one_is_proven(environ)
        assert await nothing_is_left(servers.store)

        word = fresh_word()
        async with Redis.from_url(valkey.url) as redis:
            await in_redis(redis, valkey.url, word)
            with in_sqlite(servers.data / "hearth.sqlite", word):
                in_files(servers.data, word)
                in_the_log(servers.servers[0].log, word)
                backup = in_a_backup(tmp_path, word)
                found = await proof(environ, word, backup, tmp_path / "copy.tar.gz")
            await redis.flushall()
    assert found.status == 1
    assert word not in repr(found)
    here = told(found)
    for place, form in LEAKS.items():
        assert form in here.pop(place, set()), place
    assert not {place for place in here if place not in BESIDE}


LEAKS = {
    "redis: the key a-string": "plain text",
    "redis: the key a-hash": "plain text",
    "redis: the key a-stream": "plain text",
    "redis: the key a-list": "base64",
    "redis: the key a-set": "hexadecimal",
    "redis: the key a-sorted-set": "UTF-16",
    "redis: the key packed": "plain text in zlib",
    "redis: the key a-long-string": "plain text",
    "redis: the key (a name that holds the word)": "plain text",
    "redis: the key elsewhere": "plain text",
    "redis: slow log, while the room was open": "plain text",
    "redis: names of clients, while the room was open": "plain text",
    "redis: names of channels, while the room was open": "plain text",
    "redis-files: dump.rdb": "plain text, packed by Redis",
    "redis-files: appendonly.aof.1.incr.aof": "plain text",
    "database: the table groups": "plain text",
    "database: the table kept_by_mistake": "plain text in gzip",
    "database-files: hearth.sqlite": "plain text",
    "database-files: hearth.sqlite-wal": "UTF-16",
    "data: note.txt": "plain text",
    "data: wide.txt": "UTF-16",
    "data: crash.txt": "hexadecimal",
    "data: mail.txt": "base64",
    "data: old.gz": "plain text in gzip",
    "log: server-0.log": "plain text",
    "also: backup.sql.gz": "base64 in gzip",
    "also: copy.tar.gz": "plain text in gzip",
}
"""Each place that was made to leak, and the form it leaks in."""
BESIDE = {
    "redis: slow log, after it was closed",
    "redis: names of clients, after it was closed",
    "redis: names of channels, after it was closed",
    "redis: command log, while the room was open",
    "redis: command log, after it was closed",
    "redis-files: appendonly.aof.1.base.rdb",
    "data: hearth.sqlite",
    "data: hearth.sqlite-wal",
    "log: log",
}
"""Where the same leaks are seen a second time."""


async def in_redis(redis: Redis, valkey_url: str, word: str) -> None:
    """A key of each kind, a name, a channel, a client, another database; and its slow log, as it logs everything."""
    await redis.set("a-string", f"they said {word}")
    await redis.set("a-long-string", f"{'and then ' * 200_000}{word}")
    await redis.hset("a-hash", mapping={"field": f"said {word}", "empty": ""})
    await redis.xadd("a-stream", {"said": word})
    await redis.rpush("a-list", *["x"] * 500, base64.b64encode(f"xy{word}".encode()))
    await redis.sadd("a-set", word.encode().hex())
    await redis.zadd("a-sorted-set", {word.encode("utf-16-le"): 1})
    await redis.set("packed", zlib.compress(word.encode()))
    await redis.set(f"last:{word}", "1")
    async with Redis.from_url(valkey_url, db=3) as other:
        await other.set("elsewhere", word)
    hears = redis.pubsub()
    await hears.subscribe(f"room:{word}")
    await redis.client_setname(f"by-{word}")
    redis._leaks = hears  # type: ignore[attr-defined]  # it listens as long as Redis is open


@contextmanager
def in_sqlite(file: Path, word: str) -> Iterator[None]:
    """A column of ours, a table that is none of ours, and something that was taken back: it is in the log alone."""
    with closing(_sqlite(file)) as c:
        c.execute("INSERT INTO groups (id, name, created_on) VALUES ('leak', ?, '2026-01-01')", [f"about {word}"])
        c.execute("CREATE TABLE kept_by_mistake (content BLOB)")
        c.execute("INSERT INTO kept_by_mistake VALUES (?)", [gzip.compress(word.encode())])
        c.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with closing(_sqlite(file)) as reads:
            reads.execute("BEGIN")
            reads.execute("SELECT count(*) FROM groups").fetchone()  # nothing of the log is taken away meanwhile
            c.execute("INSERT INTO kept_by_mistake VALUES (?)", [word.encode("utf-16-le")])
            c.execute("DELETE FROM kept_by_mistake WHERE length(content) = 32")
            yield


def _sqlite(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, isolation_level=None)


def in_files(data: Path, word: str) -> None:
    """What a careless program may leave in the data directory."""
    (data / "deep" / "down").mkdir(parents=True)
    (data / "deep" / "down" / "note.txt").write_text(f"{'x' * 5_000_000} {word}")
    (data / "wide.txt").write_bytes(f"they said {word}".encode("utf-16"))
    (data / "crash.txt").write_text(f"0000: {word.encode().hex(' ', 100)}")
    (data / "mail.txt").write_bytes(base64.encodebytes(b"Subject: today " * 9 + word.encode() + b" and more " * 20))
    (data / "old.gz").write_bytes(gzip.compress(word.encode()))


def in_the_log(log: Path, word: str) -> None:
    """A line too many."""
    with log.open("a") as out:
        out.write(f'{{"event": "said", "text": "{word}"}}\n')


def in_a_backup(directory: Path, word: str) -> Path:
    """A dump of a table, and a copy of a directory, both packed."""
    dump = directory / "backup.sql.gz"
    dump.write_bytes(gzip.compress(b"COPY acts FROM stdin;\n" * 9000 + base64.b64encode(f"x{word}".encode())))
    (directory / "copied.txt").write_text(word)
    with tarfile.open(directory / "copy.tar.gz", "w:gz") as tar:
        tar.add(directory / "copied.txt", "copied.txt")
    return dump


async def nothing_is_left(store: Store) -> bool:
    """Whether the room that was made for a proof, and who was in it, are erased."""
    async with store.reading() as c:
        rows = [
            await c.scalar(select(table.c.id).limit(1)) for table in (tables.groups, tables.accounts, tables.meetings)
        ]
    return not any(rows)


KEEP, RELOAD = "ALTER SYSTEM SET wal_keep_size = '1GB'", "SELECT pg_reload_conf()"
"""So that nothing goes from the log meanwhile by chance."""


def tells(what: str) -> str:
    return f"INSERT INTO told VALUES ({what})"  # noqa: S608  the test's own words


@pytest.mark.faults
async def test_what_is_in_postgresql_and_what_is_in_its_log_of_changes_alone_is_found(tmp_path: Path) -> None:
    word = fresh_word()
    async with postgres.a_cluster() as cluster, cluster.a_database() as url:
        async with processes.serving(tmp_path, DATABASE_URL=url):
            environ = {"DATABASE_URL": url, "HEARTH_DATA": str(tmp_path)}
            without = frozenset({"log"})  # it goes to this test
            clean = await proof(environ, fresh_word(), without=without)
            assert (clean.status, clean.found, clean.not_looked) == (0, [], [])
            for statement in (KEEP, RELOAD, "CREATE TABLE told (words text)", tells(f"'{word}'")):
                await databases.run(url, statement)
            table = told(await proof(environ, word, without=without))
            assert table["database: the table told"] == {"plain text"}
            packed = fresh_word()
            for statement in (tells(f"repeat('and then ', 2000) || '{packed}'"), "TRUNCATE told"):
                await databases.run(url, statement)
            in_log_alone = told(await proof(environ, word, without=without))
            assert not [place for place in in_log_alone if place.startswith("database:")]
            assert any("plain text" in forms for place, forms in in_log_alone.items() if place.startswith("database-"))
            after = told(await proof(environ, packed, without=without))
            assert any("packed by PostgreSQL" in forms for forms in after.values())
            await databases.run(url, "CREATE USER reader PASSWORD 'reads'")
            await databases.run(url, "GRANT ALL ON ALL TABLES IN SCHEMA public TO reader")
            blind = await proof(
                environ | {"DATABASE_URL": url.replace("postgres@", "reader:reads@", 1)}, fresh_word(), without=without
            )
            assert blind.status == 2
            assert [one.place for one in blind.not_looked] == ["database-files"]


async def a_clean_one_is_proven(environ: dict[str, str]) -> None:
    """By the command, as somebody types it or cron does; what could not be looked at is not passed over."""
    status, said = await command(environ, "--json")
    looked = json.loads(said)["looked"]
    assert (status, {one["place"] for one in looked}) == (0, set(PLACES))
    assert not [one for one in looked if "found" in one or "not_looked" in one]
    status, said = await command(environ, "--also", "/nowhere/at/all")
    assert (status, "what you gave with --also: /nowhere/at/all: it is not there" in said) == (2, True)
    status, said = await command(environ | {"HEARTH_URL": "https://hearth.example"})
    assert (status, "Are HEARTH_URL and the database the same?" in said) == (2, True)


async def test_where_no_server_runs_nothing_is_proven(tmp_path: Path) -> None:
    async with databases.migrated(tmp_path / "hearth.sqlite") as url:
        status, said = await command({"DATABASE_URL": url, "HEARTH_DATA": str(tmp_path), "PORT": "1"})
    assert (status, "Nothing was proven. The server did not answer" in said) == (2, True)


@pytest.mark.sqlite("is about its file")
@pytest.mark.parametrize("mode", [None, 0o700, 0o000], ids=["no directory", "an empty one", "a closed one"])
async def test_in_another_directory_nothing_is_proven_and_it_is_asked_whether_that_is_right(
    tmp_path: Path, mode: int | None
) -> None:
    data = tmp_path / "hearth-data"
    if mode is not None:
        data.mkdir(mode)
    status, said = await command({"HEARTH_DATA": str(data)})
    assert (status, f"There is no database in {data}. Is HEARTH_DATA right?" in said) == (2, True)
    assert "Traceback" not in said


async def command(environ: dict[str, str], *words: str) -> tuple[int, str]:
    """`hearth prove` as somebody types it."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "web.cli", "prove", *words),
        env=environ, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()
