"""Looks for one word in anything made of bytes, in every form in which a leak would carry it.

Pieces come in any size and one after the other, so that a file larger than the memory can be looked through; a word
that is cut in two between pieces is found. What is packed (gzip, zlib, zip, bzip2, xz) is unpacked on the way,
wherever in the pieces it begins, also inside something packed.
"""

import base64
import bz2
import lzma
import re
import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

from msgspec import Struct

KEPT_BACK = 1024
"""Bytes of the last piece that are looked at again with the next: more than the longest form, or the head of a zip."""
DEEPEST = 3
"""Packed in packed in packed is opened, and no more."""
AT_ONCE = 32
"""Packed things that are open at a time; bytes that only look like one end by themselves very soon."""
UNPACKED_MOST = 4 * 1024**3
"""Bytes that one source may unpack to: a few kilobytes can be made to unpack to a disk full."""
_STEP = 1024 * 1024
_PACKED = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]|BZh[1-9]1AY&SY|\xfd7zXZ\0|PK\x03\x04", re.DOTALL)
_UNOPENED = {
    b"\x28\xb5\x2f\xfd": "zstd", b"\x04\x22\x4d\x18": "lz4", b"7z\xbc\xaf\x27\x1c": "7z", b"Rar!": "rar",
    b"age-encryption.org": "encrypted with age", b"-----BEGIN PGP MESSAGE": "encrypted with PGP",
}  # fmt: skip
"""How files begin that cannot be opened here."""


class Form(Struct, frozen=True):
    """One way in which the word may stand somewhere."""

    name: str
    looks: bytes
    any_case: bool = False
    broken: bool = False
    """Lines may be broken inside it."""

    def __repr__(self) -> str:
        return f"<Form {self.name}>"


def forms(word: str) -> tuple[Form, ...]:
    """Every form of an ASCII word. Of wide and encoded ones the part that is the same whatever stands around it."""
    plain = word.lower().encode("ascii")
    wide = word.encode("utf-16-le")[:-1]  # without its last zero: so it is also what stands in UTF-16-BE
    found = [
        Form("plain text", plain, any_case=True),
        Form("UTF-16", wide.lower(), any_case=True),
        Form("UTF-32", word.lower().encode("utf-32-le")[:-3], any_case=True),
        Form("hexadecimal", plain.hex().encode(), any_case=True, broken=True),
        Form("hexadecimal of UTF-16", wide.hex().encode(), any_case=True, broken=True),
    ]
    for name, content in (("base64", word.encode()), ("base64 of UTF-16", wide)):
        for shift in range(3):
            usual = _encoded(content, shift)
            found.append(Form(name, usual, broken=True))
            if (other := usual.translate(bytes.maketrans(b"+/", b"-_"))) != usual:
                found.append(Form(f"{name} for addresses", other, broken=True))
    return tuple(found)


def _encoded(content: bytes, shift: int) -> bytes:
    """In base64 after `shift` bytes that are not known, without the characters that depend on its neighbours."""
    whole = base64.b64encode(b"\0" * shift + content)
    return whole[(0, 2, 3)[shift] : len(whole) - (0, 3, 2)[(shift + len(content)) % 3]]


class Unpacks(Protocol):
    """A stream that is being unpacked."""

    @property
    def over(self) -> bool:
        """Whether it has come to its end."""

    def unpack(self, piece: bytes) -> Iterator[bytes]:
        """What comes of one piece more. Raises whatever the library raises for what is no such stream."""


class Seeker:
    """Owns one look through one source. Pieces go to `feed`; then `finish`. `found` are names of forms."""

    def __init__(self, word: str, *, also: tuple[str, ...] = ()) -> None:
        """`also`: names of forms that stand only in some places (`pglz`)."""
        self._begin(forms(word), 0, _Allowance(UNPACKED_MOST), tuple(_interspersed(word)) if "pglz" in also else ())

    def _begin(
        self, forms: tuple[Form, ...], depth: int, allowance: "_Allowance", spread: tuple[re.Pattern[bytes], ...]
    ) -> None:
        self._forms = forms
        self._depth = depth
        self._allowance = allowance
        self._spread = spread
        self._tail = b""
        self._first = True
        self._open: list[tuple[str, Unpacks, Seeker]] = []
        self.found: set[str] = set()
        self.size = 0
        """Bytes that were looked at, before unpacking."""
        self.unopened: set[str] = set()
        """What is in it and could not be looked into."""

    def feed(self, piece: bytes) -> None:
        """One piece more."""
        if self._first and piece:
            self._first = False
            self.unopened |= {name for start, name in _UNOPENED.items() if piece.startswith(start)}
        self.size += len(piece)
        self._go_on(piece)
        window = self._tail + piece
        self._look(window)
        self._open_packed(window, max(0, len(window) - KEPT_BACK))
        self._tail = window[-KEPT_BACK:]

    def finish(self) -> "Seeker":
        """That was all of it."""
        self._open_packed(self._tail, len(self._tail))
        for name, _, inside in self._open:
            self._take(name, inside)
        self._open.clear()
        self._tail = b""
        return self

    def _look(self, window: bytes) -> None:
        small = window.lower()
        joined = window.translate(None, b"\r\n") if b"\n" in window else window
        small_joined = joined.lower() if joined is not window else small
        for form in self._forms:
            where = (small_joined if form.any_case else joined) if form.broken else small if form.any_case else window
            if form.looks in where:
                self.found.add(form.name)
        if any(one.search(window) for one in self._spread):
            self.found.add("packed by PostgreSQL")

    def _go_on(self, piece: bytes) -> None:
        self._open = [one for one in self._open if self._fed(*one, piece)]

    def _open_packed(self, window: bytes, until: int) -> None:
        """Opens what begins before `until`; what begins later will be seen whole with the next piece."""
        if self._depth >= DEEPEST:
            return
        for match in _PACKED.finditer(window):
            if match.start() < until and (opened := _unpacks(window, match)):
                name, stream, begins = opened
                if len(self._open) >= AT_ONCE:
                    self.unopened.add("too much that is packed")
                    return
                inside = Seeker.__new__(Seeker)
                inside._begin(self._forms, self._depth + 1, self._allowance, ())
                if self._fed(name, stream, inside, window[begins:]):
                    self._open.append((name, stream, inside))

    def _fed(self, name: str, stream: Unpacks, inside: "Seeker", piece: bytes) -> bool:
        """Whether there may be more of it."""
        try:
            for unpacked in stream.unpack(piece):
                if not self._allowance.takes(len(unpacked)):
                    self.unopened.add("more than is unpacked here")
                    break
                inside.feed(unpacked)
            else:
                if not stream.over:
                    return True
        except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError):
            pass  # it was no such stream, or is damaged from here on
        self._take(name, inside)
        return False

    def _take(self, name: str, inside: "Seeker") -> None:
        inside.finish()
        self.found |= {f"{form} in {name}" for form in inside.found}
        self.unopened |= inside.unopened


class _Allowance:
    def __init__(self, left: int) -> None:
        self._left = left

    def takes(self, size: int) -> bool:
        self._left -= size
        return self._left >= 0


class _Zlib:
    def __init__(self, bits: int) -> None:
        self._stream = zlib.decompressobj(bits)

    @property
    def over(self) -> bool:
        return self._stream.eof

    def unpack(self, piece: bytes) -> Iterator[bytes]:
        while piece and not self._stream.eof:
            yield self._stream.decompress(piece, _STEP)
            piece = self._stream.unconsumed_tail


class _Blocks:
    def __init__(self, stream: bz2.BZ2Decompressor | lzma.LZMADecompressor) -> None:
        self._stream = stream

    @property
    def over(self) -> bool:
        return self._stream.eof

    def unpack(self, piece: bytes) -> Iterator[bytes]:
        while not self._stream.eof:
            unpacked = self._stream.decompress(piece, _STEP)
            yield unpacked
            piece = b""
            if self._stream.needs_input or not unpacked:
                return


_OPENS: dict[bytes, tuple[str, Callable[[], Unpacks]]] = {
    b"\x1f": ("gzip", lambda: _Zlib(31)),
    b"\x78": ("zlib", lambda: _Zlib(15)),
    b"B": ("bzip2", lambda: _Blocks(bz2.BZ2Decompressor())),
    b"\xfd": ("xz", lambda: _Blocks(lzma.LZMADecompressor())),
}


def _unpacks(window: bytes, match: re.Match[bytes]) -> tuple[str, Unpacks, int] | None:
    """What it is, who unpacks it, and where in `window` it begins; None: nothing is packed there after all."""
    begins = match.start()
    if match[0].startswith(b"P"):
        head = window[begins : begins + 30]  # APPNOTE.TXT 4.3.7, local file header
        if len(head) < 30 or int.from_bytes(head[8:10], "little") != 8:
            return None
        skipped = int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
        return "zip", _Zlib(-15), begins + 30 + skipped
    name, make = _OPENS[match[0][:1]]
    return name, make(), begins


def _interspersed(word: str) -> Iterator[re.Pattern[bytes]]:
    """As PostgreSQL packs long values (pg_lzcompress.c): a control byte stands before each eight letters."""
    letters = [re.escape(letter.encode()) for letter in word]
    for before in range(1, 9):
        parts = [letters[:before], *(letters[at : at + 8] for at in range(before, len(letters), 8))]
        yield re.compile(b".".join(b"".join(part) for part in parts if part), re.DOTALL)
