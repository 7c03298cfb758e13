"""Everything waits until a facilitator has read it, while the group wants that."""

from chat.core.moderation.draft import Draft
from chat.core.moderation.policy import Policy
from chat.core.moderation.reading import Reading
from chat.core.moderation.rules.rule import Says


def speaks(draft: Draft, reading: Reading, policy: Policy) -> Says | None:
    """Holds, if everything is reviewed."""
    return Says.HOLD if policy.review else None
