"""Words that wait in the records are sealed, each row by itself."""

import pytest

from chat.records.sealed import Locker, Unopenable

SECRET = b"a secret of the tests, 32 bytes long"


@pytest.mark.parametrize("words", ["", "x", "Grüße 👩‍👩‍👧 \0", "x" * 63, "x" * 64, "é" * 300])
def test_what_is_sealed_opens_as_it_was(words: str) -> None:
    locker = Locker(SECRET)
    assert locker.open(locker.seal(words, "note", "row1"), "note", "row1") == words


def test_nothing_of_the_words_shows_and_hardly_their_length() -> None:
    locker = Locker(SECRET)
    sealed = locker.seal("xylograph", "note", "row1")
    assert b"xylograph" not in sealed
    assert len(sealed) == len(locker.seal("yes", "note", "row1"))
    assert sealed != locker.seal("xylograph", "note", "row1")
    assert "xylograph" not in repr(locker)


@pytest.mark.parametrize(
    ("secret", "purpose", "row"),
    [(b"another secret, also of 32 bytes!", "note", "row1"), (SECRET, "report", "row1"), (SECRET, "note", "row2")],
)
def test_it_opens_with_the_same_secret_for_the_same_row_and_purpose_alone(
    secret: bytes, purpose: str, row: str
) -> None:
    sealed = Locker(SECRET).seal("xylograph", "note", "row1")
    with pytest.raises(Unopenable):
        Locker(secret).open(sealed, purpose, row)


@pytest.mark.parametrize("at", [0, 40, -1])
def test_what_was_changed_does_not_open(at: int) -> None:
    sealed = bytearray(Locker(SECRET).seal("xylograph", "note", "row1"))
    sealed[at] ^= 1
    with pytest.raises(Unopenable):
        Locker(SECRET).open(bytes(sealed), "note", "row1")


@pytest.mark.parametrize("sealed", [b"", b"short"])
def test_what_was_never_sealed_does_not_open(sealed: bytes) -> None:
    with pytest.raises(Unopenable):
        Locker(SECRET).open(sealed, "note", "row1")
