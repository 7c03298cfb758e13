"""Looks once, before anything opens, whether there is a Redis that can carry rooms."""

import asyncio
import re

from redis.exceptions import AuthenticationError, NoPermissionError, ResponseError

from chat.live.bus.connection import BROKEN, BusGone, as_bytes, ask, connection, pool

WITHIN = 3.0
OLDEST = 7
"""Sharded publish and subscribe came with Redis 7.0."""


async def reach(url: str) -> None:
    """Raises BusGone with a sentence for whoever runs the server; it quotes nothing of the URL."""
    connections = pool(url)
    line = connection(connections)
    try:
        async with asyncio.timeout(WITHIN):
            await line.connect()
            said = as_bytes((await ask(line, [("INFO", "server")]))[0])
    except NoPermissionError:
        return  # it answers, and its version is its own affair
    except ResponseError:
        raise BusGone("Redis answers REDIS_URL, and refuses to be used.") from None
    except BROKEN as error:
        if isinstance(error.__cause__, AuthenticationError):  # redis-py 8.1 wraps it while it connects
            raise BusGone("Redis does not accept the name or password in REDIS_URL.") from None
        raise BusGone("Redis cannot be reached at REDIS_URL.") from None
    finally:
        await line.disconnect()
        await connections.disconnect()
    found = re.search(rb"redis_version:(\d+)\.", said)
    if found and int(found[1]) < OLDEST:
        raise BusGone(f"Redis at REDIS_URL is older than {OLDEST}.0.")
