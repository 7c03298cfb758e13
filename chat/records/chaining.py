"""How acts hang together: each sealed to the one before it, so that none can be changed or taken out unnoticed.

An act's hash is an HMAC over its content and the hash before it, with a key made from the server's secret. Who did it,
and to whom, enters as a mark, an HMAC of the member's id: the id is emptied when somebody leaves, and the mark still
holds. The outcome, known a moment later, is tagged by itself and counted. Where a chain begins and ends is written down
and tagged, too, for what is past its time goes from the beginning only.

What `check` proves to whoever trusts the server's secret: every act written since the chain's beginning is there, in
the order and with the content it was written with, but for the names of those who have left. It does not prove that
an act was written down at all or that the clock was right, and nothing against somebody who has secret and database
together. A database put back as a whole to an earlier state is whole in itself: that is seen by whoever has noted the
newest mark, which stands on the page of acts.
"""

import hmac
from collections.abc import Iterable, Mapping

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

START = bytes(32)
"""Before the first act of a group."""


class Head(Struct, frozen=True):
    """Where a group's chain begins and ends. `closed`: how many of its acts have an outcome."""

    group_id: str
    first: int = 1
    last: int = 0
    hash: bytes = START
    closed: int = 0


class Linked(Struct, frozen=True):
    """An act as it stands in the chain; content that never changes."""

    seq: int
    id: str
    room_id: str | None
    act: str
    role: str | None
    reason: str | None
    at: int
    until: int | None
    by_mark: bytes | None
    to_mark: bytes | None


class Kept(Struct, frozen=True):
    """A row of acts: what is chained, and what may be emptied or comes later."""

    linked: Linked
    prev: bytes
    hash: bytes
    by: str | None
    to: str | None
    outcome: str | None
    outcome_tag: bytes | None


class Report(Struct, frozen=True):
    """What was found of one group's acts. `loose`: written before there was a chain, and not in it yet."""

    group: str
    acts: int
    loose: int
    head: bytes
    faults: tuple[str, ...]


class Key:
    """What only this server can compute."""

    def __init__(self, secret: bytes) -> None:
        self._key = HKDF(SHA256(), 32, None, b"hearth acts").derive(secret)

    def mark(self, act: str, which: str, member: str | None) -> bytes | None:
        """Stands for `member` in this act, `by` or `to` them, also when their id is gone."""
        return None if member is None else self._tag("mark", act, which, member)

    def hash(self, prev: bytes, linked: Linked) -> bytes:
        """Seals an act to the one before."""
        content = (getattr(linked, field) for field in linked.__struct_fields__)
        return self._tag("act", prev, *content)

    def outcome(self, hash_: bytes, outcome: str | None) -> bytes | None:
        """Says that an act came to this."""
        return None if outcome is None else self._tag("outcome", hash_, outcome)

    def head(self, head: Head) -> bytes:
        """Says that a chain begins and ends here."""
        return self._tag("head", head.group_id, head.first, head.last, head.hash, head.closed)

    def _tag(self, *parts: object) -> bytes:
        framed = (b"-" if part is None else _framed(part) for part in parts)
        return hmac.digest(self._key, b"".join(framed), "sha256")


def _framed(part: object) -> bytes:
    data = part if isinstance(part, bytes) else str(part).encode()
    return b"%d:%s" % (len(data), data)


def check(key: Key, head: Head, tag: bytes, acts: Iterable[Kept], here: frozenset[str]) -> tuple[str, ...]:
    """What is wrong with a group's chain; nothing if it is whole. `here`: its members, who are not to be left out."""
    faults = [] if hmac.compare_digest(tag, key.head(head)) else ["the chain's end was changed"]
    expected, before, closed = head.first, None, 0
    for kept in acts:
        seq = kept.linked.seq
        if seq != expected:
            missing = f"acts {expected} to {seq - 1} are missing"
            faults.append(missing if seq > expected else f"act {seq} is out of place")
        elif before is not None and kept.prev != before:
            faults.append(f"act {seq} does not follow the one before it")
        faults += [f"act {seq}: {fault}" for fault in _wrong_with(key, kept, here)]
        expected, before, closed = seq + 1, kept.hash, closed + (kept.outcome is not None)
    if expected != head.last + 1:
        faults.append(f"acts {expected} to {head.last} are missing")
    elif before is not None and before != head.hash:
        faults.append("the newest act is not the one the chain ends with")
    if closed != head.closed:
        faults.append(f"{head.closed} acts had an outcome, {closed} have one")
    return tuple(faults)


def _wrong_with(key: Key, kept: Kept, here: frozenset[str]) -> Iterable[str]:
    linked = kept.linked
    if not hmac.compare_digest(kept.hash, key.hash(kept.prev, linked)):
        yield "its content was changed"
    if kept.outcome_tag != key.outcome(kept.hash, kept.outcome):
        yield "its outcome was changed"
    people: Mapping[str, tuple[str | None, bytes | None]] = {
        "by": (kept.by, linked.by_mark),
        "to": (kept.to, linked.to_mark),
    }
    for which, (member, mark) in people.items():
        if member is not None and mark != key.mark(linked.id, which, member):
            yield f"it names somebody else ({which})"
        elif member is None and mark is not None and any(mark == key.mark(linked.id, which, one) for one in here):
            yield f"it leaves out somebody who is still here ({which})"
