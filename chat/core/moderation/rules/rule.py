"""What every rule is: a function that looks at a draft and says one word, or nothing."""

from collections.abc import Callable
from enum import Enum, auto

from chat.core.moderation.draft import Draft
from chat.core.moderation.policy import Policy
from chat.core.moderation.reading import Reading


class Says(Enum):
    """What one rule says."""

    HELP = auto()
    """Let it through; show the writer help, tell the facilitators."""
    HOLD = auto()
    REFUSE = auto()


Rule = Callable[[Draft, Reading, Policy], Says | None]
