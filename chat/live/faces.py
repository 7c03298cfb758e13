"""Everybody in a group has a pattern of their own, by which they are known there and nowhere else.

It is drawn from a few bits of a keyed hash of who they are in the group, under a key of that group: whoever sees one
person's patterns in two groups, or both groups' lists, cannot tell that they belong together. No pattern is kept.
"""

import hashlib
import hmac

from chat.core.ids import GroupId, MemberId
from chat.live.sealing import derived

LENGTH = 3
"""Bytes: fifteen dots and six colours take eighteen bits."""
KEPT = 1024
"""Groups whose keys are kept: making one takes as long as sealing twenty messages, and people come together."""


class Faces:
    """Owns the secret from which each group's key comes."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._keys: dict[GroupId, bytes] = {}

    def __repr__(self) -> str:
        return "<Faces>"

    def of(self, group: GroupId, member: MemberId) -> str:
        """Six hexadecimal digits."""
        return hmac.digest(self._key(group), member.encode(), hashlib.sha256)[:LENGTH].hex()

    def _key(self, group: GroupId) -> bytes:
        key = self._keys.get(group)
        if key is None:
            if len(self._keys) >= KEPT:
                self._keys.clear()
            key = self._keys[group] = derived(self._secret, group.encode(), b"face")
        return key
