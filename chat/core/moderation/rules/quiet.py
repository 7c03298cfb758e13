"""Whoever is muted, or in a room that is paused, does not speak now.

Whether that is so is found where it always was, `commands.speaking` (the room's phase, the member's mute, the floor);
its answer is handed in and has its place in the order here, so that a verdict names it beside the other rules. Danger
is heard all the same: `alarm` is asked after this, and shows help to somebody who is muted, too.
"""

from chat.core.moderation.draft import Draft
from chat.core.moderation.policy import Policy
from chat.core.moderation.reading import Reading
from chat.core.moderation.rules.rule import Says


def speaks(draft: Draft, reading: Reading, policy: Policy) -> Says | None:
    """Refuses whoever may not speak."""
    return Says.REFUSE if draft.standing.silenced else None
