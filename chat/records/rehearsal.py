"""People who do not exist, many at once, for a load test; nobody can sign in as one of them by a password.

Their logins hold a hyphen, which no login that the server draws for a real person does (`accounts.WORD`). So whether
records hold anybody real can always be told, and records that do are not rehearsed on.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from sqlalchemy import Table, exists, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.errors import ChatError
from chat.core.ids import Millis, RoomId
from chat.core.wire.frame import Role
from chat.records import agreements as agreed
from chat.records.keys import day, fresh_id, fresh_token, hashed
from chat.records.names import fold
from chat.records.tables import accounts, agreements, consents, groups, meetings, members, visits
from chat.records.visits import LONGEST

LOGIN = "rehearsal-"
NO_PASSWORD = "-"  # noqa: S105  no hash, so that no password matches it
ROWS = 2_000
"""People written at a time: their rows stay far below the time and the memory that one statement may take."""


class SomebodyReal(ChatError):
    """The records hold an account that no rehearsal has made."""


class Circle(Struct, frozen=True):
    """An open meeting. `tokens`: of its members' visits; the facilitator's is the first."""

    room: RoomId
    notice_salt: bytes
    receipt_salt: bytes
    tokens: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<Circle of {len(self.tokens)}>"


async def fill(c: AsyncConnection, rooms: int, size: int, now: Millis, customs: str | None = None) -> list[Circle]:
    """`rooms` groups of `size` consenting, signed-in members, each in its meeting. Raises SomebodyReal.

    `customs`: how these groups do things, as JSON.
    """
    if await c.scalar(select(exists().where(accounts.c.login.not_like(f"{LOGIN}%")))):
        raise SomebodyReal
    circles: list[Circle] = []
    at_a_time = max(1, ROWS // size)
    for first in range(0, rooms, at_a_time):
        made = [_Made(size) for _ in range(min(at_a_time, rooms - first))]
        await _write(c, made, now, customs)
        circles += [one.circle for one in made]
    return circles


class _Made:
    """One circle before it is written: the ids of its rows."""

    def __init__(self, size: int) -> None:
        self.group = fresh_id()
        self.people = [(fresh_id(), fresh_id(), fresh_token()) for _ in range(size)]  # account, member, visit's token
        room, tokens = RoomId(fresh_id()), tuple(token for *_, token in self.people)
        self.circle = Circle(room, secrets.token_bytes(32), secrets.token_bytes(32), tokens)


Row = Mapping[str, object]


async def _write(c: AsyncConnection, made: Sequence[_Made], now: Millis, customs: str | None) -> None:
    for table, rows in _rows(made, now, customs):
        await c.execute(insert(table), [dict(row) for row in rows])


def _rows(made: Sequence[_Made], now: Millis, customs: str | None) -> Iterator[tuple[Table, list[Row]]]:
    """Table by table, those first that others refer to."""
    today, ends = day(now), now + LONGEST
    yield groups, [{"id": one.group, "name": "Rehearsal", "created_on": today, "customs": customs} for one in made]
    version = {"version": 1, "text": agreed.default(), "edited_by": None, "edited_on": today}
    yield agreements, [{"group_id": one.group, **version} for one in made]
    yield meetings, [_meeting(one, now) for one in made]
    people = [(one, place, *ids) for one in made for place, ids in enumerate(one.people)]
    yield accounts, [
        {"id": account, "login": LOGIN + secrets.token_hex(7), "password_hash": NO_PASSWORD, "administrator": False,
         "created_on": today}
        for *_, account, _, _ in people
    ]  # fmt: skip
    yield members, [_member(one.group, place, account, member, now) for one, place, account, member, _ in people]
    yield consents, [{"member_id": member, "version": 1, "agreed_on": today} for *_, member, _ in people]
    yield visits, [
        {"id": fresh_id(), "account_id": account, "token_hash": hashed(token), "agent": "A rehearsal",
         "started_on": today, "idle_at": ends, "ends_at": ends, "calm": False, "shared": False}
        for *_, account, _, token in people
    ]  # fmt: skip


def _meeting(one: _Made, now: Millis) -> Row:
    salts = {"salt": one.circle.notice_salt, "receipt_salt": one.circle.receipt_salt}
    return {"id": one.circle.room, "group_id": one.group, "opened_on": day(now), **salts}


def _member(group: str, place: int, account: str, member: str, now: Millis) -> Row:
    role = Role.MEMBER if place else Role.FACILITATOR
    name = f"Person {place}"
    whose = {"id": member, "group_id": group, "account_id": account}
    return whose | {"name": name, "folded": fold(name), "role": role.value, "joined_on": day(now)}
