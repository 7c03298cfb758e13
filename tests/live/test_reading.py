"""The short way into the server reads exactly what the long way would have read, or leaves it alone."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

from chat.live.reading import ends_whole, text_of

opcodes = st.sampled_from([Opcode.TEXT, Opcode.TEXT, Opcode.TEXT, Opcode.CONT, Opcode.BINARY, Opcode.PING, Opcode.PONG])
texts = st.text().map(str.encode) | st.binary() | st.integers(120, 70_000).map(lambda size: b"x" * size)
frames = st.builds(Frame, opcodes, texts, st.booleans()).filter(
    lambda frame: frame.opcode < Opcode.CLOSE or (frame.fin and len(frame.data) < 126)
)
packets = st.lists(frames.map(lambda frame: frame.serialize(mask=True)), min_size=1, max_size=3).map(b"".join)


def heard_by_the_parser(data: bytes) -> Sequence[object] | None:
    """The frames the parser of websockets finds; None if it finds fault."""
    parser = ServerProtocol(state=State.OPEN, max_size=None)
    parser.receive_data(data)
    return None if parser.parser_exc else parser.events_received()


@given(packets, st.integers(0, 20))
def test_only_one_whole_text_frame_is_read_and_read_as_the_parser_does(packet: bytes, missing: int) -> None:
    data = packet[: len(packet) - missing]
    text = text_of(data)
    if text is not None:
        assert heard_by_the_parser(data) == [Frame(Opcode.TEXT, text.encode())]


@given(st.text(max_size=3000))
def test_an_ordinary_text_is_read(text: str) -> None:
    assert text_of(Frame(Opcode.TEXT, text.encode()).serialize(mask=True)) == text


@given(st.binary(max_size=300))
def test_bytes_of_any_kind_are_left_alone_or_are_a_frame(data: bytes) -> None:
    text = text_of(data)
    assert text is None or heard_by_the_parser(data) == [Frame(Opcode.TEXT, text.encode())]


def test_a_frame_without_a_mask_is_left_to_the_parser() -> None:
    assert text_of(Frame(Opcode.TEXT, b"hello").serialize(mask=False)) is None


@given(st.lists(frames, min_size=1, max_size=3), st.integers(0, 20))
def test_a_packet_ends_whole_only_if_nothing_of_a_frame_or_message_is_missing(sent: list[Frame], missing: int) -> None:
    packet = b"".join(frame.serialize(mask=True) for frame in sent)
    data = packet[: len(packet) - missing]
    whole = {sum(len(frame.serialize(mask=True)) for frame in sent[:count]) for count in range(len(sent) + 1)}
    here = sum(1 for end in whole if end <= len(data)) - 1
    assert ends_whole(data) == (len(data) in whole and all(frame.fin for frame in sent[:here]))
