"""Words are judged with what this process has read once, and with what a writer's seat remembers of them."""

import asyncio
import os
import threading
from array import array
from collections.abc import Callable, Iterator
from contextlib import suppress

from msgspec.structs import replace

from chat.core.decision import WORDLESS, Actor, Moment, Pen
from chat.core.moderation.lexicon import Lexicon
from chat.core.wire import Say
from chat.live.table import Table

AT_ONCE = 64
"""Messages."""


class Reader:
    """Owns the phrases of this process: read in a thread, at its start."""

    def __init__(self, load: Callable[[], Lexicon]) -> None:
        self._load = load
        self._lexicon: Lexicon | None = None
        self._loading: asyncio.Future[Lexicon] | None = None
        self._lots = _lots()

    @property
    def ready(self) -> bool:
        """A message can be judged at once."""
        return self._lexicon is not None

    def prepare(self) -> None:
        """Begins to read, if nobody has. Nothing here waits."""
        if self._loading is None:
            loop = asyncio.get_running_loop()
            self._loading = loop.create_future()
            # A daemon: a server that stops does not wait for what nobody will ask for any more.
            threading.Thread(target=self._read, args=(loop, self._loading), daemon=True, name="phrases").start()

    async def prepared(self) -> Lexicon:
        """Everything, as soon as it is read. Raises whatever kept it from being read."""
        if self._lexicon is None:
            self.prepare()
            assert self._loading is not None  # noqa: S101 - prepare has made it
            self._lexicon = await asyncio.shield(self._loading)
        return self._lexicon

    def _read(self, loop: asyncio.AbstractEventLoop, into: asyncio.Future[Lexicon]) -> None:
        def told(lexicon: Lexicon | None, error: Exception | None) -> None:
            self._lexicon = lexicon
            if error:
                into.set_exception(error)
                into.exception()  # it may be that nobody asks
            elif lexicon is not None:  # one without words is one, too
                into.set_result(lexicon)

        lexicon, error = None, None
        try:
            lexicon = self._load()
        except Exception as broken:  # whoever says something first raises it
            error = broken
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(told, lexicon, error)

    def at(self, moment: Moment, table: Table, actor: Actor, say: Say) -> Moment:
        """The moment at which `say` is judged."""
        seat = table.seats.get(actor.member)
        pen = Pen(seat.memory.mark(say.text), seat.memory.recent) if seat else Pen()
        return replace(moment, lot=next(self._lots), lexicon=self._lexicon or WORDLESS, pen=pen)

    def reads(self, moment: Moment) -> Moment:
        """The moment at which words are judged that are said aside."""
        return replace(moment, lexicon=self._lexicon or WORDLESS)

    def heard(self, table: Table, actor: Actor, say: Say) -> None:
        """It went out, or waits: from now on it has been said."""
        seat = table.seats.get(actor.member)
        if seat:
            seat.memory.keep(say.text)


def _lots() -> Iterator[int]:
    """Numbers from 1 to 2⁴⁷ that nobody can guess, fetched for many messages at once."""
    while True:
        yield from ((one >> 17) + 1 for one in array("Q", os.urandom(8 * AT_ONCE)))
