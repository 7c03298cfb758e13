"""Where it is set, whoever watches the network sees a few lengths of frames and not how long a message is."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.typing import Origin

from chat.core.ids import MemberId, Millis
from chat.core.wire import Role, Said, encode
from chat.live.frames import CLASSES, Padding, frames, page
from tests.conftest import in_a_task_of_its_own
from tests.web.conftest import OWN, website


@pytest.fixture
def padded() -> Iterator[None]:
    """On, for this test alone."""
    Padding.on = True
    yield
    Padding.on = False


def said(length: int) -> Said:
    return Said(MemberId("ann"), "x" * length, Millis(0))


def test_a_short_word_and_a_long_sentence_look_the_same(padded: None) -> None:
    lengths = {len(frames([said(length)]).payloads[0]) for length in range(1, 160)}
    assert lengths == {CLASSES[0]}
    assert {len(frames([said(length)]).payloads[0]) for length in range(1, 2001, 50)} == set(CLASSES[:3])


def test_what_is_told_is_the_same_and_what_is_longer_than_all_classes_goes_as_it_is(padded: None) -> None:
    for length in (0, 300, 2000, 20_000):
        (payload,) = frames([said(length)]).payloads
        assert payload.rstrip(b" ") == encode(said(length))
        assert json.loads(payload)["text"] == "x" * length
    assert len(payload) == len(encode(said(20_000)))


def test_what_a_page_asks_for_beside_the_socket_is_padded_too_however_long(padded: None) -> None:
    for length, sent in ((2, 256), (5_000, 16_384), (16_385, 32_768), (70_000, 81_920)):
        assert page(b"[" + b"1" * (length - 2) + b"]") == (b"[" + b"1" * (length - 2) + b"]").ljust(sent)


def test_where_it_is_not_set_nothing_is_padded() -> None:
    assert frames([said(5)]).payloads == (encode(said(5)),)
    assert page(b"[1]") == b"[1]"


async def test_every_frame_of_a_server_where_it_is_set_has_one_of_these_lengths(
    tmp_path: Path, redis_url: str, padded: None
) -> None:
    served = website(tmp_path, f"{redis_url}?db={OWN}", HEARTH_PADDING="1")
    async with in_a_task_of_its_own(served) as place:
        fran = await place.person("fran", Role.FACILITATOR, place.tuesday)
        room = await fran.opens_the_meeting(place.tuesday)
        host = f"127.0.0.1:{place.port}"
        headers = {"Cookie": f"{place.cookie}={fran.cookie}"}
        async with connect(
            f"ws://{host}{room}/socket", additional_headers=headers, origin=Origin(f"http://{host}"), compression=None
        ) as socket:
            first = await socket.recv()
            await socket.send('{"type": "say", "ref": "p-1", "text": "short"}')
            heard = [first, await socket.recv(), await socket.recv()]
    assert {len(frame.encode() if isinstance(frame, str) else frame) for frame in heard} <= set(CLASSES)
    assert {json.loads(frame)["type"] for frame in heard} == {"room", "said", "accepted"}
