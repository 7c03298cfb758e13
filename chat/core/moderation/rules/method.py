"""A way to die or to do harm waits: once read it cannot be unread.

Asking how, telling how, offering, comparing, looking for company. Saying what one has done or is about to do is no
method: `alarm` hears it, and it goes out. Usual and strict: what a phrase says, and what weighs enough for a method and
for danger; gentle: phrases alone.
"""

from chat.core.moderation.draft import Draft
from chat.core.moderation.policy import Level, Policy
from chat.core.moderation.reading import Reading
from chat.core.moderation.rules.rule import Says

HEAVY = 350
"""Hundredths. Among 804 sentences of a third stranger 37 of 58 methods are found with 250, and 9 found that are none;
with 350 it is 36 and 6. Of all that is held then, 0.958 is held rightly."""


def speaks(draft: Draft, reading: Reading, policy: Policy) -> Says | None:
    """Holds."""
    level = policy.method
    if level is Level.OFF:
        return None
    if "method" in reading.lists:
        return Says.HOLD
    return Says.HOLD if level is not Level.GENTLE and reading.weight.method >= HEAVY else None
