"""Our WebSocket protocol: ready-made bytes go straight to the socket, and a reader too slow is cut off.

With `greeting` the only place that knows uvicorn's internals (0.54, `websockets-sansio`). A test holds them: `conn`,
`transport`, `queue`, `close_sent`, `handshake_complete`, `ping_interval`, `ping_timer`, `pending_ping_payload`,
`read_paused`, `frames`, `curr_msg_data_type`. Measured on the stock protocol: a client that never reads is never
dropped and holds up shutdown for ever; unread pongs grow the write buffer without a ceiling; one read full of empty
frames keeps everybody else waiting for 0.27 s, and what is not UTF-8 is logged with a traceback.
"""

import asyncio
import math
import socket
from asyncio.transports import BaseTransport
from random import getrandbits
from typing import cast

from uvicorn._types import ASGIReceiveEvent, ASGISendEvent
from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol

from chat.live.closing import Closing
from chat.live.counts import counts
from chat.live.frames import Frames
from chat.live.greeting import GreetingProtocol
from chat.live.reading import Asked, ends_whole, is_pong, text_of
from chat.live.seat import Hearer, Straight

OPEN = State.OPEN
EXTENSION = "hearth"
"""Under this name the protocol stands in the scope's extensions."""
HIGH_WATER = 64 * 1024
"""Bytes unsent above which a reader counts as slow."""
CEILING = 160 * 1024
"""Bytes unsent at which a reader is cut off at once; with the kernel's 64 KiB less than 256 KiB are held."""
PATIENCE = 8.0
"""Seconds a slow reader is given. Room and replay of a thousand people are 300 KB: a phone takes seconds for them."""
GOODBYE = 2.0
"""Seconds whoever was told goodbye is given."""
SEND_BUFFER = 32 * 1024
"""Bytes; Linux takes twice as much (socket(7))."""
USER_TIMEOUT = 20_000
"""Milliseconds the kernel waits for what it sent to be acknowledged."""
CLOSELY = 5.0
"""Seconds between pings, and for their answer, of somebody whose loss must be noticed soon."""
PING = b"\x89\x04"
"""FIN and opcode 9, and that four bytes come (RFC 6455 section 5.5.2)."""
MOUTHFUL = 2048
"""Bytes parsed at a time: no person writes so much at once, and so many empty frames take 3 ms."""
FRAMES_AT_ONCE = 256
FRAMES_A_SECOND = 64
"""Frames of any kind, pings and pieces of messages too, that one connection may send; a person types one or two."""


class Parser(ServerProtocol):
    """A goodbye amid the pieces of a message is a goodbye (RFC 6455 section 5.4)."""

    def recv_frame(self, frame: Frame) -> None:
        """As websockets', which calls it a fault (17.4; Autobahn's case 7.1.5)."""
        if frame.opcode is Opcode.CLOSE:
            self.current_size = None
        super().recv_frame(frame)


class HearthProtocol(GreetingProtocol):
    """One browser's connection; also the `Line` a seat writes to."""

    __slots__ = ("straight",)
    """As `Line.straight`: kept beside the protocol's fifty other attributes, where it is found without a search."""
    straight: Straight | None
    restarting = False
    """As `Line.restarting`."""
    _cut: asyncio.TimerHandle | None = None
    _frames_sent = 0.0
    _frames_at = 0.0
    _ceiling = CEILING
    _hearer: Hearer | None = None
    """Who hears frames as they come; before anybody does, and under any other protocol, they wait for `receive`."""
    _in_step = False
    """The parser stands between two messages, so a whole frame may pass it by."""

    def connection_made(self, transport: BaseTransport) -> None:
        """Bounds what may wait in the kernel and in user space."""
        self.straight = None
        super().connection_made(transport)
        self.conn.__class__ = Parser  # made anew it would be paid for twice
        self.transport.set_write_buffer_limits(high=HIGH_WATER)
        raw = transport.get_extra_info("socket")
        if raw is not None and raw.family in (socket.AF_INET, socket.AF_INET6):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, USER_TIMEOUT)
        if passed := self._passed:
            self._passed = None
            self.greets(passed)

    def handle_connect(self, event: Request) -> None:
        """Lets the application find this line in its scope."""
        super().handle_connect(event)
        if getattr(self, "scope", None) is not None:
            self._show_itself()

    def _show_itself(self) -> None:
        cast(dict[str, object], self.scope["extensions"])[EXTENSION] = self

    def greets(self, asked: Asked) -> None:
        """As above; nothing stands before the first frame."""
        super().greets(asked)
        self._in_step, self._unasked = True, False
        self._show_itself()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody needs cutting off any more."""
        self.straight = None
        self._calm()
        self._hearer = None
        super().connection_lost(exc)
        self.conn.parser.close()  # it holds whoever holds it: 1.5 KB a visit stayed, for hours

    def pause_writing(self) -> None:
        """A slow reader: nothing more is read from it, and soon it is cut off."""
        self.straight = None
        super().pause_writing()
        self.transport.pause_reading()
        if self._cut is None:
            self._cut = self.loop.call_later(PATIENCE, self._cut_off)

    def resume_writing(self) -> None:
        """It has caught up."""
        super().resume_writing()
        self._ceiling = CEILING
        if not self.close_sent and not self.transport.is_closing():
            self._calm()
        if not self.read_paused:
            self.transport.resume_reading()

    def data_received(self, data: bytes) -> None:
        """An ordinary message straight to whoever hears; everything else, and every error, through the parser."""
        if self._hearer and self._in_step and len(data) <= MOUTHFUL and self.open:
            text = text_of(data)
            if text is not None and not self._floods(1):
                self._hearer(text)
                return
            if self.pending_ping_payload and is_pong(data, self.pending_ping_payload) and not self._floods(1):
                self.pending_ping_payload = None
                return
        began = self.handshake_initiated
        if not began and self.greeted(data):
            return
        self._parse(data)
        if began:
            self._in_step = self._in_step and ends_whole(data)
        else:
            self._in_step = data.find(b"\r\n\r\n") == len(data) - 4

    def _parse(self, data: bytes) -> None:
        """In mouthfuls, and only as many frames as anybody needs."""
        for at in range(0, len(data), MOUTHFUL):
            self.conn.receive_data(data[at : at + MOUTHFUL])
            if self._floods(len(self.conn.events)):
                self._stuffed()
                return
            self.handle_events()
            if self.conn.parser_exc is not None:
                self.handle_parser_exception()
            if self.transport.is_closing():
                return

    def _floods(self, frames: int) -> bool:
        now = self.loop.time()
        self._frames_sent = max(0.0, self._frames_sent - (now - self._frames_at) * FRAMES_A_SECOND) + frames
        self._frames_at = now
        return self._frames_sent > FRAMES_AT_ONCE

    def _stuffed(self) -> None:
        """Too many frames: nothing more is taken in."""
        self._frames_sent = math.inf
        if not self.handshake_complete:
            self.transport.abort()
            return
        self.end(Closing.TOO_MANY, "")
        self.transport.pause_reading()

    def send_receive_event_to_app(self) -> None:
        """As uvicorn's, but what is not UTF-8 ends the connection without a traceback, also right before a goodbye."""
        data = b"".join(self.frames)
        self.frames = []
        if self.close_sent:
            return
        if self.curr_msg_data_type == "text":
            try:
                text = data.decode()
            except UnicodeDecodeError:
                if self.conn.state is State.OPEN:
                    self.conn.fail(CloseCode.INVALID_DATA)
                self.handle_parser_exception()
                return
            self._take(text)
        else:
            self._take(data)

    def _take(self, message: str | bytes) -> None:
        """To whoever hears; else it waits for `receive`, and nothing more is read until then."""
        if self._hearer:
            self._hearer(message)
            return
        if isinstance(message, str):
            self.queue.put_nowait({"type": "websocket.receive", "text": message})
        else:
            self.queue.put_nowait({"type": "websocket.receive", "bytes": message})
        if not self.read_paused:
            self.read_paused = True
            self.transport.pause_reading()

    def handle_parser_exception(self) -> None:
        """As uvicorn's; whoever does not take the goodbye is cut off."""
        self.straight = None
        super().handle_parser_exception()
        self._cut_soon()

    def handle_close(self, event: Frame) -> None:
        """As uvicorn's; whoever says goodbye and does not take the answer is cut off."""
        self.straight = None
        super().handle_close(event)
        self._cut_soon()

    def send_keepalive_ping(self) -> None:
        """As uvicorn's, past the parser, and with one timer instead of two: who has not answered when the next ping is
        due is lost. Pings are most of what people cost who sit and say nothing.
        """
        self.ping_timer = None
        if not self.open or self.ping_interval is None:
            return
        if self.pending_ping_payload is not None:
            self.keepalive_timeout()
            return
        self.pending_ping_payload = getrandbits(32).to_bytes(4, "big")
        self.transport.write(PING + self.pending_ping_payload)
        self.ping_timer = self.loop.call_later(self.ping_interval, self.send_keepalive_ping)

    def keepalive_timeout(self) -> None:
        """As uvicorn's; nobody waits for somebody lost."""
        self.straight = None
        super().keepalive_timeout()
        self._cut_soon()

    async def send(self, message: ASGISendEvent) -> None:
        """As above; after a goodbye nothing goes straight to the socket."""
        if message["type"] == "websocket.close":
            self.straight = None
        await super().send(message)

    async def receive(self) -> ASGIReceiveEvent:
        """As uvicorn's, but reading goes on only if writing does."""
        message = await self.queue.get()
        if self.read_paused and self.queue.empty():
            self.read_paused = False
            if self.writable.is_set():
                self.transport.resume_reading()
        return message

    def shutdown(self) -> None:
        """The server stops: said politely, then cut off."""
        self.straight = None
        self.restarting = self.open
        if self.handshake_complete and not self.close_sent and self.conn.state is not State.OPEN:
            self.transport.close()  # they have said goodbye and not taken the answer; saying it again would raise
        else:
            super().shutdown()
        self._cut_soon()

    # What a seat uses.

    def hears(self, hearer: Hearer) -> None:
        """From now on frames go to `hearer`; not yet if older ones still wait for `receive`."""
        if self.queue.empty():
            self._hearer = hearer
            self._forget_the_way_here()

    def _forget_the_way_here(self) -> None:
        """What was asked for and answered in the handshake is of no more use, and would be kept as long as a seat."""
        cast(dict[str, object], self.scope).clear()
        self.request = self.response = None  # type: ignore[assignment]

    @property
    def open(self) -> bool:
        """The handshake is done and nobody has begun to close."""
        if not self.handshake_complete or self.close_sent or self.disconnected:
            return False
        return self.conn.state is OPEN and not self.transport.is_closing()

    def offer(self, frames: Frames) -> bool:
        """Writes the ready-made frames at once; False once the connection is past taking any.

        Whatever comes later goes `straight`, until the reader is slow or somebody says goodbye: everything that does
        either says so here first. What is unsent is then at most HIGH_WATER.
        """
        if not self.open:
            return False
        transport, raw = self.transport, frames.raw
        waiting = transport.get_write_buffer_size()
        if waiting:
            if waiting + len(raw) > self._ceiling:
                self._cut_off()
                return False
        elif len(raw) > CEILING:
            self._ceiling = CEILING + len(raw)  # the first they are told: room and replay in one
        transport.write(raw)
        if self._cut is None:
            self.straight = transport.write
        return True

    def end(self, closing: Closing, reason: str) -> None:
        """Says goodbye with a close code, wakes the application, and cuts off whoever does not answer."""
        if not self.open:  # also if their own goodbye came in the same breath as what they are ended for
            return
        self.straight = None
        self.queue.put_nowait({"type": "websocket.disconnect", "code": int(closing), "reason": reason})
        self.stop_keepalive()
        self.conn.send_close(int(closing), reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self._cut_soon()

    def watch(self) -> None:
        """Pings closely from now on."""
        self.stop_keepalive()
        self.ping_interval = CLOSELY
        self.start_keepalive()

    def _cut_off(self) -> None:
        self.straight = None
        counts.cut += 1
        self.transport.abort()

    def _cut_soon(self) -> None:
        self._calm()
        self._cut = self.loop.call_later(GOODBYE, self.transport.abort)

    def _calm(self) -> None:
        if self._cut is not None:
            self._cut.cancel()
            self._cut = None
