"""What a crowd was shown goes back to the machine when it has been sent."""

import subprocess
import sys

SCRIPT = """
import sys
from pathlib import Path
from web.memory import give_back

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

if sys.argv[1] == "back":
    give_back()
bytes(1_000_000)[:0]  # glibc keeps pieces of a size that has been freed once
before, kept = resident(), []
for _ in range(200):
    kept.append((b"r" * 100_000, b"small" * 10))
small = [piece for _, piece in kept]
kept.clear()
print(resident() - before)
"""


def left(how: str) -> int:
    """Bytes a process still has of what it held for a moment."""
    told = subprocess.run([sys.executable, "-c", SCRIPT, how], capture_output=True, text=True, check=True)
    return int(told.stdout)


def test_large_pieces_are_given_back_as_soon_as_they_are_free() -> None:
    assert left("back") < 1_000_000
