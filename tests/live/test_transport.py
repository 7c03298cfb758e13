"""A slow or hostile connection costs what it costs and no more; and the rooms work on any ASGI server."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable

import pytest
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode

from chat.core.wire import Role
from chat.live import transport
from chat.live.closing import Closing
from chat.live.frames import Frames
from chat.live.frames import _framed as framed
from chat.live.transport import HearthProtocol
from tests.cast import Person
from tests.installation import Installation, served


def line_of(circle: Installation, process: int, person: Person) -> HearthProtocol:
    """The server's end of somebody's connection."""
    line = circle.table(process).seats[person.member]._line
    assert isinstance(line, HearthProtocol)
    return line


async def test_what_the_protocol_leans_on_in_uvicorn_is_there(circle: Installation, ann: Person) -> None:
    line = line_of(circle, 1, ann)
    for name in (
        "conn", "transport", "queue", "close_sent", "handshake_complete", "disconnected", "ping_interval",
        "ping_timer", "pending_ping_payload", "read_paused", "writable", "loop", "stop_keepalive", "start_keepalive",
        "receive", "run_asgi", "on_task_complete", "tasks", "default_headers", "app_state", "root_path", "asgi_version",
        "config", "handshake_initiated", "frames", "curr_msg_data_type", "handle_parser_exception",
    ):  # fmt: skip
        assert hasattr(line, name), name
    assert HearthProtocol.__mro__[2] is WebSocketsSansIOProtocol
    for name in (
        "connection_made", "connection_lost", "handle_connect", "pause_writing", "resume_writing", "shutdown",
        "data_received", "send_receive_event_to_app", "send_keepalive_ping", "keepalive_timeout",
    ):  # fmt: skip
        assert name in vars(WebSocketsSansIOProtocol) or hasattr(asyncio.Protocol, name), name


async def test_whoever_answers_a_ping_stays_and_whoever_does_not_is_lost_at_the_next(
    circle: Installation, ann: Person, bob: Person
) -> None:
    lines = line_of(circle, 1, ann), line_of(circle, 0, bob)
    for line in lines:
        line.stop_keepalive()
        line.ping_interval = 0.3
    bob._socket.transport.pause_reading()
    for line in lines:
        line.send_keepalive_ping()
    await asyncio.sleep(1.0)
    assert lines[0].open
    assert not lines[1].open


async def test_what_somebody_was_shown_first_is_not_kept(circle: Installation, ann: Person) -> None:
    assert circle.table(1).seats[ann.member]._joined is None


async def test_only_the_answer_to_the_last_ping_is_an_answer(circle: Installation, ann: Person) -> None:
    line = line_of(circle, 1, ann)
    line.stop_keepalive()
    line.ping_interval = 60
    ann._socket.transport.pause_reading()
    line.send_keepalive_ping()
    payload = line.pending_ping_payload
    assert payload
    ann._socket.transport.write(Frame(Opcode.PONG, b"what").serialize(mask=True))
    await asyncio.sleep(0.2)
    assert line.pending_ping_payload == payload
    ann._socket.transport.write(Frame(Opcode.PONG, payload).serialize(mask=True))
    await asyncio.sleep(0.2)
    assert line.pending_ping_payload is None


async def test_what_somebody_says_comes_back_to_them_with_the_answer_in_one_write(
    circle: Installation, ann: Person, bob: Person
) -> None:
    line, sizes = line_of(circle, 1, ann), list[int]()
    written = line.straight
    assert written is not None

    def straight(raw: bytes) -> None:
        sizes.append(raw.count(b'{"type":'))
        written(raw)

    line.straight = straight
    n = await ann.says("both at once")
    await ann.hears("said", n=n)
    assert sizes == [2]
    await bob.says("and this one alone")
    await ann.hears("said", text="and this one alone")
    assert sizes == [2, 1]


async def test_frames_are_heard_in_order_however_they_are_cut(circle: Installation, ann: Person, bob: Person) -> None:
    def frame(opcode: Opcode, words: str, *, fin: bool = True) -> bytes:
        data = words if opcode is not Opcode.TEXT else json.dumps({"type": "say", "ref": words, "text": words})
        return Frame(opcode, data.encode(), fin).serialize(mask=True)

    whole = json.dumps({"type": "say", "ref": "a-5", "text": "a-5"})
    line, wire = line_of(circle, 1, ann), ann._socket.transport
    for packet in (
        frame(Opcode.TEXT, "a-1"),
        frame(Opcode.TEXT, "a-2") + frame(Opcode.PING, "?") + frame(Opcode.TEXT, "a-3"),
        frame(Opcode.TEXT, "a-4") + Frame(Opcode.TEXT, whole[:9].encode(), False).serialize(mask=True),
        Frame(Opcode.CONT, whole[9:20].encode(), False).serialize(mask=True),
        frame(Opcode.PING, "in between"),
        Frame(Opcode.CONT, whole[20:].encode()).serialize(mask=True),
        frame(Opcode.TEXT, "a-6"),
        frame(Opcode.TEXT, "a-7")[:1],
        frame(Opcode.TEXT, "a-7")[1:],
        frame(Opcode.TEXT, "a-8"),
    ):
        wire.write(packet)
        await asyncio.sleep(0.02)
    await bob.hears("said", text="a-8")
    assert [f["text"] for f in bob.history if f["type"] == "said"] == [f"a-{n}" for n in range(1, 9)]
    assert line.queue.empty()


async def test_a_new_message_within_an_unfinished_one_is_an_error_and_not_a_message(
    circle: Installation, ann: Person, bob: Person
) -> None:
    words = json.dumps({"type": "say", "ref": "a-1", "text": "now"}).encode()
    ann._socket.transport.write(Frame(Opcode.TEXT, b"{", False).serialize(mask=True))
    await asyncio.sleep(0.05)
    ann._socket.transport.write(Frame(Opcode.TEXT, words).serialize(mask=True))
    assert await ann.is_closed() == 1002
    await bob.hears("left", member=ann.member)
    assert not bob.heard("said")


async def test_a_reader_who_reads_nothing_is_cut_off_and_nobody_waits_for_them(
    circle: Installation, ann: Person, bob: Person, fran: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "PATIENCE", 0.3)
    line = line_of(circle, 1, ann)
    ann._socket.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    ann.goes_silent()
    await asyncio.sleep(0)
    unsent = 0
    for turn in range(400):
        if line.transport.is_closing():
            break
        await fran.asks("say", text=f"{turn} " + "x" * 1990)  # of a member it would be held
        await asyncio.sleep(0.055)
        unsent = max(unsent, line.transport.get_write_buffer_size())
    assert unsent <= transport.CEILING
    await fran.hears_within(10, "left", member=ann.member, how="lost")
    await bob.hears("left", member=ann.member)
    assert turn < 399


async def test_more_frames_at_once_than_anybody_may_have_waiting_cut_the_reader_off(
    circle: Installation, ann: Person, fran: Person
) -> None:
    line = line_of(circle, 1, ann)
    ann.goes_silent()
    big = Frames((b"x",), b"\x00" * 100_000)
    taken = [line.offer(big) for _ in range(60)]
    assert taken[0]
    assert not taken[-1]
    await fran.hears("left", member=ann.member)


GOODBYES: dict[str, Callable[[HearthProtocol], None]] = {
    "ours": lambda line: line.end(Closing.LEFT, ""),
    "the server's": lambda line: line.shutdown(),
    "for somebody lost": lambda line: line.keepalive_timeout(),
    "theirs": lambda line: line.data_received(Frame(Opcode.CLOSE, b"").serialize(mask=True)),
    "for what is no frame": lambda line: line.data_received(b"\xff\xff"),
}


@pytest.mark.parametrize("goodbye", GOODBYES)
async def test_after_a_goodbye_nothing_more_goes_to_a_socket(circle: Installation, ann: Person, goodbye: str) -> None:
    line = line_of(circle, 1, ann)
    assert line.straight is not None
    GOODBYES[goodbye](line)
    assert line.straight is None
    assert not line.offer(Frames((b"x",), framed(b"x")))


async def test_a_slow_readers_frames_are_counted_until_it_has_caught_up(
    circle: Installation, ann: Person, bob: Person
) -> None:
    line = line_of(circle, 1, ann)
    line.pause_writing()
    assert line.straight is None
    line.resume_writing()
    n = await bob.says("and on it goes")
    await ann.hears("said", n=n)
    assert line.straight is not None


async def test_a_flood_of_pings_whose_pongs_nobody_reads_stays_bounded(
    circle: Installation, ann: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "PATIENCE", 0.5)
    line = line_of(circle, 1, ann)
    raw = ann._socket.transport
    ann.goes_silent()
    ping = bytes([0x89, 0x80 | 125]) + bytes(4) + b"p" * 125
    for _ in range(200):
        if raw.is_closing():
            break
        raw.write(ping * 400)  # 50 KB
        await asyncio.sleep(0.005)
        assert line.transport.get_write_buffer_size() <= transport.CEILING
    await bob.hears_within(10, "left", member=ann.member)
    await bob.says("as if nothing had been")


async def test_a_page_that_does_not_take_the_goodbye_is_cut_off(
    circle: Installation, ann: Person, fran: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fran.meets(ann)
    line = line_of(circle, 1, ann)
    line.transport.set_write_buffer_limits(high=transport.CEILING)  # so that nothing but the goodbye cuts it off
    ann.goes_silent()
    while line.transport.get_write_buffer_size() < 100_000:
        line.transport.write(bytes(50_000))
    monkeypatch.setattr(transport, "GOODBYE", 0.3)
    await fran.does("remove", member=ann.member, reason="other")
    async with asyncio.timeout(3):
        while line.transport.get_write_buffer_size():
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536])
def test_a_frame_of_any_size_is_framed_as_the_standard_says(size: int) -> None:
    payload = b"x" * size
    assert framed(payload) == Frame(Opcode.TEXT, payload).serialize(mask=False)


@pytest.fixture
async def plain(circle: Installation) -> AsyncIterator[Installation]:
    """A third door, on uvicorn's own protocol."""
    async with served(circle.lives[0], WebSocketsSansIOProtocol) as port:
        circle.ports.append(port)
        yield circle
        await circle.rests()
        circle.ports.pop()


async def test_on_another_protocol_people_talk_all_the_same(plain: Installation, ann: Person, fran: Person) -> None:
    dee = await (await plain.person("Dee", Role.MEMBER, 2)).enters()
    n = await dee.says("hello from elsewhere")
    await ann.hears("said", n=n, text="hello from elsewhere")
    await ann.says("hello back")
    await dee.hears("said", text="hello back")
    for turn in range(20):
        await ann.asks("say", text=str(turn))
    await dee.hears("said", text="10")
    await dee.sends(json.dumps({"type": "shout"}))
    assert await dee.is_closed() == 4508


async def test_on_another_protocol_acts_hold_and_connections_end(plain: Installation, fran: Person) -> None:
    dee = await (await plain.person("Dee", Role.MEMBER, 2)).enters()
    await fran.does("mute", member=dee.member, minutes=1, reason="other")
    assert (await dee.is_refused("say", text="but"))["code"] == "muted"
    await fran.does("remove", member=dee.member, reason="other")
    await dee.hears("acted-on", act="removal")
    assert await dee.is_closed() == 4503
    await dee.connects()
    assert await dee.is_closed() == 4503
