"""Of several processes behind one port one serves a room: whoever comes to it at another is passed on to that one.

The kernel spreads newcomers by chance (`workers`), so that every message in a room of twelve was read by every process,
and each kept the room: with two, a delivery cost a fifth more. A browser's handshake has been read when it is known
where it wants to go, and nothing has been answered; its socket goes to the other process with what was read, over a
socket the first process made (as the listening ones: what waits in it when a worker ends is for the next). Where that
process does not serve at the moment, or has too many to take, whoever has them keeps them: a room may always span
processes. Installations that allow large rooms keep it so, as a room of a thousand is more than one process' work.
"""

import asyncio
import mmap
import os
import socket
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from zlib import crc32

import msgspec
import uvicorn
from msgspec import Struct

from chat.live.reading import Asked
from chat.live.transport import HearthProtocol

SMALL = 100
"""People: rooms that may be larger are not brought together."""
FRESH = 5.0
"""Seconds a browser is worth taking in after it was passed on; then it has come anew, or will."""
LONGEST = 64 * 1024
"""Bytes of what is said of one; a handshake has 4 KiB at most."""
AT_ONCE = 32
"""Taken in before others have their turn."""
NUMBER = 4
"""Bytes of a process id."""

Address = tuple[str, int | None]


class Comes(Struct, frozen=True):
    """Somebody who is passed on: what their handshake asked for, and between which addresses."""

    asked: Asked
    client: tuple[str, int] | None
    server: Address | None
    at: float
    """On the machine's clock that never goes back, which all its processes share."""

    def __repr__(self) -> str:
        return "<Comes>"


class Board:
    """Which processes serve, by their numbers from 1; seen by all of them at once."""

    def __init__(self, file: int, count: int) -> None:
        self._shared = mmap.mmap(file, count * NUMBER)
        self._serving = memoryview(self._shared).cast("I")

    def serves(self, number: int) -> bool:
        """Whether somebody does at this place."""
        return self._serving[number - 1] != 0

    def begins(self, number: int) -> None:
        """This process does, from now on."""
        self._serving[number - 1] = os.getpid()

    def ended(self, number: int, process: int) -> None:
        """That process does not any more; perhaps its successor does."""
        if self._serving[number - 1] == process:
            self._serving[number - 1] = 0


class Ways:
    """Owns what the workers need to pass people on; made by the first process, and inherited by each."""

    def __init__(self, count: int) -> None:
        self._file = tempfile.TemporaryFile()
        self._file.truncate(count * NUMBER)
        self._pairs = [socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(count)]
        self.board = Board(self._file.fileno(), count)

    def of(self, number: int) -> tuple[int, ...]:
        """The files a worker inherits, as `Passing.inherited` takes them."""
        inbox = self._pairs[number - 1][0].fileno()
        return self._file.fileno(), inbox, *(outbox.fileno() for _, outbox in self._pairs)

    def close(self) -> None:
        """Nobody is passed on any more."""
        for pair in self._pairs:
            for end in pair:
                end.close()
        self._file.close()


class Passing:
    """One worker's part of it."""

    def __init__(self, number: int, board: Board, inbox: socket.socket, outboxes: Sequence[socket.socket]) -> None:
        self._number = number
        self._board = board
        self._inbox = inbox
        self._outboxes = outboxes
        self._server: uvicorn.Server
        self._taking: set[asyncio.Task[None]] = set()
        for end in (inbox, *outboxes):
            end.setblocking(False)

    @classmethod
    def inherited(cls, number: int, files: Sequence[int]) -> "Passing":
        """From the numbers `Ways.of` gave."""
        file, *ends = files
        inbox, *outboxes = [socket.socket(fileno=end) for end in ends]
        board = Board(file, len(outboxes))
        os.close(file)
        return cls(number, board, inbox, outboxes)

    def home(self, path: str) -> int:
        """Which process serves the room at a path."""
        return crc32(path.partition("?")[0].encode()) % len(self._outboxes) + 1

    def passes(
        self, transport: asyncio.Transport, asked: Asked, client: tuple[str, int] | None, server: Address | None
    ) -> bool:
        """Whether a browser is another process' from now on; then its connection here is to be dropped."""
        home = self.home(asked.path)
        if home == self._number or not self._board.serves(home):
            return False
        comes = msgspec.msgpack.encode(Comes(asked, client, server, time.monotonic()))
        try:
            socket.send_fds(self._outboxes[home - 1], [comes], [transport.get_extra_info("socket").fileno()])
        except OSError:  # it has too many to take
            return False
        return True

    def opens(self, server: uvicorn.Server) -> None:
        """From now on others may pass people on to this process."""
        self._server = server
        asyncio.get_running_loop().add_reader(self._inbox, self._hear)
        self._board.begins(self._number)

    def closes(self) -> None:
        """Nobody is taken or passed on any more; who is on the way is for a successor."""
        self._board.ended(self._number, os.getpid())
        asyncio.get_running_loop().remove_reader(self._inbox)
        for end in (self._inbox, *self._outboxes):
            end.close()

    def _hear(self) -> None:
        for _ in range(AT_ONCE):
            try:
                data, files, _, _ = socket.recv_fds(self._inbox, LONGEST, 1)
            except OSError:  # nobody is left, or a predecessor was faster
                return
            for file in files:
                self._take(data, socket.socket(fileno=file))

    def _take(self, data: bytes, browser: socket.socket) -> None:
        comes = msgspec.msgpack.decode(data, type=Comes)
        if time.monotonic() - comes.at > FRESH:
            browser.close()
            return
        task = asyncio.get_running_loop().create_task(self._seat(comes, browser))
        self._taking.add(task)
        task.add_done_callback(self._taking.discard)

    async def _seat(self, comes: Comes, browser: socket.socket) -> None:
        server, loop = self._server, asyncio.get_running_loop()
        protocol = HearthProtocol(server.config, server.server_state, server.lifespan.state, loop)
        protocol.was_passed(comes.asked, comes.client, comes.server)
        with suppress(OSError):  # gone again
            await loop.connect_accepted_socket(lambda: protocol, browser)


Passes = Callable[[asyncio.Transport, Asked, tuple[str, int] | None, Address | None], bool]
"""As `Passing.passes`."""
