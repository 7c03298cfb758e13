"""A facilitator who tries a sentence is told which of its words spoke: as few as would be enough."""

import pytest

from chat.core.moderation import why
from chat.core.moderation.draft import Draft
from chat.core.moderation.judge import judge
from chat.core.moderation.policy import EVERYTHING, Policy
from chat.core.moderation.reading import Reading
from chat.core.moderation.rules.rule import Says
from chat.core.moderation.verdict import Hold, RuleName
from chat.core.moderation.why import words_behind
from tests.core.rules.asking import lexicon, verdict

TALK = "We had soup at my sister's and it rained all day"


def behind(text: str, policy: Policy = EVERYTHING) -> dict[RuleName, str]:
    return words_behind(verdict(text, policy), text, lexicon(), policy)


def test_only_the_words_that_spoke_are_shown() -> None:
    assert behind(f"{TALK}. Call me on 07700 900123 if you like. {TALK}.") == {RuleName.CONTACT: "07700 900123"}
    assert behind(f"{TALK} and we dont want faggots here") == {RuleName.HURT: "faggots"}
    assert behind(TALK) == {}


def test_the_groups_own_word_is_shown_as_it_was_written() -> None:
    own = Policy(words=frozenset({"oakhanger"}))
    assert behind(f"{TALK} in OAKHANGER, you know", own) == {RuleName.NAMES: "OAKHANGER,"}


def test_words_that_are_enough_are_enough_by_themselves() -> None:
    text = f"{TALK}. tonight i am going to take every tablet in this house. {TALK}"
    found = behind(text)[RuleName.ALARM]
    assert "tablet" in found
    assert len(found) < len(text) / 2
    assert RuleName.ALARM in verdict(found.replace(why.GAP, " ")).rules


def test_a_long_message_is_looked_through_in_a_moment() -> None:
    text = f"{TALK} and i want to die. {'soup and rain ' * 140}"
    assert behind(text)[RuleName.ALARM] == "i want to die."


def test_a_rule_that_breaks_has_no_words_to_show(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(draft: Draft, reading: Reading, policy: Policy) -> Says | None:
        raise ValueError(draft.text)

    rules = ((RuleName.NAMES, breaks),)
    monkeypatch.setattr(why, "ORDER", rules)
    said = judge(Draft("perihelion"), lexicon(), EVERYTHING, rules)
    assert isinstance(said, Hold)
    assert words_behind(said, "perihelion", lexicon(), EVERYTHING) == {}
