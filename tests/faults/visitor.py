"""A member's page as `connection.js` is one: it comes back by itself, from where it was, and asks again what was not
answered. It keeps everything it was told, for the checker.
"""

import asyncio
import json
import random
import time
from collections.abc import Callable
from typing import Any

from tests.faults.history import (
    LEFT,
    Accepted,
    Announced,
    Asked,
    Fact,
    Heard,
    Interrupted,
    Lost,
    Opened,
    Page,
    Refused,
    Room,
    Said,
    heard,
)
from tests.faults.line import Line, dial

FIRST_WAIT = 0.5
LONGEST_WAIT = 4.0
"""Seconds. A browser waits for up to 30; here that would be time in which nothing is tested."""
ANSWERING = 10.0
OPENING = 10.0
FINAL = 4500
REMOVED = 4503
"""As in connection.js."""
Address = tuple[str, int]


class Visitor:
    """Owns one page's line, cursor and questions."""

    def __init__(self, page: Page, path: str, cookie: str, where: Callable[[int], Address]) -> None:
        self.page = page
        self.here = asyncio.Event()
        """Seated, and not interrupted."""
        self.over: int | None = None
        """The close code after which it does not come back."""
        self.source: str | None = None
        self.paused: str | None = None
        self.people: set[str] = set()
        self.tries = 0
        self.path = path
        self._cookie = cookie
        self._where = where
        """Who answers the n-th try: what stands before the processes lets nobody wait for a dead one."""
        self._line: Line | None = None
        self._silent: list[Line] = []
        self._opened = 0
        self._count = 0
        self._unanswered: dict[str, bytes] = {}
        self._answers: dict[str, asyncio.Future[Accepted | Refused]] = {}
        self._epoch: int | None = None
        self._after = self._newest = self._replay = 0
        self._seated = False
        self._timer: asyncio.TimerHandle | None = None
        self._patience: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def newest(self) -> int:
        """The newest number it has seen."""
        return self._after

    @property
    def waits(self) -> bool:
        """Something it asked has no answer yet."""
        return bool(self._unanswered)

    # What it asks.

    def again(self, number: int) -> "Visitor":
        """The same person on a page of its own, which knows nothing of this one."""
        page = Page(self.page.room, number, self.page.member, [])
        return Visitor(page, self.path, self._cookie, self._where)

    def ask(self, what: str, about: str = "", to: str = "", **fields: Any) -> "asyncio.Future[Accepted | Refused]":
        """Asks for something; it is asked again on each new line until it is answered. What is said is the ref."""
        self._count += 1
        ref = f"{self.page.room}-{self.page.number}-{self._count}"
        if what in ("say", "announce"):
            fields["text"] = ref
        frame = json.dumps({"type": what, "ref": ref, **fields}).encode()
        self._note(Asked(ref, what, about, to))
        self._unanswered[ref] = frame
        answer = self._answers[ref] = asyncio.get_running_loop().create_future()
        if self.over is not None:
            answer.cancel()
        elif self._seated:
            self._send(frame)
        return answer

    def _send(self, frame: bytes) -> None:
        if self._line:  # else the network swallows it
            self._line.say(frame)
        if self._patience is None:
            self._expect()

    def _expect(self) -> None:
        """For the next answer, while one is owed."""
        self._stop(self._patience)
        self._patience = self._later(ANSWERING, self.lose) if self._unanswered else None

    def lives_at(self, address: Address) -> None:
        """From now on it always comes to this one process."""
        self._where = lambda _: address

    # Its line.

    def open(self) -> None:
        """A new line, the old one let go of."""
        self._stop(self._timer)
        if self.over is not None:
            return
        self._drop()
        self._opened += 1
        task = asyncio.get_running_loop().create_task(self._open(self._opened))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _open(self, which: int) -> None:
        query = "" if self._epoch is None else f"?epoch={self._epoch}&after={self._after}"
        self._note(Opened(self._epoch, self._after))
        self._timer = self._later(OPENING, self.lose)
        try:
            asking = self.path + query, self._cookie
            where = self._where(self.tries)
            source = self.source if where[0].startswith("127.") else None  # no other network knows these addresses
            line = await dial(where, source, asking, self, which)
        except OSError:
            if which == self._opened:
                self.lose()
            return
        if which == self._opened and self.over is None:
            self._line = line
        else:
            line.forget()

    def lose(self, code: int = 0) -> None:
        """The line is given up; a new one follows soon."""
        self._stop(self._timer)
        if self.over is not None:
            return
        self._drop()
        self._note(Lost(code))
        self.tries += 1
        most = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (self.tries - 1))
        self._timer = self._later(random.uniform(0, most), self.open)  # noqa: S311 - spreads returns

    def fall_silent(self) -> None:
        """The network under it is gone without a word; the page does not know yet."""
        if self._line:
            self._line.fall_silent()
            self._silent.append(self._line)
            self._line = None

    def move(self, source: str) -> None:
        """Another network, another address; the old line is left as it is, for the server to find out."""
        self.source = source
        self.fall_silent()
        self._note(Lost(0))
        self.open()

    def cut(self) -> None:
        """Its line breaks."""
        if self._line:
            self._line.cut()

    def rest(self) -> None:
        """The page is gone for good."""
        self.over = self.over or 0
        self._drop()
        for line in self._silent:
            line.cut()
        self._stop(self._timer)

    def _drop(self) -> None:
        self._seated = False
        self.here.clear()
        self._opened += 1
        self._stop(self._patience)
        self._patience = None
        if self._line:
            self._line.forget()
            self._line = None

    # What it hears.

    def ended(self, line: Line, code: int) -> None:
        """As `Listener.ended`."""
        if line.attempt != self._opened:
            return
        if code < FINAL:
            self.lose(code)
            return
        self._note(Lost(code))
        self.over = code
        self.page.stays = self.page.stays and code not in (REMOVED, LEFT)
        self._drop()
        self._stop(self._timer)
        for answer in self._answers.values():
            answer.cancel()

    def hear(self, line: Line, frame: bytes) -> None:
        """As `Listener.hear`."""
        fact = heard(frame, time.monotonic())
        if fact is None or line.attempt != self._opened:
            return
        self._line = line
        self.page.facts.append(fact)
        self._take(fact)

    def _take(self, fact: Heard) -> None:
        match fact:
            case Said(n=n) | Announced(n=n):
                self._place(n)
            case Accepted(ref=ref) | Refused(ref=ref):
                self._answered(ref, fact)
            case Room():
                self._sit(fact)
            case Interrupted():
                self.here.clear()
            case _:
                self._see(fact)

    def _see(self, fact: Fact) -> None:
        match type(fact).__name__:
            case "Paused":
                self.paused = fact.by  # type: ignore[attr-defined]
            case "Resumed":
                self.paused = None
            case "Arrived":
                self.people.add(fact.person.id)  # type: ignore[attr-defined]
            case "Left" | "Removed":
                self.people.discard(fact.member)  # type: ignore[attr-defined]

    def _answered(self, ref: str, fact: Accepted | Refused) -> None:
        self._unanswered.pop(ref, None)
        self._expect()
        answer = self._answers.pop(ref, None)
        if answer and not answer.done():
            answer.set_result(fact)
        if isinstance(fact, Refused) and fact.code == "not-here":
            self.lose()

    def _sit(self, room: Room) -> None:
        self._stop(self._timer)
        self._replay = room.replay
        if self._epoch != room.epoch or not room.replay:
            self._after = room.n - room.replay
        self._epoch, self._newest = room.epoch, room.n
        self.paused, self.people = room.paused, {person.id for person in room.people}
        self.here.set()
        if self._seated:
            return
        self._seated, self.tries = True, 0
        for frame in list(self._unanswered.values()):
            self._send(frame)

    def _place(self, n: int) -> None:
        self._after = n
        if self._replay:
            self._replay -= 1
            if not self._replay:
                self._after = max(self._after, self._newest)

    def _note(self, fact: Fact) -> None:
        fact.t = time.monotonic()
        self.page.facts.append(fact)

    def _later(self, seconds: float, what: Callable[[], object]) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(seconds, what)

    def _stop(self, timer: asyncio.TimerHandle | None) -> None:
        if timer:
            timer.cancel()
