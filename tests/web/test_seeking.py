"""A word is found in whatever it was turned into, however the bytes come; and where it is not, nothing is found."""

import base64
import bz2
import gzip
import io
import lzma
import random
import zipfile
import zlib
from collections.abc import Callable

import pytest

from web.proving import rdb
from web.proving.prove import fresh_word
from web.proving.seeking import Seeker

WORD = "qxwzkrvtplmnbdfg"
BEFORE = random.Random(1).randbytes(5000)  # noqa: S311 - guards nothing
DISGUISES: dict[str, Callable[[str], bytes]] = {
    "plain text": lambda word: word.encode(),
    "plain text, shouted": lambda word: word.upper().encode(),
    "UTF-16": lambda word: word.encode("utf-16-le"),
    "UTF-16, the other way round": lambda word: word.encode("utf-16-be"),
    "UTF-32": lambda word: word.encode("utf-32-be"),
    "hexadecimal": lambda word: word.encode().hex().encode(),
    "hexadecimal, in capitals": lambda word: word.encode().hex().upper().encode(),
    "hexadecimal of UTF-16": lambda word: word.encode("utf-16-be").hex().encode(),
    **{f"base64, {n} before": lambda word, n=n: base64.b64encode(f"{'y' * n}{word}!".encode()) for n in range(4)},  # type: ignore[misc]
    **{f"base64 of UTF-16, {n} before": lambda word, n=n: base64.b64encode(f"{'y' * n}{word}!".encode("utf-16-be"))  # type: ignore[misc]
       for n in range(3)},
    "base64, in lines": lambda word: base64.encodebytes(f"{'y' * 50}{word}{'y' * 80}".encode()),
    "base64 for addresses": lambda word: base64.urlsafe_b64encode(f"~~~{word}~~~".encode()),
    "gzip": lambda word: gzip.compress(f"{'and ' * 500}{word}".encode()),
    "zlib": lambda word: zlib.compress(f"{'and ' * 500}{word}".encode(), 9),
    "zlib, hardly packed": lambda word: zlib.compress(f"{'and ' * 500}{word}".encode(), 1),
    "bzip2": lambda word: bz2.compress(f"{'and ' * 500}{word}".encode()),
    "xz": lambda word: lzma.compress(f"{'and ' * 500}{word}".encode()),
    "zip": lambda word: zipped(f"{'and ' * 500}{word}".encode()),
    "gzip in gzip": lambda word: gzip.compress(b"outside" + gzip.compress(word.encode()) + b"outside"),
    "base64 in gzip": lambda word: gzip.compress(base64.b64encode(f"xy{word}z".encode())),
    "gzip whose end is missing": lambda word: gzip.compress(word.encode() + BEFORE)[:3000],
}  # fmt: skip


def zipped(content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("first.txt", b"nothing")
        archive.writestr("backups/second.txt", content)
    return file.getvalue()


def found(content: bytes, piece: int, word: str = WORD) -> set[str]:
    """What is found if it comes in pieces of this size."""
    seeker = Seeker(word)
    for at in range(0, len(content), piece):
        seeker.feed(content[at : at + piece])
    assert seeker.size == len(content)
    return seeker.finish().found


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_word_is_found_in_every_disguise_wherever_the_pieces_end(disguise: str) -> None:
    hidden = BEFORE + DISGUISES[disguise](WORD) + BEFORE
    for piece in (len(hidden), 4999, 700, 97):
        assert found(hidden, piece), piece
        assert not found(hidden, piece, fresh_word()), piece


def test_a_word_that_two_pieces_share_is_found_wherever_it_is_cut() -> None:
    for cut in range(len(WORD) + 1):
        seeker = Seeker(WORD)
        seeker.feed(BEFORE + WORD[:cut].encode())
        seeker.feed(WORD[cut:].encode() + BEFORE)
        assert seeker.finish().found == {"plain text"}


def test_what_cannot_be_opened_is_told() -> None:
    for start, what in (
        (b"\x28\xb5\x2f\xfd", "zstd"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"age-encryption.org/v1", "age"),
    ):
        seeker = Seeker(WORD)
        seeker.feed(start + BEFORE)
        assert any(what in one for one in seeker.finish().unopened)


def test_a_file_made_to_unpack_without_end_does_not_fill_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.proving.seeking.UNPACKED_MOST", 10_000_000)
    seeker = Seeker(WORD)
    seeker.feed(gzip.compress(b"\0" * 50_000_000))
    assert seeker.finish().unopened == {"more than is unpacked here"}


def test_what_redis_packs_is_unpacked() -> None:
    literal = bytes([len(WORD) - 1]) + WORD.encode()
    again = bytes([(7 << 5), 200, len(WORD) - 1])  # 209 bytes more from where the word began
    packed = literal + again
    size = len(WORD) + 200 + 9
    value = b"REDIS0011" + BEFORE + b"\xc3" + bytes([len(packed)]) + bytes([0x40 | size >> 8, size & 0xFF]) + packed
    assert [one for one in rdb.unpacked(value) if one.startswith(WORD.encode() * 3)]
    assert not list(rdb.unpacked(value[:-1]))
