"""What a browser sends almost always is one whole text frame: read in a microsecond; all else goes the long way.

The long way is a parser made for any stream, then a queue, a task and a turn of the loop. This reads the ordinary case
from the bytes themselves, and says None to everything it is not sure of.
"""

from websockets.speedups import apply_mask

FINAL = 0x80
"""FIN alone, and, in the second byte, MASK (RFC 6455 section 5.2)."""
FINAL_TEXT = 0x81
FINAL_PONG = 0x8A


def text_of(data: bytes) -> str | None:
    """The text, if `data` is exactly one final masked text frame of less than 64 KiB; None for anything else."""
    if len(data) < 6 or data[0] != FINAL_TEXT or data[1] < FINAL:
        return None
    size, at = data[1] - FINAL, 2
    if size == 126:
        size, at = int.from_bytes(data[2:4], "big"), 4
    elif size == 127:
        return None
    if len(data) != at + 4 + size:
        return None
    try:
        return apply_mask(data[at + 4 :], data[at : at + 4]).decode()
    except UnicodeDecodeError:
        return None


def is_pong(data: bytes, payload: bytes) -> bool:
    """Whether `data` is exactly one masked pong with this payload, as every browser answers a ping."""
    size = len(payload)
    if len(data) != size + 6 or data[0] != FINAL_PONG or data[1] != FINAL + size:
        return False
    return apply_mask(data[6:], data[2:6]) == payload


def ends_whole(data: bytes) -> bool:
    """Whether `data`, beginning with a frame, ends with the end of a frame and leaves no message unfinished."""
    at = 0
    while at + 2 <= len(data):
        if not data[at] & FINAL:
            return False
        size, head = data[at + 1] & 127, 2
        if size >= 126:
            head = 4 if size == 126 else 10
            size = int.from_bytes(data[at + 2 : at + head], "big")
        at += head + size + (4 if data[at + 1] & FINAL else 0)
    return at == len(data)
