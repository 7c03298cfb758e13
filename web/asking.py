"""Whoever asks for a page asks within half a minute and briefly; a connection that does neither ends.

uvicorn's own protocol (0.54, httptools) waits for ever for a first request and keeps headers of any size: measured,
20 MB of them were taken from a stranger, and a connection that said nothing stayed, each one a socket fewer for rooms.
"""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_MAX = 64 * 1024
"""Bytes of address and headers; browsers send one or two thousand."""


class AskingProtocol(HttpToolsProtocol):
    """One connection, until it is over or becomes a room's socket."""

    WITHIN = 30.0
    """Seconds for a whole request: the longest form over a bad mobile connection takes ten."""

    _late: asyncio.TimerHandle | None = None
    _head = 0
    _reading_head = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The time runs from the first moment."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is waited for any more."""
        self._calm()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """What came belongs to the head if that is still not complete."""
        super().data_received(data)
        self._head = self._head + len(data) if self._reading_head else 0
        if self._head > HEAD_MAX:
            self.transport.close()

    def on_message_begin(self) -> None:
        """Another request begins."""
        super().on_message_begin()
        self._reading_head = True
        self._wait()

    def on_headers_complete(self) -> None:
        """Its head is here."""
        self._reading_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """All of it is here; how long the answer takes is up to us, and a room's socket has its own patience."""
        self._calm()
        super().on_message_complete()

    def _wait(self) -> None:
        self._calm()
        self._late = self.loop.call_later(self.WITHIN, self.transport.close)

    def _calm(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
