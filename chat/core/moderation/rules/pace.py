"""One voice does not fill the room.

Counting is `commit.lua`'s: only it sees every process and cannot be raced. It counts after the verdict, so a draft that
is held costs as much as one that goes out, and takes from here how slow the group wants it (`every`). What it last
answered (so many ms to wait) is handed in, and refused here without asking it again.
"""

from chat.core.moderation.draft import Draft
from chat.core.moderation.policy import Policy
from chat.core.moderation.reading import Reading
from chat.core.moderation.rules.rule import Says

SLOWEST = 120
"""Seconds: slower than this is not a conversation."""


def speaks(draft: Draft, reading: Reading, policy: Policy) -> Says | None:
    """Refuses whoever has to wait yet."""
    return Says.REFUSE if draft.standing.wait > 0 else None


def every(policy: Policy) -> int:
    """Milliseconds between two messages of one person in slow mode; 0: no slow mode, the house's pace holds."""
    return 1000 * min(max(policy.pace, 0), SLOWEST)
