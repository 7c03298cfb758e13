"""Last names wait, whoever's they are; first names, people known to all, pets and places pass."""

import pytest

from chat.core.moderation.policy import Level, Policy
from chat.core.moderation.verdict import RuleName
from tests.core.rules.asking import speaks

HOLD = {
    "an introduction": "my name is tobias greening",
    "a first name among them": "im josh delaney",
    "somebody known here": "saw Michael Stannard in town",
    "a title": "Dr Nakamura was kind",
    "a small title": "dr nakamura was kind",
    "kin": "my brother, Stephen Garroway",
    "the last name alone": "her surname is Dunwoody",
    "letters beyond English": "my name is Łukasz Wójcik",
    "a rank": "ask nurse Bongi about it",
    "a rank in short": "saw fr. Okonkwo in there",
    "a rank and a first name": "we told nurse mary Okonkwo all of it",
    "after one that is none": "my name's not important. ok it's Lorcan Devaney",
    "a name nobody knows": "I'm Zorvath Garroway",
    "of kin nobody knows": "my brother Zorvath Garroway",
    "small and said to be one": "he is called zorvath garroway",
    "a particle": "hello, Zorvath van Garroway here",
    "a hyphen": "im josh-lee delaney",
}
ALLOW = {
    "a first name": "my name is Sam and I'm new",
    "capitals for weight": "I Am So Happy For You",
    "a people": "I'm Welsh Italian",
    "somebody known to all": "David Bowie got me through",
    "a hospital": "the John Radcliffe is huge",
    "a pet": "my dog is called Captain Biscuit",
    "two of us": "thank you Fran and Gus",
    "a doctor without a name": "dr said no",
    "a series": "Doctor Who is on",
    "a double first name": "call me Mary Ann",
}


@pytest.mark.parametrize("name", HOLD)
def test_it_waits(name: str) -> None:
    assert speaks(RuleName.NAMES, HOLD[name]), name


@pytest.mark.parametrize("name", ALLOW)
def test_it_passes(name: str) -> None:
    assert not speaks(RuleName.NAMES, ALLOW[name]), name


def test_a_groups_own_words_wait_however_they_are_written() -> None:
    ours = Policy(words=frozenset({"Oakhanger", "old mill"}))
    assert speaks(RuleName.NAMES, "she lives near ОAKHANGER", ours)  # the first letter is Cyrillic
    assert speaks(RuleName.NAMES, "meet at the old-mill", ours)
    assert not speaks(RuleName.NAMES, "an oak, hanger-on", ours)
    assert not speaks(RuleName.NAMES, "she lives near oakhanger")


def test_how_strict_is_the_groups_choice() -> None:
    assert not speaks(RuleName.NAMES, HOLD["a title"], Policy(names=Level.GENTLE))
    assert speaks(RuleName.NAMES, HOLD["an introduction"], Policy(names=Level.GENTLE))
    assert not speaks(RuleName.NAMES, HOLD["an introduction"], Policy(names=Level.OFF))
