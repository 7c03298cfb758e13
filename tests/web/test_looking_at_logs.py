"""Where a server's log goes is looked at as far as it can be, and what cannot be is said plainly."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from chat.live.bus.searching import Server
from web.proving import logs
from web.proving.looked import Looked
from web.proving.prove import Proof, fresh_word
from web.proving.told import told

WORD = fresh_word()
WAITS = (sys.executable, "-c", "import sys; sys.stdin.read()")


@contextmanager
def running(out: int) -> Iterator[int]:
    """A process that writes to `out`, and waits."""
    with subprocess.Popen(WAITS, stdin=subprocess.PIPE, stdout=out, stderr=out) as process:
        yield process.pid
        assert process.stdin
        process.stdin.close()


def looked_at(out: int) -> list[Looked]:
    with running(out) as pid:
        return list(logs.look(pid, WORD))


def test_a_log_that_goes_into_a_file_is_read_and_one_that_goes_nowhere_is_nowhere(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w+") as file:
        file.write(f"said {WORD}")
        file.flush()
        (one,) = looked_at(file.fileno())
    assert (one.place, one.found, one.not_looked) == ("log", ("plain text",), "")
    (nowhere,) = looked_at(subprocess.DEVNULL)
    assert (nowhere.what, nowhere.found, nowhere.not_looked) == ("/dev/null", (), "")


def test_of_a_log_that_goes_to_another_program_it_is_said_that_it_was_not_looked_at() -> None:
    reads, writes = os.pipe()
    (one,) = looked_at(writes)
    os.close(reads)
    os.close(writes)
    assert one.not_looked == logs.ELSEWHERE
    proof = Proof((one,))
    assert proof.status == 2
    assert "Could not look at:\n  logs: process" in told(proof)
    assert "please give what that writes with --also, or --without log" in told(proof)


@pytest.mark.parametrize("keeps", ["the word", "nothing", "no journal"])
def test_a_log_that_goes_to_systemd_is_asked_for_there(
    keeps: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if keeps != "no journal":  # what answers here as systemd's program does
        program = tmp_path / "journalctl"
        program.write_text(f"#!/bin/sh\necho 'MESSAGE=said {WORD}'\n" if keeps == "the word" else "#!/bin/sh\n")
        program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin" if keeps != "no journal" else str(tmp_path))
    ours, theirs = socket.socketpair()
    with ours, theirs:
        (one,) = looked_at(theirs.fileno())
    if keeps == "the word":
        assert (one.found, one.not_looked) == (("plain text",), "")
        assert one.what.startswith("the journal of process")
    else:
        assert one.not_looked == logs.ELSEWHERE


def test_a_process_that_is_gone_is_told() -> None:
    with running(subprocess.DEVNULL) as pid:
        pass
    (one,) = logs.look(pid, WORD)
    assert "cannot be seen" in one.not_looked


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("redis://127.0.0.1:6379/0", True),
        ("redis://localhost", True),
        ("unix:///run/redis.sock", True),
        ("redis://192.0.2.7:6379", False),
        ("redis://redis.invalid:6379", False),
    ],
)
def test_files_of_a_redis_on_another_machine_are_not_taken_for_ours(url: str, here: bool) -> None:
    assert Server(url).is_here() is here
