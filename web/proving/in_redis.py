"""Looks through Redis: every key on every server, what it remembers beside them, and the files it writes."""

import asyncio
import time
from collections import defaultdict
from pathlib import Path

from msgspec import Struct

from chat.live.bus.connection import BusGone
from chat.live.bus.searching import Server, servers
from web.proving import files
from web.proving.looked import Looked, looked, named
from web.proving.seeking import Seeker

SAVED_WITHIN = 120
"""Seconds for Redis to write its file."""
REPLICA = "it copies all of this, and has files and logs of its own; look there with --also, or --without redis"
ELSEWHERE = "Redis runs on another machine; please give its files there with --also, or --without redis-files"
UNREACHED = "Redis cannot be reached"
ITS_OWN = "the Valkey that the server started"


class Whose(Struct, frozen=True):
    """`private`: the one that a server started for itself."""

    url: str
    private: bool

    def __repr__(self) -> str:
        return "<Whose>"


class InRedis:
    """Owns a look through one Redis. `room`: an id that is there while its meeting is open."""

    def __init__(self, whose: Whose, word: str, room: str) -> None:
        self._whose = whose
        self._word = word
        self._room = room.encode()
        self.seen_room = False

    async def memory(self, when: str) -> list[Looked]:
        """Everything in it now; whether the room was there is in `seen_room`. `when`: to be told with it."""
        self.seen_room = False
        try:
            found = [one for url in await servers(self._whose.url) for one in await self._server(url, when)]
        except BusGone:
            return [Looked("redis", f"memory, {when}", not_looked=UNREACHED)]
        return found

    async def _server(self, url: str, when: str) -> list[Looked]:
        server = Server(url)
        try:
            found: list[Looked] = []
            for database in await server.databases():
                found += await self._database(server, database, when)
            others: defaultdict[str, Seeker] = defaultdict(lambda: Seeker(self._word))
            async for part in server.remembered():
                others[part.what].feed(part.content + b"\0")
            copies = [Looked("redis", f"the replica {one}", not_looked=REPLICA) for one in await server.replicas()]
            return found + [looked("redis", f"{what}, {when}", one.finish()) for what, one in others.items()] + copies
        finally:
            await server.close()

    async def _database(self, server: Server, database: int, when: str) -> list[Looked]:
        """One line for all keys in which nothing is found, and one for each in which something is."""
        names: set[bytes] = set()
        size, found = 0, []
        name, one = b"", Seeker(self._word)
        async for part in server.keys(database):
            if part.key != name or not part.content:
                found += self._key(name, one)
                name, one = part.key, Seeker(self._word)
                names.add(name)
                one.feed(name + b"\0")
            self.seen_room = self.seen_room or self._room in name or self._room in part.content
            size += len(part.content)
            one.feed(part.content)
        found += self._key(name, one)
        return [Looked("redis", f"{len(names)} keys of database {database}, {when}", size), *found]

    def _key(self, name: bytes, seeker: Seeker) -> list[Looked]:
        one = looked("redis", f"the key {named(name.decode('utf-8', 'replace'), self._word)[0]}", seeker.finish())
        return [one] if one.found or one.not_looked else []

    async def saves(self) -> None:
        """Lets each server that saves by itself do so now, while the words are in it. Raises BusGone."""
        for url in await servers(self._whose.url):
            server = Server(url)
            try:
                persists = await server.persists()
                if persists and persists.snapshots:
                    await _until_saved(server)
            finally:
                await server.close()

    async def files(self, began: float) -> list[Looked]:
        """What it writes to disk. `began`: seconds since 1970; a file older than that says nothing."""
        found: list[Looked] = []
        try:
            for url in await servers(self._whose.url):
                server = Server(url)
                try:
                    found += await self._files(url, server, began)
                finally:
                    await server.close()
        except BusGone:
            found.append(Looked("redis-files", "files", not_looked=UNREACHED))
        return found

    async def _files(self, url: str, server: Server, began: float) -> list[Looked]:
        persists = await server.persists()
        if self._whose.private:
            directory = Path(url.removeprefix("unix://").partition("?")[0]).parent
            return list(files.look("redis-files", directory, self._word)) or [Looked("redis-files", ITS_OWN)]
        if persists is None:
            return [Looked("redis-files", "files", not_looked="Redis does not say whether it writes any, and where")]
        found: list[Looked] = []
        directory = Path(persists.directory)
        if not server.is_here():
            keeps = persists.snapshots or persists.appends or persists.log
            return [Looked("redis-files", persists.directory, not_looked=ELSEWHERE if keeps else "")]
        snapshot = directory / persists.snapshot
        if persists.snapshots or snapshot.is_file():
            found += files.look("redis-files", snapshot, self._word)
            if persists.snapshots and snapshot.is_file() and snapshot.stat().st_mtime < began:
                old = "it is older than the word, and Redis did not write it anew"
                found.append(Looked("redis-files", str(snapshot), not_looked=old))
        if persists.appends:
            found += files.look("redis-files", directory / persists.appended, self._word)
        if persists.log:
            found += files.look("log", directory / persists.log, self._word)
        return found or [Looked("redis-files", "Redis says that it writes none")]


async def _until_saved(server: Server) -> None:
    before = await server.saved()
    await asyncio.sleep(max(0, before + 1.1 - time.time()))  # it knows whole seconds only
    await server.save()
    for _ in range(SAVED_WITHIN * 5):
        if await server.saved() > before:
            return
        await asyncio.sleep(0.2)
