"""A message waits a minute for whoever lost the connection; the list of those that wait is tidied now and then."""

import os
from secrets import token_hex

from chat.core.ids import Epoch, Millis, Number, RoomId
from chat.core.room import Room, Told
from chat.live.envelope import Envelope, Head, Salts
from chat.live.table import RING_GONE, RING_LIFE, RING_MESSAGES, Table

MINUTE = Millis(RING_LIFE + 1)


def with_messages(many: int, size: int = 100) -> Table:
    """A table where so many were said at once, at the very beginning of time."""
    room = RoomId(token_hex(16))
    table = Table(Room(room, Epoch(1)), Envelope(room, os.urandom(32), Salts(os.urandom(32), os.urandom(32))))
    for n in range(1, many + 1):
        table._remembers(Head(Epoch(1), Told(0, n, Number(n)), Millis(0), bytes(size)))
    return table


def test_what_is_gone_by_itself_is_struck_off_the_list_many_at_a_time() -> None:
    assert with_messages(RING_GONE).evict(MINUTE) == 0
    assert with_messages(RING_GONE + 1).evict(MINUTE) == RING_GONE + 1


def test_what_still_waits_is_not_struck_off() -> None:
    assert with_messages(RING_GONE + 1).evict(Millis(RING_LIFE)) == 0


def test_more_than_may_wait_make_room_at_once() -> None:
    assert with_messages(RING_MESSAGES).evict(Millis(0)) == 1
    assert with_messages(3, size=100_000).evict(Millis(0)) == 1
