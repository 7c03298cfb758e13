"""How these tests ask the rules: under one policy, with the phrase lists that ship."""

from functools import cache

from chat.core.moderation.draft import Draft
from chat.core.moderation.judge import judge
from chat.core.moderation.lexicon import Lexicon
from chat.core.moderation.policy import EVERYTHING, Policy
from chat.core.moderation.verdict import RuleName, Verdict
from config.lexicon import load


@cache
def lexicon() -> Lexicon:
    """What ships, read once."""
    return load()


def verdict(text: str, policy: Policy = EVERYTHING) -> Verdict:
    """What happens to a message of somebody who may speak and has been here for long."""
    return judge(Draft(text), lexicon(), policy)


def speaks(rule: RuleName, text: str, policy: Policy = EVERYTHING) -> bool:
    """Whether a rule says anything."""
    return rule in verdict(text, policy).rules
