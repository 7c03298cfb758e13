"""Which words of a sentence made a rule speak: as few as say it no less than the whole, by leaving out all others.

The same way for every rule, lists and weights alike, since it asks the rule itself. For a sentence that somebody tries;
nothing of it is kept.
"""

import re
from collections.abc import Callable

from chat.core.moderation.draft import Draft
from chat.core.moderation.lexicon import Lexicon
from chat.core.moderation.policy import Policy
from chat.core.moderation.reading import Reading, read
from chat.core.moderation.rules import ORDER
from chat.core.moderation.rules.rule import Rule
from chat.core.moderation.verdict import RuleName, Verdict

LISTS: dict[RuleName, frozenset[str]] = {
    RuleName.CONTACT: frozenset(),
    RuleName.NAMES: frozenset(),
    RuleName.HURT: frozenset({"slurs", "insults", "hurtful"}),
    RuleName.ALARM: frozenset({"danger", "alone", "method"}),
    RuleName.METHOD: frozenset({"method"}),
}
"""Rules that speak because of some words, and the lists whose phrases say by themselves what was found: such a phrase
is not left out for words that only weigh as much. Other rules go by who writes, when, or by the whole message."""
TRIES = 1500
"""Ways to leave words out that are tried; a message as long as can be needs fewer."""
WORD = re.compile(r"\S+\s*")
GAP = " … "


def words_behind(verdict: Verdict, text: str, lexicon: Lexicon, policy: Policy) -> dict[RuleName, str]:
    """By rule: the words that would be enough, in their order; what stood between them is `…`. Never raises."""
    rules, found = dict(ORDER), dict[RuleName, str]()
    for name in verdict.rules:
        if name not in LISTS:
            continue
        whole = _found(text, rules[name], lexicon, policy)
        if whole is not None:
            lists, weight = whole.lists & LISTS[name], getattr(whole.weight, name, 0)

            def enough(less: str, name: RuleName = name, lists: frozenset[str] = lists, weight: int = weight) -> bool:
                left = _found(less, rules[name], lexicon, policy)
                heavy = left is not None and (bool(lists) or getattr(left.weight, name, 0) >= weight)
                return left is not None and left.lists >= lists and heavy

            found[name] = _fewest(text, enough)
    return found


def _found(text: str, rule: Rule, lexicon: Lexicon, policy: Policy) -> Reading | None:
    """What was read; None: the rule says nothing."""
    try:
        reading = read(text, lexicon, policy.allowed)
        return reading if rule(Draft(text), reading, policy) is not None else None
    except Exception:  # it may quote the text: a rule that breaks has no words to show
        return None


def _fewest(text: str, enough: Callable[[str], bool]) -> str:
    """Leaves out halves, quarters, single words, as long as what is left is enough."""
    words = WORD.findall(text)
    kept, size, tries = list(range(len(words))), len(words) // 2, TRIES
    while size and tries:
        start = 0
        while start < len(kept) and tries:
            fewer = kept[:start] + kept[start + size :]
            tries -= 1
            if fewer and enough("".join(words[at] for at in fewer)):
                kept = fewer
            else:
                start += size
        size //= 2
    return _shown(words, kept)


def _shown(words: list[str], kept: list[int]) -> str:
    shown = ""
    for before, at in zip([-1, *kept], kept, strict=False):
        shown += ("" if before < 0 else " " if at == before + 1 else GAP) + words[at].strip()
    return shown
