"""One connection to Redis that says at once when it breaks, instead of hiding it and trying again."""

from collections.abc import Iterable

from redis.asyncio import BlockingConnectionPool, ConnectionPool
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import (
    AskError,
    BusyLoadingError,
    ClusterDownError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
    TryAgainError,
)

Arg = bytes | str | int | float
Reply = bytes | int | str | None | list["Reply"]

BROKEN = (RedisError, OSError, TimeoutError, EOFError)
"""Any of these: the connection is of no more use, and what was asked may or may not have happened."""

NOT_HERE = (AskError, TryAgainError, ClusterDownError, ReadOnlyError, BusyLoadingError)
"""Any of these (MOVED and MASTERDOWN are kinds of them): nothing of what was asked has happened here."""


AT_ONCE = 32
"""Questions on their way to one server. The next ones wait for a connection: redis-py refuses its hundred-and-first,
and of a thousand people who came back at once a quarter were sent away again (measured)."""


class BusGone(Exception):
    """Redis could not be reached, or did not answer in time."""


class Unsettled(BusGone):
    """It was on its way, and no answer came. It may have happened; to be asked later, and not to be guessed."""


class Elsewhere(BusGone):
    """Redis said that it is not done there, or not now. Nothing has happened: it may safely be asked again."""


def pool(url: str, protocol: int = 2) -> ConnectionPool:
    """Connections by URL. redis-py's own retries are off: a retried publish is a doubled message (measured).

    So are its timeouts, as ours stand around whatever waits: with them it sends through `asyncio.wait_for`, which in
    Python 3.11 swallows a cancellation that comes as the sending ends (python/cpython#86296), and the task lives on.
    """
    limits = {"socket_connect_timeout": 1.5, "socket_timeout": None, "max_connections": AT_ONCE, "timeout": None}
    return BlockingConnectionPool.from_url(url, protocol=protocol, retry=Retry(NoBackoff(), 0), **limits)


def connection(connections: ConnectionPool) -> AbstractConnection:
    """A connection of one's own, never given back to the pool; not yet connected."""
    made: AbstractConnection = connections.make_connection()
    return made


async def ask(connection: AbstractConnection, commands: Iterable[tuple[Arg, ...]]) -> list[Reply]:
    """Sends all commands in one write and gives their replies in order. Raises the RedisError of a refused one."""
    replies: list[Reply] = []
    for reply in await answers(connection, commands):
        if isinstance(reply, RedisError):
            raise reply
        replies.append(reply)
    return replies


async def answers(connection: AbstractConnection, commands: Iterable[tuple[Arg, ...]]) -> list[Reply | RedisError]:
    """As `ask`, with refusals in their places."""
    commands = list(commands)
    await connection.send_packed_command(connection.pack_commands(commands), check_health=False)
    return [await _answer(connection) for _ in commands]


async def _answer(connection: AbstractConnection) -> Reply | RedisError:
    try:
        reply: Reply = await connection.read_response(disable_decoding=True)
        return reply
    except ResponseError as refusal:
        return refusal


def takes_no_writes(refusal: RedisError) -> bool:
    """Whether this server, which is there, refuses whatever would write: it is full (OOM), cannot save what it holds
    (MISCONF, also to a PING) or has too few replicas (NOREPLICAS). Of a script it refuses the first write or none.
    """
    return isinstance(refusal, OutOfMemoryError) or str(refusal).startswith(("MISCONF", "NOREPLICAS"))


def as_bytes(reply: Reply) -> bytes:
    """A reply that is bytes."""
    if not isinstance(reply, bytes):
        raise RedisError("an answer of another kind was expected")  # never quotes the reply
    return reply


def as_text(reply: Reply) -> str:
    """A reply that is text."""
    return reply if isinstance(reply, str) else as_bytes(reply).decode()


def as_int(reply: Reply) -> int:
    """A reply that is a number, also as text."""
    return reply if isinstance(reply, int) else int(as_bytes(reply))


def as_list(reply: Reply) -> list[Reply]:
    """A reply that is a list."""
    if not isinstance(reply, list):
        raise RedisError("an answer of another kind was expected")
    return reply


def as_map(reply: Reply) -> dict[str, Reply]:
    """A reply that is a hash."""
    pairs = as_list(reply)
    return {as_text(name): value for name, value in zip(pairs[::2], pairs[1::2], strict=True)}
