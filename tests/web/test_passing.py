"""A browser that came to another process than its room's goes there; where it cannot, it stays, and is never lost."""

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator, Iterator

import msgspec
import pytest

from chat.live.reading import Asked
from web.passing import FRESH, Comes, Passing, Ways

HERE, THERE = 1, 2


@pytest.fixture
def ways() -> Iterator[Ways]:
    """Between two processes; nobody serves yet."""
    ways = Ways(2)
    yield ways
    ways.close()


@pytest.fixture
async def here(ways: Ways) -> AsyncIterator[Passing]:
    """The first process' part."""
    here = Passing.inherited(HERE, [os.dup(file) for file in ways.of(HERE)])
    yield here
    here.closes()


@pytest.fixture
async def browser() -> AsyncIterator[asyncio.Transport]:
    """Somebody's connection; at its other end nobody says anything."""
    ours, theirs = socket.socketpair()
    with theirs:
        transport, _ = await asyncio.get_running_loop().create_connection(asyncio.Protocol, sock=ours)
        yield transport
        transport.close()


def asks_for(here: Passing, home: int) -> Asked:
    """The handshake for a room that is served there."""
    path = next(path for turn in range(99) if here.home(path := f"/rooms/{turn}/socket?epoch=1") == home)
    return Asked(path, [(b"cookie", b"a visit")], b"an answer")


async def test_a_room_has_one_home_however_it_is_come_back_to(here: Passing) -> None:
    assert len({here.home(f"/rooms/a/socket{query}") for query in ("", "?back=1", "?epoch=1&after=2")}) == 1
    assert {here.home(f"/rooms/{turn}/socket") for turn in range(99)} == {HERE, THERE}


async def test_who_is_at_the_right_process_stays(ways: Ways, here: Passing, browser: asyncio.Transport) -> None:
    ways.board.begins(HERE)
    assert not here.passes(browser, asks_for(here, HERE), None, None)


async def test_nobody_is_sent_where_nobody_serves(ways: Ways, here: Passing, browser: asyncio.Transport) -> None:
    assert not here.passes(browser, asks_for(here, THERE), None, None)
    ways.board.begins(THERE)
    assert here.passes(browser, asks_for(here, THERE), ("127.0.0.1", 1), ("127.0.0.1", 80))
    ways.board.ended(THERE, os.getpid())
    assert not here.passes(browser, asks_for(here, THERE), None, None)


async def test_who_has_come_too_late_to_be_taken_stays(ways: Ways, here: Passing, browser: asyncio.Transport) -> None:
    """A process that does not read has only so many waiting; the one that has them serves them."""
    ways.board.begins(THERE)
    passed = [here.passes(browser, asks_for(here, THERE), None, None) for _ in range(2000)]
    assert passed[0]
    assert not passed[-1]


async def test_who_has_waited_for_too_long_is_let_go_and_comes_again(here: Passing) -> None:
    browser, page = socket.socketpair()
    with page:
        page.settimeout(5)
        since = time.monotonic() - FRESH - 1
        here._take(msgspec.msgpack.encode(Comes(asks_for(here, HERE), None, None, since)), browser)
        assert page.recv(1) == b""


async def test_no_visit_shows_when_somebody_is_printed(here: Passing) -> None:
    asked = asks_for(here, HERE)
    assert "a visit" not in repr((asked, Comes(asked, None, None, 0.0)))


def test_a_predecessors_end_is_not_its_successors(ways: Ways) -> None:
    ways.board.begins(THERE)
    ways.board.ended(THERE, os.getpid() + 1)
    assert ways.board.serves(THERE)
