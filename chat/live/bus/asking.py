"""Asking one server something and waiting for the answer, not for long."""

import asyncio

from redis.asyncio import ConnectionPool

from chat.live.bus.connection import BROKEN, NOT_HERE, Arg, BusGone, Elsewhere, Reply, ask

PATIENCE = 2.0
"""Seconds for anything asked outside commits."""


async def asked(connections: ConnectionPool, *commands: tuple[Arg, ...], patience: float = PATIENCE) -> list[Reply]:
    """All commands in one write, and their replies. Raises Elsewhere, BusGone."""
    try:
        async with asyncio.timeout(patience):
            connection = await connections.get_connection()
            try:
                return await ask(connection, commands)
            except BaseException:
                await connection.disconnect(nowait=True)  # replies of a broken-off question are still to come
                raise
            finally:
                await connections.release(connection)
    except NOT_HERE:
        raise Elsewhere from None
    except BROKEN:
        raise BusGone from None
