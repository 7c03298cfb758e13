"""Looks once, before anything opens, whether there is a Redis that can carry rooms."""

import asyncio
import re

from redis.asyncio.connection import AbstractConnection
from redis.exceptions import AuthenticationError, NoPermissionError, RedisError, ResponseError

from chat.live.address import Cluster, One, Sentinels, address
from chat.live.bus.connection import BROKEN, BusGone, answers, as_bytes, as_map, ask, connection, pool
from chat.live.bus.sentinel import NoSuchMaster, SentinelFinder

WITHIN = 3.0
OLDEST = 7
"""Sharded publish and subscribe came with Redis 7.0."""
UNREACHED = "Redis cannot be reached at REDIS_URL."
OTHERWISE = {
    "cluster": "REDIS_URL names one server of a cluster. Please write it as redis+cluster://host:port.",
    "sentinel": "REDIS_URL names a sentinel. Please write it as redis+sentinel://host:port/master-name.",
    "standalone": "REDIS_URL says redis+cluster://, and the server there is not part of a cluster.",
}


async def reach(url: str) -> bool:
    """Whether one there says that it writes its memory to disk.

    Raises BusGone with a sentence for whoever runs the server; it quotes nothing of the URL.
    """
    match address(url):
        case One(url=only):
            return await _reach(only, "standalone")
        case Cluster(servers=servers):
            return await _reach_any([servers.url(place) for place in servers.places])
        case Sentinels() as sentinels:
            return await _reach(await _master(sentinels), "standalone")


async def _reach_any(urls: list[str]) -> bool:
    """One that answers is enough; one that is wrong is told even so."""
    reached: list[bool] = []
    for url in urls:
        try:
            reached.append(await _reach(url, "cluster"))
        except BusGone as error:
            if str(error) != UNREACHED:
                raise
    if not reached:
        raise BusGone(UNREACHED)
    return any(reached)


async def _master(sentinels: Sentinels) -> str:
    finder = SentinelFinder(sentinels)
    try:
        return next(iter((await finder.find()).values()))
    except NoSuchMaster:
        raise BusGone("The sentinels at REDIS_URL know no master of that name.") from None
    except BusGone:
        raise BusGone("No sentinel can be asked at REDIS_URL.") from None
    finally:
        await finder.close()


async def _reach(url: str, mode: str) -> bool:
    connections = pool(url)
    line = connection(connections)
    try:
        async with asyncio.timeout(WITHIN):
            await line.connect()
            said = as_bytes((await ask(line, [("INFO", "server")]))[0])
            _fits(said, mode)
            return await _persists(line)
    except NoPermissionError:
        return False  # it answers, and its version is its own affair
    except ResponseError:
        raise BusGone("Redis answers REDIS_URL, and refuses to be used.") from None
    except BROKEN as error:
        if isinstance(error.__cause__, AuthenticationError):  # redis-py 8.1 wraps it while it connects
            raise BusGone("Redis does not accept the name or password in REDIS_URL.") from None
        raise BusGone(UNREACHED) from None
    finally:
        await line.disconnect()
        await connections.disconnect()


def _fits(said: bytes, mode: str) -> None:
    found = re.search(rb"redis_version:(\d+)\.", said)
    if found and int(found[1]) < OLDEST:
        raise BusGone(f"Redis at REDIS_URL is older than {OLDEST}.0.")
    runs_as = re.search(rb"(?:redis|server)_mode:(\w+)", said)
    if runs_as and runs_as[1].decode() != mode:
        raise BusGone(OTHERWISE.get(runs_as[1].decode(), UNREACHED))


async def _persists(line: AbstractConnection) -> bool:
    """One that may not be asked how it is set still tells of its log of changes."""
    set_, told = await answers(line, [("CONFIG", "GET", "save"), ("INFO", "persistence")])
    saves = not isinstance(set_, RedisError) and as_map(set_).get("save") not in (None, b"")
    return saves or (not isinstance(told, RedisError) and b"aof_enabled:1" in as_bytes(told))
