"""How a notice and a stored room look as bytes: a short public head, and everything else sealed."""

from typing import TypeVar

import msgspec
from msgspec import Struct

from chat.core import receipt
from chat.core.ids import DraftId, Epoch, MemberId, Millis, Number, RoomId
from chat.core.room import Condition, Place, Room, RoomEvent, Tell, Told, is_spoken, numbered
from chat.core.wire import Announced, Said, Withheld
from chat.live.bus import BusGone, Commit, Kept, Outcome, Stored
from chat.live.history import Keeper, kept_of
from chat.live.sealing import Seal, Unsealable, derived

T = TypeVar("T")

_tells = msgspec.msgpack.Decoder(tuple[Tell, ...])
_place = msgspec.msgpack.Decoder(Place)
_draft = msgspec.msgpack.Decoder(Withheld)
_condition = msgspec.msgpack.Decoder(Condition)
_encode = msgspec.msgpack.Encoder().encode


class Unreadable(BusGone):
    """This room says what this program does not know, as a newer one may: for this process it is out of reach."""


class Head(Struct, frozen=True):
    """What commit.lua writes before a sealed notice, and all of it that is readable in Redis."""

    epoch: Epoch
    told: Told
    at: Millis
    sealed: bytes
    tells: tuple[Tell, ...] | None = None
    """What is sealed, if this process has sealed it."""

    def __repr__(self) -> str:
        return f"<Head {self.told.sequence}>"


def head(notice: bytes) -> Head:
    """Reads a notice's head. Raises Unsealable for what is no notice."""
    line, _, sealed = notice.partition(b"\n")
    try:
        epoch, revision, sequence, number, at = map(int, line.split(b" "))
    except ValueError:
        raise Unsealable from None
    return Head(Epoch(epoch), Told(revision, sequence, Number(number)), Millis(at), sealed)


def committed(commit: Commit, outcome: Outcome) -> Head:
    """The head of a notice of this process' own, as it reads where it is published."""
    told = Told(outcome.revision, outcome.sequence, outcome.number)
    return Head(commit.epoch, told, outcome.now, commit.notice, commit.tells)


class Envelope:
    """Seals and opens for one meeting, and signs its messages."""

    def __init__(self, room: RoomId, secret: bytes, salts: "Salts") -> None:
        self._room = room
        self.keeper = Keeper(secret, room)
        self._seal = Seal(derived(secret, salts.notice, b"notice"), room)
        self._receipts = receipt.keyed(derived(secret, salts.receipt, b"receipt"))

    def notice(self, tells: tuple[Tell, ...], epoch: Epoch) -> bytes:
        """What a commit tells, sealed."""
        return self._seal.seal(_encode(tells), epoch, "notice")

    def opened(self, notice: Head) -> tuple[Tell, ...]:
        """What a notice tells, as it was sealed. Raises Unsealable."""
        if notice.tells is not None:
            return notice.tells
        return _read(_tells, self._seal.open(notice.sealed, notice.epoch, "notice"))

    def told(self, notice: Head) -> list[Tell]:
        """What a notice tells, each message with its number and receipt. Raises Unsealable."""
        return self.signed(notice, self.opened(notice))

    def signed(self, notice: Head, tells: tuple[Tell, ...]) -> list[Tell]:
        """The same, of a notice that is opened already."""
        if len(tells) == 1:
            return [Tell(self._signed(tells[0].event, notice.epoch, notice.told.number), tells[0].to)]
        spoken = sum(is_spoken(tell.event) for tell in tells)
        n = Number(notice.told.number - spoken)
        numbers: list[Tell] = []
        for tell in tells:
            if is_spoken(tell.event):
                n = Number(n + 1)
            numbers.append(Tell(self._signed(tell.event, notice.epoch, n), tell.to))
        return numbers

    def place(self, who: MemberId, place: Place, epoch: Epoch) -> bytes:
        """What the room knows of one person, sealed. `since` and `changed` are kept beside it, by the script."""
        return self._seal.seal(_encode(place), epoch, f"place {who}")

    def condition(self, condition: Condition, epoch: Epoch) -> bytes:
        """What holds for the whole room, sealed."""
        return self._seal.seal(_encode(condition), epoch, "condition")

    def draft(self, draft: Withheld, epoch: Epoch) -> bytes:
        """A message that is to wait, sealed."""
        return self._seal.seal(_encode(draft), epoch, f"draft {draft.draft}")

    def waiting(self, draft: DraftId, sealed: bytes, epoch: Epoch) -> Withheld:
        """A message that waits. Raises Unsealable."""
        return _read(_draft, self._seal.open(sealed, epoch, f"draft {draft}"))

    def room(self, stored: Stored) -> Room:
        """A room loaded from Redis. Raises Unsealable, Unreadable."""
        try:
            return self._room_of(stored)
        except msgspec.MsgspecError:
            raise Unreadable from None

    def _room_of(self, stored: Stored) -> Room:
        epoch = stored.epoch
        places: dict[MemberId, Place] = {}
        for who, sealed in stored.places.items():
            place = _place.decode(self._seal.open(sealed, epoch, f"place {who}"))
            since, changed = stored.since.get(who, Number(0)), stored.changed.get(who, 0)
            places[who] = msgspec.structs.replace(place, since=since, changed=changed)
        return Room(
            id=self._room,
            epoch=epoch,
            revision=stored.revision,
            sequence=stored.sequence,
            number=stored.number,
            condition=_condition.decode(self._seal.open(stored.condition, epoch, "condition")),
            places=places,
            authors=stored.authors,
            drafts=stored.drafts,
        )

    def keeps(self, room: Room, events: list[RoomEvent]) -> Kept | None:
        """What a commit of `events` changes of what is kept of the talk."""
        return kept_of(self.keeper, room, events)

    def _signed(self, event: RoomEvent, epoch: Epoch, n: Number) -> RoomEvent:
        match event:
            case Said(by=by, at=at, text=text, note=note):
                said = (by, at, note or "", text)
            case Announced(by=by, at=at, text=text):
                said = (by, at, "", text)
            case _:
                return numbered(event, n, "")
        return numbered(event, n, receipt.tag(self._receipts, (self._room, epoch), n, said))


def _read(decoder: msgspec.msgpack.Decoder[T], opened: bytes) -> T:
    """What was sealed. Raises Unsealable if this program knows no such thing; a newer one may have told it."""
    try:
        return decoder.decode(opened)
    except msgspec.MsgspecError:
        raise Unsealable from None


class Salts(Struct, frozen=True):
    """32 random bytes each, kept in SQL alone: for notices until the meeting closes, for receipts until they lapse."""

    notice: bytes
    receipt: bytes

    def __repr__(self) -> str:
        return "<Salts>"
