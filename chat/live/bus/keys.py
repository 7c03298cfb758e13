"""Where a room is kept in Redis: every key of it under one hash tag, so that one script may touch them all."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

from redis.crc import key_slot

from chat.core.ids import DraftId, RoomId

PARTITIONS = 128
"""Fixed for ever: a room's keys must be found by every version of the program."""
HOME = PARTITIONS
"""One partition more, that no room is in: what concerns the whole installation is kept there."""
EVERY = frozenset(range(PARTITIONS + 1))
_HOME_TAG = "{control}"
CONTROL = f"{_HOME_TAG}:hearth"
"""One channel for what concerns visits, accounts and settings."""
PROCESSES = f"{_HOME_TAG}:processes"
UNRECORDED = f"{_HOME_TAG}:unrecorded"
REHEARSAL = f"{_HOME_TAG}:rehearsal"
SECRET = f"{_HOME_TAG}:secret"
PARTS = f"{_HOME_TAG}:parts"


def number(room: RoomId) -> int:
    """Which partition a room is in."""
    return crc32(room.encode()) % PARTITIONS


def tag(number: int) -> str:
    """The hash tag of a partition, `{p000}` … `{p127}`; of HOME, `{control}`."""
    return _HOME_TAG if number == HOME else f"{{p{number:03d}}}"


def channel(room: RoomId) -> str:
    """Where a room's notices are published."""
    return f"{tag(number(room))}:{room}"


def room_of(channel_name: str) -> RoomId:
    """The room whose channel this is."""
    return RoomId(channel_name.split(":", 1)[1])


def number_of(name: str) -> int:
    """Which partition a channel or key is in."""
    return HOME if name.startswith(_HOME_TAG) else int(name[2:5])


SLOTS = tuple(key_slot(tag(number).encode()) for number in sorted(EVERY))
"""Of each partition, its slot in a Redis Cluster; no two share one."""


def in_slot(slot: int) -> int | None:
    """Which partition is in a slot of a Redis Cluster; None: none of ours."""
    return SLOTS.index(slot) if slot in SLOTS else None


def due(number: int) -> str:
    """The rooms of a partition by when they need a tick."""
    return f"{tag(number)}:due"


def with_rooms(numbers: Iterable[int]) -> list[int]:
    """Those of the partitions that rooms can be in, in order."""
    return sorted(number for number in numbers if number != HOME)


def part(name: str) -> str:
    """Where something waits that two people have to do with; `name`: whose, and what."""
    return f"{PARTS}:{name}"


class Keys:
    """The keys of one room. Those of rooms lately asked for are kept: see `of`."""

    __slots__ = ("authors", "channel", "drafts", "due", "history", "places", "refs", "ring", "seated", "state", "words")

    def __init__(self, room: RoomId) -> None:
        base = channel(room)
        self.channel = base
        self.due = due(number(room))
        self.state = f"{base}:state"
        self.places = f"{base}:places"
        self.seated = f"{base}:seated"
        self.authors = f"{base}:authors"
        self.refs = f"{base}:refs"
        self.ring = f"{base}:ring"
        self.words = f"{base}:word:"
        self.drafts = f"{base}:drafts"
        self.history = f"{base}:history"

    def draft(self, draft: DraftId) -> str:
        """Where one message waits for a facilitator."""
        return f"{self.drafts}:{draft}"

    def kept(self, name: str) -> str:
        """Where one message is kept, in a group where everybody has agreed to that."""
        return f"{self.history}:{name}"


@lru_cache(maxsize=4096)
def of(room: RoomId) -> Keys:
    """A room's keys, put together once for many messages."""
    return Keys(room)


class Held(NamedTuple):
    """What a kind of key is for, when it dies by itself, and who of the people can read it."""

    why: str
    until: str
    read: str = "nobody; sealed"


_MEETING = "the meeting closes, or a day after its last change"
_IDS = "ids; the database says whose"
MAP = {
    "state": Held("how the room is: its floor and phase, whether it is paused, whose words were of danger lately; and, "
                  "not sealed, its numbers, when each sitting began, by ids, and by what its newest notices are known "
                  "again", _MEETING),
    "places": Held("who is here, muted or asked to leave, and what was done to them that they have not read, without "
                   "the words to it, and how many private words they were told, by whom; not sealed: their ids",
                   _MEETING),
    "seated": Held(f"how many are here: {_IDS}", _MEETING, "nobody"),
    "authors": Held(f"who said which message, without its words: {_IDS}", _MEETING, "nobody"),
    "refs": Held("what was answered to the last 64 commands of each person's last three pages, so that a retry is not "
                 f"done twice: {_IDS}", _MEETING, "nobody"),
    "ring": Held("which messages of the last minute wait, and up to 32 names of some that are gone; no words", _MEETING,
                 "nobody"),
    "words": Held("a message, for whoever was present and lost the connection", "60 seconds after it was said"),
    "drafts": Held("a message that waits for a facilitator; and, not sealed, the list of them: ids and times", "10 "
                   "minutes after it was sent", "its writer and facilitators, while it waits; else nobody, it is "
                   "sealed"),
    "history": Held("a message, where everybody in the group has agreed that it is kept, at most 1,000 or 1 MiB of a "
                    "meeting; and, not sealed, the list of them: ids, times and lengths", "the time the group has "
                    "agreed on is over, an hour to 7 days; at once when it is switched off", "who is in the room and "
                    "was in the group when it was said; else nobody, it is sealed"),
    "due": Held("when each room must be looked at next", "the meeting closes", "nobody"),
    "processes": Held("which server processes live", "the process has ended", "nobody"),
    "unrecorded": Held("acts that the database could not take yet: by whom, to whom, what, why, when; nobody's words",
                       "they are written down", "nobody"),
    "rehearsal": Held("that this is a rehearsal", "a few seconds after the rehearsing server has ended", "nobody"),
    "parts": Held("half of the key for emergency contacts, while it is written down or waits for the other half; and "
                  "what two people have just opened", "10 minutes; an hour while the key is made; or shown, once"),
    "secret": Held("whether another process has the same secret and promises the same; a proof, not the secret",
                   "a few seconds after the last process has ended", "nobody"),
}  # fmt: skip
"""Every kind of key there is; a test compares it with `Keys` and the names above."""
