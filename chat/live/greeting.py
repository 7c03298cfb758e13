"""An ordinary handshake is read and answered in one go; every other one by the parser, which says what is wrong.

Beside `transport` the only place that knows uvicorn's internals (0.54, `websockets-sansio`): it leans on `conn`,
`queue`, `run_asgi`, `tasks`, `on_task_complete`, `default_headers`, `start_keepalive` and the scope it makes, which a
test compares with uvicorn's own. By the time a request is a room's socket, uvicorn has parsed it once, writes it anew
to be parsed a second time, and puts its answer together line by line: measured, a fifth of what a join cost.
"""

from asyncio.transports import BaseTransport, Transport
from typing import cast
from urllib.parse import unquote

from uvicorn._types import ASGISendEvent, WebSocketScope
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import Protocol, State

from chat.live.reading import Asked, asked_of

SWITCHING = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %b\r\n"
)


class GreetingProtocol(WebSocketsSansIOProtocol):
    """One browser's connection, until it may speak."""

    _answer: bytes | None = None
    """To a handshake that has been read here, until it is given."""
    _known = False
    _unasked = True
    """Nothing has come yet."""
    _passed: Asked | None = None
    """What another process has read, until there is a transport."""

    def comes(
        self, transport: Transport, client: tuple[str, int] | None, server: tuple[str, int | None] | None
    ) -> None:
        """As `connection_made`, for whoever knows already from where somebody comes, and to where."""
        self.client, self.server, self._known = client, server, True
        self.connection_made(transport)

    def was_passed(self, asked: Asked, client: tuple[str, int] | None, server: tuple[str, int | None] | None) -> None:
        """As `comes` and `greets`, for what another process has read; before there is a transport."""
        self.client, self.server, self._known, self._passed = client, server, True, asked

    def connection_made(self, transport: BaseTransport) -> None:
        """As uvicorn's, which asks the kernel."""
        if not self._known:
            super().connection_made(transport)
            return
        self.transport = cast(Transport, transport)
        self.connections.add(self)
        self.scheme = "wss" if transport.get_extra_info("sslcontext") else "ws"

    def greeted(self, data: bytes) -> bool:
        """Whether `data` was an ordinary handshake, the first and whole; the application has it now."""
        first, self._unasked = self._unasked, False
        asked = asked_of(data) if first and not self.conn.available_extensions else None
        if asked is None:
            return False
        self.greets(asked)
        return True

    def greets(self, asked: Asked) -> None:
        """Hands whoever asks so to the application."""
        self.handshake_initiated = True
        self._answer = SWITCHING % asked.answer
        self.conn.accept_called = True
        self.conn.parser = Protocol.parse(self.conn)  # what follows a handshake: frames
        next(self.conn.parser)
        self.scope = self._scope(asked)
        self.queue.put_nowait({"type": "websocket.connect"})
        task = self.loop.create_task(self.run_asgi())
        task.add_done_callback(self.on_task_complete)
        self.tasks.add(task)

    def _scope(self, asked: Asked) -> WebSocketScope:
        path, _, query = asked.path.partition("?")
        return {
            "type": "websocket",
            "asgi": {"version": self.asgi_version, "spec_version": "2.4"},
            "http_version": "1.1",
            "scheme": self.scheme,
            "server": self.server,
            "client": self.client,
            "root_path": self.root_path,
            "path": self.root_path + unquote(path),
            "raw_path": (self.root_path + path).encode(),
            "query_string": query.encode(),
            "headers": asked.headers,
            "subprotocols": [],
            "state": self.app_state.copy(),
            "extensions": {"websocket.http.response": {}},
        }

    async def send(self, message: ASGISendEvent) -> None:
        """As uvicorn's; to what was read here the answer is ready."""
        answer = self._answer
        self._answer = None
        if answer is None or message["type"] != "websocket.accept":
            await super().send(message)
            return
        if self.disconnected:
            raise ClientDisconnected
        if not self.transport.is_closing():
            headers = [*self.default_headers, *message.get("headers", ())]
            if subprotocol := message.get("subprotocol"):
                headers.append((b"sec-websocket-protocol", subprotocol.encode()))
            self.handshake_complete = True
            self.conn.state = State.OPEN
            self.transport.write(answer + b"".join(b"%b: %b\r\n" % header for header in headers) + b"\r\n")
            self.start_keepalive()
