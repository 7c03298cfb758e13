"""Nobody says the same thing over and over, or fills the page with capitals or little pictures.

The third time within one's last six drafts comes back to its writer (gentle: the fourth; strict: the second), unless
it is short: "yes", "thank you" and "same here" may be said as often as they are meant. A wall of capitals or pictures
waits for a facilitator. Somebody in danger may repeat and shout: the judge does not ask this rule then.

What is remembered is no words: a keyed hash of each draft, in the writer's seat alone; the key dies with the seat.
"""

import hashlib
import re
from collections.abc import Sequence

from chat.core.moderation.draft import Draft
from chat.core.moderation.normal import fold, parted
from chat.core.moderation.policy import Level, Policy
from chat.core.moderation.reading import Reading
from chat.core.moderation.rules.rule import Says

REMEMBERED = 5
"""Drafts."""
SHORT = 20
"""Characters."""
TIMES = {Level.GENTLE: 3, Level.USUAL: 2, Level.STRICT: 1}
"""So often it may have been said before."""
CAPITALS = {Level.GENTLE: 160, Level.USUAL: 60, Level.STRICT: 30}
"""Letters; fewer are a shout, and a shout is allowed. Usual: two lines of a phone; with 80 most of what three strangers
called a wall was none."""
PICTURES = {Level.GENTLE: 40, Level.USUAL: 15, Level.STRICT: 10}
"""Usual: a line of a phone."""
MOST = 0.8
"""The share of capitals among letters that makes a wall."""
PICTURE = re.compile("[\u2600-\u27bf\U0001f000-\U0001faff]")
SAME = 40
"""One sign so many times in a row is a wall, too."""
FEW, OVER = 2, 4
"""Words, and how often each stands there, in the middle."""
TWICE = re.compile(r"([^ ])\1")
SMALL = b"abcdefghijklmnopqrstuvwxyz"


def speaks(draft: Draft, reading: Reading, policy: Policy) -> Says | None:
    """Refuses what was said before, holds a wall."""
    level = policy.repeat
    if level is Level.OFF:
        return None
    if len(draft.text) >= SHORT and draft.standing.recent.count(draft.fingerprint) >= TIMES[level]:
        return Says.REFUSE
    return Says.HOLD if _wall(draft.text, level) or _few_words(draft.text, reading.written) else None


def _few_words(text: str, words: Sequence[str]) -> bool:
    """Whether a long message is the same word or two over and over."""
    if len(text) < SAME or len(words) < OVER * FEW or len(set(words[: FEW + 1])) > FEW:
        return False  # the first words are looked at first: in nearly every message they are many
    return len(set(words)) <= FEW


def fingerprint(text: str, key: bytes) -> bytes:
    """What a draft is known by for a while: the same for the same words, whatever the signs between them.

    `key` is 16 to 64 random bytes of the seat's own; without it nobody can try which sentence it was.
    """
    return hashlib.blake2b(" ".join(parted(fold(text))).encode(), key=key, digest_size=16).digest()


def remember(recent: tuple[bytes, ...], fingerprint: bytes) -> tuple[bytes, ...]:
    """The last drafts with one more."""
    return (*recent, fingerprint)[-REMEMBERED:]


def _wall(text: str, level: Level) -> bool:
    if len(text) < PICTURES[level]:
        return False
    written = text.encode("utf-8", "replace")
    # A picture takes two bytes more than other signs at least.
    if len(written) - len(text) >= 2 * PICTURES[level] and len(PICTURE.findall(text)) >= PICTURES[level]:
        return True
    if len(text) >= SAME and _one_sign(text):
        return True
    small = len(written) - len(written.translate(None, SMALL))
    if len(text) < CAPITALS[level] or small > (1 - MOST) * len(text):  # cheap, and true of nearly every message
        return False
    capitals = sum(map(str.isupper, text))
    return capitals >= CAPITALS[level] and capitals >= MOST * sum(map(str.isalpha, text))


def _one_sign(text: str) -> bool:
    """Whether one sign stands many times in a row: then it is found twice in steps of half as many."""
    steps = text[:: SAME // 2]
    return bool(TWICE.search(steps)) and any(one * SAME in text for one in {*TWICE.findall(steps)})
