"""Where a room is kept in Redis: every key of it under one hash tag, so that one script may touch them all."""

from zlib import crc32

from chat.core.ids import RoomId

PARTITIONS = 128
"""Fixed for ever: a room's keys must be found by every version of the program."""


def partition(room: RoomId) -> str:
    """The hash tag of a room's partition, `{p000}` … `{p127}`."""
    return f"{{p{crc32(room.encode()) % PARTITIONS:03d}}}"


def channel(room: RoomId) -> str:
    """Where a room's notices are published."""
    return f"{partition(room)}:{room}"


def room_of(channel_name: str) -> RoomId:
    """The room whose channel this is."""
    return RoomId(channel_name.split(":", 1)[1])


def due(tag: str) -> str:
    """The rooms of a partition by when they need a tick."""
    return f"{tag}:due"


def tags() -> list[str]:
    """Every partition's hash tag."""
    return [f"{{p{number:03d}}}" for number in range(PARTITIONS)]


class Keys:
    """The keys of one room."""

    __slots__ = ("authors", "channel", "due", "places", "refs", "ring", "seated", "state", "words")

    def __init__(self, room: RoomId) -> None:
        tag, base = partition(room), channel(room)
        self.channel = base
        self.due = due(tag)
        self.state = f"{base}:state"
        self.places = f"{base}:places"
        self.seated = f"{base}:seated"
        self.authors = f"{base}:authors"
        self.refs = f"{base}:refs"
        self.ring = f"{base}:ring"
        self.words = f"{base}:word:"
