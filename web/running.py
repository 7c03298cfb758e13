"""A server that runs can be found by whoever may read its data directory: by a file that is gone when it is."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from config import place

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
