"""Who said which message, for as long as the meeting lasts, in four bytes a message."""

from array import array
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterable
from contextlib import suppress

import msgspec

from chat.core.ids import MemberId, Number

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(tuple[list[MemberId], bytes])


class Authors:
    """Knows for each number who said that message; a retracted one is nobody's, nor is one that was never told.

    A dict would take 130 bytes a message, of which a room hears thousands and forgets none until it closes.
    """

    __slots__ = ("_of", "_people", "_places")

    def __init__(self, known: Iterable[tuple[Number, MemberId]] = ()) -> None:
        self._people: list[MemberId] = [MemberId("")]
        self._places: dict[MemberId, int] = {}
        self._of = array("I", (0,))
        """For each number the place of its author among those who have spoken; 0 is nobody's."""
        for n, who in known:
            self[n] = who

    def packed(self) -> bytes:
        """All of it in one value, for processes of one byte order; nothing, if nobody has spoken. It is plain text,
        for a process of before takes it for somebody's id.
        """
        if not self._places:
            return b""
        return b2a_base64(_encoder.encode((self._people, self._of.tobytes())), newline=False)

    @classmethod
    def unpacked(cls, packed: bytes) -> "Authors":
        """As `packed` made it. Raises msgspec.MsgspecError, ValueError if it did not."""
        made = cls()
        if not packed:
            return made
        people, of = _decoder.decode(a2b_base64(packed))
        made._people, made._places = people, {who: place for place, who in enumerate(people) if place}
        made._of = array("I")
        made._of.frombytes(of)
        return made

    def __setitem__(self, n: Number, who: MemberId) -> None:
        place = self._places.get(who)
        if place is None:
            place = self._places[who] = len(self._people)
            self._people.append(who)
        if n == len(self._of):  # the very next, as almost always
            self._of.append(place)
        elif n > 0:  # else it has no number yet
            if n > len(self._of):
                self._of.extend([0] * (n + 1 - len(self._of)))
            self._of[n] = place

    def get(self, n: Number) -> MemberId | None:
        """Who said it; None if nobody has, or it was retracted."""
        place = self._of[n] if 0 < n < len(self._of) else 0
        return self._people[place] if place else None

    def __contains__(self, n: Number) -> bool:
        return 0 < n < len(self._of) and self._of[n] != 0

    def forget(self, n: Number) -> None:
        """It was retracted."""
        if 0 < n < len(self._of):
            self._of[n] = 0

    def missing(self, after: Number, upto: Number) -> tuple[Number, ...]:
        """The numbers after `after` and up to `upto` that are nobody's."""
        found: list[Number] = []
        at, end = after + 1, min(upto + 1, len(self._of))
        with suppress(ValueError):  # there are no more
            while True:
                at = self._of.index(0, at, end) + 1
                found.append(Number(at - 1))
        return (*found, *map(Number, range(max(after + 1, end), upto + 1)))

    def count(self, who: MemberId) -> int:
        """How many messages are somebody's."""
        place = self._places.get(who)
        return self._of.count(place) if place else 0

    def told(self) -> dict[Number, MemberId]:
        """Every message that is somebody's, and whose."""
        return {Number(n): self._people[place] for n, place in enumerate(self._of) if place}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Authors) and self.told() == other.told()

    def __repr__(self) -> str:
        return f"<Authors of {len(self._of) - self._of.count(0)}>"
