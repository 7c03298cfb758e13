"""`hearth serve` as people start it: ready soon, private, gone on request, and plain about what it cannot do."""

import asyncio
import os
import resource
import signal
import socket
import sqlite3
import stat
import time
from asyncio.subprocess import Process
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis

from chat.live.bus.keys import SECRET
from chat.records import agreements, groups
from chat.records.store import Store
from tests.processes import READY_WITHIN, refusal, serving, start
from web.limits import Limits
from web.terms import settle

pytestmark = [
    pytest.mark.sqlite("what a start with nothing set finds or makes; on PostgreSQL: test_postgresql.py"),
    pytest.mark.slow,
]


OWN, PROMISING = 6, 14
"""Databases of the Valkey."""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def valkey_of(process: Process) -> int:
    """The number of the Valkey that a server started."""
    (child,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return int(child)


async def test_it_needs_no_settings_and_says_where_it_is_and_who_may_begin(tmp_path: Path) -> None:
    async with serving(tmp_path / "data") as server, httpx.AsyncClient(base_url=server.address) as browser:
        assert server.link
        assert (await browser.get("/healthz")).status_code == 200
        ready = await browser.get("/readyz")
        assert (ready.status_code, ready.text.split()) == (
            200,
            ["database:", "ok", "redis:", "ok", "migrations:", "ok"],
        )
        page = await browser.get(server.link)
        assert page.status_code == 200
        assert "server" not in page.headers


async def test_what_it_keeps_is_private_to_its_user(tmp_path: Path) -> None:
    async with serving(tmp_path / "data"):
        assert mode(tmp_path / "data") == 0o700
        assert {mode(file) for file in (tmp_path / "data").iterdir() if file.is_file()} == {0o600}


async def test_it_leaves_no_core_file_where_others_would(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
    async with serving(tmp_path / "data") as server:
        limits = Path(f"/proc/{server.process.pid}/limits").read_text()
        assert next(line for line in limits.splitlines() if "core file" in line).split()[4] == "0"
    resource.setrlimit(resource.RLIMIT_CORE, before)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_asked_to_stop_it_is_gone_within_five_seconds(tmp_path: Path, number: signal.Signals) -> None:
    async with serving(tmp_path / "data") as server:
        address = httpx.URL(server.address)
        _, writer = await asyncio.open_connection(address.host, address.port)  # says nothing, and stays
        valkey = valkey_of(server.process)
        began = time.monotonic()
        server.process.send_signal(number)
        assert await server.process.wait() == 0
        assert time.monotonic() - began < 5
        writer.close()
        assert not Path(f"/proc/{valkey}").exists()


async def test_asked_to_stop_while_it_starts_it_stops(tmp_path: Path) -> None:
    process = await start(tmp_path / "data")
    async with asyncio.timeout(READY_WITHIN):
        while not (tmp_path / "data" / "secret").exists():
            await asyncio.sleep(0.01)
        process.terminate()
        await process.communicate()
    assert process.returncode == 0


async def test_killed_without_mercy_it_leaves_no_valkey_and_starts_again(tmp_path: Path) -> None:
    async with serving(tmp_path / "data") as server:
        valkey = valkey_of(server.process)
        first = server.link
        server.process.kill()
        await server.process.wait()
        async with asyncio.timeout(5):
            while Path(f"/proc/{valkey}/exe").exists() and os.readlink(f"/proc/{valkey}/exe"):
                await asyncio.sleep(0.01)
    async with serving(tmp_path / "data") as server:
        assert server.link
        assert server.link != first


async def test_when_its_valkey_dies_it_ends_and_says_so(tmp_path: Path) -> None:
    async with serving(tmp_path / "data") as server:
        os.kill(valkey_of(server.process), signal.SIGKILL)
        async with asyncio.timeout(8):
            _, said = await server.process.communicate()
        assert server.process.returncode == 1
        assert "The embedded Valkey was ended by SIGKILL, and with it every open room." in said.decode()


async def test_with_an_administrator_there_is_no_link(tmp_path: Path) -> None:
    async with serving(tmp_path / "data"):
        pass
    with sqlite3.connect(tmp_path / "data" / "hearth.sqlite") as records:
        columns = [row[1] for row in records.execute("PRAGMA table_info(accounts)")]
        kept = {"id": "a", "login": "word1234", "password_hash": "-", "administrator": 1, "guest_until": None}
        row = [kept.get(column, "2026-05-29") for column in columns]
        records.execute(f"INSERT INTO accounts VALUES ({','.join('?' * len(row))})", row)  # noqa: S608
    records.close()
    async with serving(tmp_path / "data") as server:
        assert server.link is None


async def test_a_given_redis_and_secret_are_used(tmp_path: Path, redis_url: str) -> None:
    elsewhere = tmp_path / "records.sqlite"
    environ = {
        "REDIS_URL": f"{redis_url}?db={OWN}",
        "HEARTH_SECRET": "y" * 32,
        "DATABASE_URL": f"sqlite:///{elsewhere}",
    }
    async with serving(tmp_path / "data", **environ) as server:
        assert Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text() == ""
        assert elsewhere.exists()
        assert not (tmp_path / "data").exists()


async def test_no_two_serve_the_same_people_from_a_redis_each(tmp_path: Path, redis_url: str) -> None:
    shared = {"REDIS_URL": f"{redis_url}?db={OWN}", "HEARTH_SECRET": "y" * 32}
    async with serving(tmp_path / "data"):
        for environ in ({}, shared):
            assert "a meeting would be two rooms" in await refusal(tmp_path / "data", **environ)
    async with serving(tmp_path / "data", **shared), serving(tmp_path / "data", **shared):
        assert "a meeting would be two rooms" in await refusal(tmp_path / "data")
    async with serving(tmp_path / "data") as server:
        server.process.kill()
        await server.process.wait()
    async with serving(tmp_path / "data"):
        pass


async def test_another_secret_than_the_others_have_is_told(tmp_path: Path, redis_url: str) -> None:
    shared = {"REDIS_URL": f"{redis_url}?db={OWN}", "DATABASE_URL": f"sqlite:///{tmp_path}/records.sqlite"}
    async with serving(tmp_path / "a", **shared, HEARTH_SECRET="y" * 32), Redis.from_url(shared["REDIS_URL"]) as redis:
        async with asyncio.timeout(READY_WITHIN):
            while not await redis.exists(SECRET):
                await asyncio.sleep(0.05)
        said = await refusal(tmp_path / "b", **shared, HEARTH_SECRET="z" * 32)
        assert "Another process over this Redis has another HEARTH_SECRET." in said
        async with serving(tmp_path / "b", **shared, HEARTH_SECRET="y" * 32):
            pass


async def test_one_that_would_tell_people_something_else_does_not_start_and_nobody_is_asked_again(
    tmp_path: Path, redis_url: str
) -> None:
    shared = {
        "REDIS_URL": f"{redis_url}?db={PROMISING}",
        "DATABASE_URL": f"sqlite:///{tmp_path}/records.sqlite",
        "HEARTH_SECRET": "w" * 32,
    }
    async with Redis.from_url(shared["REDIS_URL"]) as redis:
        async with serving(tmp_path / "a", **shared, HEARTH_RUN_BY="Circle House"):
            async with Store.open(f"sqlite+aiosqlite:///{tmp_path}/records.sqlite") as store:
                async with store.writing() as c:
                    group = (await groups.create(c, "Tuesday evening")).id
                    await settle(c, Limits(run_by="Circle House"), group)
                    before = await agreements.current(c, group)
                async with asyncio.timeout(READY_WITHIN):
                    while not await redis.exists(SECRET):
                        await asyncio.sleep(0.05)
                said = await refusal(tmp_path / "b", **shared, HEARTH_RUN_BY="Square House")
                assert "tells people other limits" in said
                async with store.reading() as c:
                    assert await agreements.current(c, group) == before
            async with serving(tmp_path / "b", **shared, HEARTH_RUN_BY="Circle House"):
                pass


async def test_records_of_a_newer_version_are_told(tmp_path: Path) -> None:
    async with serving(tmp_path / "data"):
        pass
    with sqlite3.connect(tmp_path / "data" / "hearth.sqlite") as records:
        records.execute("UPDATE alembic_version SET version_num = '9999'")
    records.close()
    said = await refusal(tmp_path / "data")
    assert said.startswith("Hearth cannot serve:\n  - The records are those of a newer version than this one.")


async def test_every_wrong_setting_is_told_at_once(tmp_path: Path) -> None:
    said = await refusal(tmp_path / "data", PORT="many", HEARTH_SECRET="short", HEARTH_NAEM="x", REDIS_URL="http://x")
    assert said.splitlines()[0] == "Hearth cannot start:"
    for name in ("PORT", "HEARTH_SECRET", "Did you mean HEARTH_NAME?", "REDIS_URL"):
        assert name in said
    assert "short" not in said.replace("too short", "")
    assert not (tmp_path / "data").exists()


async def test_a_taken_port_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = await refusal(tmp_path / "data", PORT=str(port))
    assert f"Port {port} is taken by another program." in said


async def test_a_directory_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "cannot be written to: Not a directory." in await refusal(tmp_path / "file" / "data")


async def test_a_damaged_secret_is_told(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("not a secret")
    assert "is damaged" in await refusal(tmp_path)


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"REDIS_URL": "redis://127.0.0.1:1"}, "Redis cannot be reached at REDIS_URL."),
        ({"DATABASE_URL": "sqlite:////proc/no/such.file"}, "The database cannot be used"),
        ({"REDIS_SERVER_BIN": "no-such-program"}, "REDIS_SERVER_BIN does not name a program that can be run."),
        ({"HOST": "no.such.host.invalid"}, "HOST does not name an address of this machine."),
    ],
)
async def test_what_it_cannot_reach_is_told_in_a_sentence(
    tmp_path: Path, environ: dict[str, str], sentence: str
) -> None:
    said = await refusal(tmp_path / "data", **environ)
    assert sentence in said
    assert "Traceback" not in said
