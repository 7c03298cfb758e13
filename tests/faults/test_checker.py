"""The checker finds what is planted in a history that is otherwise in order."""

import pytest

from tests.faults.checker import Wrong, check
from tests.faults.history import (
    Accepted,
    Announced,
    Arrived,
    Asked,
    Fact,
    Lost,
    Muted,
    Page,
    Paused,
    Person,
    Refused,
    Removed,
    Resumed,
    Retracted,
    Room,
    Said,
    Unmuted,
)

ANN, BOB, FRAN = "ann", "bob", "fran"
HERE = (Person(ANN), Person(BOB), Person(FRAN))


def said(*numbers: int, by: str = ANN) -> list[Fact]:
    return [Said(n, by, f"{n}") for n in numbers]


def page(*facts: Fact | list[Fact], number: int = 0, epoch: int = 7) -> Page:
    """A page that sat down when nothing had been said; a second passes with each fact."""
    flat: list[Fact] = [Room(epoch, 0, people=HERE)]
    for fact in facts:
        flat += fact if isinstance(fact, list) else [fact]
    for second, fact in enumerate(flat):
        fact.t = float(second)
    return Page(0, number, f"p{number}", flat)


def wrongs(*pages: Page) -> set[Wrong]:
    return {finding.wrong for finding in check(pages)}


def test_a_history_in_order_has_nothing_wrong() -> None:
    talk = page(
        Asked("1", "say"), said(1), Accepted("1", 1), said(2), Lost(1006), Room(7, 4, people=HERE, replay=2),
        said(3, 4), Announced(5, FRAN, "5"), Lost(0), Room(9, 5, people=HERE, missed=None), said(6),
    )  # fmt: skip
    away = page(
        said(1, 2), Lost(1006), Room(7, 4, people=HERE, replay=1, missed=1), said(4), Announced(5, FRAN, "5"),
        Room(9, 5, people=HERE, missed=None), said(6), number=1,
    )  # fmt: skip
    assert wrongs(talk, away) == set()


def test_a_message_that_did_not_come_is_found() -> None:
    assert wrongs(page(said(1, 3))) == {Wrong.LOST}


def test_a_message_missing_from_what_was_told_again_is_found() -> None:
    assert wrongs(page(said(1), Lost(1006), Room(7, 4, people=HERE, replay=2), said(3, 4))) == {Wrong.LOST}


def test_a_gap_that_was_announced_too_small_is_found() -> None:
    assert wrongs(page(said(1), Lost(1006), Room(7, 4, people=HERE, missed=2))) == {Wrong.LOST}
    assert wrongs(page(said(1), Lost(1006), Room(7, 5, people=HERE, replay=1, missed=2), said(5))) == {Wrong.LOST}


def test_a_gap_before_what_is_told_again_covers_it_also_if_the_line_breaks_amid() -> None:
    told: list[Fact | list[Fact]] = [Room(7, 5, people=HERE, replay=2, missed=2), said(4), Lost(1006)]
    assert wrongs(page(said(1), Lost(1006), *told, Room(7, 5, people=HERE, replay=1), said(5))) == set()
    assert wrongs(page(said(1), Lost(1006), *told, Room(7, 5, people=HERE))) == {Wrong.LOST}


def test_another_epoch_without_a_word_about_it_is_found() -> None:
    assert wrongs(page(said(1), Room(9, 1, people=HERE))) == {Wrong.LOST}


def test_a_message_missing_at_the_very_end_is_found() -> None:
    assert wrongs(page(said(1, 2)), page(said(1), number=1)) == {Wrong.BEHIND}


def test_an_acknowledged_message_that_nobody_heard_is_found() -> None:
    lost = page(Asked("x", "say"), Accepted("x", 1), Room(7, 1, people=HERE))
    assert Wrong.LOST in wrongs(lost)


def test_an_acknowledged_message_of_an_epoch_that_ended_with_an_announced_gap_is_no_loss() -> None:
    assert wrongs(page(said(1), Asked("x", "say"), Accepted("x", 2), Room(9, 1, people=HERE, missed=None))) == set()


def test_an_acknowledgement_with_another_number_is_found() -> None:
    assert wrongs(page(Asked("1", "say"), said(1), Accepted("1", 2))) == {Wrong.NUMBER}


@pytest.mark.parametrize("numbers", [(1, 1), (1, 2, 1)])
def test_a_message_told_twice_is_found(numbers: tuple[int, ...]) -> None:
    assert wrongs(page(said(*numbers))) == {Wrong.TWICE}


def test_the_same_words_under_two_numbers_are_found() -> None:
    assert wrongs(page(Said(1, ANN, "1"), Said(2, ANN, "1"))) == {Wrong.TWICE}


def test_messages_in_another_order_are_found() -> None:
    assert Wrong.ORDER in wrongs(page(said(2, 1)))


def test_one_number_with_two_messages_is_found() -> None:
    assert wrongs(page(Said(1, ANN, "a")), page(Said(1, BOB, "b"), number=1)) == {Wrong.DIFFERS}


def test_two_orders_of_epochs_are_found() -> None:
    def after(first: int, second: int, number: int) -> Page:
        return page(Room(first, 0, people=HERE, missed=None), Room(second, 0, people=HERE, missed=None), number=number)

    assert Wrong.SPLIT in wrongs(after(8, 9, 0), after(9, 8, 1))


def test_a_message_after_its_authors_mute_is_found_and_after_its_end_is_not() -> None:
    assert wrongs(page(said(1), Muted(ANN, 9), said(2, by=BOB), said(3))) == {Wrong.AFTER_MUTE}
    assert wrongs(page(said(1), Muted(ANN, 9), said(2, by=BOB), Unmuted(ANN), said(3))) == set()


def test_a_message_after_a_mute_that_only_a_snapshot_shows_is_found() -> None:
    muted = (Person(ANN, 9), Person(BOB))
    assert wrongs(page(said(1), Room(7, 2, people=muted, replay=1), said(2), said(3))) == {Wrong.AFTER_MUTE}
    assert wrongs(page(said(1), Room(9, 1, people=muted, missed=None), said(2))) == {Wrong.AFTER_MUTE}


def test_a_message_after_its_authors_removal_is_found() -> None:
    assert wrongs(page(said(1), Removed(ANN), said(2))) == {Wrong.AFTER_REMOVAL}


def test_somebody_removed_who_is_there_again_is_found() -> None:
    assert wrongs(page(Removed(ANN), Arrived(Person(ANN)))) == {Wrong.UNDONE}
    assert wrongs(page(Removed(ANN), Room(9, 0, people=HERE, missed=None))) == {Wrong.UNDONE}


def test_a_message_in_a_pause_is_found_and_an_announcement_is_none() -> None:
    assert wrongs(page(Paused("facilitator"), said(1))) == {Wrong.AFTER_PAUSE}
    assert wrongs(page(Paused("facilitator"), Room(9, 0, people=HERE, paused="mending", missed=None), said(1))) == {
        Wrong.AFTER_PAUSE
    }
    assert wrongs(page(Paused("facilitator"), Announced(1, FRAN, "1"), Resumed(), said(2))) == set()


def test_what_was_said_between_two_pauses_may_be_told_again_in_the_second_to_who_missed_that_the_first_ended() -> None:
    away = page(Paused("mending"), Lost(1006), Room(7, 2, people=HERE, replay=2, paused="facilitator"), said(1, 2))
    ended = [Asked("r", "resume"), Accepted("r", None), Resumed(), *said(1, 2), Paused("facilitator")]
    assert wrongs(away, page(ended, number=1)) == set()
    assert wrongs(away) == {Wrong.AFTER_PAUSE}
    assert wrongs(page(Paused("mending"), ended, said(3))) == {Wrong.AFTER_PAUSE}


def test_what_was_said_between_two_mutes_may_be_told_again_in_the_second_to_who_missed_that_the_first_ended() -> None:
    muted = (Person(ANN, 9), Person(BOB))
    away = page(Muted(ANN, 9), Lost(1006), Room(7, 2, people=muted, replay=2), said(1, 2))
    ended = [Asked("u", "unmute", ANN), Accepted("u", None), Unmuted(ANN), *said(1, 2), Muted(ANN, 9)]
    assert wrongs(away, page(ended, number=1)) == set()
    assert wrongs(away) == {Wrong.AFTER_MUTE}
    assert Wrong.AFTER_MUTE in wrongs(away, page([Asked("u", "unmute", BOB)], number=1))
    assert wrongs(page(Muted(ANN, 9), ended, said(3))) == {Wrong.AFTER_MUTE}


def test_a_message_told_again_after_it_was_taken_back_is_found() -> None:
    back = page(said(1, 2), Retracted(2), Lost(1006), Room(7, 3, people=HERE, replay=2), said(2, 3))
    assert Wrong.TOLD_AGAIN in wrongs(back)


def test_a_message_taken_back_is_no_loss() -> None:
    assert wrongs(page(said(1), Lost(1006), Room(7, 3, people=HERE, replay=1, retracted=(2,)), said(3))) == set()


def test_a_message_that_was_refused_and_told_is_found() -> None:
    assert wrongs(page(Asked("1", "say"), Refused("1", "interrupted"), said(1))) == {Wrong.REFUSED}


@pytest.mark.parametrize(
    ("act", "shown"),
    [
        ("mute", Room(7, 0, people=HERE)),
        ("remove", Room(7, 0, people=HERE)),
        ("pause", Room(7, 0, people=HERE)),
    ],
)
def test_an_act_that_no_longer_shows_is_found_unless_its_end_was_asked_for(act: str, shown: Room) -> None:
    about = "" if act == "pause" else ANN
    wait: list[Fact] = [*(Lost(1006) for _ in range(9))]
    did: list[Fact] = [Asked("f", act, about), Accepted("f")]
    assert wrongs(page(did, wait, shown)) == {Wrong.UNDONE}
    if act != "remove":
        end = Asked("g", "resume" if act == "pause" else "unmute", about)
        assert wrongs(page(did, wait, end, Accepted("g"), shown)) == set()


def test_a_question_without_an_answer_is_found() -> None:
    assert wrongs(page(Asked("1", "say"), said(1))) == {Wrong.UNANSWERED}
