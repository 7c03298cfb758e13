"""Words of danger are heard at once: the writer is shown help beside them, and nobody stops or blames them.

Usual: words of danger and those that may be; gentle: only those beyond doubt; strict: also what is said of long ago.
A figure of speech that covers the words ("would kill for a nap") takes the alarm away; what somebody tried or wished
counts unless they say that it is long over ("I tried at seventeen").
"""

from chat.core.moderation.draft import Draft
from chat.core.moderation.lexicon import Span
from chat.core.moderation.policy import Level, Policy
from chat.core.moderation.reading import Reading, View
from chat.core.moderation.rules.rule import Says

BEYOND_DOUBT = ("danger", "method")
WORDS = frozenset({"alone", "danger", "danger_then", "method", "troubled"})
AT_ANY_TIME = {
    Level.GENTLE: BEYOND_DOUBT,
    Level.USUAL: (*BEYOND_DOUBT, "troubled"),
    Level.STRICT: (*BEYOND_DOUBT, "troubled"),
}


def speaks(draft: Draft, reading: Reading, policy: Policy) -> Says | None:
    """Lets it through with help; never holds."""
    level = policy.alarm
    if level is Level.OFF:
        return None
    return Says.HELP if any(alarming(reading, view, level) for view in reading.views) else None


def alarming(reading: Reading, view: View, level: Level) -> bool:
    """Whether these words are of danger."""
    found = view.found
    if found.keys().isdisjoint(WORDS):
        return False
    if any(span.start == 0 and span.end == len(view.words.rstrip(" .")) + 1 for span in found.get("alone", ())):
        return True
    then = found.get("danger_then", [])
    around = reading.around(view)
    covers = around.get("figures", []) + then
    if any(not _covered(span, covers) for name in AT_ANY_TIME[level] for span in found.get(name, ())):
        return True
    over = level is not Level.STRICT and "long_ago" in around
    return not over and any(not _covered(span, around.get("figures", [])) for span in then)


def _covered(span: Span, by: list[Span]) -> bool:
    """Whether something else is said with these words: all of them, or with what leads up to or follows from them."""
    return any(
        one.start < span.end - 1  # the space between two phrases belongs to both
        and span.start < one.end - 1
        and (one == span or one.start < span.start or span.end < one.end)
        for one in by
    )
