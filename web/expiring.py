"""What is past its time is erased at the start and every hour, whether or not anybody asks for it again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from chat.core.errors import ChatError
from chat.records.expiry import expire
from chat.records.keys import now
from chat.records.ledger import Ledger
from chat.records.store import Store
from web.meanwhile import meanwhile

log = structlog.get_logger()

EVERY = 3600
"""Seconds; several processes doing it find less to do."""


@asynccontextmanager
async def expiring(store: Store, ledger: Ledger) -> AsyncIterator[None]:
    """Erases in the background while this lasts."""
    async with meanwhile(_run(store, ledger)):
        yield


async def _run(store: Store, ledger: Ledger) -> None:
    while True:
        try:
            async with store.erasing() as c:
                await expire(c, now(), ledger)
        except ChatError as error:  # the next time is soon enough; not trying again would keep everything for ever
            log.error("What is past its time could not be erased.", exc_info=error)
        await asyncio.sleep(EVERY)
