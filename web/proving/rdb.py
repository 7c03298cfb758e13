"""Redis packs long values in its file (LZF); this gives them as they were, wherever one begins.

The file's structure is not read, which differs from version to version: every byte that may announce a packed value is
tried, and what is none fits its own two lengths about never.
"""

from collections.abc import Iterator

ANNOUNCES = b"\xc3"
"""rdb.h: a string in LZF; its packed and its real length follow."""
BEGINNINGS = (b"REDIS", b"VALKEY")
_SHORTEST = 4
_DENSEST = 88
"""LZF turns three bytes into at most 264."""


def is_one(beginning: bytes) -> bool:
    """Whether a file that begins so was written by Redis or Valkey."""
    return beginning.startswith(BEGINNINGS)


def unpacked(content: bytes) -> Iterator[bytes]:
    """Every packed value in `content` (also a memory map)."""
    at = content.find(ANNOUNCES)
    while at >= 0:
        packed, after = _length(content, at + 1)
        size, begins = _length(content, after)
        if _SHORTEST <= packed < size <= packed * _DENSEST and begins + packed <= len(content):
            if (value := _unlzf(content[begins : begins + packed], size)) is not None:
                yield value
        at = content.find(ANNOUNCES, at + 1)


def _length(content: bytes, at: int) -> tuple[int, int]:
    """A length as Redis writes it, and where it ends; 0 for what is none."""
    first = content[at] if at < len(content) else 0xFF
    match first >> 6:
        case 0:
            return first & 0x3F, at + 1
        case 1:
            return (first & 0x3F) << 8 | int.from_bytes(content[at + 1 : at + 2], "big"), at + 2
        case _:
            size = {0x80: 4, 0x81: 8}.get(first, 0)
            return int.from_bytes(content[at + 1 : at + 1 + size], "big"), at + 1 + size


def _unlzf(packed: bytes, size: int) -> bytes | None:
    """None if it is no LZF of a value of `size` bytes."""
    out = bytearray()
    at = 0
    while at < len(packed) and len(out) <= size:
        control = packed[at]
        at += 1
        if control < 32:
            out += packed[at : at + control + 1]
            at += control + 1
            continue
        if at + (control >> 5 == 7) >= len(packed):
            return None
        long, at = (packed[at], at + 1) if control >> 5 == 7 else (0, at)
        length, back = (control >> 5) + long + 2, ((control & 0x1F) << 8) + packed[at] + 1
        at += 1
        if back > len(out):
            return None
        for _ in range(length):
            out.append(out[-back])
    return bytes(out) if len(out) == size else None
