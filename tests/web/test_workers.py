"""`hearth serve --workers 2`: one server to everybody outside, and as sturdy as two."""

import asyncio
import os
import signal
import socket
import time
from pathlib import Path

import httpx
import pytest

from tests.processes import READY_WITHIN, children, is_gone, refusal, serving, until

pytestmark = pytest.mark.slow


async def test_workers_share_the_port_and_each_is_asked(tmp_path: Path) -> None:
    async with serving(tmp_path / "data", HEARTH_WORKERS="2") as server:
        assert server.said.count("/begin/") == 1
        workers = children(server.process.pid, "python")
        assert len(workers) == 2
        assert len(children(server.process.pid, "valkey")) == 1
        address = httpx.URL(server.address)
        port = address.port or 0
        opened = [await asyncio.open_connection(address.host, port) for _ in range(100)]
        await until(lambda: sum(connections(worker, port) for worker in workers) == 100)
        shares = [connections(worker, port) for worker in workers]
        assert min(shares) >= 25, shares  # by chance: less than one time in a million
        assert len({row[9] for row in tcp(port) if row[3] == LISTENS}) == 2
        for _, writer in opened:
            writer.close()
        async with httpx.AsyncClient(base_url=server.address) as browser:
            assert (await browser.get("/readyz")).status_code == 200


async def test_killed_workers_are_replaced_and_whoever_comes_meanwhile_is_answered(tmp_path: Path) -> None:
    async with serving(tmp_path / "data", HEARTH_WORKERS="2") as server:
        before = children(server.process.pid, "python")
        for worker in before:
            os.kill(worker, signal.SIGKILL)
        async with httpx.AsyncClient(base_url=server.address, timeout=READY_WITHIN) as browser:
            answers = await asyncio.gather(*(browser.get("/healthz") for _ in range(20)))
        assert {answer.status_code for answer in answers} == {200}
        await until(lambda: len(children(server.process.pid, "python")) == 2)
        assert not set(before) & set(children(server.process.pid, "python"))


async def test_asked_to_stop_all_are_gone_soon(tmp_path: Path) -> None:
    async with serving(tmp_path / "data", HEARTH_WORKERS="2") as server:
        address = httpx.URL(server.address)
        silent = [await asyncio.open_connection(address.host, address.port) for _ in range(4)]
        everybody = children(server.process.pid, "")
        began = time.monotonic()
        server.process.terminate()
        assert await server.process.wait() == 0
        assert time.monotonic() - began < 10  # 4.7 s at most, and what a busy machine adds
        assert all(map(is_gone, everybody))
        for _, writer in silent:
            writer.close()


async def test_a_wrong_number_is_told_once_and_nothing_is_opened(tmp_path: Path) -> None:
    said = await refusal(tmp_path / "data", HEARTH_WORKERS="none")
    assert said == "Hearth cannot start:\n  - HEARTH_WORKERS must be a whole number from 1 to 64.\n"
    assert not (tmp_path / "data").exists()


async def test_a_port_that_others_share_is_still_taken(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        said = await refusal(tmp_path / "data", PORT=str(other.getsockname()[1]), HEARTH_WORKERS="2")
    assert "is taken by another program" in said


LISTENS, CONNECTED = "0A", "01"


def tcp(port: int, process: int | str = "self") -> list[list[str]]:
    """What a process' kernel knows of the sockets at this port (proc(5), /proc/net/tcp): state fourth, inode tenth."""
    files = (Path(f"/proc/{process}/net/{of}") for of in ("tcp", "tcp6"))
    rows = (line.split() for file in files for line in file.read_text().splitlines()[1:])
    return [row for row in rows if row[1].endswith(f":{port:04X}")]


def connections(process: int, port: int) -> int:
    """How many connections to this port a process has."""
    has = {os.readlink(fd) for fd in Path(f"/proc/{process}/fd").iterdir() if fd.is_symlink()}
    return sum(1 for row in tcp(port, process) if row[3] == CONNECTED and f"socket:[{row[9]}]" in has)
