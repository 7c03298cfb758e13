"""What a browser sends is almost always one whole text frame: read in a microsecond; all else goes the long way.

So is the handshake before it. The long way is a parser made for any stream, then a queue, a task and a turn of the
loop. This reads the ordinary case from the bytes themselves, and says None to everything it is not sure of.
"""

import re
from base64 import b64encode
from hashlib import sha1

from msgspec import Struct
from websockets.speedups import apply_mask

FINAL = 0x80
"""FIN alone, and, in the second byte, MASK (RFC 6455 section 5.2)."""
FINAL_TEXT = 0x81
FINAL_PONG = 0x8A
HANDSHAKE_MAX = 4096
"""Bytes; browsers send one or two thousand."""
_HANDSHAKE = re.compile(rb"GET (/[!-~]*) HTTP/1\.1\r\n((?:[-!#$%&'*+.^_`|~0-9a-z]+:[\t -~]*\r\n)*)\r\n")
_HEADER = re.compile(rb"([^:]+):[\t ]*([^\r]*)\r\n")
_PATH = re.compile(rb"/[!-~]*")
_KEY = re.compile(rb"[+/0-9A-Za-z]{21}[AQgw]==")
"""Sixteen bytes."""
_MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


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


class Asked(Struct, frozen=True):
    """What a browser's handshake asks for."""

    path: str
    """With its query."""
    headers: list[tuple[bytes, bytes]]
    answer: bytes
    """What proves that the handshake was understood (RFC 6455 section 4.2.2)."""

    def __repr__(self) -> str:
        return "<Asked>"


def asked_of(data: bytes) -> Asked | None:
    """The handshake, if `data` is exactly one, as browsers write it and uvicorn passes it on; None for anything else.

    Each header once, names in small letters, no subprotocol: whatever else there is goes through the parser.
    """
    if len(data) > HANDSHAKE_MAX or not (found := _HANDSHAKE.fullmatch(data)):
        return None
    return ordinary(found[1], [(name, value.rstrip(b" \t")) for name, value in _HEADER.findall(found[2])])


def ordinary(path: bytes, headers: list[tuple[bytes, bytes]]) -> Asked | None:
    """The handshake, if these are the path and headers of one, as `asked_of`."""
    said = dict(headers)
    key = said.get(b"sec-websocket-key", b"")
    if (
        len(said) != len(headers)
        or said.get(b"upgrade", b"").lower() != b"websocket"
        or said.get(b"connection", b"").lower() not in (b"upgrade", b"keep-alive, upgrade")
        or said.get(b"sec-websocket-version") != b"13"
        or b"sec-websocket-protocol" in said
        or not _KEY.fullmatch(key)
        or not _PATH.fullmatch(path)
    ):
        return None
    return Asked(path.decode(), headers, b64encode(sha1(key + _MAGIC, usedforsecurity=False).digest()))
