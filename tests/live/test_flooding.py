"""Whoever sends more than a person can is shut out at once, and the others notice nothing."""

import asyncio
import logging

import pytest
from websockets.protocol import State

from chat.live import transport
from chat.live.closing import Closing
from chat.live.frames import Frames
from chat.live.frames import _framed as ours
from tests.cast import Person
from tests.installation import Installation
from tests.live.test_transport import line_of
from tests.raw import BINARY, CLOSE, PING, PONG, framed

PIECE = framed(b"x", 0, fin=False)
FLOODS = {
    "pings": framed(b"", PING) * 20_000,
    "pongs": framed(b"", PONG) * 20_000,
    "pieces": framed(b"x", fin=False) + PIECE * 15_000,
    "one-byte frames": framed(b"x") * 20_000,
    "bytes": framed(b"", BINARY) * 20_000,
    "commands": framed(b'{"type":"say","ref":"f-1","text":"."}') * 4_000,
}


@pytest.mark.parametrize("flood", FLOODS)
async def test_a_flood_ends_the_connection_it_comes_by_and_keeps_nobody_waiting(
    flood: str, circle: Installation, ann: Person, bob: Person
) -> None:
    line = line_of(circle, 1, ann)
    ann._socket.transport.write(FLOODS[flood])
    code = await ann.is_closed()
    assert code in {Closing.TOO_MANY, Closing.BAD_FRAME, 1006}  # 1006: what was still on its way made it a reset
    assert line.queue.qsize() < transport.FRAMES_AT_ONCE + transport.MOUTHFUL
    await bob.hears("left", member=ann.member, how="lost")
    await bob.says("as if nothing had been")


async def test_a_person_who_types_and_is_pinged_all_evening_is_no_flood(ann: Person) -> None:
    for _ in range(20):
        await ann._socket.ping()
        await ann.answer_to("say", text="and on")
    assert ann.closed is None


@pytest.mark.parametrize("after", [b"", framed(b"\x03\xe8", CLOSE), framed(b"ping", PING)])
async def test_what_is_no_utf_8_is_told_so_and_leaves_no_trace_in_the_log(
    after: bytes, ann: Person, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        ann._socket.transport.write(framed(b"\xed\xa0\x80") + after)
        assert await ann.is_closed() in {1007, 1000}
    assert not caplog.records


async def test_a_broken_command_right_before_a_goodbye_leaves_no_trace_in_the_log(
    ann: Person, bob: Person, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        ann._socket.transport.write(framed(b"{") + framed(b"\x03\xe8", CLOSE))
        assert await ann.is_closed() == 1000
        await bob.says("we go on")
    assert not caplog.records


async def test_room_and_replay_of_a_thousand_people_reach_whoever_reads(circle: Installation, ann: Person) -> None:
    line = line_of(circle, 1, ann)
    first = Frames((), ours(b'{"type":"first","x":"' + b"x" * 500_000 + b'"}'))
    assert line.offer(first)
    for turn in range(20):
        assert line.offer(Frames((), ours(b'{"type":"then","turn":%d}' % turn)))
    await ann.hears("first")
    await ann.hears("then", turn=19)


async def test_the_server_stops_also_when_somebody_said_goodbye_and_does_not_take_the_answer(
    circle: Installation, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "GOODBYE", 0.3)
    line = line_of(circle, 1, ann)
    line.transport.set_write_buffer_limits(high=transport.CEILING)  # so that being slow does not cut it off
    ann.goes_silent()
    while line.transport.get_write_buffer_size() < 100_000:
        line.transport.write(bytes(50_000))
    ann._socket.transport.write(framed(b"\x03\xe8", CLOSE))
    async with asyncio.timeout(5):
        while line.conn.state is State.OPEN:
            await asyncio.sleep(0.01)
    line.shutdown()
    async with asyncio.timeout(5):
        while line.transport.get_write_buffer_size():
            await asyncio.sleep(0.05)
