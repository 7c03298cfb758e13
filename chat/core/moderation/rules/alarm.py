"""Words of danger are heard at once: the writer is shown help beside them, and nobody stops or blames them.

Two ways, and either is enough: a phrase beyond doubt (`danger`, `method`, or `alone` in the message), unless a figure
of speech covers it ("killing myself laughing") or it is told of long ago in words that weigh too little; or all the
words together, weighed by what was learnt of thousands of sentences. A false alarm costs a glance and a missed one
perhaps a life, so the weight asked for is not high. Gentle asks for more of it, strict for less. Where a figure of
speech, a "not" or a "years ago" stands beside it, more is asked for.
"""

from chat.core.moderation.draft import Draft
from chat.core.moderation.normal import STOP
from chat.core.moderation.phrases import Span
from chat.core.moderation.policy import Level, Policy
from chat.core.moderation.reading import Reading, View
from chat.core.moderation.rules.rule import Says

BEYOND_DOUBT = ("danger", "method")
OUTRIGHT = frozenset({*BEYOND_DOUBT, "alone"})
SOFTER = frozenset({"figures", "long_ago"})
HEAVY = {Level.GENTLE: 250, Level.USUAL: 20, Level.STRICT: -110}
"""Hundredths of a natural logarithm. Of 803 explicit statements of four strangers, never taught, `usual` hears 0.991,
and rings for 8 of 100 ordinary sentences of theirs. All lie above what no words at all weigh, or a language never
learnt would ring."""
OUTWEIGHS = {Level.GENTLE: 250, Level.USUAL: 200, Level.STRICT: -110}
"""So much is heard also beside a figure of speech, a "not", or what is said of long ago."""


def speaks(draft: Draft, reading: Reading, policy: Policy) -> Says | None:
    """Lets it through with help; never holds."""
    level = policy.alarm
    if level is Level.OFF:
        return None
    weight = reading.weight.alarm
    if weight >= HEAVY[level] and _several(reading) and (weight >= OUTWEIGHS[level] or not _something_else(reading)):
        return Says.HELP
    if reading.lists.isdisjoint(OUTRIGHT):
        return None
    return Says.HELP if any(_beyond_doubt(reading, view) for view in reading.views) else None


def _several(reading: Reading) -> bool:
    """One word by itself weighs nothing: which of them mean danger is known (`alone`)."""
    return len(reading.written) - reading.written.count(STOP) > 1


def _something_else(reading: Reading) -> bool:
    return not SOFTER.isdisjoint(reading.around(reading.views[-1]))


def _beyond_doubt(reading: Reading, view: View) -> bool:
    found = view.found
    if any(span.start == 0 and set(view.words[span.end :]) <= {STOP} for span in found.get("alone", ())):
        return True
    spans = [span for name in BEYOND_DOUBT for span in found.get(name, ())]
    if not spans:
        return False
    around = reading.around(view)
    if "long_ago" in around and reading.weight.alarm < HEAVY[Level.STRICT]:
        return False
    covers = around.get("figures", [])
    return any(not _covered(span, covers) for span in spans)


def _covered(span: Span, by: list[Span]) -> bool:
    """Whether something else is said with these words: all of them, or with what leads up to or follows from them."""
    return any(
        one.start < span.end and span.start < one.end and (one == span or one.start < span.start or span.end < one.end)
        for one in by
    )
