"""Several processes behind one port: each has its own queue of newcomers, and a successor when it ends.

Every worker listens at a socket of its own on the same port (SO_REUSEPORT), which the first process holds.
Measured with 1,200 connections in 100 rooms: the kernel spreads them by chance, 299, 298, 296 and 307 on four workers;
at one socket shared by all, whoever wakes first takes them, 117, 306, 592 and 185. As the first process holds the
sockets, whoever waits at one when its worker ends is answered by the next worker there.
"""

import asyncio
import os
import socket
import sys
import time
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from chat.live.counts import Figures
from web.channel import Ask, Begin, Channel, Everybody, Leaving, Ready, Tell, Told
from web.listening import SPREADS, again, beside
from web.passing import Ways

log = structlog.get_logger()

READY_WITHIN = 60.0
"""Seconds for a worker to start; one takes less than a second, and a busy machine longer."""
STEADY = 10.0
"""Seconds a worker has served before its end counts as a first one."""
WAITS = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
"""Seconds before a worker that ended by itself is replaced, the first time, the second time in a row, and so on."""
TELLS_WITHIN = 1.0
"""Seconds for a worker's figures; a scrape does not wait for one that hangs."""
GONE_WITHIN = 4.3
"""Seconds a worker has to leave; less than the first process has itself."""


class CannotWork(Exception):
    """Not one worker could start. What kept it stands in the log."""


class Worker:
    """A process, as the first one sees it."""

    def __init__(self, process: Process, channel: Channel, asks: Callable[["Worker"], None]) -> None:
        self._process = process
        self._channel = channel
        self._asks = asks
        self._told: asyncio.Future[Figures] | None = None
        self._ready = asyncio.Event()
        self._began = time.monotonic()
        self.leaving = asyncio.Event()
        """It was asked to stop, or has ended: somebody else is needed."""
        self.asked = False
        self.gone: asyncio.Task[int] = asyncio.create_task(self._hear())

    @classmethod
    async def start(
        cls, begin: Begin, listener: socket.socket, ways: Ways | None, asks: Callable[["Worker"], None]
    ) -> "Worker":
        """Runs, and has been told what to do. `asks`: called when it wants everybody's figures."""
        ours, theirs = socket.socketpair()
        with theirs:
            inherited = (theirs.fileno(), listener.fileno(), *(ways.of(begin.number) if ways else ()))
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "web.worker", *map(str, inherited)),
                stdin=DEVNULL, pass_fds=inherited, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            )  # fmt: skip
        channel = await Channel.open(ours)
        channel.send(begin)
        worker = cls(process, channel, asks)
        if ways:
            board = ways.board
            worker.gone.add_done_callback(lambda _: board.ended(begin.number, process.pid))
        return worker

    @property
    def steady(self) -> bool:
        """Whether it has served for long enough not to be one of many that end at once."""
        return time.monotonic() - self._began > STEADY

    async def answers(self) -> bool:
        """Waits until it does. False if it ends before that, or takes too long, which ends it."""
        ready = asyncio.ensure_future(self._ready.wait())
        await asyncio.wait((ready, self.gone), timeout=READY_WITHIN, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if self._ready.is_set() and not self.gone.done():
            return True
        await self.ends()
        return False

    async def ends(self) -> None:
        """Asks it to leave, and ends it if it does not."""
        self.asked = True
        for ask in (self._process.terminate, self._process.kill):
            with suppress(ProcessLookupError):
                ask()
            await asyncio.wait((self.gone,), timeout=GONE_WITHIN)
            if self.gone.done():
                return

    async def figures(self) -> Figures | None:
        """What it tells of itself; None if it does not."""
        if self._told is None or self._told.done():
            self._told = asyncio.get_running_loop().create_future()
            self._channel.send(Tell())
        await asyncio.wait((self._told, self.gone), timeout=TELLS_WITHIN, return_when=asyncio.FIRST_COMPLETED)
        return self._told.result() if self._told.done() else None

    def hears(self, figures: list[Figures]) -> None:
        """Everybody's, as it has asked."""
        self._channel.send(Everybody(figures))

    async def _hear(self) -> int:
        while (message := await self._channel.receive()) is not None:
            match message:
                case Ready():
                    self._ready.set()
                case Leaving():
                    self.asked = True
                    self.leaving.set()
                case Ask():
                    self._asks(self)
                case Told(figures=figures) if self._told and not self._told.done():
                    self._told.set_result(figures)
                case _:
                    pass
        status = await self._process.wait()
        self._channel.close()
        self.leaving.set()
        return status


Start = Callable[[int, socket.socket], Awaitable[Worker]]
"""Starts the worker of this number, who listens there."""


class Post:
    """One place among the workers: its number and its listening socket stay while workers come and go."""

    def __init__(self, number: int, listener: socket.socket, start: Start) -> None:
        self.number = number
        self.held = asyncio.Event()
        """Somebody has served here."""
        self.worker: Worker | None = None
        self._start = start
        self._listener = listener
        self._where = listener.family, listener.getsockname()
        self._relieve = asyncio.Event()
        self._relieved = asyncio.Event()
        self._ends = 0
        """How many have ended by themselves, one soon after the other."""

    async def run(self) -> None:
        """For ever: whoever serves here has a successor. Raises CannotWork if the very first does not start."""
        while True:
            await self._wait()
            successor = await self._succeeds()
            if successor:
                predecessor, self.worker = self.worker, successor
                self.held.set()
                if predecessor:
                    await predecessor.ends()
            elif not self.held.is_set():
                raise CannotWork
            self._relieve.clear()
            self._relieved.set()
            await self._until_needed()

    async def relieve(self) -> None:
        """Has somebody new serve here; whoever does is asked to leave only then."""
        self._relieved.clear()
        self._relieve.set()
        await self._relieved.wait()

    def close(self) -> None:
        """Nobody is let in here any more."""
        self._listener.close()

    async def _succeeds(self) -> Worker | None:
        try:
            if self._listener.fileno() < 0:
                self._listener = again(*self._where)
            worker = await self._start(self.number, self._listener)
        except OSError as error:  # out of processes or memory
            log.error("A worker could not be started.", worker=self.number, exc_info=error)
            return None
        if await worker.answers():
            return worker
        log.error("A worker could not be started.", worker=self.number)
        return None

    async def _until_needed(self) -> None:
        worker = self.worker
        if worker is None or worker.leaving.is_set():
            self._ends += 1
            return
        needed = [asyncio.ensure_future(event.wait()) for event in (worker.leaving, self._relieve)]
        try:
            await asyncio.wait(needed, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for event in needed:
                event.cancel()
        if worker.asked or not worker.leaving.is_set():
            self._ends = 0
            return
        self._ends = 1 if worker.steady else self._ends + 1
        log.error("A worker ended and is replaced.", worker=self.number, status=worker.gone.result())

    async def _wait(self) -> None:
        """Before a successor to one that did not stay; meanwhile the kernel sends nobody here."""
        seconds = WAITS[min(self._ends, len(WAITS)) - 1] if self._ends else 0
        if not seconds:
            return
        log.error("A worker does not stay; the next one starts later.", worker=self.number, seconds=seconds)
        if SPREADS:
            self._listener.close()
        await asyncio.sleep(seconds)


class Crew:
    """Owns every worker process. `begin`: what a worker is told, by its number. `first`: where worker 1 listens.

    `together`: whoever comes into one room is brought to one worker.
    """

    def __init__(self, count: int, begin: Callable[[int], Begin], first: socket.socket, *, together: bool) -> None:
        self._begin = begin
        self._ways = Ways(count) if together else None
        listeners = [first, *(beside(first) for _ in range(1, count))]
        self._posts = [Post(number, listener, self._start) for number, listener in enumerate(listeners, 1)]
        self._alive: set[Worker] = set()
        self._tasks: asyncio.TaskGroup
        self._renewed = asyncio.Event()

    async def run(self, ready: Callable[[], None]) -> None:
        """Until cancelled; `ready` is called when all answer. Raises CannotWork."""
        try:
            async with asyncio.TaskGroup() as self._tasks:
                for post in self._posts:
                    self._tasks.create_task(post.run())
                for post in self._posts:
                    await post.held.wait()
                ready()
                await self._renew_when_asked()
        except* CannotWork:
            raise CannotWork from None
        finally:
            for post in self._posts:
                post.close()
            await asyncio.gather(*(worker.ends() for worker in self._alive))
            if self._ways:
                self._ways.close()

    def renew(self) -> None:
        """Replaces the workers one after another; each leaves when its successor answers."""
        self._renewed.set()

    def _asked(self, worker: Worker) -> None:
        self._tasks.create_task(self._tell(worker))

    async def _tell(self, asking: Worker) -> None:
        serving = [post.worker for post in self._posts if post.worker]
        figures = await asyncio.gather(*(worker.figures() for worker in serving))
        asking.hears([one for one in figures if one])

    async def _renew_when_asked(self) -> None:
        while True:
            await self._renewed.wait()
            self._renewed.clear()
            log.info("Workers are replaced one after another.", count=len(self._posts))
            for post in self._posts:
                await post.relieve()
            log.info("Workers have been replaced.", count=len(self._posts))

    async def _start(self, number: int, listener: socket.socket) -> Worker:
        worker = await Worker.start(self._begin(number), listener, self._ways, self._asked)
        self._alive.add(worker)
        worker.gone.add_done_callback(lambda _: self._alive.discard(worker))
        return worker
