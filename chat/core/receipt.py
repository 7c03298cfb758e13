"""A receipt proves later that a message was said here, by whom and when, though nothing was kept."""

import hmac

from chat.core.ids import Epoch, MemberId, Millis, Number, RoomId

VERSION = b"hearth receipt 1"
SIZE = 16
"""Bytes: half of HMAC-SHA256, 128 bits, as RFC 2104 section 5 allows."""


class Key:
    """What signs for one meeting; what all receipts of an epoch begin with is taken in once, not for each message."""

    def __init__(self, key: bytes) -> None:
        self._mac = hmac.new(key, digestmod="sha256")
        self._begun: tuple[tuple[RoomId, Epoch], hmac.HMAC] | None = None

    def at(self, where: tuple[RoomId, Epoch]) -> hmac.HMAC:
        """All that comes before a message's number, taken in."""
        if self._begun is None or self._begun[0] != where:
            begun = self._mac.copy()
            begun.update(_framed(VERSION, _bytes(where[0]), _bytes(where[1])))
            self._begun = where, begun
        return self._begun[1].copy()


def keyed(key: bytes) -> Key:
    """What signs with `key`; made once a meeting, because making it costs more than using it."""
    return Key(key)


def tag(key: Key, where: tuple[RoomId, Epoch], n: Number, said: tuple[MemberId, Millis, str, str]) -> str:
    """The receipt, in hex, of message `n` in a meeting; `said` is author, time, note and text."""
    author, at, note, text = said
    mac = key.at(where)
    mac.update(_framed(b"%d" % n, _bytes(author), b"%d" % at, _bytes(note), _bytes(text)))
    return mac.digest()[:SIZE].hex()


def _framed(*parts: bytes) -> bytes:
    """Each preceded by its length: nothing can move from one into the next."""
    return b"".join([piece for part in parts for piece in (len(part).to_bytes(4, "big"), part)])


def _bytes(part: str | int) -> bytes:
    return str(part).encode(errors="surrogatepass")  # a report may quote anything


def verify(
    receipt: str,
    key: bytes,
    where: tuple[RoomId, Epoch],
    n: Number,
    said: tuple[MemberId, Millis, str, str],
) -> bool:
    """Whether `receipt` is genuine; takes the same time either way."""
    return hmac.compare_digest(receipt.encode(errors="surrogatepass"), tag(keyed(key), where, n, said).encode())
