"""Nothing readable reaches Redis: everything is sealed with a key that dies with the meeting."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from chat.core.ids import Epoch, RoomId

NONCE = 12
"""Bytes, random for each seal; NIST SP 800-38D allows 2^32 of them with one key, and a key lives one meeting."""


class Unsealable(Exception):
    """Not sealed with this key, for this room, epoch and kind."""


def derived(secret: bytes, salt: bytes, purpose: bytes) -> bytes:
    """A 32-byte key from the server's secret and a meeting's salt (RFC 5869)."""
    return HKDF(SHA256(), 32, salt, b"hearth " + purpose).derive(secret)


class Seal:
    """One meeting's cipher; kept a table, because making one costs more than using it."""

    def __init__(self, key: bytes, room: RoomId) -> None:
        self._cipher = AESGCM(key)
        self._room = room

    def seal(self, data: bytes, epoch: Epoch, kind: str) -> bytes:
        """`data` sealed so that it opens only as this kind of thing, in this room and epoch."""
        nonce = os.urandom(NONCE)
        return nonce + self._cipher.encrypt(nonce, data, self._bound(epoch, kind))

    def open(self, sealed: bytes, epoch: Epoch, kind: str) -> bytes:
        """What was sealed. Raises Unsealable."""
        try:
            return self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], self._bound(epoch, kind))
        except (InvalidTag, ValueError):
            raise Unsealable from None

    def _bound(self, epoch: Epoch, kind: str) -> bytes:
        return f"{self._room} {epoch} {kind}".encode()
