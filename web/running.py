"""A server that runs can be found by whoever may read its data directory: by a file that is gone when it is.

And no other serves the same people from a Redis that it does not know.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from chat.records.engine import file_of
from config import place
from web.listening import CannotServe

NOT_ALONE = (
    "Another server runs over these records, and not with the same Redis: a meeting would be two rooms, and what a "
    "facilitator does in one would not hold in the other. Please stop it, or give both the same REDIS_URL. For more "
    "processes on this machine there is `hearth serve --workers N`."
)
PREFIX = "running-"
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 compared, not bound


class Running(Struct, frozen=True):
    """`address`: where its pages answer on this machine. `redis_url`: its private Valkey's; None: as REDIS_URL says."""

    pid: int
    address: str
    redis_url: str | None = None


@contextmanager
def findable(data: Path, host: str, port: int, redis_url: str | None) -> Iterator[None]:
    """As long as this lasts. Raises Misconfigured."""
    place.prepare(data)
    running(data)
    file = data / f"{PREFIX}{secrets.token_hex(4)}"
    with open(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
        out.write(msgspec.json.encode(Running(os.getpid(), local_address(host, port), redis_url)))
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


@contextmanager
def one_redis(records: str, *, shares: bool) -> Iterator[None]:
    """As long as this lasts nobody serves from these records but with one Redis. `shares`: others may be with it, too.

    In two a meeting would be two rooms, and who is muted in one of them would talk on in the other. It is a lock on a
    file beside SQLite's, gone with the process, however that ends; over PostgreSQL nobody knows. Raises CannotServe.
    """
    if (lock := _beside(file_of(records))) is None:
        yield
        return
    try:
        _take(lock, fcntl.LOCK_SH if shares else fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _beside(file: Path | None) -> int | None:
    if file is None:
        return None
    with suppress(OSError):  # records where nothing can be written cannot be used, which is told when they are
        return os.open(file.with_name(f"{file.name}.serving"), os.O_CREAT | os.O_RDWR, 0o600)
    return None


def _take(lock: int, how: int) -> None:
    with suppress(OSError):  # not every file system knows locks
        try:
            fcntl.flock(lock, how | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotServe(NOT_ALONE) from None


def local_address(host: str, port: int) -> str:
    """Where pages answer that are served at `host`, as seen from this machine."""
    return f"http://{ANYWHERE.get(host) or (f'[{host}]' if ':' in host else host)}:{port}"


def running(data: Path) -> list[Running]:
    """Every server on this data that runs; the files of those that were killed are removed."""
    found = []
    for file in sorted(data.glob(f"{PREFIX}*")):
        with suppress(OSError):
            try:
                one = msgspec.json.decode(file.read_bytes(), type=Running)
                os.kill(one.pid, 0)
                found.append(one)
            except PermissionError:
                found.append(one)  # it runs, as somebody else
            except msgspec.MsgspecError:
                continue  # it is being written
            except ProcessLookupError:
                file.unlink(missing_ok=True)
    return found
