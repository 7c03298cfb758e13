"""The first messages of somebody new wait until a facilitator has read them, if the group wants that."""

from chat.core.moderation.draft import Draft
from chat.core.moderation.policy import Policy
from chat.core.moderation.reading import Reading
from chat.core.moderation.rules.rule import Says


def speaks(draft: Draft, reading: Reading, policy: Policy) -> Says | None:
    """Holds while the writer has said fewer messages than the group wants to see first."""
    said = draft.standing.said
    return Says.HOLD if said is not None and said < policy.newcomer else None
