"""Looks through the database: every value of every table, and its files and its log of changes."""

import os
from collections import defaultdict
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from chat.records.contents import Contents, Unshown
from web.proving import files
from web.proving.looked import Looked, looked, named
from web.proving.seeking import Seeker

UNREACHED = "the database does not answer"
NOT_SHOWN = (
    "PostgreSQL does not show its files to this user; run as one who may (pg_read_server_files), or --without "
    "database-files"
)


class InDatabase:
    """Owns a look through one database. `room`: an id that is in it by now; whether it was seen is in `seen_room`."""

    def __init__(self, url: str, word: str, room: str) -> None:
        self._contents = Contents(url)
        self._word = word
        self._room = room.encode()
        self.seen_room = False

    async def look(self) -> list[Looked]:
        """Everything there is in it and of it."""
        try:
            return [*await self._tables(), *await self._files()]
        finally:
            await self._contents.close()

    async def _tables(self) -> list[Looked]:
        try:
            found = [await self._table(schema, name) for schema, name in await self._contents.tables()]
            if not self._contents.sqlite:
                seeker = Seeker(self._word)
                async for value in self._contents.remembered():
                    seeker.feed(value + b"\0")
                found.append(looked("database", "statements that PostgreSQL remembers", seeker.finish()))
            return found
        except (SQLAlchemyError, OSError):
            return [Looked("database", "tables", not_looked=UNREACHED)]

    async def _table(self, schema: str | None, name: str) -> Looked:
        what, in_name = named(name, self._word)
        seeker = Seeker(self._word)
        seeker.found |= in_name
        async for value in self._contents.values(schema, name):
            self.seen_room = self.seen_room or self._room in value
            seeker.feed(value + b"\0")
        return looked("database", f"the table {what}", seeker.finish())

    async def _files(self) -> list[Looked]:
        if self._contents.sqlite:
            file = self._contents.file
            beside = [Path(f"{file}{end}") for end in ("", "-wal", "-journal", "-shm")]
            return [one for path in beside if path.is_file() for one in files.look("database-files", path, self._word)]
        try:
            return await self._files_of_postgresql()
        except Unshown:
            return await self._directory()
        except (SQLAlchemyError, OSError):
            return [Looked("database-files", "PostgreSQL's files", not_looked=UNREACHED)]

    async def _files_of_postgresql(self) -> list[Looked]:
        """One line a directory, and one for each file in which something is found."""
        sizes: defaultdict[str, int] = defaultdict(int)
        found: list[Looked] = []
        name, seeker = "", Seeker(self._word, also=("pglz",))
        async for file, piece in self._contents.files():
            if file != name:
                found += _if_found(name, seeker)
                name, seeker = file, Seeker(self._word, also=("pglz",))
            seeker.feed(piece)
            sizes[file.rpartition("/")[0]] += len(piece)
        found += _if_found(name, seeker)
        return [Looked("database-files", f"PostgreSQL's {where}", size) for where, size in sizes.items()] + found

    async def _directory(self) -> list[Looked]:
        """Where this user may read what PostgreSQL does not show."""
        where = await self._contents.directory()
        if where and os.access(Path(where, "pg_wal"), os.R_OK | os.X_OK):
            return [found for part in ("pg_wal", "base", "log") for found in self._part(Path(where, part))]
        return [Looked("database-files", "PostgreSQL's log of changes (WAL)", not_looked=NOT_SHOWN)]

    def _part(self, directory: Path) -> list[Looked]:
        return list(files.look("database-files", directory, self._word, ("pglz",))) if directory.is_dir() else []


def _if_found(name: str, seeker: Seeker) -> list[Looked]:
    one = looked("database-files", f"PostgreSQL's {name}", seeker.finish())
    return [one] if one.found or one.not_looked else []
