"""Who said what is known for the whole meeting, and takes next to nothing."""

import sys

import pytest

from chat.core.ids import MemberId, Number
from chat.core.room import Authors

ANN, BOB = MemberId("ann"), MemberId("bob")


@pytest.fixture
def authors() -> Authors:
    """Ann, Bob and Ann again have said something."""
    return Authors([(Number(1), ANN), (Number(2), BOB), (Number(3), ANN)])


def test_what_is_packed_is_the_same_unpacked_and_goes_on(authors: Authors) -> None:
    authors.forget(Number(2))
    same = Authors.unpacked(authors.packed())
    assert same == authors
    for one in authors, same:
        one[Number(4)], one[Number(5)] = BOB, MemberId("cem")
        one.forget(Number(1))
    assert same == authors
    assert same.told() == {3: ANN, 4: BOB, 5: "cem"}
    assert authors.packed().decode().isascii()
    assert Authors().packed() == b""
    assert Authors.unpacked(b"") == Authors()


def test_each_message_is_its_authors(authors: Authors) -> None:
    assert [authors.get(Number(n)) for n in range(-1, 5)] == [None, None, ANN, BOB, ANN, None]
    assert [Number(n) in authors for n in range(-1, 5)] == [False, False, True, True, True, False]
    assert (authors.count(ANN), authors.count(BOB), authors.count(MemberId("cem"))) == (2, 1, 0)
    assert authors.told() == {1: ANN, 2: BOB, 3: ANN}


def test_a_retracted_message_is_nobodys(authors: Authors) -> None:
    for n in (-1, 0, 1, 9):
        authors.forget(Number(n))
    assert authors.told() == {2: BOB, 3: ANN}
    assert authors.count(ANN) == 1


def test_what_was_never_told_here_is_nobodys_and_may_come_late(authors: Authors) -> None:
    authors[Number(6)] = BOB
    assert authors.told() == {1: ANN, 2: BOB, 3: ANN, 6: BOB}
    authors[Number(5)] = ANN
    assert authors.told() == {1: ANN, 2: BOB, 3: ANN, 5: ANN, 6: BOB}


def test_whichever_is_nobodys_is_found(authors: Authors) -> None:
    for n in (1, 3):
        authors.forget(Number(n))
    assert authors.missing(Number(0), Number(3)) == (1, 3)
    assert authors.missing(Number(1), Number(3)) == (3,)
    assert authors.missing(Number(0), Number(2)) == (1,)
    assert authors.missing(Number(2), Number(5)) == (3, 4, 5)
    assert authors.missing(Number(5), Number(6)) == (6,)
    assert authors.missing(Number(9), Number(6)) == ()


def test_what_has_no_number_yet_is_not_counted(authors: Authors) -> None:
    authors[Number(0)] = BOB
    assert authors.count(BOB) == 1
    assert 0 not in authors.told()


def test_rooms_that_were_told_the_same_know_the_same(authors: Authors) -> None:
    late = Authors([(Number(2), BOB), (Number(3), ANN), (Number(1), ANN)])
    assert late == authors
    late.forget(Number(3))
    assert late != authors


def test_a_meeting_of_many_hours_takes_a_few_bytes_a_message() -> None:
    authors = Authors((Number(n), BOB if n % 2 else ANN) for n in range(1, 100_001))
    parts = [authors, *(getattr(authors, name) for name in authors.__slots__)]
    assert sum(map(sys.getsizeof, parts)) < 5 * 100_000
