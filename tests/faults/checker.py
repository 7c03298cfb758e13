"""Proves from what every page was told that nothing was lost in silence, doubled, reordered or undone.

Pure: histories in, findings out. A finding shows numbers only.

* Inside one epoch every number is one message, the same for all, told to each page once and upwards.
* A page that skips a number was told of a gap at that place; a page that comes into another epoch was told that
  nobody knows how much is missing. So what was acknowledged was delivered, or a gap covers it.
* After a mute, a removal or a pause was told, nothing of that person (of anybody) with a higher number is. A page that
  was away may have missed that a pause ended and another began: where somebody had asked for its end, only the later
  one counts, from the number at which it was found.
* What was refused is never told. What was taken back is not told again.
* What was acknowledged shows in every later snapshot, until somebody asks for something else (`standing.py`).
"""

from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from tests.faults.history import (
    Accepted,
    Announced,
    Arrived,
    Asked,
    Fact,
    Lost,
    Muted,
    Page,
    Paused,
    Refused,
    Removed,
    Resumed,
    Retracted,
    Room,
    Said,
    Spoken,
    Unmuted,
)
from tests.faults.standing import SETTLED, Standing


class Wrong(StrEnum):
    """What a history can have against it."""

    LOST = "lost in silence"
    TWICE = "told twice"
    ORDER = "told in another order"
    DIFFERS = "one number, two messages"
    NUMBER = "acknowledged under another number"
    SPLIT = "epochs in another order"
    AFTER_MUTE = "told after a mute"
    AFTER_REMOVAL = "told after a removal"
    AFTER_PAUSE = "told after a pause"
    TOLD_AGAIN = "told after it was taken back"
    REFUSED = "refused and told"
    UNDONE = "an act undone"
    UNANSWERED = "never answered"
    BEHIND = "not up to date at the end"


class Finding(Struct, frozen=True):
    """One wrong: in which room, on which page, about which number; `t` as in the facts. `what`: which kind of act."""

    wrong: Wrong
    room: int
    page: int
    number: int
    t: float = 0.0
    what: str = ""


class Told(Struct):
    """What is known of one room from all of its pages."""

    texts: dict[tuple[int, int], tuple[str, str]]
    """(epoch, number) → (who, text)."""
    retracted: set[int]


def check(pages: Iterable[Page]) -> list[Finding]:
    """Everything that is wrong, in no order."""
    rooms: dict[int, list[Page]] = defaultdict(list)
    for page in pages:
        rooms[page.room].append(page)
    return [finding for room in rooms.values() for finding in _room(room)]


def _room(pages: list[Page]) -> list[Finding]:
    told = Told({}, _retracted(pages))
    ends: dict[str, list[float]] = defaultdict(list)
    for asked in (fact for page in pages for fact in page.facts if isinstance(fact, Asked)):
        if asked.what in ("resume", "unmute", "look"):
            ends[asked.about].append(asked.t)
    readers = [Reader(page, told, ends) for page in pages]
    findings = [finding for reader in readers for finding in reader.reads()]
    findings += _acknowledged(readers)
    findings += _refused(readers, {text for _, text in told.texts.values()})
    findings += _one_order_of_epochs(readers)
    findings += _undone(pages)
    return findings + _at_the_end(readers)


def _retracted(pages: list[Page]) -> set[int]:
    found: set[int] = set()
    for fact in (fact for page in pages for fact in page.facts):
        if isinstance(fact, Retracted):
            found.add(fact.n)
        elif isinstance(fact, Room):
            found.update(fact.retracted)
        elif isinstance(fact, Asked) and fact.what == "retract":
            found.add(int(fact.about))  # it may have happened though nobody was there to be told
    return found


class Reader:
    """Follows one page, as its browser does, and says what it should not have been told."""

    def __init__(self, page: Page, told: Told, ends: dict[str, list[float]]) -> None:
        self.page = page
        self.told = told
        self._ends = ends
        """When somebody asked for the end of somebody's mute; with "" of a pause."""
        self.epoch: int | None = None
        self.newest = 0
        self.epochs: list[int] = []
        self.texts: dict[str, int] = {}
        self.excused: set[tuple[int, int]] = set()
        self.left: dict[int, int] = {}
        """Epoch left with an announced gap → the last number seen in it."""
        self._until = 0
        self._replay = 0
        self._owed: set[int] = set()
        self._missed: int | None = 0
        """What the last snapshot said of it."""
        self._epoch_owed = False
        self._muted: dict[str, int] = {}
        self._muted_at: dict[str, float] = {}
        self._removed: dict[str, int] = {}
        self._paused: int | None = None
        self._paused_at = 0.0
        self._gone: set[int] = set()
        self._findings: list[Finding] = []

    def reads(self) -> list[Finding]:
        """From the first fact to the last."""
        for fact in self.page.facts:
            self._one(fact)
        self._settle(0.0)
        return self._findings

    def _one(self, fact: Fact) -> None:
        if not (self._replay and isinstance(fact, Spoken)):
            self._settle(fact.t)
        match fact:
            case Room():
                self._sits(fact)
            case Said() | Announced():
                self._hears(fact)
            case Muted(member=who):
                self._muted[who], self._muted_at[who] = self.newest, fact.t
            case Unmuted(member=who):
                self._muted.pop(who, None)
            case Removed(member=who):
                self._removed[who] = self.newest
            case Arrived(person=person):
                self._is_there(person.id, person.muted_until, self.newest, fact.t)
            case Paused():
                self._pauses(self.newest, fact.t)
            case Resumed():
                self._paused = None
            case Retracted(n=n):
                self._gone.add(n)
            case _:
                pass

    def _wrong(self, wrong: Wrong, number: int, t: float) -> None:
        self._findings.append(Finding(wrong, self.page.room, self.page.number, number, t))

    def _sits(self, room: Room) -> None:
        if room.epoch != self.epoch:
            if self.epoch is not None:
                self.left[self.epoch] = self.newest
                self._epoch_owed = True
                self._paused = None if self._paused is None else 0  # every number of a later epoch comes after
                self._muted = dict.fromkeys(self._muted, 0)
                self._removed = dict.fromkeys(self._removed, 0)
            self.epoch, self.newest = room.epoch, room.n - room.replay
            self.epochs.append(room.epoch)
        self._until, self._replay, self._missed = room.n, room.replay, room.missed
        if not room.replay:
            self._skips_to(room.n)
        known = {person.id: person.muted_until for person in room.people}
        still = (who for who in self._muted if known.get(who) and not self._ended(who, self._muted_at[who], room.t))
        self._muted = {who: self._muted[who] for who in still}
        for who, until in known.items():
            self._is_there(who, until, room.n, room.t)
        if room.paused is None or self._ended("", self._paused_at, room.t):
            self._paused = None
        if room.paused is not None:
            self._pauses(room.n, room.t)
        self._gone.update(room.retracted)

    def _ended(self, what: str, since: float, t: float) -> bool:
        """Whether it may have, and begun again, while this page was away."""
        return any(since - SETTLED < asked < t for asked in self._ends.get(what, ()))

    def _pauses(self, n: int, t: float) -> None:
        if self._paused is None:
            self._paused, self._paused_at = n, t

    def _is_there(self, who: str, muted_until: int | None, n: int, t: float) -> None:
        if who in self._removed:
            self._wrong(Wrong.UNDONE, n, t)
        if muted_until is None:
            self._muted.pop(who, None)
        elif who not in self._muted:
            self._muted[who], self._muted_at[who] = n, t

    def _skips_to(self, n: int) -> None:
        self._owed.update(range(self.newest + 1, n + 1))
        self.newest = max(self.newest, n)

    def _hears(self, spoken: Said | Announced) -> None:
        assert self.epoch is not None
        n, t = spoken.n, spoken.t
        before = self.told.texts.setdefault((self.epoch, n), (spoken.by, spoken.text))
        if before != (spoken.by, spoken.text):
            self._wrong(Wrong.DIFFERS, n, t)
        if spoken.text in self.texts:
            self._wrong(Wrong.TWICE, n, t)
        elif n <= self.newest:
            self._wrong(Wrong.ORDER, n, t)
        self.texts[spoken.text] = n
        self._skips_to(n - 1)
        self.newest = max(self.newest, n)
        if n in self._gone:
            self._wrong(Wrong.TOLD_AGAIN, n, t)
        self._may_be_told(spoken)
        if self._replay:
            self._replay -= 1
            if not self._replay:
                self._skips_to(self._until)

    def _may_be_told(self, spoken: Said | Announced) -> None:
        n, t = spoken.n, spoken.t
        if n > self._muted.get(spoken.by, n):
            self._wrong(Wrong.AFTER_MUTE, n, t)
        if n > self._removed.get(spoken.by, n):
            self._wrong(Wrong.AFTER_REMOVAL, n, t)
        if isinstance(spoken, Said) and self._paused is not None and n > self._paused:
            self._wrong(Wrong.AFTER_PAUSE, n, t)

    def _settle(self, t: float) -> None:
        """Nothing more will be told again: what was skipped is covered by what was said to be missing, or lost."""
        missed, self._missed = self._missed, 0
        owed = sorted(self._owed - self.told.retracted)
        covered = owed if missed is None else owed[:missed]
        self.excused.update((self.epoch or 0, n) for n in covered)
        for n in owed[len(covered) :]:
            self._wrong(Wrong.LOST, n, t)
        if self._epoch_owed and missed is not None:
            self._wrong(Wrong.LOST, 0, t)
        self._owed.clear()
        self._epoch_owed = False


def _acknowledged(readers: list[Reader]) -> list[Finding]:
    """Whoever was told that their message went out has seen it, under that number, or was told of a gap there."""
    findings = []
    for reader in readers:
        for fact in reader.page.facts:
            if not isinstance(fact, Accepted) or fact.n is None:
                continue
            n = reader.texts.get(fact.ref)
            if n is None and not _covered(reader, fact.n):
                findings.append(Finding(Wrong.LOST, reader.page.room, reader.page.number, fact.n, fact.t))
            elif n is not None and n != fact.n:
                findings.append(Finding(Wrong.NUMBER, reader.page.room, reader.page.number, fact.n, fact.t))
    return findings


def _covered(reader: Reader, n: int) -> bool:
    if not reader.page.stays or n in reader.told.retracted:
        return True
    return any((epoch, n) in reader.excused or n > reader.left.get(epoch, n) for epoch in reader.epochs)


def _refused(readers: list[Reader], texts: set[str]) -> list[Finding]:
    return [
        Finding(Wrong.REFUSED, reader.page.room, reader.page.number, 0, fact.t)
        for reader in readers
        for fact in reader.page.facts
        if isinstance(fact, Refused) and fact.ref in texts
    ]


def _one_order_of_epochs(readers: list[Reader]) -> list[Finding]:
    followed: set[tuple[int, int]] = set()
    for reader in readers:
        followed.update((a, b) for i, a in enumerate(reader.epochs) for b in reader.epochs[i + 1 :])
    return [
        Finding(Wrong.SPLIT, reader.page.room, reader.page.number, 0)
        for reader in readers
        if any((b, a) in followed for i, a in enumerate(reader.epochs) for b in reader.epochs[i + 1 :])
    ]


def _undone(pages: list[Page]) -> list[Finding]:
    standing = Standing(pages)
    return [
        Finding(Wrong.UNDONE, page.room, page.number, room.n, room.t, " ".join(what))
        for page in pages
        for room in (fact for fact in page.facts if isinstance(fact, Room))
        for what in standing.undone(room, facilitates=page.number == 0)
    ]


def _at_the_end(readers: list[Reader]) -> list[Finding]:
    """Who stayed has the newest message, and an answer to everything."""
    findings = []
    staying = [reader for reader in readers if reader.page.stays]
    newest = max(((reader.epochs[-1:], reader.newest) for reader in staying), default=([], 0), key=lambda e: e[1])
    for reader in staying:
        page = reader.page
        if (reader.epochs[-1:], reader.newest) != newest:
            findings.append(Finding(Wrong.BEHIND, page.room, page.number, reader.newest))
        answered = {fact.ref for fact in page.facts if isinstance(fact, Accepted | Refused)}
        waiting = [fact for fact in page.facts if isinstance(fact, Asked) and fact.ref not in answered]
        findings += [Finding(Wrong.UNANSWERED, page.room, page.number, 0, fact.t) for fact in waiting]
    return findings


def gaps(pages: Iterable[Page]) -> tuple[int, int]:
    """Messages announced as missing, and announcements that could not say how many."""
    told = [fact.missed for page in pages for fact in page.facts if isinstance(fact, Room)]
    return sum(missed or 0 for missed in told), told.count(None)


def lines_lost(pages: Iterable[Page]) -> dict[int, int]:
    """How often a line ended, by close code."""
    codes: dict[int, int] = defaultdict(int)
    for fact in (fact for page in pages for fact in page.facts):
        if isinstance(fact, Lost):
            codes[fact.code] += 1
    return dict(codes)
