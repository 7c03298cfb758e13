"""A rehearsal fills a server that says it is one with people who do not exist; nowhere else."""

import asyncio
import json
import os
import sqlite3
import stat
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from tests.processes import READY_WITHIN, ROOT, Running, serving

pytestmark = pytest.mark.faults  # a server of their own for each: with the long ones


async def rehearse(data: Path, out: Path, **environ: str) -> tuple[int, str]:
    """`hearth rehearse` with 2 rooms of 3; how it ended, and what it said."""
    given = {"PATH": os.environ["PATH"], "HEARTH_DATA": str(data), **environ}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "web.cli", "rehearse", "--rooms", "2", "--members", "3", "--out", str(out)),
        env=given, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    async with asyncio.timeout(READY_WITHIN):
        said, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()


async def enters(server: Running, line: str) -> dict[str, Any]:
    """The room as it is shown to somebody who comes by this line."""
    cookie, path = line.split("\t")
    address = server.address.replace("http", "ws") + path
    async with connect(address, origin=server.address, additional_headers={"Cookie": cookie}) as socket:  # type: ignore[arg-type]
        async with asyncio.timeout(READY_WITHIN):
            shown: dict[str, Any] = json.loads(await socket.recv())
            return shown


def accounts(data: Path) -> int:
    """How many the records hold."""
    with sqlite3.connect(data / "hearth.sqlite") as records:
        (count,) = records.execute("SELECT count(*) FROM accounts").fetchone()
    records.close()
    return int(count)


async def test_every_line_is_somebody_in_an_open_room_and_each_rooms_first_facilitates(tmp_path: Path) -> None:
    data, out = tmp_path / "data", tmp_path / "seats.tsv"
    async with serving(data, HEARTH_REHEARSAL="1") as server:
        assert await rehearse(data, out) == (0, "")
        lines = out.read_text().splitlines()
        assert len(lines) == len(set(lines)) == 6
        assert stat.S_IMODE(out.stat().st_mode) == 0o600
        rooms = [line.split("\t")[1] for line in lines]
        assert len(set(rooms[:2])) == 2
        assert sorted(rooms) == sorted(rooms[:2] * 3)
        for place, line in enumerate(lines):
            shown = await enters(server, line)
            (me,) = [person for person in shown["people"] if person["id"] == shown["you"]]
            assert "paused" not in shown
            assert (me["role"] == "facilitator") == (place < 2)
        assert await rehearse(data, out) == (0, "")  # more of them, on what a rehearsal has made
        assert accounts(data) == 12


async def test_every_page_of_it_says_what_it_is_the_room_too(tmp_path: Path) -> None:
    data, out = tmp_path / "data", tmp_path / "seats.tsv"
    async with serving(data, HEARTH_REHEARSAL="1") as server:
        assert "This is a rehearsal" in server.said
        await rehearse(data, out)
        cookie, path = out.read_text().splitlines()[0].split("\t")
        room = path.removesuffix("/socket")
        async with httpx.AsyncClient(base_url=server.address, headers={"Cookie": cookie}) as browser:
            for page in ("/", room, "/help", "/account", "/no-such-page"):
                assert "This is a rehearsal. Nobody real should be here." in (await browser.get(page)).text


async def test_a_server_that_does_not_rehearse_is_left_alone(tmp_path: Path) -> None:
    data, out = tmp_path / "data", tmp_path / "seats.tsv"
    async with serving(data):
        status, said = await rehearse(data, out, HEARTH_REHEARSAL="1")
        assert status == 1
        assert "No server that was started with HEARTH_REHEARSAL=1 is running on this data." in said
        assert accounts(data) == 0


async def test_so_it_is_over_the_redis_that_others_use(tmp_path: Path, redis_url: str) -> None:
    data, out = tmp_path / "data", tmp_path / "seats.tsv"
    own = f"{redis_url}?db=13"
    async with serving(data, REDIS_URL=own):
        status, said = await rehearse(data, out, REDIS_URL=own)
        assert status == 1
        assert "No server that was started with HEARTH_REHEARSAL=1 is running on this data." in said
        assert accounts(data) == 0
    async with serving(data, REDIS_URL=own, HEARTH_REHEARSAL="1"):
        assert await rehearse(data, out, REDIS_URL=own) == (0, "")


async def test_records_with_somebody_real_in_them_are_never_rehearsed_on(tmp_path: Path) -> None:
    data, out = tmp_path / "data", tmp_path / "seats.tsv"
    async with serving(data, HEARTH_REHEARSAL="1"):
        with sqlite3.connect(data / "hearth.sqlite") as records:
            records.execute(
                "INSERT INTO accounts (id, login, password_hash, administrator, created_on) "
                "VALUES ('a', 'heron1234', '-', 0, '2026-05-29')"
            )
        records.close()
        status, said = await rehearse(data, out)
        assert status == 1
        assert "This database holds accounts that no rehearsal has made" in said
        assert accounts(data) == 1
