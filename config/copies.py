"""The copy of SQLite's records that is put aside before they are migrated, and its end.

`backups/before-0002.db` beside the file is for going back to an older version. It holds no visit, no one-time link and
no salt, so it opens nothing that passed through a room or was kept of it. A meeting without its salt is over: its group
could neither come into it nor open another. Copies older than 30 days and all but the
newest three are deleted at each start and every hour: what members erase must not live on in them.
"""

import contextlib
import os
import sqlite3
import time
from pathlib import Path

from chat.records.engine import address

DIRECTORY = "backups"
COPIES, COPIES_FOR = 3, 30 * 24 * 3600
"""How many copies are kept, and for how many seconds."""
_SECRETS = {
    "visits.id": "DELETE FROM visits",
    "starts.token_hash": "DELETE FROM starts",
    "throttle.key": "DELETE FROM throttle",
    "meetings.salt": "UPDATE meetings SET salt = NULL, closed_on = coalesce(closed_on, date())",
    "meetings.receipt_salt": "UPDATE meetings SET receipt_salt = NULL",
    "meetings.history_salt": "UPDATE meetings SET history_salt = NULL",
    "mutes.room_id": "DELETE FROM mutes",
    "bars.room_id": "DELETE FROM bars WHERE room_id IS NOT NULL",
    "contact_keys.begun_on": "DELETE FROM contact_keys WHERE begun_on IS NULL",
    "contact_openings.salt": "UPDATE contact_openings SET salt = NULL, asking = NULL",
}
"""What erases them, and what holds in a meeting alone, by a column without which it does not apply: a copy of older
records lacks some."""


def beside(records: str) -> Path | None:
    """The directory of the copies of the records with this URL; None if none are made."""
    where = address(records)
    if where.get_backend_name() != "sqlite" or not where.database:
        return None
    return Path(where.database).parent / DIRECTORY


def copy(file: Path, to: Path) -> None:
    """Copies the records in `file`, without what opens anything. Raises OSError, sqlite3.Error."""
    to.parent.mkdir(mode=0o700, exist_ok=True)
    to.unlink(missing_ok=True)
    os.close(os.open(to, os.O_CREAT | os.O_EXCL, 0o600))
    with contextlib.closing(sqlite3.connect(file)) as original:
        original.execute("VACUUM INTO ?", (str(to),))
    with contextlib.closing(sqlite3.connect(to, isolation_level=None)) as made:
        made.execute("PRAGMA journal_mode=DELETE")
        made.execute("PRAGMA secure_delete=ON")
        columns = "SELECT t.name || '.' || c.name FROM sqlite_master t, pragma_table_info(t.name) c"
        there = {name for (name,) in made.execute(columns)}
        for column, erasing in _SECRETS.items():
            if column in there:
                made.execute(erasing)


def delete_old(copies: Path) -> None:
    """Deletes those whose time is over, and all but the newest. Raises OSError."""
    newest_first = sorted(copies.glob("before-*.db"), key=lambda made: made.stat().st_mtime, reverse=True)
    too_old = time.time() - COPIES_FOR
    for place, made in enumerate(newest_first):
        if place >= COPIES or made.stat().st_mtime < too_old:
            made.unlink(missing_ok=True)
