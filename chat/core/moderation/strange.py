"""Words that are seldom written, and what is known of them: a slip of another, a phrase in one piece, a plain word.

A hundred thousand of them in one row of numbers, sorted, eight bytes each: a part of a hash, and what it is. Half a
million strings would be thirty times as large, and every process would have its own.
"""

import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable
from enum import IntEnum
from hashlib import blake2b

HASHED, KINDS, VALUED = 5, 1 << 4, 20
"""Bytes of the hash; kinds at most; bits of the value. Of 10⁷ words nobody has thought of, one is taken for one that is
known."""
MOST = 1 << VALUED


class What(IntEnum):
    """What a word is known as, and what its value means."""

    ORDINARY = 0
    """A word of the language."""
    SLIP = 1
    """Of the finger; the number of the word that was meant."""
    JOINED = 2
    """A phrase without its spaces; a bit for each letter with a space behind it."""
    DRAWN = 3
    """What is left of a word when none of its letters is doubled; the number of the word."""


class Strange:
    """The words, ready to be asked for."""

    def __init__(self, packed: bytes) -> None:
        self._rows = array("Q")
        self._rows.frombytes(packed)
        if sys.byteorder == "big":
            self._rows.byteswap()

    def __repr__(self) -> str:
        return f"<Strange, {len(self._rows)} words>"

    def __len__(self) -> int:
        return len(self._rows)

    def value(self, word: str, what: What) -> int | None:
        """What is known of a word of one kind; None: nothing."""
        kind, value = self.first(word, what)
        return value if kind == what else None

    def first(self, word: str, what: What) -> tuple[int | None, int]:
        """The first kind from `what` on that is known of a word, and its value; None: nothing is."""
        wanted = _key(word, what)
        at = bisect_left(self._rows, wanted)
        if at == len(self._rows):
            return None, 0
        more = self._rows[at] - wanted  # a word's kinds stand side by side
        kind = what + (more >> VALUED)
        return (kind, more & MOST - 1) if kind < KINDS else (None, 0)

    def __contains__(self, word: object) -> bool:
        """Whether it is a word of the language."""
        return isinstance(word, str) and self.value(word, What.ORDINARY) is not None


def packed(words: Iterable[tuple[str, What, int]]) -> bytes:
    """Words with what they are, as `Strange` is made of; of two values for one word the lower."""
    rows = array("Q", sorted({_key(word, what) | value for word, what, value in words if value < MOST}))
    if sys.byteorder == "big":
        rows.byteswap()
    return rows.tobytes()


def _key(word: str, what: What) -> int:
    hashed = blake2b(word.encode("utf-8", "replace"), digest_size=HASHED).digest()
    return (int.from_bytes(hashed, "big") * KINDS | what) << VALUED
