"""The few words that must wait in the records for a reader: each row sealed with a key of its own.

A key is made from the server's secret, which is not in the records, and from a salt that stands in the row and goes
with it. So a copy of the database alone opens nothing, and once a row is erased neither it nor the secret does.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from chat.core.errors import ChatError

SALT, NONCE, BLOCK = 32, 12, 64
"""Bytes. Words are filled up to whole blocks: how long they are is nobody's business, either."""


class Unopenable(ChatError):
    """Not sealed with this server's secret, for this row and purpose."""


class Locker:
    """Seals words for one row of the records and opens them again."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def __repr__(self) -> str:
        return "<Locker>"

    def seal(self, words: str, purpose: str, row: str) -> bytes:
        """`words` so that they open only as `purpose` in the row with this id; about 140 bytes more than they are."""
        salt, nonce = os.urandom(SALT), os.urandom(NONCE)
        data = words.encode("utf-8", "replace")
        length = len(data) + 1  # a one and zeros, as in ISO/IEC 7816-4, so that the filling can be told from words
        filled = (data + b"\x80").ljust(length + -length % BLOCK, b"\0")
        return salt + nonce + self._cipher(salt, purpose).encrypt(nonce, filled, _bound(purpose, row))

    def open(self, sealed: bytes, purpose: str, row: str) -> str:
        """The words. Raises Unopenable."""
        salt, nonce, rest = sealed[:SALT], sealed[SALT : SALT + NONCE], sealed[SALT + NONCE :]
        try:
            filled = self._cipher(salt, purpose).decrypt(nonce, rest, _bound(purpose, row))
        except (InvalidTag, ValueError):
            raise Unopenable from None
        return filled.rstrip(b"\0")[:-1].decode()

    def _cipher(self, salt: bytes, purpose: str) -> AESGCM:
        return AESGCM(HKDF(SHA256(), 32, salt, b"hearth at rest: " + purpose.encode()).derive(self._secret))


def _bound(purpose: str, row: str) -> bytes:
    return f"{purpose} {row}".encode()
