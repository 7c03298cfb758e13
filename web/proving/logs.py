"""Where a running server's log goes, as far as that can be seen from outside it."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from web.proving import files
from web.proving.looked import Looked, looked
from web.proving.seeking import Seeker

ELSEWHERE = "it goes to another program; please give what that writes with --also, or --without log"
_SINCE = "-2h"


def look(pid: int, word: str) -> Iterator[Looked]:
    """What the process has written to its standard output and error, file by file."""
    try:
        ends = {os.readlink(f"/proc/{pid}/fd/{end}") for end in (1, 2)}
    except OSError:
        yield Looked("log", f"process {pid}", not_looked="where it goes cannot be seen; please give it with --also")
        return
    for end in sorted(ends):
        if end.startswith("/dev/"):
            kept = end == "/dev/null"
            yield Looked("log", end, not_looked="" if kept else "it is a terminal, which keeps what it likes")
        elif end.startswith("/"):
            yield from files.look("log", Path(end), word)
        elif end.startswith("socket:") and (journal := _journal(pid)) is not None:
            seeker = Seeker(word)
            seeker.feed(journal)
            yield looked("log", f"the journal of process {pid}", seeker.finish())
        else:
            yield Looked("log", f"process {pid}", not_looked=ELSEWHERE)


def _journal(pid: int) -> bytes | None:
    """What systemd keeps of it; None where it keeps nothing."""
    command = ("journalctl", f"_PID={pid}", "--since", _SINCE, "--output", "export", "--no-pager", "--quiet")
    try:
        return subprocess.run(command, capture_output=True, timeout=60, check=True).stdout or None  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None
