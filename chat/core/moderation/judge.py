"""Asks every rule about a draft and says what happens to it: the strictest word counts, and help is never lost.

Fails closed: a rule that breaks holds the draft, under its own name, and what broke it is told to nobody: the exception
may quote words, so only its rule's name leaves this module.
"""

from chat.core.moderation.draft import Draft
from chat.core.moderation.lexicon import Lexicon
from chat.core.moderation.policy import Policy
from chat.core.moderation.reading import read
from chat.core.moderation.rules import ORDER
from chat.core.moderation.rules.rule import Rule, Says
from chat.core.moderation.verdict import Allow, Hold, Refuse, RuleName, Verdict

SILENT = Allow()
"""No rule spoke."""


def judge(draft: Draft, lexicon: Lexicon, policy: Policy, rules: tuple[tuple[RuleName, Rule], ...] = ORDER) -> Verdict:
    """What is to happen to `draft` under `policy`. Never raises."""
    try:
        reading = read(draft.text, lexicon, policy.allowed)
    except Exception:  # whatever it is, it is not said: it may quote the draft
        return Hold(rules=tuple(name for name, _ in rules), help=True)
    said: dict[RuleName, Says] = {}
    for name, rule in rules:
        try:
            says = rule(draft, reading, policy)
        except Exception:
            says = Says.HOLD
        if says is not None:
            said[name] = says
    return _weighed(said) if said else SILENT


def _weighed(said: dict[RuleName, Says]) -> Verdict:
    """The strictest word counts."""
    if RuleName.ALARM in said:
        said.pop(RuleName.REPEAT, None)  # nobody in danger is sent back for shouting or saying it again
    words = set(said.values())
    kind = Refuse if Says.REFUSE in words else Hold if Says.HOLD in words else Allow
    return kind(rules=tuple(said), help=RuleName.ALARM in said)
