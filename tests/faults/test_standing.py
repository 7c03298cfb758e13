"""What was acknowledged and no longer shows is found, unless something else may have been asked for since."""

import pytest

from tests.faults.history import (
    LEFT,
    Accepted,
    Asked,
    Customs,
    Fact,
    Lost,
    Marked,
    Opened,
    Page,
    Person,
    Retracted,
    Room,
)
from tests.faults.standing import Standing

ANN, FRAN = "ann", "fran"
LONG: list[Fact] = [Lost(1006) for _ in range(20)]
"""Of Fran's line: it proves nothing of Ann, and a second passes with each."""
HERE = (Person(ANN), Person(FRAN))


def undone(*facts: Fact | list[Fact], of_ann: tuple[Fact, ...] = (), facilitates: bool = True) -> set[str]:
    """What the last snapshot on Fran's page lacks; `of_ann`: what happened on Ann's, in the first seconds."""
    flat: list[Fact] = []
    for fact in facts:
        flat += fact if isinstance(fact, list) else [fact]
    for second, fact in enumerate(flat):
        fact.t = 100.0 + second
    for second, fact in enumerate(of_ann):
        fact.t = 100.0 + second
    standing = Standing([Page(0, 0, FRAN, flat), Page(0, 1, ANN, list(of_ann))])
    last = flat[-1]
    assert isinstance(last, Room)
    return {of for of, _ in standing.undone(last, facilitates=facilitates)}


def did(what: str, about: str = "", to: str = "") -> list[Fact]:
    return [Asked("f", what, about, to), Accepted("f")]


def shows(*people: Person, **fields: object) -> Room:
    return Room(7, 5, people=people or HERE, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("of", "act", "stands", "end"),
    [
        ("hand", did("hand", ANN, "up"), shows(Person(ANN, hand_at=1)), Asked("g", "hand", ANN, "down")),
        ("hand", did("hand", ANN, "down"), shows(), Asked("g", "hand", ANN, "up")),
        ("listening", did("listen", ANN), shows(Person(ANN, listens=True)), Asked("g", "take-part", ANN)),
        ("customs", did("adopt", "", "9"), shows(customs=Customs(9)), Asked("g", "adopt", "", "10")),
        ("fold", did("fold", "3"), shows(folded=(3,)), Retracted(3)),
        ("mark", did("mark", "3"), shows(marked=(Marked(3),)), Asked("g", "look", ANN)),
        ("mark", did("mark", "3"), shows(marked=(Marked(3),)), Asked("g", "mute", ANN)),
    ],
)
def test_what_was_done_and_no_longer_shows_is_found_unless_its_end_was_asked_for(
    of: str, act: list[Fact], stands: Room, end: Fact
) -> None:
    lost = shows(Person(ANN, hand_at=1)) if "down" in str(act) else shows()
    assert undone(act, LONG, stands) == set()
    assert undone(act, LONG, lost) == {of}
    assert undone(act, LONG, end, lost) == set()


def test_what_only_facilitators_see_need_not_show_to_others() -> None:
    assert undone(did("mark", "3"), LONG, shows(), facilitates=False) == set()
    assert undone(did("fold", "3"), LONG, shows(), facilitates=False) == set()


def test_a_hand_may_have_gone_down_with_its_line_and_listening_with_its_sitting() -> None:
    assert undone(did("hand", ANN, "up"), LONG, shows(), of_ann=(Lost(1006),)) == set()
    assert undone(did("listen", ANN), LONG, shows(), of_ann=(Lost(1006),)) == {"listening"}
    assert undone(did("listen", ANN), LONG, shows(), of_ann=(Opened(),)) == set()


def test_whoever_left_and_is_there_again_without_having_come_is_found() -> None:
    assert undone(LONG, shows(), of_ann=(Lost(LEFT),)) == {"leaving"}
    assert undone(LONG, shows(), of_ann=(Lost(LEFT), Opened())) == set()
    assert undone(LONG, shows(Person(FRAN)), of_ann=(Lost(LEFT),)) == set()


def test_an_act_just_acknowledged_may_not_show_yet() -> None:
    assert undone(did("hand", ANN, "up"), shows()) == set()
