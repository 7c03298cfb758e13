"""Bytes nobody's browser would send, and what the standard's own parser makes of them: the measure for ours.

A stream is a few frames, some of them spoilt, cut into packets anywhere. Seeded: a stream is told again by its number.
"""

import asyncio
import random
from collections.abc import Callable, Sequence

import uvicorn
from msgspec import Struct
from uvicorn.server import ServerState
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

from chat.core import wire
from chat.core.errors import BadFrame
from chat.live.transport import HearthProtocol
from tests.core.examples import COMMANDS
from tests.raw import BINARY, CLOSE, PING, PONG, TEXT, asking, framed, passed_on, unframed

FRAME = 16_384
"""Bytes of the longest message, as `hearth serve` has it."""
SAID = [wire._encoder.encode(command) for command in COMMANDS]
ODD = [
    b"", b"\x00", b"\xff", b"\xed\xa0\x80", b"\xc0\x80", b"\xf4\x90\x80\x80", b"\xce", b"\xef\xbb\xbf{}", b"{",
    b"[" * 500, b'{"type":', b'"say"', b"null", b"1e999", b'{"type":"say","ref":"a-1","text":"\\ud800"}', b"-0",
    b'{"type":"say","ref":"a-1","text":"\\u0000\\u202e"}', b'{"type":"say","type":"close","ref":"a-1","text":"."}',
    b'{"type":"say","ref":"a-1","text":"' + b"x" * 9000 + b'"}', b"9" * 400,
    b'{"type":"mute","minutes":' + b"9" * 30 + b"}",
]  # fmt: skip
CODES = [0, 999, 1000, 1001, 1003, 1004, 1005, 1006, 1007, 1009, 1012, 1015, 1016, 2999, 3000, 4999, 5000, 65535]


class Heard(Struct, frozen=True):
    """What came of a stream: the messages in order, the pings answered, the close codes that may be the answer."""

    messages: list[str | bytes]
    pings: list[bytes]
    codes: set[int]
    """Empty: the connection goes on."""


class Mutator:
    """Makes streams out of a seed."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 not for secrets

    def payload(self) -> bytes:
        """What might stand in a text frame."""
        draw = self._chance
        said = bytearray(draw.choice(SAID) if draw.random() < 0.8 else draw.choice(ODD))
        if draw.random() < 0.4:
            self._spoil(said, draw.randint(1, 3))
        return bytes(said)

    def stream(self, frames: int) -> list[bytes]:
        """So many frames, cut into packets."""
        parts = [part for _ in range(frames) for part in self._message()]
        whole = bytearray(b"".join(parts))
        if self._chance.random() < 0.5:
            self._spoil(whole, self._chance.randint(1, 4))
        return self.cut(bytes(whole), parts)

    def cut(self, data: bytes, parts: Sequence[bytes] = ()) -> list[bytes]:
        """Anywhere; now and then as a browser does, a frame a packet."""
        draw = self._chance
        if parts and b"".join(parts) == data and draw.random() < 0.5:
            return [part for part in parts if part]
        cuts = sorted(draw.sample(range(len(data) + 1), min(len(data), draw.choice((0, 1, 3, 12)))))
        return [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True) if b > a]

    def _message(self) -> list[bytes]:
        draw, key = self._chance, self._chance.choice((bytes(4), self._chance.randbytes(4)))
        match draw.randrange(16):
            case 0 | 1:
                return [framed(draw.randbytes(draw.choice((0, 1, 125, 126))), draw.choice((PING, PONG)), key=key)]
            case 2:
                return [framed(self.payload(), BINARY, key=key)]
            case 3:
                code = draw.choice(CODES).to_bytes(2, "big")
                return [framed(draw.choice((b"", code, code + b"bye", code + b"\xff", code[:1])), CLOSE, key=key)]
            case 4 | 5 | 6:
                return self._pieces(key)
            case 7:
                return [framed(self.payload(), draw.choice((0, 3, 7, 11, 15)), fin=draw.random() < 0.5, key=key)]
            case 8:
                size = draw.choice((FRAME - 1, FRAME, FRAME + 1, 65_535, 65_536))
                return [framed(b"x" * size, draw.choice((TEXT, BINARY)), key=key)]
            case _:
                return [framed(self.payload(), key=key)]

    def _pieces(self, key: bytes) -> list[bytes]:
        pieces = self.cut(self.payload()) or [b""]
        last = len(pieces) - 1
        found = [framed(one, 0 if at else TEXT, fin=at == last, key=key) for at, one in enumerate(pieces)]
        if self._chance.random() < 0.3:
            amid = self._chance.choice((framed(b"now?", PING, key=key), framed(b"\x03\xe8", CLOSE, key=key)))
            found.insert(self._chance.randint(0, len(found)), amid)
        return found

    def _spoil(self, data: bytearray, times: int) -> None:
        draw = self._chance
        for _ in range(times if data else 0):
            at = draw.randrange(len(data)) if data else 0
            match draw.randrange(6):
                case 0 | 1:
                    data[at : at + 1] = bytes(((data[at] if data else 0) ^ (1 << draw.randrange(8)),))
                case 2:
                    data[at:at] = draw.randbytes(draw.randint(1, 8))
                case 3:
                    del data[at : at + draw.randint(1, 8)]
                case 4:
                    data[at:at] = data[at : at + draw.randint(1, 40)]
                case _:
                    del data[at:]


def measured(data: bytes) -> Heard:
    """What the standard's parser hears; a goodbye amid the pieces of a message counts as one, as in our transport."""
    conn = ServerProtocol(state=State.OPEN, max_size=FRAME)
    conn.recv_frame = _goodbyes_too(conn)  # type: ignore[method-assign,assignment]
    conn.receive_data(data)
    ended = {conn.close_sent.code} if conn.close_sent else set()
    messages: list[str | bytes] = []
    pings, pieces, text = [], b"", True
    for frame in conn.events_received():
        assert isinstance(frame, Frame)
        if frame.opcode is Opcode.PING:
            pings.append(bytes(frame.data))
        if frame.opcode not in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            continue
        text = text if frame.opcode is Opcode.CONT else frame.opcode is Opcode.TEXT
        pieces = (pieces if frame.opcode is Opcode.CONT else b"") + bytes(frame.data)
        if frame.fin:
            try:
                messages.append(pieces.decode() if text else pieces)
            except UnicodeDecodeError:
                return Heard(messages, pings, ended | {1007})  # which of the two faults is told, the packets decide
    return Heard(messages, pings, ended)


def _goodbyes_too(conn: ServerProtocol) -> Callable[[Frame], None]:
    theirs = conn.recv_frame

    def received(frame: Frame) -> None:
        if frame.opcode is Opcode.CLOSE:
            conn.current_size = None
        theirs(frame)

    return received


class Paper(asyncio.Transport):
    """A transport that only writes down."""

    def __init__(self) -> None:
        super().__init__()
        self.written = bytearray()
        self.closing = self.paused = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if not self.closing:
            self.written += data

    def close(self) -> None:
        self.closing = True

    abort = close

    def is_closing(self) -> bool:
        return self.closing

    def pause_reading(self) -> None:
        self.paused = True

    def resume_reading(self) -> None:
        self.paused = False

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def get_write_buffer_size(self) -> int:
        return 0


class Bench:
    """Our protocol without a network. `at_once`: frames go to a hearer, as a seat has them, and not to `receive`."""

    def __init__(self, *, at_once: bool) -> None:
        self._at_once = at_once
        self._messages: list[str | bytes] = []
        self._config = uvicorn.Config(
            self._app, ws_max_size=FRAME, ws_per_message_deflate=False, ws_ping_interval=None, lifespan="off",
            log_config=None, interface="asgi3", proxy_headers=False,
        )  # fmt: skip
        self._config.load()

    async def _app(self, scope, receive, send) -> None:  # type: ignore[no-untyped-def]
        await receive()
        await send({"type": "websocket.accept"})
        messages = self._messages
        if self._at_once:
            scope["extensions"]["hearth"].hears(messages.append)
        while (message := await receive())["type"] == "websocket.receive":
            messages.append(message["text"] if message.get("text") is not None else message["bytes"])

    async def hears(self, packets: list[bytes]) -> Heard:
        """What comes of them."""
        messages: list[str | bytes] = []
        self._messages = messages
        paper, line = Paper(), HearthProtocol(self._config, ServerState(), {})
        line.connection_made(paper)
        handshake = asking("here", "/")
        line.data_received(passed_on(handshake) if self._at_once else handshake)  # quickly, or by the parser
        await _turns(lambda: line.handshake_complete)
        await asyncio.sleep(0)  # whoever hears at once now does
        answered = len(paper.written)
        for packet in packets:
            await _turns(lambda: paper.closing or not paper.paused)
            if paper.closing:
                break
            line.data_received(packet)
        await _turns(lambda: paper.closing or not paper.paused)
        frames, rest = unframed(bytes(paper.written[answered:]))
        closes = {int.from_bytes(said[:2], "big") or 1005 for first, said in frames if first == 0x80 | CLOSE}
        pongs = [said for first, said in frames if first == 0x80 | PONG]
        assert rest == b"", "half a frame was sent"
        assert len(frames) == len(pongs) + len(closes), "something else was sent"
        assert not closes or frames[-1][0] == 0x80 | CLOSE, "something was sent after goodbye"
        assert paper.closing == bool(closes), "said goodbye and stayed, or left without a word"
        line.connection_lost(None)
        await _turns(lambda: not line.tasks)
        return Heard(list(messages), pongs, closes)


async def _turns(until: Callable[[], bool]) -> None:
    for _ in range(400):
        if until():
            return
        await asyncio.sleep(0)
    raise AssertionError("the protocol stands still")


async def check_streams(seed: int, frames: int) -> None:
    """So many mutated frames are heard as the standard's parser hears them, however cut. Raises AssertionError."""
    benches = [Bench(at_once=at_once) for at_once in (False, hasattr(HearthProtocol, "hears"))]
    made, number = 0, 0
    while made < frames:
        mutator = Mutator(seed * 1_000_000_007 + number)
        packets = mutator.stream(count := mutator._chance.choice((1, 2, 3, 5, 12)))
        expected = measured(b"".join(packets))
        got = await benches[number % 2].hears(packets)
        _compare(expected, got, f"stream {number} of seed {seed}")
        made, number = made + count, number + 1


def _compare(expected: Heard, got: Heard, where: str) -> None:
    assert got.messages == expected.messages, where
    assert bool(got.codes) == bool(expected.codes), f"{where}: {got.codes}, not {expected.codes}"
    assert got.codes <= expected.codes, f"{where}: {got.codes}, not {expected.codes}"
    both = min(len(got.pings), len(expected.pings)) if 1007 in expected.codes else None  # packets decide how many more
    assert got.pings[:both] == expected.pings[:both], where


def check_payloads(seed: int, count: int) -> None:
    """So many mutated payloads: a command that can be told again, or a BadFrame. Raises whatever else comes."""
    mutator = Mutator(seed)
    for _ in range(count):
        said = mutator.payload()
        try:
            command = wire.decode(said)
        except BadFrame:
            continue
        assert wire.decode(wire._encoder.encode(command)) == command
