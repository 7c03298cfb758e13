"""What a crowd was shown goes back to the machine when it has been sent."""

import subprocess
import sys
from pathlib import Path

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


HEAPS = """
import ctypes, sys, threading
from pathlib import Path
from web.memory import give_back

if sys.argv[1] == "back":
    give_back()
here, done = threading.Barrier(9), threading.Event()
def works():
    kept = [bytes(n % 2_000 + 600) for n in range(1_000)]
    here.wait()
    done.wait()
threads = [threading.Thread(target=works) for _ in range(8)]
for one in threads:
    one.start()
here.wait()
libc, told = ctypes.CDLL(None), sys.argv[2]
libc.fopen.restype = ctypes.c_void_p
out = ctypes.c_void_p(libc.fopen(told.encode(), b"w"))
libc.malloc_info(0, out)
libc.fclose(out)
done.set()
print(Path(told).read_text().count("<heap nr="))
"""


def test_all_threads_share_one_heap(tmp_path: Path) -> None:
    told = [sys.executable, "-c", HEAPS, "back", str(tmp_path / "info")]
    assert subprocess.run(told, capture_output=True, text=True, check=True).stdout == "1\n"
