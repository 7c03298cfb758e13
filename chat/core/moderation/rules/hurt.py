"""Slurs and insults wait, when they are thrown at somebody here or at a kind of people.

Telling passes: "he called me a ...", voices, one's own word for oneself, cursing a week, an illness, somebody absent.
Gentle: slurs and whole sentences of contempt; usual: insults said to somebody, too; strict: any insult, told or not.
What a phrase found passes all the same (except when strict) if all words together, and those around it, weigh far too
little for it, and
what weighs very much waits though no phrase was found.
"""

from collections.abc import Sequence

from chat.core.moderation.draft import Draft
from chat.core.moderation.normal import STOP
from chat.core.moderation.phrases import Span
from chat.core.moderation.policy import Level, Policy
from chat.core.moderation.reading import Reading, View
from chat.core.moderation.rules.rule import Says
from chat.core.moderation.scale import row

HURTFUL = frozenset({"slurs", "insults", "hurtful"})
YOU = frozenset({"you", "your"})
OWN = frozenset(
    {"am", "was", "myself", "us", "as", "recovering", "proud", "former", "ex", "fellow", "like", "we", "me", "mine"}
)
OTHERS = OWN | frozenset("i my he she him his her they them their it this that the so can not never no".split())
BETWEEN = frozenset(
    """are a an such the is were be being all absolute total complete utter proper real right bunch of pack load
    nothing but little big fat old dirty filthy lazy mad thick ugly sad sorry bloody damn god goddamn fat skinny
    silly dumb stinking rotten horrible nasty evil vile miserable selfish ungrateful arrogant ignorant smug
    inbred lying cheating useless pathetic stupid disgusting worthless spineless two faced one massive giant
    huge fucking effing freaking most biggest worst sick twisted crazy bitter sanctimonious entitled spoilt
    whiny whining boring dull and lot people women men ones guys""".split()
)
"""What may stand between a "you" and its insult; one word more is forgiven."""
SAYING = frozenset(
    "call calls called calling make makes made tell tells told think thinks let letting label treat".split()
)
"""Before "you", these tell what somebody else does."""
OF_THINGS = frozenset("stupid dumb pathetic useless disgusting vile evil toxic miserable worthless rubbish".split())
"""Said of things as often as of people, when a word follows: "stupid illness"."""
HEAVY, LIGHT = 300, -600
"""Hundredths: measured, so that what waits waits rightly 19 times of 20."""
AROUND = 6
"""Words before and after that are weighed with a phrase by themselves."""
FAR = 8
"""Words between them at most."""
BARE = 5
"""Words: a message so short, with an insult and nobody in it, is said to whoever reads it."""
NEAR = 9
"""Words over which telling reaches ("he said, in front of my whole class, ...")."""


def speaks(draft: Draft, reading: Reading, policy: Policy) -> Says | None:
    """Holds."""
    level = policy.hurt
    if level is Level.OFF:
        return None
    if reading.weight.hurt >= HEAVY and level is not Level.GENTLE:
        return Says.HOLD
    if reading.lists.isdisjoint(HURTFUL):
        return None
    return Says.HOLD if any(_hurts(reading, view, level) for view in reading.views) else None


def _hurts(reading: Reading, view: View, level: Level) -> bool:
    slurs, insults, sentences = (view.found.get(name, []) for name in ("slurs", "insults", "hurtful"))
    if not (slurs or insults or sentences) or level is Level.STRICT:
        return bool(slurs or insults or sentences)
    if reading.weight.hurt < LIGHT:
        slurs, insults, sentences = (_meant(reading, view, spans) for spans in (slurs, insults, sentences))
    told = reading.around(view).get("told", [])
    if any(not _told(view.words, span, told) for span in sentences):
        return True
    if any(
        not (_told(view.words, s, told) or _own(view.words, s) or _quoted(view.words, s, reading.folded)) for s in slurs
    ):
        return True
    return level is Level.USUAL and any(
        not _told(view.words, span, told) and _said_to(view.words, span) for span in insults
    )


def _meant(reading: Reading, view: View, spans: list[Span]) -> list[Span]:
    """Those that the words around them do not outweigh: much friendly talk elsewhere does not make an insult kind."""
    words, lexicon = view.words, reading.lexicon
    return [
        one
        for one in spans
        if lexicon.scale.weigh(row(lexicon.look_up(words[max(one.start - AROUND, 0) : one.end + AROUND]))).hurt >= LIGHT
    ]


def _told(words: Sequence[str], span: Span, told: list[Span]) -> bool:
    """Whether something before it in the message says that it is told."""
    return any(one.start < span.start and span.start - one.end < NEAR - 1 for one in told)


def _own(words: Sequence[str], span: Span) -> bool:
    return bool(OWN.intersection(_clause(words, span)[-3:]))


def _said_to(words: Sequence[str], span: Span) -> bool:
    before = _clause(words, span)
    far = next((i for i, word in enumerate(reversed(before)) if word in YOU), FAR + 1)
    if far + 1 <= len(before) and before[len(before) - far - 2 : len(before) - far - 1] and before[-far - 2] in SAYING:
        return False
    if far <= FAR and sum(word not in BETWEEN for word in before[len(before) - far :]) <= 1:
        return not OTHERS.difference(BETWEEN).intersection(before[len(before) - far :])
    after = words[span.end :]
    after = after[: after.index(STOP)] if STOP in after else after
    if after[:1] == ["you"] and not before:  # "waste of oxygen you are"
        return True
    if len(words) > BARE or not (OTHERS | OWN).isdisjoint(words) or sum(word not in BETWEEN for word in before) > 2:
        return False
    return not (after and " ".join(words[slice(*span)]) in OF_THINGS)


def _clause(words: Sequence[str], span: Span) -> Sequence[str]:
    start = next((at for at in range(span.start, 0, -1) if words[at - 1] == STOP), 0)
    return words[start : span.start]


def _quoted(words: Sequence[str], span: Span, folded: str) -> bool:
    """Whether the word stands in quotation marks by itself: it is spoken of."""
    return f'"{" ".join(words[slice(*span)])}"' in folded
