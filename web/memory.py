"""What is no longer needed goes back to the machine at once; what stays lies so that the machine finds it quickly."""

import ctypes
from contextlib import suppress
from pathlib import Path

M_MMAP_THRESHOLD = -3
M_ARENA_MAX = -8
ARENAS = 1
"""Heaps for all threads together: each connection to SQLite has a thread, and each thread's own heap only grew."""
LARGE = 64 * 1024
"""Bytes. When a thousand people come in at once, each is shown a room of 100 KB; glibc learns from that to keep such
pieces for later, and in a room of 1,000 a connection weighed 35 KB instead of 27 (measured)."""


def give_back() -> None:
    """From now on, where the C library is glibc; elsewhere nothing happens."""
    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        libc.mallopt(M_MMAP_THRESHOLD, LARGE)
        libc.mallopt(M_ARENA_MAX, ARENAS)


MADV_COLLAPSE = 25
"""madvise(2), Linux 6.1: whatever the machine's own setting for large pages is."""
LARGE_PAGE = 2 * 1024 * 1024
"""Bytes, on x86-64 and mostly on ARM."""


def in_large_pages() -> None:
    """What is kept from the start, phrases above all, moves into large pages, where the kernel can do that.

    A message touches a little of everything there is, and where each piece stands must be looked up first, page by
    page, in a virtual machine twice over: in pages of 2 MiB a message cost a tenth less of Python's time (measured).
    """
    with suppress(OSError, AttributeError):
        madvise = ctypes.CDLL(None).madvise
        madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
        for begin, end in _heaps():
            whole = -(-begin // LARGE_PAGE) * LARGE_PAGE
            for page in range(whole, end - LARGE_PAGE + 1, LARGE_PAGE):
                madvise(page, LARGE_PAGE, MADV_COLLAPSE)  # where it cannot, the rest goes on


def _heaps() -> list[tuple[int, int]]:
    """Where this process keeps its objects, as proc_pid_maps(5) tells: what is its own, written, and from no file."""
    found = []
    for line in Path("/proc/self/maps").read_text().splitlines():
        where, rights, _, _, _, *name = line.split()
        if rights == "rw-p" and name in ([], ["[heap]"]):
            begin, end = (int(address, 16) for address in where.split("-"))
            found.append((begin, end))
    return found
