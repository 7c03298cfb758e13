"""Proves that what was acknowledged stands: it shows in every later snapshot until somebody asks for something else.

Pure, as the checker is. What was asked for shortly before may have been carried out after, and a snapshot may have been
on its way: a claim is made only where nothing of that kind can have happened.
"""

from collections import defaultdict
from collections.abc import Iterable

from msgspec import Struct

from tests.faults.history import LEFT, Accepted, Asked, Lost, Opened, Page, Person, Retracted, Room

SETTLED = 5.0
"""Seconds after its acknowledgement from which an act must show."""
Key = tuple[str, str]
OF: dict[str, tuple[str, str]] = {
    "mute": ("mute", "on"),
    "unmute": ("mute", ""),
    "remove": ("removal", "on"),
    "pause": ("pause", "on"),
    "resume": ("pause", ""),
    "hand": ("hand", ""),
    "listen": ("listening", "on"),
    "take-part": ("listening", "off"),
    "adopt": ("customs", ""),
    "fold": ("fold", "on"),
    "mark": ("mark", "on"),
}
"""What is asked for → what it sets, and to what; "": as it was asked for, or nothing that must show."""
ENDS = {"look": ("mark", "mute"), "mute": ("mark",)}
"""What else may end all of these in a room: whoever mutes somebody has looked."""


class Act(Struct, frozen=True):
    """One that was asked for. `done`: when it was acknowledged; None if it was not."""

    asked: float
    done: float | None
    to: str


class Standing:
    """Everything that was asked for in one room, and when people opened their pages."""

    def __init__(self, pages: list[Page]) -> None:
        self._acts: dict[Key, list[Act]] = defaultdict(list)
        self._ended: dict[str, list[float]] = defaultdict(list)
        self._opened: dict[str, list[float]] = defaultdict(list)
        """When somebody's page tried a new line, or lost one."""
        self._sat: dict[str, list[float]] = defaultdict(list)
        """When somebody opened a page anew."""
        self._left: dict[str, list[float]] = defaultdict(list)
        self._retracted: set[str] = set()
        for page in pages:
            self._reads(page)

    def _reads(self, page: Page) -> None:
        done = {fact.ref: fact.t for fact in page.facts if isinstance(fact, Accepted)}
        for fact in page.facts:
            for of in ENDS.get(fact.what, ()) if isinstance(fact, Asked) else ():
                self._ended[of].append(fact.t)
            match fact:
                case Asked(what="retract", about=n):
                    self._retracted.add(n)
                case Asked(ref=ref, what=what, about=about, to=to) if what in OF:
                    of, always = OF[what]
                    self._acts[of, about].append(Act(fact.t, done.get(ref), to or always))
                case Retracted(n=number):
                    self._retracted.add(str(number))
                case Opened(epoch=epoch):
                    self._opened[page.member].append(fact.t)
                    if epoch is None:
                        self._sat[page.member].append(fact.t)
                case Lost(code=code):
                    self._opened[page.member].append(fact.t)
                    if code == LEFT:
                        self._left[page.member].append(fact.t)
                case _:
                    pass

    def undone(self, room: Room, *, facilitates: bool) -> list[Key]:
        """What this snapshot should show and does not."""
        people = {person.id: person for person in room.people}
        found = [("leaving", who) for who in people if self._is_gone(who, room.t)]
        for key in self._acts:
            act = self._last(key, room.t)
            if act and act.to and self._shows(key, act, room, people, facilitates=facilitates) is False:
                found.append(key)
        return found

    def _last(self, key: Key, t: float) -> Act | None:
        """What was done last, if nothing else can have been since."""
        acts = self._acts[key]
        done = [act for act in acts if act.done is not None and act.done + SETTLED < t]
        last = max(done, key=lambda act: act.done or 0.0, default=None)
        if last is None or last.done is None:
            return None
        since = last.done - 2 * SETTLED
        others = [act.asked for act in acts if act.to != last.to]
        return None if any(since < at < t for at in (*others, *self._ended.get(key[0], ()))) else last

    def _is_gone(self, who: str, t: float) -> bool:
        left = max((at for at in self._left.get(who, ()) if at + SETTLED < t), default=None)
        return left is not None and not any(left < at < t for at in self._opened[who])

    def _shows(self, key: Key, act: Act, room: Room, people: dict[str, Person], *, facilitates: bool) -> bool | None:
        """None if it cannot be told from this."""
        of, about = key
        who = people.get(about)
        match of:
            case "pause":
                return room.paused is not None
            case "removal":
                return who is None
            case "customs":
                return str(room.customs.remarks_days) == act.to
            case "fold" | "mark" if about in self._retracted or not facilitates:
                return None
            case "fold":
                return int(about) in room.folded
            case "mark":
                return any(str(one.n) == about for one in room.marked)
            case "mute" if who:
                return who.muted_until is not None
            case "hand" if who and not self._since(self._opened[about], act, room.t):
                return (who.hand_at is not None) == (act.to == "up")
            case "listening" if who and not self._since(self._sat[about], act, room.t):
                return who.listens == (act.to == "on")
            case _:
                return None

    def _since(self, times: Iterable[float], act: Act, t: float) -> bool:
        """Whether one of these may have come between: a hand goes down with its line, listening ends with a sitting."""
        return any(act.asked - 2 * SETTLED < at < t + SETTLED for at in times)
