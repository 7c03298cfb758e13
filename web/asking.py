"""Whoever asks for a page asks soon, briefly and one thing at a time, and reads the answer; else the connection ends.

uvicorn's own protocol (0.54, httptools) waits for ever for a first request, keeps headers of any size, takes any number
of requests before it has answered one, and waits for ever for its answer to be read: measured, 20 MB of headers were
taken from a stranger, and a connection that said nothing stayed, each one a socket fewer for rooms.
"""

import asyncio
import logging
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from chat.live.reading import ordinary
from chat.live.transport import HearthProtocol
from web.passing import Passes

HEAD_MAX = 64 * 1024
"""Bytes of address and headers; browsers send one or two thousand."""
MOUTHFUL = 4096
"""Bytes parsed at a time: so many of the shortest requests take 3 ms."""
WAITING_MAX = 8
"""Requests that came before the answer to an earlier one; browsers wait for it."""
_strangers = logging.getLogger("uvicorn.error.strangers")
_strangers.setLevel(logging.ERROR)  # a line for each request that is none would be as long as strangers like


class AskingProtocol(HttpToolsProtocol):
    """One connection, until it is over or becomes a room's socket."""

    HEAD_WITHIN = 8.0
    """Seconds for address and headers: one packet, which on a bad mobile connection is sent three times."""
    WITHIN = 30.0
    """Seconds for a form, or until an answer has been read: the longest over a bad mobile connection takes ten."""

    _late: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None
    _head = 0
    _reading_head = True

    def __init__(self, passes: Passes | None = None, **given: Any) -> None:
        super().__init__(**given)
        self._passes = passes

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The time runs from the first moment."""
        super().connection_made(transport)
        self.logger = _strangers
        self._wait(self.HEAD_WITHIN)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is waited for any more."""
        self._calm()
        self._was_read()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """In mouthfuls; what came belongs to the head if that is still not complete."""
        for at in range(0, len(data), MOUTHFUL):
            mouthful = data[at : at + MOUTHFUL]
            super().data_received(mouthful)
            self._head = self._head + len(mouthful) if self._reading_head else 0
            if self._head > HEAD_MAX or len(self.pipeline) > WAITING_MAX:
                self.transport.abort()
            if self.transport.is_closing() or self.transport.get_protocol() is not self:
                return

    def on_message_begin(self) -> None:
        """Another request begins."""
        super().on_message_begin()
        self._reading_head = True
        self._wait(self.HEAD_WITHIN)

    def on_headers_complete(self) -> None:
        """Its head is here."""
        self._reading_head = False
        self._wait(self.WITHIN)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """All of it is here; how long the answer takes is up to us, and a room's socket has its own patience."""
        self._calm()
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """It becomes a room's socket; nothing of this is kept for it.

        uvicorn leaves the parser, which knows us as we know it: 4 KB for each connection, until garbage is looked for.
        """
        asked = ordinary(self.url, self.headers) if self._is_ordinary() else None
        if asked is None:
            super().handle_websocket_upgrade()
        elif self._passes and self._passes(self.transport, asked, self.client, self.server):
            self.transport.abort()  # here alone: the other process has the socket, too
        else:
            self.connections.discard(self)
            protocol = HearthProtocol(self.config, self.server_state, self.app_state, self.loop)
            protocol.comes(self.transport, self.client, self.server)
            protocol.greets(asked)
            self.transport.set_protocol(protocol)
        self.parser = None  # type: ignore[assignment]  # as uvicorn's own connection_lost does

    def _is_ordinary(self) -> bool:
        """It need not be written anew for another parser, which would say what is wrong with it."""
        ours = self.ws_protocol_class is HearthProtocol and not self.config.ws_per_message_deflate
        short = self._head == 0  # all of it came in one mouthful
        return ours and short and self.scope["method"] == "GET" and self.scope["http_version"] == "1.1"

    def pause_writing(self) -> None:
        """The answer is not read."""
        super().pause_writing()
        if self._unread is None:
            self._unread = self.loop.call_later(self.WITHIN, self.transport.abort)

    def resume_writing(self) -> None:
        """It is."""
        self._was_read()
        super().resume_writing()

    def on_response_complete(self) -> None:
        """Written, and perhaps not read."""
        self._wait(self.WITHIN)
        super().on_response_complete()

    def _wait(self, seconds: float) -> None:
        self._calm()
        self._late = self.loop.call_later(seconds, self.transport.abort)

    def _was_read(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _calm(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
