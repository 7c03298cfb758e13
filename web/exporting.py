"""What the server could be made to give about one person or one group, told to whoever runs it; `hearth export`."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

import msgspec
from sqlalchemy import Table

from chat.core.errors import ChatError
from chat.core.ids import GroupId
from chat.core.wire import UNTIL_LOOKED
from chat.records import accounts, giving, groups, histories, meetings
from chat.records.everything import TIMES
from chat.records.giving import Rows, Value
from chat.records.keys import now
from chat.records.sealed import Locker, Unopenable
from chat.records.store import Store
from chat.records.tables import appeals, contact_openings, contacts, metadata, remarks, reports, second_steps
from chat.records.throttle import Throttle
from web import data_map
from web.limits import Limits
from web.noting import SEALED
from web.opening import ASKING
from web.pages.another_look import ANSWERED, ASKED
from web.pages.second import SEALED as SECOND
from web.render import LOOKED
from web.reporting import ANSWER, CONTENT, REPORTER

MILLIS_BEGIN = 10**11
"""ms since 1970 in 1973: what is less counts something else."""
PURPOSES = {
    (second_steps.name, "secret"): SECOND,
    (reports.name, "reporter"): REPORTER,
    (reports.name, "content"): CONTENT,
    (reports.name, "answer"): ANSWER,
    (appeals.name, "asking"): ASKED,
    (appeals.name, "answer"): ANSWERED,
    (remarks.name, "content"): SEALED,
    (contact_openings.name, "asking"): ASKING,
}
"""What each sealed column is sealed as; a test holds that none is missing."""
BOXES = {(contacts.name, "box")}
"""Sealed columns that nothing the server has opens."""
BY_NAME = "Sealed notes and reports that only speak of them, by a name and not by an id, are printed with their group."
NOTHING_ELSE = "There is nothing else about them in the database. Words said in a room are not in it at all."
SEALED_WORDS = "sealed, {} bytes; the server's secret opens it (--open)"
SEALED_BOX = "a sealed box, {} bytes; nothing the server has opens it, only two people together, with halves of a key"
OPEN_NOW = (
    "The meeting is open. While it is, Redis holds in its memory who is here, messages of the last 60 seconds and "
    "those that wait for a facilitator for up to 10 minutes, sealed; Redis, the server's secret and the salt of the "
    "meeting together open them. When it closes, nothing opens them any more."
)
KEPT_NOW = (
    "Everybody in this group has agreed that what is said in its room is kept for {} hours. It is not printed here: it "
    "is in the memory of Redis, sealed. The running server opens it for whoever is in the room, and could be made to; "
    "so can whoever has Redis' memory, the server's secret and the meeting's history_salt together. When it is "
    "switched off, nothing opens it any more."
)
ELSEWHERE = (
    "Not in here: what whoever has full control of the running server could read while it passes, and what proxies, "
    "the machine's own logs and backups hold."
)


class NobodySuch(ChatError):
    """There is no such account or group."""


class Export(msgspec.Struct, frozen=True):
    """`open`: a meeting of theirs is open. `keeps`: what is said there is kept for so many hours."""

    rows: Rows
    open: bool
    keeps: int = 0

    def __repr__(self) -> str:
        return "<Export>"


class Exporting:
    """Owns the secret with which sealed rows are opened. `opens`: sealed words are shown. `set_`: as for the map."""

    def __init__(self, store: Store, secret: bytes, *, opens: bool, set_: Limits = data_map.USUAL) -> None:
        self._store = store
        self._locker = Locker(secret)
        self._throttle = Throttle(secret)
        self._opens = opens
        self._set = set_

    async def person(self, login: str) -> Export:
        """Everything about whoever signs in so. Raises NobodySuch, RecordsUnreachable."""
        async with self._store.reading() as c:
            known = await accounts.by_login(c, login)
            if known is None:
                raise NobodySuch
            whose, at = known.account, (self._throttle, now())
            rows = await giving.person(c, whose.id, whose.login, self._says, at)
            theirs = [place.group.id for place in await groups.of(c, whose.id)]
            running = [await meetings.current(c, one) for one in theirs]
            keeps = [await histories.hours(c, one) for one in theirs]
        return Export(rows, any(running), max(keeps, default=0))

    async def group(self, which: str) -> Export:
        """Everything about the group with this id, or this name if only one has it. Raises as `person`."""
        async with self._store.reading() as c:
            named = [one.id for one in await groups.all_(c) if which in (one.id, one.name)]
            if len(named) != 1:
                raise NobodySuch
            rows = await giving.group(c, GroupId(named[0]))
            keeps = await histories.hours(c, named[0])
            return Export(rows, await meetings.current(c, named[0]) is not None, keeps)

    def told(self, export: Export) -> str:
        """For people: table by table, row by row, and what each value is kept for."""
        lines: list[str] = []
        for kept in data_map.in_database(self._set):
            rows = export.rows[kept.name]
            if rows:
                lines += [f"{kept.name} ({len(rows)}), kept until: {kept.until}"]
            for row in rows:
                shown = self._row(metadata.tables[kept.name], row)
                lines += [f"  {name}: {shown[name]}    [{why}]" for name, why in kept.fields] + [""]
        empty = [name for name, rows in export.rows.items() if not rows]
        lines += [f"Nothing in: {', '.join(empty)}.", NOTHING_ELSE, BY_NAME, ELSEWHERE]
        lines += [KEPT_NOW.format(export.keeps)] if export.keeps else []
        return "\n".join([*lines, OPEN_NOW] if export.open else lines)

    def as_json(self, export: Export) -> str:
        """For programs: the same rows by table."""
        rows = {name: [self._row(metadata.tables[name], row) for row in found] for name, found in export.rows.items()}
        return msgspec.json.format(msgspec.json.encode(rows), indent=2).decode()

    def _row(self, table: Table, row: Mapping[str, Value]) -> dict[str, str | int | None]:
        return {name: self._value(table, name, giving.key_of(table, row), value) for name, value in row.items()}

    def _value(self, table: Table, name: str, row: str, value: Value) -> str | int | None:
        match value:
            case bytes() if (table.name, name) in BOXES:
                return SEALED_BOX.format(len(value))
            case bytes() if (table.name, name) in PURPOSES:
                said = self._says(table, name, row, value) if self._opens else None
                return SEALED_WORDS.format(len(value)) if said is None else said
            case bytes():
                return value.hex()
            case date():
                return value.isoformat()
            case int() if value == UNTIL_LOOKED:
                return LOOKED
            case int() if name in TIMES and value > MILLIS_BEGIN:
                return datetime.fromtimestamp(value / 1000, UTC).isoformat(" ", "seconds")
            case _:
                return value

    def _says(self, table: Table, column: str, row: str, value: bytes) -> str | None:
        purpose = PURPOSES.get((table.name, column))
        try:
            return self._locker.open(value, purpose, row) if purpose else None
        except Unopenable:
            return None
