"""Whoever has gone leaves nothing in memory, not even for as long as nobody looks for garbage."""

import asyncio
import gc

from chat.live.transport import Parser
from tests.cast import Person


def connections() -> int:
    """Whose parser is still there."""
    return sum(isinstance(one, Parser) for one in gc.get_objects())


async def test_the_connection_of_whoever_left_is_gone_at_once(fran: Person, ann: Person) -> None:
    gc.collect()
    before = connections()
    gc.disable()
    try:
        await ann.goes()
        async with asyncio.timeout(20):
            while connections() >= before:
                await asyncio.sleep(0.05)
    finally:
        gc.enable()
