"""One member's live connection in a room: what is offered to it is on its way, or it ends."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from chat.core.ids import SeatId
from chat.core.wire import Snapshot, WaitingRoom
from chat.live.closing import Closing
from chat.live.frames import Frames, frames, joined
from chat.live.keeping import Admission
from chat.live.remembering import Memory

Hearer = Callable[[str | bytes], None]
"""Told each frame of a browser as it comes. Must not wait."""


Straight = Callable[[bytes], object]
"""Writes ready-made frames to a socket."""


class Line(Protocol):
    """A browser's connection. Nothing here waits."""

    @property
    def straight(self) -> Straight | None:
        """The socket itself, while nothing stands between it and a message; else `offer` knows what to do."""

    @property
    def restarting(self) -> bool:
        """This server ends it, because it ends itself; never because a browser says so."""

    def hears(self, hearer: Hearer) -> None:
        """Tells `hearer` each frame at once, as soon as this line can; until then, or for ever, `receive` has them."""

    @property
    def open(self) -> bool:
        """The browser has neither closed the connection nor vanished, as far as is known."""

    def offer(self, frames: Frames) -> bool:
        """Puts frames on their way; False if the connection is past taking any."""

    def end(self, closing: Closing, reason: str) -> None:
        """Closes the connection; a browser that does not answer is cut off."""

    def watch(self) -> None:
        """Looks closely whether the browser is still there: a facilitator's loss must be noticed soon."""


class Seat:
    """Owns the order of what one browser is told: first the room, then everything since."""

    __slots__ = ("_joined", "_line", "_owed", "_since_joined", "admission", "asking", "ended", "id", "member", "memory")

    def __init__(self, seat: SeatId, admission: Admission, line: Line) -> None:
        self.id = seat
        self.admission = admission
        self.member = admission.member
        self.ended: Closing | None = None
        self._joined: asyncio.Future[Snapshot | WaitingRoom] | None = asyncio.get_running_loop().create_future()
        """None once they have been shown the room: what they were shown is not kept."""
        self.memory = Memory()
        """Of what was said on it lately."""
        self._line = line
        self._since_joined: list[Frames] | None = []
        self.asking = False
        """A message from here is on its way to Redis, and its answer is to come."""
        self._owed: Frames | None = None
        """That message as everybody hears it, kept until then."""

    @property
    def restarting(self) -> bool:
        """This server ends the connection, for no other reason than that it ends itself."""
        return self.ended is None and self._line.restarting

    @property
    def wanted(self) -> bool:
        """Somebody still waits at this connection."""
        return self.ended is None and self._line.open

    def hears(self, hearer: Hearer) -> None:
        """As `Line.hears`."""
        self._line.hears(hearer)

    def offer(self, told: Frames) -> None:
        """Frames for this browser; they wait until it has been shown the room."""
        if self._since_joined is not None:
            self._since_joined.append(told)
            return
        if self._owed:
            told, self._owed = joined((self._owed, told)), None
        straight = self._line.straight
        if straight:  # done for every delivery: two calls less, and nothing looked at but the seat and its socket
            straight(told.raw)
        else:
            self._line.offer(told)

    def shows(self, how: Snapshot | WaitingRoom) -> None:
        """The room, or the waiting room: first of all, or after it has been let in."""
        if self._joined is None or self._joined.done():
            self._offer_large(frames([how]))
        else:
            self._joined.set_result(how)

    def _offer_large(self, told: Frames) -> None:
        """As `offer`, for what may be too much for a socket at once."""
        if self._since_joined is not None:
            self._since_joined.append(told)
        else:
            waiting, self._owed = self._owed, None
            self._line.offer(joined((waiting, told)) if waiting else told)

    @property
    def first(self) -> Snapshot | WaitingRoom | None:
        """What they are to be shown first, if that is known already."""
        joined = self._joined
        return joined.result() if joined and joined.done() and not joined.cancelled() else None

    async def is_shown(self) -> Snapshot | WaitingRoom:
        """What they are to be shown first. Raises CancelledError if they are not let in."""
        assert self._joined, "it is not kept"  # noqa: S101
        return await self._joined

    def owe(self, told: Frames) -> None:
        """As `offer`, for what this browser has said itself. It comes with the answer, which Redis has sent already,
        or before whatever else comes first: a write is a third of what a message costs.
        """
        if self.asking and self._since_joined is None and not self._owed:
            self._owed = told
        else:
            self.offer(told)

    def answered(self, told: Frames | None) -> None:
        """What has become of what was asked; None: that is still to be found out."""
        self.asking = False
        if told is None:
            told, self._owed = self._owed, None
        if told:
            self.offer(told)

    def begin(self, first: Frames) -> None:
        """Shows the room, and after it whatever was told since it looked like that."""
        waiting, self._since_joined, self._joined = self._since_joined or [], None, None
        self._line.offer(joined((first, *waiting)))

    def end(self, closing: Closing, reason: str = "") -> None:
        """The first reason given holds."""
        if self.ended is None:
            self.ended = closing
            self.answered(None)
            if self._joined and not self._joined.done():
                self._joined.cancel()
            elif self._since_joined and closing.final:  # it hears why before it ends
                self.begin(self._since_joined.pop(0))
            # Whoever may come back hears nothing: their page would take what came last for all that there was.
            self._line.end(closing, reason)
