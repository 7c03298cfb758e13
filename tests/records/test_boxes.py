"""An emergency contact lies in a box that two people together can open, and neither alone, nor the server."""

import os

import pytest

from chat.records import boxes, in_words
from chat.records.boxes import TooLong, Unopenable
from chat.records.in_words import Slip

MADE = boxes.make()
KEY = boxes.joined(*MADE.halves)
ANN, BOB = "group ann key", "group bob key"


def test_two_halves_open_what_was_closed_for_their_key() -> None:
    for words in ("", "Mum, 01632 960001 \0 👩‍👩‍👧", "x" * 2000):
        assert boxes.open_(boxes.close(words, MADE.public, ANN), KEY, ANN) == words
    assert boxes.joined(*reversed(MADE.halves)) == KEY, "in whatever order they come"


WRONG = [*MADE.halves, boxes.joined(MADE.halves[0], os.urandom(32)), bytes(32)]


@pytest.mark.parametrize("key", WRONG, ids=["one half", "the other", "one and a stranger's", "nothing"])
def test_half_of_the_key_opens_nothing_nor_do_halves_that_do_not_belong_together(key: bytes) -> None:
    box = boxes.close("Mum", MADE.public, ANN)
    with pytest.raises(Unopenable):
        boxes.open_(box, key, ANN)


def test_a_box_that_was_moved_to_another_person_does_not_open() -> None:
    with pytest.raises(Unopenable):
        boxes.open_(boxes.close("Mum", MADE.public, ANN), KEY, BOB)


@pytest.mark.parametrize("at", [0, 31, 32, 1000, -1])
def test_a_box_that_was_changed_anywhere_does_not_open(at: int) -> None:
    box = bytearray(boxes.close("Mum", MADE.public, ANN))
    box[at] ^= 1
    for wrong in (bytes(box), bytes(box[:40]), b"", bytes(32) + bytes(box[32:])):
        with pytest.raises(Unopenable):
            boxes.open_(wrong, KEY, ANN)


def test_nothing_of_the_words_shows_not_even_how_long_they_are() -> None:
    short, long = boxes.close("Mum", MADE.public, ANN), boxes.close("xylograph " * 100, MADE.public, ANN)
    assert len(short) == len(long)
    assert b"xylograph" not in long
    assert short != boxes.close("Mum", MADE.public, ANN), "the same twice looks like two"
    with pytest.raises(TooLong):
        boxes.close("x" * boxes.PADDED, MADE.public, ANN)
    assert "x" not in repr(MADE).replace("Made", "")


def test_a_half_is_recognised_and_nothing_else_is() -> None:
    first, second = MADE.halves
    assert boxes.is_half(first, boxes.check(first))
    assert not boxes.is_half(second, boxes.check(first))
    assert first not in boxes.check(first)


def test_words_that_were_written_down_are_the_same_half_again() -> None:
    for half in (*MADE.halves, bytes(32), b"\xff" * 32):
        words = in_words.words(half)
        assert len(words) == 24
        numbered = "\n".join(f"{n}. {word.upper()}," for n, word in enumerate(words, 1))
        for typed in (" ".join(words), numbered, "  ".join(word[:4] for word in words)):
            assert in_words.half(typed) == half


def test_a_slip_is_told_without_quoting_a_word() -> None:
    words = in_words.words(MADE.halves[0])
    assert in_words.half(" ".join(words[:23])) == Slip(23)
    assert in_words.half("") == Slip(0)
    for wrong in ("xylograph", "aban-don", words[5] + "x"):
        assert in_words.half(" ".join([*words[:5], wrong, *words[6:]])) == Slip(24, 6)
    others = {in_words.half(" ".join([*words[:7], other, *words[8:]])) for other in ("abandon", "zoo", "zebra", "year")}
    assert Slip(24) in others, "eight bits of check catch most words of the list that stand in the wrong place"


def test_a_word_is_known_by_its_first_four_letters() -> None:
    assert [in_words.word(one) for one in ("Abandon", "aban", "abando", "act", "zoo")] == [
        "abandon", "abandon", "abandon", "act", "zoo",
    ]  # fmt: skip
    assert [in_words.word(one) for one in ("aba", "abandons", "abanx", "", "ac")] == [None] * 5
