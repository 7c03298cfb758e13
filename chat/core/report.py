"""A report: some messages somebody was shown, and what the server can still say about each of them.

Nothing that was said is kept, so nothing is looked up here: a receipt is genuine for exactly one message, and whoever
has the message and the meeting's key can tell. Without the key a receipt says nothing to anybody.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import groupby, pairwise

from msgspec import Struct

from chat.core import receipt
from chat.core.ids import AccountId, Epoch, MemberId, Millis, Number, RoomId
from chat.core.wire.frame import hidden

MESSAGES_MAX = 60
"""Messages in one report, those that stand beside included."""
WORDS_MAX = 1000
"""Characters that a reporter, or whoever answers, may add."""


class Quoted(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One message as a page had shown it. `reported`: the report is about it; else it stands beside to explain."""

    epoch: Epoch
    n: Number
    by: MemberId
    at: Millis
    text: str
    receipt: str
    note: str = ""
    reported: bool = False

    def __repr__(self) -> str:
        return hidden(self, self.text, self.note)


class Missing(Struct, frozen=True, tag=True):
    """Messages `first` to `last` were said in between and are not part of the report."""

    first: Number
    last: Number


class Anew(Struct, frozen=True, tag=True):
    """Here the room began to count anew; what may be missing cannot be told."""


Line = Quoted | Missing | Anew


class Finding(StrEnum):
    """What can be said about one message of a report."""

    GENUINE = "genuine"
    DIFFERENT = "does-not-match"
    LAPSED = "no-longer"
    """Its meeting's receipts can no longer be verified; that says nothing against it."""


class Why(StrEnum):
    """Why somebody reports. The pages have the words for each."""

    HURTFUL = "hurtful"
    PRESSURE = "pressure"
    CONTACT = "contact"
    SEXUAL = "sexual"
    HARM = "harm"
    OTHER = "other"


class Outcome(StrEnum):
    """What came of a report. The pages have the words for each."""

    ACTED = "acted"
    TALKED = "talked"
    WATCHING = "watching"
    LEFT = "left"
    PASSED_ON = "passed-on"


class Content(Struct, frozen=True, omit_defaults=True):
    """What is kept of a report, sealed: the genuine messages in their order, and what the reporter wrote.

    `reporter` only if they wish to be known. `names`: what people were called in the group. `about`: whose messages
    were reported; none of them ever reads it. `only`: where one of those had left, and might come back as anybody, who
    alone reads it: the facilitators there were.
    """

    order: tuple[Quoted, ...]
    names: dict[MemberId, str]
    why: Why
    own: str = ""
    reporter: MemberId | None = None
    about: tuple[AccountId, ...] = ()
    only: tuple[MemberId, ...] = ()

    def __repr__(self) -> str:
        return hidden(self, self.own, *(quoted.text for quoted in self.order))


def examine(quoted: Iterable[Quoted], room: RoomId, key: bytes | None) -> tuple[Finding, ...]:
    """What can be said about each message. `key`: of the meeting's receipts; None once it is erased."""
    return tuple(Finding.LAPSED if key is None else _examined(one, room, key) for one in quoted)


def _examined(one: Quoted, room: RoomId, key: bytes) -> Finding:
    said = (one.by, one.at, one.note, one.text)
    genuine = receipt.verify(one.receipt, key, (room, one.epoch), one.n, said)
    return Finding.GENUINE if genuine else Finding.DIFFERENT


def in_order(quoted: Iterable[Quoted]) -> tuple[Quoted, ...]:
    """Genuine messages as they were said, each once: by number, and one numbering after another."""
    each: dict[tuple[Epoch, Number], Quoted] = {}
    for one in quoted:
        before = each.get((one.epoch, one.n))
        if before is None or one.reported:
            each[one.epoch, one.n] = one
    began: dict[Epoch, Millis] = {}
    for one in each.values():
        began[one.epoch] = min(one.at, began.get(one.epoch, one.at))
    return tuple(sorted(each.values(), key=lambda one: (began[one.epoch], one.epoch, one.n)))


def lines(order: tuple[Quoted, ...]) -> Iterator[Line]:
    """Messages in their order, and between them which ones are missing."""
    for place, (_, counted) in enumerate(groupby(order, key=lambda one: one.epoch)):
        if place:
            yield Anew()
        together = tuple(counted)
        yield together[0]
        for before, after in pairwise(together):
            if after.n - before.n > 1:
                yield Missing(Number(before.n + 1), Number(after.n - 1))
            yield after
