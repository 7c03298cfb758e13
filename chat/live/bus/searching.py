"""Everything that Redis holds or remembers, piece by piece, for whoever looks for what must not be there.

Asked of each server there is, in small questions, so that a server with rooms in it is not held up.
"""

import re
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from urllib.parse import urlsplit

from msgspec import Struct
from redis.asyncio import ConnectionPool
from redis.exceptions import ResponseError

from chat.live.address import Cluster, One, Sentinels, address
from chat.live.bus.asking import asked
from chat.live.bus.clustered import ClusterFinder
from chat.live.bus.connection import BusGone, Reply, as_bytes, as_list, as_map, as_text, pool
from chat.live.bus.finding import Finder, OneServer
from chat.live.bus.sentinel import SentinelFinder

AT_ONCE = 100
PIECE = 1024 * 1024
_REPLICA = re.compile(r"^slave\d+:ip=([^,]+),port=(\d+)", re.MULTILINE)
PATIENCE = 30
"""Seconds for an answer: nobody in a room waits for it."""
Arg = str | bytes | int
REMEMBERED: tuple[tuple[str, tuple[Arg, ...]], ...] = (
    ("slow log", ("SLOWLOG", "GET", "-1")),
    ("command log", ("COMMANDLOG", "GET", "-1", "slow")),
    ("command log", ("COMMANDLOG", "GET", "-1", "large-request")),
    ("command log", ("COMMANDLOG", "GET", "-1", "large-reply")),
    ("log of refusals", ("ACL", "LOG", "-1")),
    ("names of clients", ("CLIENT", "LIST")),
    ("names of channels", ("PUBSUB", "CHANNELS")),
    ("names of channels", ("PUBSUB", "SHARDCHANNELS")),
    ("functions", ("FUNCTION", "LIST", "WITHCODE")),
    ("figures", ("INFO", "everything")),
)
"""What Redis keeps beside its keys."""


class Part(Struct, frozen=True):
    """Something that Redis holds. `key`: its name, where it is a key's."""

    what: str
    content: bytes
    key: bytes = b""

    def __repr__(self) -> str:
        return f"<Part of {len(self.content)} bytes>"


class Persists(Struct, frozen=True):
    """What a server writes to disk."""

    directory: str
    snapshots: bool
    """It saves by itself."""
    snapshot: str
    appends: bool
    appended: str
    log: str


async def servers(url: str) -> list[str]:
    """The address of every server that holds keys. Raises BusGone."""
    finder: Finder
    match address(url):
        case One(url=only):
            finder = OneServer(only)
        case Cluster() as cluster:
            finder = ClusterFinder(cluster)
        case Sentinels() as sentinels:
            finder = SentinelFinder(sentinels)
    try:
        return sorted(set((await finder.find()).values()))
    finally:
        await finder.close()


class Server:
    """Owns the connections to one server. To be ended with `close`."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool: ConnectionPool = pool(url)
        self._database = 0

    async def close(self) -> None:
        """Lets it go."""
        await self._pool.disconnect()

    async def _ask(self, *commands: tuple[Arg, ...]) -> list[Reply]:
        return (await asked(self._pool, ("SELECT", self._database), *commands, patience=PATIENCE))[1:]

    async def databases(self) -> list[int]:
        """Those with keys in them; others than ours, too. Raises BusGone."""
        said = as_text((await self._ask(("INFO", "keyspace")))[0])
        return [int(line[2:].split(":")[0]) for line in said.split() if line.startswith("db")]

    async def keys(self, database: int) -> AsyncIterator[Part]:
        """Every key with all that is in it. Raises BusGone."""
        cursor, self._database = b"0", database
        while True:
            found = as_list((await self._ask(("SCAN", cursor, "COUNT", AT_ONCE)))[0])
            cursor, names = as_bytes(found[0]), [as_bytes(name) for name in as_list(found[1])]
            types = await self._ask(*[("TYPE", name) for name in names]) if names else []
            for name, kind in zip(names, types, strict=True):
                yield Part(as_text(kind), b"", name)
                async for content in self._inside(name, as_text(kind)):
                    if content:
                        yield Part(as_text(kind), content, name)
            if cursor == b"0":
                return

    async def _inside(self, name: bytes, kind: str) -> AsyncIterator[bytes]:
        match kind:
            case "string":
                at = 0
                while piece := as_bytes((await self._ask(("GETRANGE", name, at, at + PIECE - 1)))[0]):
                    yield piece
                    at += len(piece)
            case "hash" | "set" | "zset":
                scan = {"hash": "HSCAN", "set": "SSCAN", "zset": "ZSCAN"}[kind]
                cursor: Reply = b"0"
                while True:
                    cursor, found = as_list((await self._ask((scan, name, as_bytes(cursor), "COUNT", AT_ONCE)))[0])
                    for one in as_list(found):
                        yield as_bytes(one)
                    if cursor == b"0":
                        break
            case "list":
                at = 0
                while some := as_list((await self._ask(("LRANGE", name, at, at + AT_ONCE - 1)))[0]):
                    for one in some:
                        yield as_bytes(one)
                    at += len(some)
            case "stream":
                after = "-"
                while entries := as_list((await self._ask(("XRANGE", name, after, "+", "COUNT", AT_ONCE)))[0]):
                    for entry in entries:
                        for one in _flat(entry):
                            yield one
                    after = f"({as_text(as_list(entries[-1])[0])}"
                groups = await self._ask(("XINFO", "GROUPS", name))
                for one in _flat(groups[0]):
                    yield one
            case "none":
                return  # it died meanwhile
            case _:
                for one in _flat((await self._ask(("DUMP", name)))[0]):
                    yield one

    async def remembered(self) -> AsyncIterator[Part]:
        """What it keeps beside its keys, as far as this server knows it and lets us. Raises BusGone."""
        for what, command in REMEMBERED:
            with suppress(BusGone, ResponseError):
                for one in _flat((await self._ask(command))[0]):
                    yield Part(what, one)
        await self._ask(("PING",))

    async def persists(self) -> Persists | None:
        """What it writes to disk; None if it does not say. Raises BusGone."""
        wanted = ("dir", "dbfilename", "save", "appendonly", "appenddirname", "appendfilename", "logfile")
        try:
            found: dict[str, str] = {}
            for name, value in as_map((await self._ask(("CONFIG", "GET", *wanted)))[0]).items():
                found[name] = as_text(value)
        except (BusGone, ResponseError):
            await self._ask(("PING",))
            return None
        appended = found.get("appenddirname") or found.get("appendfilename", "")
        saves, appends = bool(found.get("save")), found.get("appendonly") == "yes"
        return Persists(
            found.get("dir", ""), saves, found.get("dbfilename", ""), appends, appended, found.get("logfile", "")
        )

    async def replicas(self) -> list[str]:
        """`host:port` of every server that copies from this one. Raises BusGone."""
        said = as_text((await self._ask(("INFO", "replication")))[0])
        return [f"{host}:{port}" for host, port in _REPLICA.findall(said)]

    def is_here(self) -> bool:
        """Whether it runs on this machine, so that its paths are ours."""
        parts = urlsplit(self._url)
        if parts.scheme == "unix":
            return True
        try:
            found = socket.getaddrinfo(parts.hostname, 0, type=socket.SOCK_STREAM)
            for family, kind, protocol, _, where in found:
                with socket.socket(family, kind, protocol) as ours:
                    ours.bind(where)  # only an address of this machine can be
        except OSError:
            return False
        return bool(found)

    async def save(self) -> None:
        """Begins to write its snapshot, as it does by itself from time to time. Raises BusGone."""
        await self._ask(("BGSAVE", "SCHEDULE"))

    async def saved(self) -> int:
        """When it last did, in seconds since 1970; 0 while it is at it. Raises BusGone."""
        said = as_text((await self._ask(("INFO", "persistence")))[0])
        lines = dict(line.split(":", 1) for line in said.split() if ":" in line)
        return 0 if lines.get("rdb_bgsave_in_progress") == "1" else int(lines.get("rdb_last_save_time", 0))


def _flat(reply: Reply) -> list[bytes]:
    """Whatever bytes are in an answer."""
    if isinstance(reply, list):
        return [one for part in reply for one in _flat(part)]
    return [reply] if isinstance(reply, bytes) else [str(reply).encode()] if reply is not None else []
