"""What a seat remembers of what was said on it lately: hashes under a key that dies with it, and no words."""

import os

from chat.core.moderation.rules.repeat import SHORT, fingerprint, remember


class Memory:
    """Owns the key, and the marks of the last few messages."""

    __slots__ = ("_key", "recent")

    def __init__(self) -> None:
        self._key = b""
        self.recent: tuple[bytes, ...] = ()

    def mark(self, text: str) -> bytes:
        """What words are known by here; empty for what may be said as often as it is meant."""
        if len(text) < SHORT:
            return b""
        self._key = self._key or os.urandom(16)
        return fingerprint(text, self._key)

    def keep(self, text: str) -> None:
        """They have been said."""
        if mark := self.mark(text):
            self.recent = remember(self.recent, mark)
