"""Words as they are kept for their receipt, and whether they can be said at all."""

import unicodedata

from chat.core.decision import Reject
from chat.core.errors import Code
from chat.core.wire import NOTE_MAX, TEXT_MAX

UNSEEN = {"Cc", "Cf", "Zs", "Zl", "Zp"}
"""General categories of Unicode that put no mark on a page: a message of these alone is an empty bubble."""


def canonical(text: str) -> str:
    """Line ends as LF, no half characters, nothing but spaces around it; receipts hold for exactly this text."""
    if text.isascii():
        whole = text
    else:
        whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\r\n", "\n").replace("\r", "\n").strip()


def unfit(text: str, note: str | None) -> Reject | None:
    """Why these words cannot be said at all; None if they can."""
    if not text[:1].isalnum() and all(unicodedata.category(character) in UNSEEN for character in text):
        return Reject(Code.EMPTY)
    if len(text) > TEXT_MAX or (note and len(note) > NOTE_MAX):
        return Reject(Code.TOO_LONG)
    return None
