"""The data directory: for one user of the machine alone, with the server's secret in it."""

import os
import secrets
from pathlib import Path

from config.reading import Misconfigured

FILE = "secret"
SIZE = 32
"""Bytes of a secret made here; it is kept as twice as many hexadecimal digits."""


def prepare(directory: Path) -> None:
    """Makes it, or makes it private. Raises Misconfigured."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        directory.chmod(0o700)
        (probe := directory / f".{secrets.token_hex(4)}").touch()
        probe.unlink()
    except OSError as error:
        raise Misconfigured([f"HEARTH_DATA ({directory}) cannot be written to: {error.strerror}."]) from None


def secret(directory: Path) -> bytes:
    """The secret that is kept there; made at the first call. Raises Misconfigured."""
    file = directory / FILE
    try:
        if not file.exists():
            _make(file)
        file.chmod(0o600)
        kept = bytes.fromhex(file.read_text())
    except OSError as error:
        raise Misconfigured([f"The secret in {file} cannot be read: {error.strerror}."]) from None
    except ValueError:
        kept = b""
    if len(kept) < SIZE:
        raise Misconfigured(
            [f"The secret in {file} is damaged. Please put it back from a backup, or remove the file to get a new one."]
        )
    return kept


def _make(file: Path) -> None:
    """Whole or not at all, and by one process only: whoever comes second finds the first one's."""
    mine = file.with_name(f".{FILE}-{secrets.token_hex(4)}")
    with open(os.open(mine, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as out:
        out.write(secrets.token_hex(SIZE))
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(mine, file)
    except FileExistsError:
        pass
    finally:
        mine.unlink()
