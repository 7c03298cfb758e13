"""What lets somebody be found outside the room waits: a number, an address, a link, a name on a service.

Helplines and emergency numbers pass, and so does talk about a service that passes nothing on. Gentle: numbers, e-mail
and links; usual: names on services, postcodes and street addresses, too; strict: also half a postcode, or a service
named with "me" or "my".
"""

import re

from chat.core.moderation.draft import Draft
from chat.core.moderation.policy import Level, Policy
from chat.core.moderation.reading import Reading
from chat.core.moderation.rules.contact import links, phones, places, services
from chat.core.moderation.rules.rule import Says

MARKS, DASH = re.compile(rb"[@_#:=~]"), " - "
"""Without a digit or one of these, names on services are plain words."""
DIGITS = b"0123456789"
SIGN = re.compile(rb"[0-9@_#:=~\]<]")
"""Without one of these there is no number, and of addresses only what is said with a full stop or in words."""


def speaks(draft: Draft, reading: Reading, policy: Policy) -> Says | None:
    """Holds."""
    level = policy.contact
    if level is Level.OFF:
        return None
    return Says.HOLD if _reaches(reading, level) else None


def _reaches(reading: Reading, level: Level) -> bool:
    """Each look is dear, and taken only where something cheap says that there may be something to see."""
    folded, known, lists = reading.folded, reading.lexicon.known, reading.lists
    beside = reading.beside
    signs = beside and SIGN.search(beside)
    digits = len(beside) - len(beside.translate(None, DIGITS)) if signs else 0
    spelled = "digits" in lists
    if (digits >= 3 or spelled) and phones.found(folded, spelled=spelled, known=known, asked="reach" in lists):
        return True
    # Every full stop but the last is followed by a space in most messages, and counting is cheaper than looking for one
    # that is not.
    joined = folded.count(".") > folded.count(". ") + folded.endswith(".") and links.JOINED.search(folded)
    dotted = joined or " ." in folded or ". com" in folded
    if (signs or dotted or "addresses" in lists) and links.found(folded, known):
        return True
    if level is Level.GENTLE:
        return False
    strict = level is Level.STRICT
    marked = digits > 0 or (signs and MARKS.search(beside)) or DASH in folded
    if ("services" in lists or (marked and "service" in lists)) and services.found(reading, strict=strict):
        return True
    if (marked or "what3words" in folded) and services.named(folded):
        return True
    return digits > 0 and places.found(reading, strict=strict)
