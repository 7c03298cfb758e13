"""A server with no REDIS_URL has a Valkey of its own: private, silent, and gone with it however it goes."""

import asyncio
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import AsyncIterator
from importlib import resources
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.exceptions import NoPermissionError

from chat.live import embedded
from chat.live.embedded import CannotStart, Embedded

CONF = resources.files("config").joinpath("valkey.conf").read_text()
HOLDS_ONE = """
import asyncio, sys
from chat.live import embedded
async def hold():
    async with embedded.valkey(sys.stdin.read()) as valkey:
        print(valkey.pid, valkey.url, flush=True)
        await asyncio.Event().wait()
asyncio.run(hold())
"""


@pytest.fixture
async def valkey() -> AsyncIterator[Embedded]:
    async with embedded.valkey(CONF) as running:
        yield running


def directory(running: Embedded) -> Path:
    return Path(running.url.removeprefix("unix://")).parent


def alive(pid: int) -> bool:
    """A zombie that its new parent has not yet asked about is not alive."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1][0] != "Z"
    except FileNotFoundError:
        return False


async def until_gone(pid: int) -> None:
    async with asyncio.timeout(5):
        while alive(pid):
            await asyncio.sleep(0.01)


async def test_it_answers_at_its_socket_and_leaves_nothing_behind() -> None:
    async with embedded.valkey(CONF) as running, Redis.from_url(running.url) as client:
        assert await client.ping()
    assert not alive(running.pid)
    assert not directory(running).exists()


async def test_no_other_user_can_reach_it(valkey: Embedded) -> None:
    assert stat.S_IMODE(directory(valkey).stat().st_mode) == 0o700
    assert stat.S_IMODE((directory(valkey) / "s").stat().st_mode) == 0o600
    sockets = [os.readlink(entry) for entry in Path(f"/proc/{valkey.pid}/fd").iterdir()]
    owned = {link[8:-1] for link in sockets if link.startswith("socket:")}
    listening = Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()
    assert not owned & {line.split()[9] for line in listening.splitlines() if ":" in line}


@pytest.mark.parametrize(
    "command", ["CONFIG GET *", "MONITOR", "SAVE", "BGSAVE", "BGREWRITEAOF", "MODULE LIST", "REPLICAOF a 1", "SHUTDOWN"]
)
async def test_nobody_can_make_it_write_tell_or_copy_what_passes(valkey: Embedded, command: str) -> None:
    async with Redis.from_url(valkey.url) as client:
        with pytest.raises(NoPermissionError):
            await client.execute_command(*command.split())  # type: ignore[no-untyped-call]


async def test_it_keeps_no_log_of_commands_and_no_file(valkey: Embedded) -> None:
    async with Redis.from_url(valkey.url) as client:
        for _ in range(20):
            await client.set("key", "x" * 100_000)
        assert await client.execute_command("SLOWLOG", "LEN") == 0  # type: ignore[no-untyped-call]
        for kind in ("slow", "large-request", "large-reply"):
            assert await client.execute_command("COMMANDLOG", "LEN", kind) == 0  # type: ignore[no-untyped-call]
    assert [entry.name for entry in directory(valkey).iterdir()] == ["s"]
    limits = Path(f"/proc/{valkey.pid}/limits").read_text()
    assert next(line for line in limits.splitlines() if "core file" in line).split()[4] == "0"
    assert Path(f"/proc/{valkey.pid}/environ").read_bytes() == b""


async def test_its_death_is_noticed_at_once_and_told(valkey: Embedded) -> None:
    telling = asyncio.create_task(valkey.died())
    os.kill(valkey.pid, signal.SIGKILL)
    async with asyncio.timeout(1):
        assert await telling == "The embedded Valkey was ended by SIGKILL, and with it every open room."


async def test_a_server_killed_without_mercy_leaves_no_orphan_and_its_directory_is_cleared_away() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS_ONE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(CONF)
        server.stdin.close()
        pid, url = server.stdout.readline().split()
        left = Path(url.removeprefix("unix://")).parent
        async with embedded.valkey(CONF):
            assert left.exists()  # of a living server
        server.kill()
    await until_gone(int(pid))
    assert left.exists()
    async with embedded.valkey(CONF):
        assert not left.exists()


async def test_an_orphan_that_still_listens_is_ended_by_the_next_server() -> None:
    left = Path(tempfile.mkdtemp(prefix=embedded.PREFIX))
    program = shutil.which("redis-server") or embedded._bundled()
    assert program is not None
    with subprocess.Popen(
        [program, "--port", "0", "--save", "", "--unixsocket", left / "s"], stdout=subprocess.DEVNULL
    ) as orphan:
        while not (left / "s").exists():
            await asyncio.sleep(0.01)
        async with embedded.valkey(CONF):
            assert orphan.wait(5) == -signal.SIGKILL
            assert not left.exists()


async def test_a_directory_that_holds_anything_else_is_let_be() -> None:
    other = Path(tempfile.mkdtemp(prefix=embedded.PREFIX))
    (other / "letters").touch()
    async with embedded.valkey(CONF):
        assert (other / "letters").exists()
    shutil.rmtree(other)


async def test_a_long_path_for_temporary_files_is_no_hindrance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = tmp_path / ("x" * 100)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    async with embedded.valkey(CONF) as running, Redis.from_url(running.url) as client:
        assert await client.ping()


@pytest.mark.skipif(
    not shutil.which("redis-server") and not os.environ.get("CI"), reason="there is no redis-server here"
)
async def test_an_installed_redis_can_take_its_place() -> None:
    async with embedded.valkey(CONF, "redis-server") as running, Redis.from_url(running.url) as client:
        assert await client.ping()


@pytest.mark.parametrize(
    ("program", "conf", "sentence"),
    [
        ("no-such-program", CONF, "REDIS_SERVER_BIN does not name a program that can be run."),
        ("cat", CONF, "is neither Valkey nor Redis."),
        (None, "no-such-setting 1", "The embedded Valkey does not start: it ended with status 1."),
    ],
)
async def test_what_cannot_start_says_why(program: str | None, conf: str, sentence: str) -> None:
    with pytest.raises(CannotStart, match=sentence):
        async with embedded.valkey(conf, program):
            pass


async def test_one_that_is_too_old_is_refused(tmp_path: Path) -> None:
    old = tmp_path / "redis-server"
    old.write_text("#!/bin/sh\necho Redis server v=6.2.14 sha=00000000:0\n")
    old.chmod(0o700)
    with pytest.raises(CannotStart, match=r"is older than Redis 7\.0"):
        async with embedded.valkey(CONF, str(old)):
            pass


async def test_it_is_not_started_from_another_thread() -> None:
    """The kernel would end it with that thread."""
    told: list[str] = []

    def start() -> None:
        try:
            asyncio.run(embedded.valkey(CONF).__aenter__())
        except CannotStart as error:
            told.append(str(error))

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert told == ["The embedded Valkey must be started in the main thread."]
