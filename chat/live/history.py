"""What is said is kept for a while where everybody of the group has agreed to it: sealed, in memory, and no longer.

The key of a meeting is made of the server's secret and a salt that stands in the records alone. It goes with the last
message, or at once when the group keeps nothing any more; a message itself is a key of its own in Redis, with its own
death. See `earlier.py` for how it is read.
"""

import secrets

import msgspec
from msgspec import Struct

from chat.core.ids import Epoch, MemberId, Millis, Number, RoomId
from chat.core.room import History, Keeps, Room, RoomEvent
from chat.core.wire import Announced, Folded, Removed, Retracted, Role, Said
from chat.live.bus import Kept
from chat.live.sealing import Seal, Unsealable, derived

HOUR = 3_600_000
"""Milliseconds."""
_NO_EPOCH = Epoch(0)
"""What is kept outlives its room being mended, and the room."""


class Words(Struct, frozen=True, omit_defaults=True):
    """One message as everybody saw it: who said it, by their name then, and how it was shown."""

    by: MemberId
    name: str
    text: str
    at: Millis
    note: str | None = None
    announced: bool = False
    facilitates: bool = False
    face: str = ""

    def __repr__(self) -> str:
        return f"<Words of {len(self.text)} characters>"


_decode = msgspec.msgpack.Decoder(Words).decode
_encode = msgspec.msgpack.Encoder().encode


def seal_of(secret: bytes, salt: bytes, room: RoomId) -> Seal:
    """What seals the history of one meeting."""
    return Seal(derived(secret, salt, b"history"), room)


class Keeper:
    """Owns the seal of one room's history: made once for many messages, and let go when it is switched off.

    It must not outlive its salt: as long as it is anywhere, a copy of Redis' memory from before could be opened.
    """

    def __init__(self, secret: bytes, room: RoomId) -> None:
        self._secret = secret
        self._room = room
        self._made: tuple[bytes, Seal] | None = None

    def seal(self, history: History) -> Seal:
        """Of what is said now."""
        if self._made is None or self._made[0] != history.salt:
            self._made = history.salt, seal_of(self._secret, history.salt, self._room)
        return self._made[1]

    def follows(self, history: History) -> None:
        """So what is said is kept from now on; a seal of before is gone."""
        if self._made and self._made[0] != history.salt:
            self._made = None


def sealed(seal: Seal, words: Words, name: str) -> bytes:
    """The message, bound to the name it is kept under and to who said it."""
    return seal.seal(_encode(words), _NO_EPOCH, _kind(name, words.by))


def opened(seal: Seal, kept: bytes, name: str, by: MemberId) -> Words:
    """The message. Raises Unsealable."""
    try:
        return _decode(seal.open(kept, _NO_EPOCH, _kind(name, by)))
    except msgspec.MsgspecError:  # a newer program's
        raise Unsealable from None


def _kind(name: str, by: MemberId) -> str:
    return f"history {name} {by}"


def kept_of(keeper: Keeper, room: Room, events: list[RoomEvent]) -> Kept | None:
    """What a commit of `events` changes of what is kept; None where nothing is, and for all that changes nothing."""
    history = room.condition.history
    if not history.hours or any(isinstance(event, Keeps) for event in events):
        return next((_kept_so(event.history) for event in events if isinstance(event, Keeps)), None)
    lives, folds = history.hours * HOUR, Number(0)
    gone: tuple[MemberId, ...] = ()
    spoken: Words | None = None
    for event in events:
        match event:
            case Said() | Announced():
                spoken = _words(room, event)
            case Folded(n=n):
                folds = n
            case Removed(member=who):
                gone = (*gone, who)
            case _:
                pass
    if spoken is None:
        takes_back = any(isinstance(event, Retracted) for event in events)
        return Kept(lives, folds=folds, gone=gone) if folds or gone or takes_back else None
    name = secrets.token_hex(8)
    return Kept(lives, sealed(keeper.seal(history), spoken, name), name, folds, gone)


def _kept_so(history: History) -> Kept:
    return Kept(history.hours * HOUR, cuts=True)


def _words(room: Room, event: Said | Announced) -> Words:
    member = room.member(event.by)
    note, announced = (event.note, False) if isinstance(event, Said) else (None, True)
    who = (member.name, member.role is Role.FACILITATOR, member.face) if member else ("", False, "")
    return Words(event.by, who[0], event.text, event.at, note, announced, who[1], who[2])
