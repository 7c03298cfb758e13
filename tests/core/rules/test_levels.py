"""A group turns each rule off or says how strict it is, and each step lets no less wait than the one before."""

import pytest
from msgspec.structs import replace

from chat.core.moderation.policy import EVERYTHING, Level
from chat.core.moderation.verdict import RuleName
from tests.core.rules.asking import verdict

SOUP = "WE HAD SOUP AT MY SISTERS AND IT RAINED "
FROM = {
    ("contact", "07700 900123"): Level.GENTLE,
    ("contact", "14 Larkspur Road"): Level.USUAL,
    ("contact", "im in se15"): Level.STRICT,
    ("names", "my name is tobias greening"): Level.GENTLE,
    ("names", "Dr Nakamura was kind"): Level.USUAL,
    ("names", "David Bowie got me through"): Level.STRICT,
    ("repeat", SOUP * 6): Level.GENTLE,
    ("repeat", SOUP * 2): Level.USUAL,
    ("repeat", SOUP): Level.STRICT,
    ("hurt", "you faggot"): Level.GENTLE,
    ("hurt", "you moron"): Level.USUAL,
    ("hurt", "he called me a moron"): Level.STRICT,
    ("alarm", "i want to die tonight"): Level.GENTLE,
    ("alarm", "nobody would notice if i was gone"): Level.USUAL,
    ("alarm", "ten years ago i tried to kill myself"): Level.STRICT,
    ("method", "how do i tie a noose"): Level.GENTLE,
    ("method", "what is the most painless way"): Level.USUAL,
}
"""By rule and words: the gentlest level at which it speaks."""
LEVELS = [*Level]


@pytest.mark.parametrize(("rule", "words"), FROM, ids=lambda one: one[:24])
def test_a_rule_speaks_from_its_level_on_and_never_when_it_is_off(rule: str, words: str) -> None:
    spoke = [RuleName(rule) in verdict(words, replace(EVERYTHING, **{rule: level})).rules for level in LEVELS]
    assert spoke == [LEVELS.index(level) >= LEVELS.index(FROM[rule, words]) for level in LEVELS]


def test_when_all_rules_are_off_everything_is_heard() -> None:
    off = replace(EVERYTHING, **dict.fromkeys(("contact", "names", "repeat", "hurt", "alarm", "method"), Level.OFF))
    assert {verdict(words, off).rules for _, words in FROM} == {()}
