"""What a seat remembers of what was said on it lately: hashes under a key that dies with it, and no words."""

import os

from chat.core.moderation.rules.repeat import SHORT, fingerprint, remember


class Memory:
    """Owns the key, and the marks of the last few messages."""

    __slots__ = ("_key", "_marked", "recent")

    def __init__(self) -> None:
        self._key = b""
        self._marked = (0, b"")
        self.recent: tuple[bytes, ...] = ()

    def mark(self, text: str) -> bytes:
        """What words are known by here; empty for what may be said as often as it is meant."""
        if len(text) < SHORT:
            return b""
        self._key = self._key or os.urandom(16)
        # Asked when it is judged and again when it has been said. Python's own hash of a text is keyed, too, and is
        # made once for each text.
        if self._marked[0] != hash(text):
            self._marked = hash(text), fingerprint(text, self._key)
        return self._marked[1]

    def keep(self, text: str) -> None:
        """They have been said."""
        if mark := self.mark(text):
            self.recent = remember(self.recent, mark)
