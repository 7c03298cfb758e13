"""A receipt proves later that a message was said here, by whom and when, though nothing was kept."""

import hmac

from chat.core.ids import Epoch, MemberId, Millis, Number, RoomId

VERSION = b"hearth receipt 1"
SIZE = 16
"""Bytes: half of HMAC-SHA256, 128 bits, as RFC 2104 section 5 allows."""


def keyed(key: bytes) -> hmac.HMAC:
    """What signs with `key`; made once a meeting, because making it costs more than using it."""
    return hmac.new(key, digestmod="sha256")


def tag(key: hmac.HMAC, where: tuple[RoomId, Epoch], n: Number, said: tuple[MemberId, Millis, str, str]) -> str:
    """The receipt, in hex, of message `n` in a meeting; `said` is author, time, note and text."""
    room, epoch = where
    author, at, note, text = said
    framed = bytearray()
    for part in (VERSION, room, str(epoch), str(n), author, str(at), note, text):
        data = part if isinstance(part, bytes) else part.encode(errors="surrogatepass")  # a report may quote anything
        framed += len(data).to_bytes(4, "big")
        framed += data
    mac = key.copy()
    mac.update(framed)
    return mac.digest()[:SIZE].hex()


def verify(
    receipt: str,
    key: bytes,
    where: tuple[RoomId, Epoch],
    n: Number,
    said: tuple[MemberId, Millis, str, str],
) -> bool:
    """Whether `receipt` is genuine; takes the same time either way."""
    return hmac.compare_digest(receipt.encode(errors="surrogatepass"), tag(keyed(key), where, n, said).encode())
