"""Emergency contacts in boxes that this server can close and cannot open: two people hold the halves of the key.

An X25519 sealed box: for each box a key pair of its own, whose private half is thrown away, is agreed with the
organisation's public key (RFC 7748); HKDF (RFC 5869) makes of that a key and a nonce that are used once, and
ChaCha20-Poly1305 (RFC 8439) seals. Everything is padded to one length. What the box is bound to (whose it is, and for
which key) is authenticated with it: moved to another row, it does not open.

It protects from a copy of the database with the server's secret, from whoever has full control of the server later,
and from either of the two alone: half of the key is random without the other half. It does not protect from a server
that is in bad hands at the moment somebody gives their contact, or at the moment two people open one: it sees the words
then. Nor does it hide that somebody has given one. A contact that is erased is gone for both holders, too.
"""

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

from chat.core.errors import ChatError

SIZE = 32
"""Bytes of a key, of each half of it, and of what a box begins with."""
PADDED = 2048
"""Bytes that are sealed, whatever is in them: twice what the longest contact takes."""
_NONCE = 12


class Unopenable(ChatError):
    """Not closed for this key and this place, or changed since."""


class TooLong(ChatError):
    """It does not fit into a box."""


class Made(Struct, frozen=True):
    """A new key pair: what is kept of it, and the two halves of the private key, which are to be forgotten."""

    public: bytes
    halves: tuple[bytes, bytes]

    def __repr__(self) -> str:
        return "<Made>"


def make() -> Made:
    """A key pair by chance, its private half split: the first is chance, the second what is missing to it."""
    private = X25519PrivateKey.generate()
    first = os.urandom(SIZE)
    return Made(private.public_key().public_bytes_raw(), (first, joined(first, private.private_bytes_raw())))


def joined(first: bytes, second: bytes) -> bytes:
    """The private key, from its two halves in any order."""
    return bytes(a ^ b for a, b in zip(first, second, strict=True))


def check(half: bytes) -> bytes:
    """What recognises a half: of 256 random bits a plain hash gives nothing away."""
    return hashlib.sha256(b"hearth half of a key" + half).digest()


def is_half(half: bytes, known: bytes) -> bool:
    """Whether it is the one that `check` gave `known` for."""
    return hmac.compare_digest(check(half), known)


def close(words: str, public: bytes, bound: str) -> bytes:
    """`words` in a box for the holder of the key; opens only with the same `bound`. Raises TooLong."""
    data = words.encode("utf-8", "replace") + b"\x80"  # then zeros, as in ISO/IEC 7816-4
    if len(data) > PADDED:
        raise TooLong
    once = X25519PrivateKey.generate()
    ours = once.public_key().public_bytes_raw()
    shared = once.exchange(X25519PublicKey.from_public_bytes(public))
    cipher, nonce = _cipher(shared, ours, public)
    return ours + cipher.encrypt(nonce, data.ljust(PADDED, b"\0"), bound.encode())


def open_(box: bytes, private: bytes, bound: str) -> str:
    """What was put into it. Raises Unopenable."""
    key = X25519PrivateKey.from_private_bytes(private)
    ours, rest = box[:SIZE], box[SIZE:]
    try:
        shared = key.exchange(X25519PublicKey.from_public_bytes(ours))
        cipher, nonce = _cipher(shared, ours, key.public_key().public_bytes_raw())
        return cipher.decrypt(nonce, rest, bound.encode()).rstrip(b"\0")[:-1].decode()
    except (InvalidTag, ValueError):
        raise Unopenable from None


def _cipher(shared: bytes, ours: bytes, public: bytes) -> tuple[ChaCha20Poly1305, bytes]:
    """Both public keys go in, so that the key belongs to this exchange alone (RFC 9180 section 4.1)."""
    made = HKDF(SHA256(), SIZE + _NONCE, None, b"hearth contact box 1" + ours + public).derive(shared)
    return ChaCha20Poly1305(made[:SIZE]), made[SIZE:]
