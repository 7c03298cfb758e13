"""What lets somebody be found outside the room waits: a number, an address, a link, a name on a service.

Helplines and emergency numbers pass, and so does talk about a service that passes nothing on. Gentle: numbers, e-mail
and links; usual: names on services, postcodes and street addresses, too; strict: also half a postcode, or a service
named with "me" or "my".
"""

from chat.core.moderation.draft import Draft
from chat.core.moderation.policy import Level, Policy
from chat.core.moderation.reading import Reading
from chat.core.moderation.rules.contact import links, phones, places, services
from chat.core.moderation.rules.rule import Says

MARKS = ("@", "_", "#", ":", "=", "~", " - ")
"""Without a digit or one of these, names on services are plain words."""


def speaks(draft: Draft, reading: Reading, policy: Policy) -> Says | None:
    """Holds."""
    level = policy.contact
    if level is Level.OFF:
        return None
    return Says.HOLD if _reaches(reading, level) else None


def _reaches(reading: Reading, level: Level) -> bool:
    """Each look is dear, and taken only where something cheap says that there may be something to see."""
    folded, known = reading.folded, reading.lexicon.known
    spelled = "digits" in reading.lists
    digits = sum(map(folded.count, "0123456789"))
    if (digits >= 3 or spelled) and phones.found(folded, spelled=spelled, known=known, asked="reach" in reading.lists):
        return True
    if links.found(folded, known):
        return True
    if level is Level.GENTLE:
        return False
    marked = digits > 0 or any([sign in folded for sign in MARKS])
    if ("services" in reading.lists or (marked and "service" in reading.lists)) and services.found(
        reading, strict=level is Level.STRICT
    ):
        return True
    if (marked or "what3words" in folded) and services.named(folded):
        return True
    return digits > 0 and places.found(reading, strict=level is Level.STRICT)
