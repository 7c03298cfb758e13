"""What a crowd was shown goes back to the machine when it has been sent."""

import platform
import subprocess
import sys
from pathlib import Path

import pytest

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


PAGES = """
import sys
from pathlib import Path
from web.memory import in_large_pages

def in_large():
    told = Path("/proc/self/smaps_rollup").read_text().split("AnonHugePages:")[1]
    return int(told.split()[0]) * 1024

kept = [b""] * 300_000  # grown piece by piece it would leave holes between all the others
for n in range(300_000):
    kept[n] = b"small" * 10 + str(n).encode()
before = in_large()
in_large_pages()
print(in_large() - before, all(piece == b"small" * 10 + str(n).encode() for n, piece in enumerate(kept)))
"""


def test_what_is_kept_from_the_start_lies_in_large_pages_and_stays_what_it_is() -> None:
    told = subprocess.run([sys.executable, "-c", PAGES], capture_output=True, text=True, check=True)
    moved, whole = told.stdout.split()
    assert whole == "True"
    if not _kernel_moves_pages():
        pytest.skip("this kernel cannot move what is kept into large pages")
    assert int(moved) > 4_000_000


def _kernel_moves_pages() -> bool:
    version = tuple(map(int, platform.release().split(".")[:2])) if platform.system() == "Linux" else (0, 0)
    return version >= (6, 1) and Path("/sys/kernel/mm/transparent_hugepage").exists()
