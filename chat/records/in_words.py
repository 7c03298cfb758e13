"""Half of a key as 24 words that somebody can write down on paper and type again, with a check for slips.

The list of 2,048 English words is that of BIP 39, by the package `mnemonic` (MIT licence). Its authors made it so that
four letters tell every word; so four letters of each are enough to type. Eight bits of the 264 are a check.
"""

from functools import cache

from mnemonic import Mnemonic
from msgspec import Struct

COUNT = 24
_ENOUGH = 4
"""Letters that tell a word."""


class Slip(Struct, frozen=True):
    """Why it is not 24 words with their check. `at`: the first word, from 1, that is not on the list. Quotes none."""

    count: int
    at: int | None = None


@cache
def _list() -> Mnemonic:
    return Mnemonic("english")


@cache
def _known() -> dict[str, str]:
    """By the word itself, and by its first four letters."""
    every = _list().wordlist
    return {word[:_ENOUGH]: word for word in every} | {word: word for word in every}


def words(half: bytes) -> list[str]:
    """32 bytes as 24 words."""
    return _list().to_mnemonic(half).split(" ")


def word(typed: str) -> str | None:
    """The word of the list that somebody typed, whole or its first four letters or more."""
    plain = typed.strip(" .,;").lower()
    found = _known().get(plain) or _known().get(plain[:_ENOUGH])
    return found if found and (found == plain or (len(plain) >= _ENOUGH and found.startswith(plain))) else None


def half(typed: str) -> bytes | Slip:
    """The 32 bytes that 24 typed words stand for. Numbers before them, commas and lines between do not matter."""
    pieces = [one for one in typed.replace(",", " ").split() if not one.strip(".)").isdigit()]
    found = [word(one) for one in pieces]
    if None in found:
        return Slip(len(pieces), found.index(None) + 1)
    if len(found) != COUNT:
        return Slip(len(pieces))
    try:
        return bytes(_list().to_entropy([one for one in found if one]))
    except (ValueError, LookupError):
        pass
    return Slip(COUNT)  # outside the handler: an error of the package may quote a word
