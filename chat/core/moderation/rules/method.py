"""A way to die or to do harm waits: once read it cannot be unread.

Asking how, telling how, offering, comparing, looking for company. Saying what one has done or is about to do is no
method: `alarm` hears it, and it goes out. Usual and strict: all of it; gentle: only what tells or offers has no list of
its own yet, so it is the same.
"""

from chat.core.moderation.draft import Draft
from chat.core.moderation.policy import Level, Policy
from chat.core.moderation.reading import Reading
from chat.core.moderation.rules.rule import Says


def speaks(draft: Draft, reading: Reading, policy: Policy) -> Says | None:
    """Holds."""
    return Says.HOLD if policy.method is not Level.OFF and "method" in reading.lists else None
